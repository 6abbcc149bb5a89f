import type { Browser, Page } from 'playwright-core';
import { seriousFindings } from './accessibility';
import { makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { choiceOf, openBrowser, openExplorer, testSubject } from './steps';

jest.setTimeout(120_000);

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

const explore = (page: Page): Promise<void> => openExplorer({ page, url: world.host.url }, id, 'now-3d');

/** Drags over a chart, from one place to another, each as parts of its width and height. */
async function drag(
  page: Page,
  subject: string,
  from: [x: number, y: number],
  to: [x: number, y: number],
): Promise<void> {
  const canvas = page.locator(`${testSubject(subject)} canvas`).first();
  await canvas.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await canvas.boundingBox())!;
  await page.mouse.move(x + width * from[0], y + height * from[1]);
  await page.mouse.down();
  await page.mouse.move(x + width * to[0], y + height * to[1], { steps: 10 });
  await page.mouse.up();
}

const queryOf = (page: Page): Record<string, string> =>
  Object.fromEntries(new URL(page.url()).searchParams.entries());
const pill = (page: Page, kind: string) => page.locator(testSubject(`logAnomaliesFilter-${kind}`));
/** Takes the first filter of a kind off by the cross in its pill. */
const takeOff = (page: Page, kind: string): Promise<void> =>
  pill(page, kind).first().getByRole('button', { name: 'Take this filter off' }).click();

it('narrows to a brushed time, and goes back behind it', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await drag(page, 'logAnomaliesTimeline', [0.3, 0.5], [0.7, 0.5]);
    await pill(page, 'time').waitFor();
    const brushed = queryOf(page);
    const length = Date.parse(brushed.to) - Date.parse(brushed.from);
    expect(length).toBeGreaterThan(86_400_000 * 0.5);
    expect(length).toBeLessThan(86_400_000 * 2);
    await takeOff(page, 'time');
    await pill(page, 'time').waitFor({ state: 'detached' });
    expect(queryOf(page)).toEqual({ from: 'now-3d', to: 'now', sort: 'score', view: 'anomalies' });
  }));

it('narrows to the lanes that are brushed, each a filter of its own', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await drag(page, 'logAnomaliesSwimLane', [0.4, 0.12], [0.8, 0.45]);
    await pill(page, 'entity').first().waitFor();
    const lanes = await pill(page, 'entity').allInnerTexts();
    expect(lanes.length).toBeGreaterThan(1);
    expect(queryOf(page).entity.split('\n').sort()).toEqual([...lanes].sort());
    // Only these are left in the table of lanes.
    await choiceOf(page, 'Table').focus();
    await page.keyboard.press('Space');
    const rows = page.getByRole('table', { name: /a lane for each entity/ }).locator('tbody tr');
    await rows.first().waitFor();
    await page.waitForFunction(
      (count) =>
        [...document.querySelectorAll('table')].some(
          (table) =>
            table.caption?.textContent?.includes('a lane for each entity') &&
            table.tBodies[0].rows.length === count,
        ),
      lanes.length,
    );
    await takeOff(page, 'entity');
    await page.waitForFunction(
      ([selector, count]) => document.querySelectorAll(String(selector)).length === count,
      [testSubject('logAnomaliesFilter-entity'), lanes.length - 1] as const,
    );
    await page.click(testSubject('logAnomaliesClearFilters'));
    await pill(page, 'entity').first().waitFor({ state: 'detached' });
    expect(queryOf(page)).toEqual({ from: 'now-3d', to: 'now', sort: 'score', view: 'anomalies' });
  }));

it('narrows to a feature, a severity and a text, and each goes by itself', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
    const feature = page.locator(testSubject('logAnomaliesChooseFeature')).first();
    const name = await feature.innerText();
    await feature.click();
    await pill(page, 'feature').waitFor();
    expect(queryOf(page).feature).toBe(name);
    await page.selectOption(testSubject('logAnomaliesSeverityFilter'), 'minor');
    await pill(page, 'severity').waitFor();
    const box = page.locator(testSubject('logAnomaliesQueryBar'));
    await box.fill('anomaly.score:>0.1');
    await box.press('Enter');
    await pill(page, 'text').waitFor();
    for (const kind of ['text', 'severity', 'feature']) {
      await takeOff(page, kind);
      await pill(page, kind).waitFor({ state: 'detached' });
    }
    expect(queryOf(page)).toMatchObject({ from: 'now-3d', to: 'now', sort: 'score', view: 'anomalies' });
    expect(await page.locator(testSubject('logAnomaliesFilter')).count()).toBe(0);
  }));

it('shows what is at least as severe as chosen, and never hides what is worse', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await page.selectOption(testSubject('logAnomaliesSeverityFilter'), 'minor');
    await pill(page, 'severity').getByText('minor or worse').waitFor();
    const rows = page.locator(`${testSubject('logAnomaliesResults')} tbody tr`);
    await page.waitForFunction(
      (selector) =>
        [...document.querySelectorAll(selector)].every((row) => !row.textContent?.includes('warning')),
      `${testSubject('logAnomaliesResults')} tbody tr`,
    );
    // The most severe comes first, and there is one above the chosen severity.
    expect(await rows.first().innerText()).toMatch(/major|critical/);
  }));

it('shows the evidence in an opened row: how often, what stands around it, and others like it, which link to themselves', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
    const evidence = page.locator(testSubject('logAnomaliesEvidence'));
    await evidence.locator(testSubject('logAnomaliesPattern')).waitFor();
    expect(await evidence.innerText()).toMatch(/messages? like this in the last 30 days/);
    const lines = evidence.locator(`${testSubject('logAnomaliesNeighbours')} li`);
    expect(await lines.count()).toBeGreaterThan(1);
    const similar = evidence.locator(testSubject('logAnomaliesSimilar'));
    expect(await similar.innerText()).toMatch(/^\d[\d,]* in all: 0 judged real, 0 judged not an anomaly/);
    expect(await seriousFindings(page)).toEqual([]);
    const opened = queryOf(page).open;
    const link = similar.getByRole('link').first();
    const id = decodeURIComponent((await link.getAttribute('href'))!.split('/results/')[1]);
    expect(id).not.toBe(opened);
    await link.click();
    await page.waitForURL((url) => url.searchParams.get('open') === id);
  }));

it('tells who may not read the logs that, and shows the rest of the evidence', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await explore(page);
      await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
      const evidence = page.locator(testSubject('logAnomaliesEvidence'));
      await evidence.locator(testSubject('logAnomaliesSimilar')).waitFor();
      expect(await evidence.getByText('you do not have permission to read the logs').count()).toBe(2);
    },
    { user: 'reader' },
  ));
