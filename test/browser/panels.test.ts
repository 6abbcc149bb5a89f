import type { Browser, Page } from 'playwright-core';
import { resultDashboards } from '../../common/dashboards';
import { HOUR } from '../../common/duration';
import { resultsPattern } from '../../server/elasticsearch';
import { seriousFindings } from './accessibility';
import { administrator, makeDetector, openPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { open, openBrowser, testSubject } from './steps';

jest.setTimeout(120_000);

const KINDS = ['figures', 'incidents', 'values', 'swim_lane', 'timeline', 'patterns', 'table'];
const ALL_PANELS = KINDS.map((kind) => `panel=${kind}`).join('&');
/** Operations that each panel requests. */
const OPERATIONS_OF: Record<string, string[]> = {
  figures: ['listIncidents', 'summarizeResults'],
  incidents: ['listIncidents'],
  values: ['searchResults', 'getValueOverTime'],
  swim_lane: ['summarizeResults'],
  timeline: ['summarizeResults'],
  patterns: ['listPatterns'],
  table: ['searchResults'],
};

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

/** Does the work on a page of its own, and expects that the browser has nothing to complain about. */
async function onPage(
  work: (page: Page) => Promise<void>,
  given: Parameters<typeof openPage>[2] = {},
): Promise<void> {
  const { page, problems } = await openPage(browser, world.host, given);
  await work(page);
  // The browser itself reports what a reader is refused.
  const isRefusal = (problem: string): boolean => given.user === 'reader' && problem.includes('403');
  expect(problems.filter((problem) => !isRefusal(problem))).toEqual([]);
  await page.close();
}

/** Opens panels and waits until all have told the dashboard that they are drawn. */
async function openPanels(page: Page, search: string): Promise<void> {
  await open({ page, url: world.host.url }, `/app/dashboard?${search}`, 'logAnomaliesPanel');
  const count = new URLSearchParams(search).getAll('panel').length;
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('[data-render-complete]').length === wanted,
    count,
  );
}

const countResults = async (query: object): Promise<number> =>
  (
    await world.elasticsearch.count({
      index: resultsPattern(world.space),
      query: {
        bool: {
          filter: [{ term: { 'result.type': 'log' } }, { range: { '@timestamp': { gte: 'now-3d' } } }, query],
        },
      },
    })
  ).count;

/** Entities with anomalies of a severity, the one with most first. */
async function entitiesWith(severity: string, feature?: string): Promise<string[]> {
  const { aggregations } = await world.elasticsearch.search({
    index: resultsPattern(world.space),
    size: 0,
    query: {
      bool: {
        filter: [
          { term: { 'anomaly.severity': severity } },
          ...(feature === undefined ? [] : [{ term: { 'anomaly.attribution.feature': feature } }]),
        ],
      },
    },
    aggs: { entities: { terms: { field: 'anomaly.entity' } } },
  });
  const { buckets } = aggregations!.entities as { buckets: { key: string }[] };
  return buckets.map(({ key }) => key);
}

/** The table has this many rows or all its room. */
const rowsOf = (page: Page, subject: string) => page.locator(`${testSubject(subject)} tbody tr`);

it('draws each panel from results, with as few requests as that takes', () =>
  onPage(async (page) => {
    for (const kind of KINDS) {
      world.host.asked.length = 0;
      await openPanels(page, `panel=${kind}&from=now-3d&detector=${id}`);
      const about = world.host.asked.filter((asked) => /Results|Patterns|Incidents|Value/.test(asked));
      expect(about.map((asked) => asked.split(' ')[0])).toEqual(OPERATIONS_OF[kind]);
    }
    await openPanels(page, `${ALL_PANELS}&from=now-3d&detector=${id}`);
    for (const chart of ['logAnomaliesSwimLane', 'logAnomaliesTimeline', 'logAnomaliesValueChart']) {
      await page.waitForSelector(`${testSubject(chart)} canvas`);
    }
    expect(await rowsOf(page, 'logAnomaliesRows').count()).toBe(20);
    const features = await page.locator(`${testSubject('logAnomaliesPatterns')} strong`).allInnerTexts();
    expect(features.length).toBeGreaterThan(1);
    const [first] = features;
    const counted = await countResults({ term: { 'anomaly.top_feature': first } });
    const row = rowsOf(page, 'logAnomaliesPatterns').first();
    expect(await row.innerText()).toContain(String(counted));
  }));

