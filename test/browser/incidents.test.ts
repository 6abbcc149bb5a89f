import type { Browser } from 'playwright-core';
import { seriousFindings } from './accessibility';
import { makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { open, openBrowser, testSubject } from './steps';

jest.setTimeout(180_000);

let world: BrowserWorld;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  id = await makeDetector(world);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const rows = `${testSubject('logAnomaliesIncidents')} tbody tr`;
const explorer = (search = ''): string =>
  `/app/logAnomalies/detectors/${id}/anomalies?from=now-3d&to=now${search}`;

it.each(['light', 'dark'] as const)('lists incidents first, each with reasons and actions, in %s', (theme) =>
  onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, explorer(), 'logAnomaliesIncidents');
      const first = page.locator(rows).first();
      expect(await first.innerText()).toMatch(/(warning|minor|major|critical) \d+/);
      // The most severe stands above the fold.
      const box = await first.boundingBox();
      expect(box!.y + box!.height).toBeLessThan(900);
      await page.locator(testSubject('logAnomaliesOpenIncident')).first().click();
      const summary = page.locator(testSubject('logAnomaliesIncidentSummary'));
      expect(await summary.innerText()).toMatch(/Why it stands out[^]*First/);
      // A row that is pointed at has a background of its own.
      await page.mouse.move(0, 0);
      expect(await seriousFindings(page)).toEqual([]);
    },
    { theme, width: 1_440 },
  ),
);

it('shows one incident on a page of its own, where people assign, comment and close it', () =>
  onPage(browser, world, async (page) => {
    await open({ page, url: world.host.url }, explorer(), 'logAnomaliesIncidents');
    await page.locator(`${rows} a`).first().click();
    await page.waitForSelector(testSubject('logAnomaliesIncident'));
    await page.waitForSelector(`${testSubject('logAnomaliesResults')} tbody tr`);
    await page.click(testSubject('logAnomaliesAssign'));
    await page.fill(testSubject('logAnomaliesAssignText'), 'Maria');
    await page.click(testSubject('logAnomaliesAssignSave'));
    await page.getByText('assigned to Maria').first().waitFor();
    await page.click(testSubject('logAnomaliesComment'));
    await page.fill(testSubject('logAnomaliesCommentText'), 'It was the deployment.');
    await page.click(testSubject('logAnomaliesCommentSave'));
    const history = page.locator(testSubject('logAnomaliesIncidentHistory'));
    await history.getByText('It was the deployment.').waitFor();
    expect(await page.locator(testSubject('logAnomaliesIncidentDiscover')).getAttribute('href')).toContain(
      'DISCOVER_APP_LOCATOR',
    );
    expect(await seriousFindings(page)).toEqual([]);
  }));

it('lets a reader look and change nothing', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, explorer(), 'logAnomaliesIncidents');
      await page.locator(testSubject('logAnomaliesOpenIncident')).first().click();
      expect(await page.locator(testSubject('logAnomaliesComment')).isDisabled()).toBe(true);
    },
    { user: 'reader' },
  ));

it('says so where there is no incident, and where one is gone', () =>
  onPage(browser, world, async (page) => {
    await open({ page, url: world.host.url }, '/app/logAnomalies/incidents/none', 'logAnomaliesIncident');
    await page.getByText('This is not here').waitFor();
    await page.goto(`${world.host.url}${explorer('&state=active').replace('now-3d', 'now-1s')}`);
    await page
      .getByText(/No log was scored in this time|No incident here/)
      .first()
      .waitFor();
  }));
