import type { Browser, Page } from 'playwright-core';
import { seriousFindings } from './accessibility';
import { makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { settle } from './quiet_page';
import { choiceOf, columnTexts, openBrowser, openExplorer, testSubject } from './steps';

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
    expect(queryOf(page)).toEqual({ from: 'now-3d', to: 'now', sort: 'severity', view: 'anomalies' });
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
    expect(queryOf(page)).toEqual({ from: 'now-3d', to: 'now', sort: 'severity', view: 'anomalies' });
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
    expect(queryOf(page)).toMatchObject({ from: 'now-3d', to: 'now', sort: 'severity', view: 'anomalies' });
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

it('shows the anomaly of a link though the list around it is longer, and goes back past the link', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await page.locator(testSubject('logAnomaliesOpenResult')).last().click();
    await page.waitForURL(/open=/);
    const { open: result } = queryOf(page);
    const path = `/app/logAnomalies/detectors/${id}/anomalies?from=now-3d&to=now&size=1&sort=entity&open=${result}`;
    await page.goto(`${world.host.url}${path}`);
    const linked = page.locator(testSubject('logAnomaliesLinkedResult'));
    const listed = page.locator(`${testSubject('logAnomaliesOpenResult')}[aria-expanded=true]`);
    await linked.or(listed).first().waitFor();
    expect(await linked.count()).toBe(1);
    expect(await linked.innerText()).toMatch(/^The linked anomaly, /);
    // The address of a result leads on to its detector, and back to where one came from.
    await explore(page);
    await page.goto(`${world.host.url}/app/logAnomalies/results/${result}`);
    await page.waitForURL(/anomalies\?.*open=/);
    await page.goBack();
    await page.waitForURL((url) => !url.pathname.includes('/results/'));
  }));

it('has timeline and lanes on one time axis, with ticks at round hours', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    // The same place of the axis is the same time in both.
    await drag(page, 'logAnomaliesTimeline', [0.5, 0.5], [0.75, 0.5]);
    await pill(page, 'time').waitFor();
    const brushed = queryOf(page);
    await takeOff(page, 'time');
    await pill(page, 'time').waitFor({ state: 'detached' });
    const canvas = page.locator(`${testSubject('logAnomaliesSwimLane')} canvas`).first();
    const { x, width } = (await canvas.boundingBox())!;
    const timeline = (await page
      .locator(`${testSubject('logAnomaliesTimeline')} canvas`)
      .first()
      .boundingBox())!;
    const partOf = (part: number): number => (timeline.x + timeline.width * part - x) / width;
    await drag(page, 'logAnomaliesSwimLane', [partOf(0.5), 0.3], [partOf(0.75), 0.35]);
    await pill(page, 'time').waitFor();
    const lanes = queryOf(page);
    // Lanes take whole cells, the timeline whole bars: both ends may lie one of each apart.
    const interval = (3 * 86_400_000) / 80;
    for (const end of ['from', 'to']) {
      expect(Math.abs(Date.parse(lanes[end]) - Date.parse(brushed[end]))).toBeLessThan(2.5 * interval);
    }
    await page.click(testSubject('logAnomaliesClearFilters'));
    await pill(page, 'time').waitFor({ state: 'detached' });
    const [one, other] = await page.locator(testSubject('logAnomaliesTimeAxis')).allInnerTexts();
    expect(one).toBe(other);
    expect(one).toMatch(/00:00/);
    expect(one.match(/\d\d:\d\d/g)!.every((time) => time.endsWith(':00'))).toBe(true);
  }));

it('tells lanes whose anomalies a filter leaves out from normal ones', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    const legend = page.locator(testSubject('logAnomaliesSwimLane'));
    expect(await legend.innerText()).not.toContain('leave out');
    await page.selectOption(testSubject('logAnomaliesSeverityFilter'), 'major');
    await legend.getByText('anomalies that the filters leave out').waitFor();
  }));

it('orders by a column, shows fields of the logs, and hands all of it over as CSV', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    const table = page.locator(testSubject('logAnomaliesResults'));
    await table.getByRole('button', { name: /^Entity/ }).click();
    await page.waitForURL((url) => url.searchParams.get('sort') === 'entity');
    const column = (): Promise<string[]> => columnTexts(table, 4);
    await page.waitForFunction(
      (selector) => document.querySelector(selector)?.getAttribute('aria-sort') !== 'none',
      `${testSubject('logAnomaliesResults')} th:nth-child(4)`,
    );
    await settle(page);
    const entities = await column();
    expect(entities).toEqual([...entities].sort());
    const choice = page.locator(`${testSubject('logAnomaliesColumns')} input`);
    await choice.fill('http.request.method');
    await choice.press('Enter');
    await table.getByRole('columnheader', { name: 'http.request.method' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click(testSubject('logAnomaliesCsv')),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString('utf8').split('\r\n');
    const total = Number((await page.innerText(testSubject('logAnomaliesShown'))).split(' ')[0]);
    expect(lines[0]).toContain('anomaly.severity');
    expect(lines[0]).toContain('http.request.method');
    expect(lines).toHaveLength(total + 1);
    expect(await seriousFindings(page)).toEqual([]);
  }));

it('leads to the host of a log, and to no trace where the log names none', () =>
  onPage(browser, world, async (page) => {
    await explore(page);
    await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
    const host = page.locator(testSubject('logAnomaliesHost'));
    expect(await host.getAttribute('href')).toMatch(/\/app\/metrics\/detail\/host\/.+/);
    expect(await page.locator(testSubject('logAnomaliesTrace')).count()).toBe(0);
  }));

it("writes times as Kibana's settings say", () =>
  onPage(
    browser,
    world,
    async (page) => {
      await explore(page);
      const [time] = await columnTexts(page.locator(testSubject('logAnomaliesResults')), 2);
      expect(time).toMatch(/^\d\d\.\d\d\.20\d\d \d\d:\d\d$/);
    },
    { cookies: { date_format: 'DD.MM.YYYY HH:mm' } },
  ));

it('makes a data view first where Discover asks for one, and has no link for who may not see Discover', async () => {
  // From 8.18 on Discover takes the one that the link brings along.
  const takesViews = process.env.KIBANA_MODULES === '9';
  await onPage(
    browser,
    world,
    async (page) => {
      await explore(page);
      await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
      const button = page.locator(testSubject('logAnomaliesDiscover'));
      await button.waitFor();
      await page.waitForFunction(
        ([selector, tag]) => document.querySelector(selector)?.tagName === tag,
        [testSubject('logAnomaliesDiscover'), takesViews ? 'A' : 'BUTTON'],
      );
      await Promise.all([page.waitForURL(/\/app\/r\?l=DISCOVER_APP_LOCATOR/), button.click()]);
      expect(world.host.asked.filter((asked) => asked.startsWith('data_view '))).toHaveLength(
        takesViews ? 0 : 1,
      );
    },
    { cookies: { data_views: 'none' } },
  );
  await onPage(
    browser,
    world,
    async (page) => {
      await explore(page);
      await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
      await page.locator(testSubject('logAnomaliesResultDetails')).waitFor();
      expect(await page.locator(testSubject('logAnomaliesDiscover')).count()).toBe(0);
    },
    { cookies: { discover: 'hidden' } },
  );
});