it('marks what the calendar says on charts over time, of the entity that the dashboard filters by', () =>
  onPage(async (page) => {
    const [entity] = await entitiesWith('warning');
    const deployed = { kind: 'deployment', title: 'Release', version: '1.42' };
    const at = new Date(Date.now() - HOUR).toISOString();
    for (const entities of [[entity], ['nobody of the kind']]) {
      const body = { ...deployed, at, entities };
      await world.kibana.call(administrator(world.elasticsearch), 'addAnnotation', { body }, world.space);
    }
    const filters = JSON.stringify([
      {
        meta: { type: 'phrase', key: 'anomaly.entity', params: { query: entity } },
        query: { match_phrase: { 'anomaly.entity': entity } },
      },
    ]);
    const flags = page.locator('.echAnnotation__marker');
    const search = new URLSearchParams({ from: 'now-3d', detector: id, filters });
    for (const kind of ['timeline', 'values']) {
      await openPanels(page, `panel=${kind}&${search.toString()}`);
      await flags.first().waitFor();
      expect(await flags.count()).toBe(1);
    }
    await openPanels(page, `panel=timeline&from=now-3d&detector=${id}`);
    await flags.nth(1).waitFor();
    expect(await flags.count()).toBe(2);
  }));

/** Values of the panel of figures, in their order. */
const figuresOf = (page: Page): Promise<string[]> =>
  page.locator(`${testSubject('logAnomaliesFigures')} .euiStat__title`).allInnerTexts();

it('tells figures of the time and the entity of the dashboard, and counts a log once that two runs scored', () =>
  onPage(async (page) => {
    const [entity] = await entitiesWith('warning');
    const filters = JSON.stringify([
      {
        meta: { type: 'phrase', key: 'anomaly.entity', params: { query: entity } },
        query: { match_phrase: { 'anomaly.entity': entity } },
      },
    ]);
    // Until an hour ago: logs that come meanwhile change nothing.
    const [from, to] = [3 * 24, 1].map((hours) => new Date(Date.now() - hours * 3_600_000).toISOString());
    const search = new URLSearchParams({ panel: 'figures', from, to, filters });
    await openPanels(page, search.toString());
    const [incidents, anomalies, logs, confidence] = await figuresOf(page);
    const ofEntity = { term: { 'anomaly.entity': entity } };
    // A summary carries the start of its five minutes.
    const start = new Date(Math.floor(Date.parse(from) / 300_000) * 300_000).toISOString();
    const span = { range: { '@timestamp': { gte: start, lt: to } } };
    const wanted = await countResults({ bool: { filter: [ofEntity, span] } });
    expect(Number(anomalies.replace(/,/g, ''))).toBe(wanted);
    expect(Number(incidents)).toBeGreaterThanOrEqual(0);
    expect(confidence).toMatch(/^(warning|minor|major|critical) \d+$/);
    expect(await page.locator(testSubject('logAnomaliesPanelNotFiltered')).count()).toBe(0);
    // A backfill that has scored the same logs once more.
    const index = resultsPattern(world.space);
    const { hits } = await world.elasticsearch.search<{ run: object }>({
      index,
      size: 10_000,
      query: {
        bool: {
          filter: [{ term: { 'result.type': 'bucket' } }, ofEntity],
          must_not: [{ prefix: { 'run.id': 'backfill-' } }],
        },
      },
    });
    const again = hits.hits.flatMap(({ _index, _id, _source }) => [
      { index: { _index, _id: `${_id}-again` } },
      { ..._source, run: { id: 'backfill-test' } },
    ]);
    await world.elasticsearch.bulk({ operations: again, refresh: true });
    try {
      await openPanels(page, search.toString());
      expect((await figuresOf(page))[2]).toBe(logs);
    } finally {
      const operations = hits.hits.map(({ _index, _id }) => ({ delete: { _index, _id: `${_id}-again` } }));
      await world.elasticsearch.bulk({ operations, refresh: true });
    }
    await openPanels(
      page,
      `panel=figures&from=now-3d&query=${encodeURIComponent('anomaly.severity : "warning"')}`,
    );
    await page.waitForSelector(testSubject('logAnomaliesPanelNotFiltered'));
  }));

