import type { Browser } from 'playwright-core';
import { makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { seriousFindings } from './accessibility';
import { open, openBrowser, testSubject, WORK_MILLISECONDS } from './steps';

jest.setTimeout(180_000);

let world: BrowserWorld;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  id = await makeDetector(world, {
    name: 'Scored as they arrive',
    scoring: 'ingest',
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'http.response.status_code' },
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

it('shows the live pipeline, tries, attaches, detaches, deletes and puts it, and asks before each change', () =>
  onPage(browser, world, async (page) => {
    const confirm = async (): Promise<void> => {
      await page.waitForSelector(testSubject('logAnomaliesPipelineConfirm'));
      await page.click(testSubject('confirmModalConfirmButton'));
      await page.waitForSelector(testSubject('logAnomaliesPipelineConfirm'), { state: 'detached' });
    };
    const pages = { page, url: world.host.url };
    await open(pages, `/app/logAnomalies/detectors/${id}/models`, 'logAnomaliesPipelineTry');
    const panel = page.locator(testSubject('logAnomaliesPipeline'));
    expect(await panel.innerText()).toMatch(/Live since\s+\w{3} \d+, 20\d\d @/);
    expect(await panel.innerText()).toContain('do not go through it');

    await page.click(testSubject('logAnomaliesPipelineTry'));
    const trial = page.locator(testSubject('logAnomaliesPipelineTrial'));
    await trial.waitFor({ timeout: WORK_MILLISECONDS });
    expect(await trial.innerText()).toMatch(/Tried out over 1,000 recent logs/);

    await page.click(testSubject('logAnomaliesPipelineAttach'));
    const plan = page.locator(testSubject('logAnomaliesAttachPlan'));
    await plan.getByText(`PUT /${world.logs}/_settings`).waitFor();
    expect(await plan.innerText()).toMatch(/composed_of/);
    expect(await seriousFindings(page)).toEqual([]);
    await page.click(testSubject('logAnomaliesAttachNow'));
    await panel.getByText('go through it', { exact: true }).waitFor();
    expect(await page.locator(testSubject('logAnomaliesPipelineDelete')).count()).toBe(0);

    await page.click(testSubject('logAnomaliesPipelineDetach'));
    await confirm();
    await panel.getByText('do not go through it').waitFor();
    await page.click(testSubject('logAnomaliesPipelineDelete'));
    await confirm();
    await panel.getByText('No pipeline is live.').waitFor();
    await page.click(testSubject('logAnomaliesPipelinePut'));
    await confirm();
    await panel.getByText('Live since').waitFor({ timeout: WORK_MILLISECONDS });
    expect(await seriousFindings(page)).toEqual([]);
  }));

it('says in words what cannot be put live', () =>
  onPage(browser, world, async (page) => {
    const other = await makeDetector(world, { name: 'Has a template' });
    const pages = { page, url: world.host.url };
    await open(pages, `/app/logAnomalies/detectors/${other}/models`, 'logAnomaliesPipelineSection');
    await page
      .getByRole('button', { name: /Scoring by Elasticsearch/ })
      .last()
      .click();
    await page.click(testSubject('logAnomaliesPipelineTry'));
    const panel = page.locator(testSubject('logAnomaliesPipeline'));
    await panel.getByText(/template/).waitFor({ timeout: WORK_MILLISECONDS });
  }));