it('follows the query and the filters of the dashboard', () =>
  onPage(async (page) => {
    // Logs end now, so that which of them are anomalous differs from run to run.
    const [, second] = await entitiesWith('warning');
    const filters = [{ meta: {}, query: { term: { 'anomaly.severity': 'warning' } } }];
    const search = new URLSearchParams({
      from: 'now-3d',
      query: `anomaly.entity : "${second}"`,
      filters: JSON.stringify(filters),
    });
    const wanted = await countResults({
      bool: {
        filter: [{ term: { 'anomaly.entity': second } }, { term: { 'anomaly.severity': 'warning' } }],
      },
    });
    expect(wanted).toBeGreaterThan(0);
    await openPanels(page, `panel=table&panel=patterns&${search.toString()}`);
    expect(await rowsOf(page, 'logAnomaliesRows').count()).toBe(Math.min(wanted, 20));
    const severities = await rowsOf(page, 'logAnomaliesRows').allInnerTexts();
    expect(severities.every((text) => text.includes('warning') && text.includes(second))).toBe(true);
    const counts = await page
      .locator(`${testSubject('logAnomaliesPatterns')} tr:has(strong) .euiProgress__valueText`)
      .allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(wanted);
  }));

it('says what is wrong with a query that cannot be read', () =>
  onPage(async (page) => {
    await openPanels(page, `panel=table&query=${encodeURIComponent('anomaly.entity :')}`);
    const failure = page.locator(testSubject('logAnomaliesFailure'));
    expect(await failure.innerText()).toMatch(/Expected a field and a value/);
  }));

it('filters the dashboard by a time that is brushed, and by a feature or an entity that is clicked', () =>
  onPage(async (page) => {
    await openPanels(page, `panel=timeline&panel=patterns&panel=table&from=now-3d&detector=${id}`);
    const box = await page
      .locator(`${testSubject('logAnomaliesTimeline')} canvas`)
      .first()
      .boundingBox();
    const { x, y, width, height } = box!;
    await page.mouse.move(x + width * 0.3, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y + height / 2, { steps: 8 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{4}-.*&to=\d{4}-/);
    const range = new URL(page.url()).searchParams;
    const length = Date.parse(range.get('to')!) - Date.parse(range.get('from')!);
    expect(length).toBeGreaterThan(86_400_000 * 0.5);
    expect(length).toBeLessThan(86_400_000 * 2);

    const feature = page.locator(`${testSubject('logAnomaliesPatterns')} button`).first();
    const name = await feature.innerText();
    await feature.click();
    await page.waitForURL(/filters=/);
    const [chosen] = JSON.parse(new URL(page.url()).searchParams.get('filters')!) as object[];
    expect(chosen).toMatchObject({ query: { match_phrase: { 'anomaly.top_feature': name } } });
    // Only this feature is left.
    await page.waitForFunction(
      (selector) => document.querySelectorAll(selector).length === 1,
      `${testSubject('logAnomaliesPatterns')} strong`,
    );
    const entity = rowsOf(page, 'logAnomaliesRows').first().locator('button');
    const entityName = await entity.innerText();
    await entity.click();
    await page.waitForURL(new RegExp(encodeURIComponent(`"${entityName}"`)));
  }));

it('filters the dashboard by the entity and the time of a cell of a lane that is clicked', () =>
  onPage(async (page) => {
    await openPanels(page, `panel=swim_lane&panel=table&from=now-3d&detector=${id}`);
    const canvas = page.locator(`${testSubject('logAnomaliesSwimLane')} canvas`).first();
    const { x, y, width } = (await canvas.boundingBox())!;
    await page.mouse.click(x + width * 0.6, y + 12);
    await page.waitForURL(/from=\d{4}-.*filters=/);
    const search = new URL(page.url()).searchParams;
    expect(Date.parse(search.get('to')!) - Date.parse(search.get('from')!)).toBeLessThan(86_400_000);
    const [chosen] = JSON.parse(search.get('filters')!) as { meta: { index: string }; query: object }[];
    expect(chosen.meta.index).toBe(`log-anomalies-results-${world.space}`);
    expect(chosen.query).toHaveProperty(['match_phrase', 'anomaly.entity']);
  }));

it('has an editor for each panel, which changes what is shown', () =>
  onPage(async (page) => {
    await openPanels(page, 'panel=table&from=now-3d&edit');
    await page.selectOption(testSubject('logAnomaliesPanelSeverity'), 'minor');
    const limit = page.locator(testSubject('logAnomaliesPanelLimit'));
    await limit.fill('');
    // Emptied on the way to another number: nothing comes back into it meanwhile.
    expect(await limit.inputValue()).toBe('');
    await limit.fill('3');
    await page.waitForFunction(
      (selector) => document.querySelectorAll(selector).length === 3,
      `${testSubject('logAnomaliesRows')} tbody tr`,
    );
    const rows = await rowsOf(page, 'logAnomaliesRows').allInnerTexts();
    expect(rows.every((text) => /minor|major|critical/.test(text))).toBe(true);
    await openPanels(page, 'panel=swim_lane&from=now-3d&edit');
    await page.selectOption(testSubject('logAnomaliesPanelLaneBy'), 'detector');
    await page.selectOption(testSubject('logAnomaliesPanelDetector'), id);
    await page.waitForSelector(`${testSubject('logAnomaliesSwimLane')} canvas`);
  }));

it('leaves room for what happens in incidents on half of a narrow dashboard', () =>
  onPage(async (page) => {
    await page.setViewportSize({ width: 1_280, height: 900 });
    await openPanels(page, `panel=figures&panel=incidents&from=now-3d&detector=${id}`);
    const link = page.locator(`${testSubject('logAnomaliesIncidents')} tbody td:nth-child(2)`).first();
    await link.waitFor();
    const { width } = (await link.boundingBox())!;
    expect(width).toBeGreaterThan(150);
    // The state stands below the time.
    await page
      .getByText(/, (open|closed)$/)
      .first()
      .waitFor();
  }));

it('shows a number beside what is usual, of the entity and the feature that its editor or its dashboard chooses', () =>
  onPage(async (page) => {
    await openPanels(page, `panel=values&from=now-3d&detector=${id}&edit`);
    const chart = page.locator(testSubject('logAnomaliesValueChart'));
    const choose = async (subject: string, name: string): Promise<void> => {
      const box = page.locator(`${testSubject(subject)} input`);
      await box.fill(name);
      await box.press('Enter');
    };
    for (const entity of (await entitiesWith('warning')).slice(0, 2)) {
      await choose('logAnomaliesPanelEntity', entity);
      await chart.getByText(`Logs with service.name: ${entity}`).waitFor();
    }
    const [slow] = await entitiesWith('warning', 'response_time');
    await choose('logAnomaliesPanelEntity', slow);
    await chart.getByText(`Logs with service.name: ${slow}`).waitFor();
    await choose('logAnomaliesPanelFeature', 'response_time');
    // Its name is for screen readers.
    await chart.getByRole('figure', { name: /^response_time over time/ }).waitFor({ state: 'attached' });
    await choose('logAnomaliesPanelFeature', 'no_such_feature');
    await page.waitForSelector(testSubject('logAnomaliesPanelEmpty'));
    const [entity] = await entitiesWith('minor');
    const filters = JSON.stringify([{ meta: {}, query: { term: { 'anomaly.entity': entity } } }]);
    const show = async (range: { from: string; to: string }): Promise<string> => {
      const search = new URLSearchParams({ panel: 'values', detector: id, filters, ...range });
      await openPanels(page, search.toString());
      await chart.getByText(`Logs with service.name: ${entity}`).waitFor();
      return chart.innerText();
    };
    expect(await show({ from: 'now-3d', to: 'now' })).toMatch(/Usual[^]*Median[^]*Largest[^]*Anomalies, /);
    expect(await seriousFindings(page)).toEqual([]);
    // Of a time without an anomaly the last one before it tells what is usual.
    await page.route(/\/results\?.*sort=severity/, (route) =>
      route.fulfill({ json: { total: 0, results: [] } }),
    );
    const [now, hour] = [Date.now(), 3_600_000];
    const [from, to] = [now - 2 * hour, now].map((time) => new Date(time).toISOString());
    expect(await show({ from, to })).toMatch(/Usual[^]*Median/);
  }));

it('says so where there is nothing, and where one may not look', async () => {
  await onPage(async (page) => {
    await openPanels(page, `${ALL_PANELS}&from=now-30d&to=now-20d`);
    // Figures are 0 then.
    expect(await page.locator(testSubject('logAnomaliesPanelEmpty')).count()).toBe(KINDS.length - 1);
    expect(await figuresOf(page)).toEqual(['0', '0', '0', '–']);
  });
  const { page } = await openPage(browser, world.host);
  await page.route(/_buckets|_patterns|\/incidents\?|\/results\?/, (route) =>
    route.fulfill({ status: 403, json: { statusCode: 403, error: 'Forbidden', message: 'Forbidden' } }),
  );
  await openPanels(page, ALL_PANELS);
  expect(await page.locator(testSubject('logAnomaliesForbidden')).count()).toBe(KINDS.length);
  await page.close();
});

describe('panels of dashboards from Kibana 9.4 on, which are embeddables', () => {
  interface Stored {
    readonly type: string;
    readonly state: object;
  }
  const DONE = /^l+d$/;

  const openNative = (page: Page, panels: readonly Stored[], given: Record<string, string> = {}) => {
    const search = new URLSearchParams({ panels: JSON.stringify(panels), from: 'now-3d', ...given });
    return open(
      { page, url: world.host.url },
      `/app/native?${search.toString()}`,
      `native-${panels[0].type}`,
    );
  };
  /** Letters that a panel told its dashboard: l for loading, d for done. */
  const told = (page: Page, type: string) => page.getAttribute(testSubject(`native-${type}`), 'data-loading');
  const waitUntilTold = (page: Page, type: string, ending: RegExp) =>
    page.waitForFunction(
      ([selector, wanted]) =>
        new RegExp(wanted).test(document.querySelector(selector)?.getAttribute('data-loading') ?? ''),
      [testSubject(`native-${type}`), ending.source],
    );
  const waitForRows = (page: Page, count: number) =>
    page.waitForFunction(
      ([selector, wanted]) => document.querySelectorAll(String(selector)).length === wanted,
      [`${testSubject('logAnomaliesRows')} tbody tr`, count] as const,
    );
  const storedIn = (page: Page): Stored[] =>
    JSON.parse(new URL(page.url()).searchParams.get('panels')!) as Stored[];

  it.each(KINDS)('draws a %s from its state', (kind) =>
    onPage(async (page) => {
      const type = `log_anomalies_${kind}`;
      world.host.asked.length = 0;
      await openNative(page, [{ type, state: { detector_id: id, title: 'Of the shop' } }]);
      await waitUntilTold(page, type, /d$/);
      expect(await told(page, type)).toMatch(DONE);
      const panel = page.locator(testSubject(`native-${type}`));
      expect(await panel.locator('h2').innerText()).toBe('Of the shop');
      const { width = 0, height = 0 } =
        (await panel.locator(testSubject('logAnomaliesPanel')).boundingBox()) ?? {};
      expect(Math.min(width, height)).toBeGreaterThan(300);
      const about = world.host.asked.filter((asked) =>
        /Results|Patterns|Incidents|ValueOverTime/.test(asked),
      );
      expect(about.map((asked) => asked.split(' ')[0])).toEqual(OPERATIONS_OF[kind]);
      expect(about[0]).toContain(id);
    }),
  );

  it('is stored by value as it was changed, taken back, and found again', () =>
    onPage(async (page) => {
      const type = 'log_anomalies_table';
      const state = { limit: 5, min_severity: 'warning' };
      await openNative(page, [{ type, state }]);
      await waitForRows(page, 5);
      const panel = page.locator(testSubject(`native-${type}`));
      expect(await panel.getAttribute('data-changed')).toBe('false');
      await page.click(testSubject('nativeEdit'));
      await page.fill(testSubject('logAnomaliesPanelLimit'), '3');
      await waitForRows(page, 3);
      await page.click(testSubject('nativeReset'));
      await waitForRows(page, 5);
      await page.waitForSelector(testSubject('nativeReset'), { state: 'detached' });
      await page.fill(testSubject('logAnomaliesPanelLimit'), '4');
      await page.selectOption(testSubject('logAnomaliesPanelSeverity'), 'minor');
      await waitForRows(page, 4);
      await page.click(testSubject('nativeSave'));
      await page.waitForSelector(testSubject('nativeReset'), { state: 'detached' });
      expect(storedIn(page)).toEqual([{ type, state: { limit: 4, min_severity: 'minor' } }]);
      await page.reload();
      await waitForRows(page, 4);
      const rows = await rowsOf(page, 'logAnomaliesRows').allInnerTexts();
      expect(rows.every((text) => /minor|major|critical/.test(text))).toBe(true);
    }));

  it('closes its editor with its dashboard: the flyout would change a panel that is gone', () =>
    onPage(async (page) => {
      const type = 'log_anomalies_table';
      await openNative(page, [{ type, state: {} }]);
      await page.click(testSubject('nativeEdit'));
      await page.waitForSelector(testSubject('logAnomaliesPanelLimit'));
      await page.click(testSubject('nativeRemove'));
      await page.waitForSelector(testSubject('logAnomaliesPanelLimit'), { state: 'detached' });
    }));

  it('shows a visualization of the library by reference, and says so where there is none such', () =>
    onPage(async (page) => {
      const [table, timeline] = ['log_anomalies_table', 'log_anomalies_timeline'];
      const params = { kind: 'table', detectorId: id, minSeverity: '', laneBy: 'entity', limit: 4 };
      const library = JSON.stringify({ saved: { type: table, params } });
      const state = { ref_id: 'saved', title: 'Mine' };
      await openNative(page, [{ type: table, state }], { library });
      await waitForRows(page, 4);
      expect(await page.locator(testSubject('nativeEdit')).count()).toBe(0);
      await page.click(testSubject('nativeSave'));
      expect(storedIn(page)).toEqual([{ type: table, state }]);
      const wrong = [
        { type: table, state: { ref_id: 'gone' } },
        { type: timeline, state: { ref_id: 'saved' } },
      ];
      await openNative(page, wrong, { library });
      const failures = page.locator(testSubject('nativeFailure'));
      await failures.nth(1).waitFor();
      expect(await failures.allInnerTexts()).toEqual([
        'Saved object [visualization/gone] not found',
        'The visualization saved is no panel "log_anomalies_timeline".',
      ]);
    }));

  it('follows time, query and filters of the dashboard, and filters it', () =>
    onPage(async (page) => {
      const [timeline, table] = ['log_anomalies_timeline', 'log_anomalies_table'];
      const [entity] = await entitiesWith('warning');
      const panels = [
        { type: timeline, state: { detector_id: id } },
        { type: table, state: { detector_id: id } },
      ];
      const filters = JSON.stringify([{ meta: {}, query: { term: { 'anomaly.severity': 'warning' } } }]);
      await openNative(page, panels, { query: `anomaly.entity : "${entity}"`, filters });
      await waitUntilTold(page, table, /d$/);
      const rows = await rowsOf(page, 'logAnomaliesRows').allInnerTexts();
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every((text) => text.includes('warning') && text.includes(entity))).toBe(true);

      await openNative(page, panels);
      await waitUntilTold(page, timeline, /d$/);
      const canvas = page.locator(`${testSubject('logAnomaliesTimeline')} canvas`).first();
      const { x, y, width, height } = (await canvas.boundingBox())!;
      await page.mouse.move(x + width * 0.3, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.7, y + height / 2, { steps: 8 });
      await page.mouse.up();
      await page.waitForURL(/from=\d{4}-.*&to=\d{4}-/);
      await waitUntilTold(page, table, /dl+d$/);
      const chosen = rowsOf(page, 'logAnomaliesRows').first().locator('button');
      const name = await chosen.innerText();
      await chosen.click();
      await page.waitForURL(new RegExp(encodeURIComponent(`"${name}"`)));
      await waitUntilTold(page, table, /dl+dl+d$/);
      const left = await rowsOf(page, 'logAnomaliesRows').allInnerTexts();
      expect(left.every((text) => text.includes(name))).toBe(true);
    }));

  it('tells when it loads, also again, and says where there is nothing or one may not look', async () => {
    const type = 'log_anomalies_table';
    const empty = { time_range: { from: 'now-30d', to: 'now-20d' } };
    await onPage(async (page) => {
      // Its own time goes before that of the dashboard.
      await openNative(page, [{ type, state: empty }]);
      await page.waitForSelector(testSubject('logAnomaliesPanelEmpty'));
    });
    const { page } = await openPage(browser, world.host);
    const held: (() => void)[] = [];
    await page.route(/\/results\?/, async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    const release = async (): Promise<void> => {
      while (held.length === 0) await page.waitForTimeout(20);
      held.shift()!();
    };
    const asked = page.waitForRequest(/\/results\?/);
    await openNative(page, [{ type, state: {} }]);
    await asked;
    expect(await told(page, type)).toMatch(/^l+$/);
    await release();
    await waitUntilTold(page, type, /d$/);
    const askedAgain = page.waitForRequest(/\/results\?/);
    await page.click(testSubject('nativeRefresh'));
    await askedAgain;
    // Rows of before are there: it is not done because of that.
    expect(await told(page, type)).toMatch(/^l+dl+$/);
    await release();
    await waitUntilTold(page, type, /dl+d$/);
    expect(await told(page, type)).toMatch(/^l+dl+d$/);
    await page.unroute(/\/results\?/);
    await page.route(/\/results\?/, (route) =>
      route.fulfill({ status: 403, json: { statusCode: 403, error: 'Forbidden', message: 'Forbidden' } }),
    );
    await page.click(testSubject('nativeRefresh'));
    // Rows that are there stay, with a warning; a panel without any says that one may not look.
    await page.getByText('The data may be outdated because the refresh failed').waitFor();
    await waitUntilTold(page, type, /dl+dl+d$/);
    await openNative(page, [{ type, state: {} }]);
    await page.waitForSelector(testSubject('logAnomaliesForbidden'));
    await waitUntilTold(page, type, /d$/);
    await page.close();
  });
});

it.each(KINDS)(
  'fills the editor of visualizations from Kibana 9.2 on, where nothing has a width: %s',
  (kind) =>
    onPage(async (page) => {
      await open({ page, url: world.host.url }, `/app/visualize?panel=${kind}`, 'logAnomaliesPanel');
      await page.waitForSelector('[data-render-complete]');
      const widthOf = async (selector: string): Promise<number> =>
        Math.round((await page.locator(selector).first().boundingBox())!.width);
      const panel = testSubject('logAnomaliesPanel');
      expect([await widthOf('.visEditor__canvas'), await widthOf(panel)]).toEqual([800, 800]);
    }),
);

it('estimates how often a rule would have fired, from the page of a detector', () =>
  onPage(async (page) => {
    const path = `/app/logAnomalies/detectors/${id}/jobs`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesCreateRule');
    await page.click(testSubject('logAnomaliesCreateRule'));
    await page.waitForSelector(testSubject('logAnomaliesCreateRule-logAnomalies.logAnomaly'));
    expect(await seriousFindings(page)).toEqual([]);
    await page.click(testSubject('logAnomaliesCreateRule-logAnomalies.logAnomaly'));
    const estimate = page.locator(testSubject('logAnomaliesFiringEstimate'));
    await estimate.getByText(/would have raised [\d,]+ alerts/).waitFor();
    /** 0 where the rule would have raised one alert or none. */
    const alertsOf = async (): Promise<number> =>
      Number(/raised ([\d,]+) alerts/.exec(await estimate.innerText())?.[1].replace(/,/g, '') ?? 0);
    const before = await alertsOf();
    const chosen = page.locator(`${testSubject('logAnomaliesRuleDetectors')} .euiComboBoxPill`);
    expect(await chosen.allInnerTexts()).toEqual(['Shop requests']);
    await page.selectOption(testSubject('logAnomaliesRuleSeverity'), 'critical');
    await page.waitForFunction(
      ([selector, text]) => !document.querySelector(selector)?.textContent?.includes(text),
      [testSubject('logAnomaliesFiringEstimate'), `${before.toLocaleString('en')} alerts`],
    );
    expect(await alertsOf()).toBeLessThan(before);
  }));

it('offers the rule for incidents first, filled in for the detector', () =>
  onPage(async (page) => {
    const path = `/app/logAnomalies/detectors/${id}/jobs`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesCreateRule');
    await page.click(testSubject('logAnomaliesCreateRule'));
    const choices = page.locator('[data-test-subj^="logAnomaliesCreateRule-"]');
    await choices.first().waitFor();
    expect(await choices.allInnerTexts()).toEqual([
      'Log incident: one alert for each incident',
      'Log anomaly: alerts by number of anomalies in a time window',
    ]);
    await choices.first().click();
    await page.waitForSelector(testSubject('logAnomaliesIncidentEstimate'));
    const flyout = page.locator(testSubject('ruleFlyout'));
    expect(await flyout.getByLabel('Name', { exact: true }).inputValue()).toBe('Incidents of Shop requests');
    const chosen = flyout.locator(`${testSubject('logAnomaliesRuleDetectors')} .euiComboBoxPill`);
    expect(await chosen.allInnerTexts()).toEqual(['Shop requests']);
    expect(await flyout.locator(testSubject('logAnomaliesRuleSeverity')).inputValue()).toBe('warning');
  }));

it('fills in the form for the health of detectors, and says what is wrong', () =>
  onPage(async (page) => {
    const path = '/app/rule?type=logAnomalies.detectorHealth';
    await open({ page, url: world.host.url }, path, 'logAnomaliesRuleDetectors');
    const params = async (): Promise<object> =>
      JSON.parse((await page.textContent(testSubject('ruleParams'))) ?? '') as object;
    expect(await params()).toEqual({
      detector_ids: [],
      max_silence: '15m',
      max_lag: '15m',
      max_failures: 3,
      max_time_without_logs: '1h',
      max_model_age: '30d',
    });
    await page.getByLabel('Behind now by more than').fill('soon');
    await page.getByText('It must be a duration such as 30s, 5m, 12h or 7d.').waitFor();
    await page.getByLabel('Behind now by more than').fill('');
    await page.getByLabel('So many failed runs in a row').fill('');
    expect(await params()).toMatchObject({ max_lag: null, max_failures: null });
  }));

it('fills in the form for incidents, makes a query of KQL, and refuses KQL that cannot be read', () =>
  onPage(async (page) => {
    const path = '/app/rule?type=logAnomalies.incident';
    await open({ page, url: world.host.url }, path, 'logAnomaliesIncidentEstimate');
    const params = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await page.textContent(testSubject('ruleParams'))) ?? '') as Record<string, unknown>;
    expect(await params()).toEqual({
      detector_ids: [],
      min_severity: 'warning',
      min_duration: null,
      min_results: 1,
      min_entities: 1,
    });
    await page.fill(testSubject('logAnomaliesRuleQuery'), 'service.name : shop');
    expect((await params()).kql).toBe('service.name : shop');
    expect(JSON.parse((await params()).query as string)).toMatchObject({ bool: {} });
    await page.fill(testSubject('logAnomaliesRuleQuery'), 'service.name : "shop');
    await page.getByText('This KQL cannot be read').waitFor();
    expect(await params()).not.toHaveProperty('query');
    await page.fill(testSubject('logAnomaliesRuleQuery'), '');
    await page.fill(testSubject('logAnomaliesRuleDuration'), '10m');
    await page.fill(testSubject('logAnomaliesRule_min_entities'), '3');
    expect(await params()).toEqual({
      detector_ids: [],
      min_severity: 'warning',
      min_duration: '10m',
      min_results: 1,
      min_entities: 3,
    });
  }));

it('installs the dashboards, and asks before it replaces them', async () => {
  await onPage(async (page) => {
    await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesInstallDashboards');
    await page.click(testSubject('logAnomaliesInstallDashboards'));
    await page.getByText('The data view and the dashboards are installed').waitFor();
    const links = page.locator(`${testSubject('logAnomaliesInstalledDashboards')} a`);
    const titles = ['Log Anomalies: overview', 'Log Anomalies: HTTP service'];
    expect(await links.allInnerTexts()).toEqual(titles);
    expect(await links.first().getAttribute('href')).toMatch(
      /\/app\/dashboards#\/view\/log-anomalies-overview-/,
    );
    // Also when the page is opened again.
    await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesOpenDashboards');
    await page.click(testSubject('logAnomaliesOpenDashboards'));
    await page.getByRole('link', { name: titles[1] }).waitFor();
    await page.click(testSubject('logAnomaliesInstallAgain'));
    const question = page.locator(testSubject('logAnomaliesReplaceDashboards'));
    expect(await question.innerText()).toMatch(/Log Anomalies: overview[\s\S]*Log Anomalies: HTTP service/);
    await page.getByRole('button', { name: 'Replace' }).click();
    await question.waitFor({ state: 'detached' });
  });
});

it('names the client of a request by whichever field the result has', async () => {
  const view = resultDashboards(world.space, { hasPlugin: true }).find(
    ({ type }) => type === 'index-pattern',
  )!;
  const index = 'clients-of-results';
  const ip = { type: 'ip' } as const;
  await world.elasticsearch.indices.create({
    index,
    mappings: {
      properties: {
        client: { properties: { ip } },
        source: { properties: { ip, address: { type: 'keyword' } } },
      },
    },
  });
  const logs = [
    { client: { ip: '203.0.113.9' }, source: { ip: '10.0.0.1' } },
    { source: { ip: '10.0.0.2', address: 'proxy' } },
    { source: { address: 'web-1.example' } },
    { url: { path: '/' } },
  ];
  await world.elasticsearch.bulk({
    index,
    refresh: true,
    operations: logs.flatMap((log) => [{ index: {} }, log]),
  });
  const { aggregations } = await world.elasticsearch.search({
    index,
    size: 0,
    runtime_mappings: JSON.parse(String(view.attributes.runtimeFieldMap)) as never,
    aggs: { clients: { terms: { field: 'request_client' } } },
  });
  await world.elasticsearch.indices.delete({ index });
  const { buckets } = aggregations!.clients as { buckets: { key: string }[] };
  expect(buckets.map(({ key }) => key).sort()).toEqual(['10.0.0.2', '203.0.113.9', 'web-1.example']);
});

it('shows a reader what they may not do', () =>
  onPage(
    async (page) => {
      const pages = { page, url: world.host.url };
      await open(pages, '/app/logAnomalies/', 'logAnomaliesDetectors');
      expect(await page.locator(testSubject('logAnomaliesCreate')).count()).toBe(0);
      const path = `/app/logAnomalies/detectors/${id}/anomalies?from=now-3d&to=now&view=anomalies`;
      await open(pages, path, 'logAnomaliesResults');
      expect(await page.locator(testSubject('logAnomaliesCreateRule')).count()).toBe(0);
      await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
      await page.waitForSelector(testSubject('logAnomaliesFeedbackReal'));
      expect(await page.locator(testSubject('logAnomaliesFeedbackReal')).isDisabled()).toBe(true);
      await openPanels(page, `${ALL_PANELS}&from=now-3d&detector=${id}`);
      expect(await rowsOf(page, 'logAnomaliesRows').count()).toBe(20);
    },
    { user: 'reader' },
  ));
