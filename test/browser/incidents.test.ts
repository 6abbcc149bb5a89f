import type { Browser, Page } from 'playwright-core';
import { seriousFindings } from './accessibility';
import type { Operation } from '../../common/api';
import { DAY, MINUTE } from '../../common/duration';
import { administrator, makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
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

const changeSection = testSubject('logAnomaliesChange');
const changeAnswer = testSubject('logAnomaliesChangeAnswer');
const openChange = (page: Page): Promise<void> => page.locator(`${changeSection} button`).first().click();

it.each(['light', 'dark'] as const)('says on its page what explains an incident, in %s', (theme) =>
  onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, explorer(), 'logAnomaliesIncidents');
      await page.locator(`${rows} a`).first().click();
      await page.waitForSelector(changeSection);
      await openChange(page);
      await page.waitForSelector(changeAnswer);
      expect(await page.innerText(changeAnswer)).toMatch(/logs from .* compared with [\d,]+ logs from/);
      await page.selectOption(testSubject('logAnomaliesChangeBaseline'), 'day');
      await page.waitForFunction(
        (selector) => document.querySelector(selector)?.closest('[aria-busy]')?.ariaBusy === 'false',
        changeAnswer,
      );
      await page.mouse.move(0, 0);
      expect(await seriousFindings(page)).toEqual([]);
    },
    { theme, width: 1_440 },
  ),
);

/** The explorer as it is once the last three days were brushed. */
const brushed = (): string => {
  const [from, to] = [Date.now() - 3 * 86_400_000, Date.now()].map((time) => new Date(time).toISOString());
  return explorer('&before_from=now-7d&before_to=now').replace('from=now-3d&to=now', `from=${from}&to=${to}`);
};

const spans = {
  window: { from: '2026-11-02T14:00:00Z', to: '2026-11-02T14:20:00Z', logs: 3_019, sampled: 3_019 },
  baseline: { from: '2026-11-02T12:40:00Z', to: '2026-11-02T14:00:00Z', logs: 16_981, sampled: 5_000 },
  rate_ratio: 0.71,
  compared: { fields: ['host.name'], left_out: 0, tests: 10 },
};
const changed = {
  kind: 'value',
  field: 'service.version',
  value: '9.9.1',
  window: { logs: 327, share: 0.108 },
  baseline: { logs: 0, share: 0 },
  usual: { low: 0, high: 0 },
  lift: null,
  rate_ratio: null,
  p_value: 1e-20,
  adjusted_p_value: 1e-18,
  is_new: true,
  is_gone: false,
  estimated: false,
};
const numbers = (median: number) => ({ count: 900, p25: 1e7, median, p75: 4e7, p95: 6e8 });
const explained = {
  ...spans,
  groups: [
    {
      direction: 'more',
      values: [
        changed,
        {
          ...changed,
          kind: 'pattern',
          field: 'message',
          value: 'cannot parse price of item <num>',
          example: 'cannot parse price of item 17',
          estimated: true,
        },
        {
          ...changed,
          field: 'log.level',
          value: 'error',
          is_new: false,
          lift: 2.4,
          usual: { low: 127, high: 210 },
          baseline: { logs: 679, share: 0.04 },
        },
      ],
      found_in: [{ field: 'host.name', value: 'host-7', share: 0.52, elsewhere: 0.08 }],
    },
    {
      direction: 'fewer',
      values: [{ ...changed, kind: 'missing', value: undefined, is_new: false, is_gone: true }],
      found_in: [],
    },
  ],
  numbers: [
    {
      field: 'event.duration',
      unit: 'ns',
      direction: 'higher',
      window: numbers(2.2e7),
      baseline: numbers(2e7),
      distance: 0.2,
      usual_distance: 0.02,
      p_value: 1e-9,
      adjusted_p_value: 1e-9,
      group: 0,
    },
  ],
  remarks: ['counts_estimated'],
};

it('shows what changed in a brushed time of the explorer, nothing, a time without logs, and a failure', () =>
  onPage(browser, world, async (page) => {
    let answer: { status: number; json: object } = { status: 200, json: explained };
    await page.route('**/_explain_change*', (route) => route.fulfill(answer));
    await open({ page, url: world.host.url }, brushed(), 'logAnomaliesIncidents');
    await page.waitForSelector(changeSection);
    await openChange(page);
    await page.waitForSelector(changeAnswer);
    const text = await page.innerText(changeAnswer);
    expect(text).toMatch(/service\.version: 9\.9\.1[^]*new[^]*≈ 327[^]*127 to 210[^]*2\.4 ×/);
    expect(text).toContain('Found in host.name: host-7 (52% of these logs');
    expect(text).toMatch(/event\.duration \(in the logs of 1\)[^]*20 ms → 22 ms/);
    expect(await page.locator(`${changeAnswer} a`).first().getAttribute('href')).toContain(
      'DISCOVER_APP_LOCATOR',
    );
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator(changeSection).scrollIntoViewIfNeeded();

    const ask = async (next: typeof answer, baseline: string, words: RegExp): Promise<void> => {
      answer = next;
      await page.selectOption(testSubject('logAnomaliesChangeBaseline'), baseline);
      await page.locator(changeSection).getByText(words).first().waitFor();
    };
    await ask(
      { status: 200, json: { ...spans, groups: [], numbers: [], remarks: [] } },
      'week',
      /has changed beyond what is usual/,
    );
    await ask(
      {
        status: 200,
        json: {
          ...spans,
          window: { ...spans.window, logs: 0 },
          groups: [],
          numbers: [],
          remarks: ['empty_window'],
        },
      },
      'before',
      /There is no log in this time/,
    );
  }));

it('tells a reader who may not read the logs so', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, brushed(), 'logAnomaliesIncidents');
      await openChange(page);
      await page.waitForSelector(`${changeSection} ${testSubject('logAnomaliesForbidden')}`);
    },
    { user: 'reader' },
  ));

it.each(['light', 'dark'] as const)(
  'shows the value of an incident over time beside the usual, in %s',
  (theme) =>
    onPage(
      browser,
      world,
      async (page) => {
        await open({ page, url: world.host.url }, explorer(), 'logAnomaliesIncidents');
        await page.locator(`${rows} a`, { hasText: CHARTED }).first().click();
        const chart = page.locator(testSubject('logAnomaliesValueChart'));
        await chart.locator('canvas').first().waitFor();
        expect(await chart.innerText()).toMatch(
          /Usual[^]*Median[^]*Anomalies, (warning|minor|major|critical)/,
        );
        expect(await chart.innerText()).toMatch(/Logs with service\.name: \S+/);
        await page.mouse.move(0, 0);
        expect(await seriousFindings(page)).toEqual([]);
      },
      { theme, width: 1_440 },
    ),
);

/** Words of the titles of incidents with a chart: only a number among the reasons is charted, and a title leads with it. */
const CHARTED = 'response_time';

/** A deployment two minutes before the first incident with a chart, and maintenance around it. @returns its entity */
async function noteChanges(): Promise<string> {
  const admin = administrator(world.elasticsearch);
  const ask = async <Body>(operation: Operation, given: object): Promise<Body> =>
    (await world.kibana.call(admin, operation, given, world.space)).body;
  const query = { detector_id: id, size: '50', from: String(Date.now() - 3 * DAY) };
  const { incidents } = await ask<{ incidents: { title: string; start: string; entity: string }[] }>(
    'listIncidents',
    { query },
  );
  const { start, entity } = incidents.find(({ title }) => title.includes(CHARTED))!;
  const before = (minutes: number): string => new Date(Date.parse(start) - minutes * MINUTE).toISOString();
  const deployment = { kind: 'deployment', title: 'Faster checkout', version: '1.42', id: 'ci-1' };
  await ask('addAnnotation', {
    body: { ...deployment, at: before(2), entities: [entity], url: 'https://ci.example/1' },
  });
  await ask('addAnnotation', {
    body: {
      kind: 'maintenance',
      title: 'Move of the database',
      at: before(90),
      ends_at: before(30),
      id: 'move',
    },
  });
  await ask('addAnnotation', {
    body: { kind: 'change', title: 'Of another service', at: before(3), entities: ['no-such'], id: 'other' },
  });
  return entity;
}

it.each(['light', 'dark'] as const)('marks changes of the calendar on charts, in %s', (theme) =>
  onPage(
    browser,
    world,
    async (page) => {
      const entity = await noteChanges();
      await open({ page, url: world.host.url }, explorer(), 'logAnomaliesIncidents');
      const list = page.locator(testSubject('logAnomaliesAnnotations'));
      await list.getByText('3 changes of the calendar in this time').click();
      expect(await list.innerText()).toContain('Change of no-such Of another service');
      const flags = page.locator(`${testSubject('logAnomaliesTimeline')} .echAnnotation__marker`);
      expect(await flags.count()).toBe(3);
      await page.locator(`${rows} a`, { hasText: CHARTED }).first().click();
      const said = page.locator(testSubject('logAnomaliesPrecededBy'));
      expect(await said.innerText()).toContain(
        `Began 2 min after deployment 1.42 of ${entity}. Faster checkout`,
      );
      // The value is of the entity: what concerns another one is not marked.
      await list.getByText('2 changes of the calendar in this time').click();
      expect(await list.innerText()).toMatch(/Deployment 1\.42 of [^]*Maintenance Move of the database/);
      const marks = page.locator(`${testSubject('logAnomaliesValueChart')} .echAnnotation__marker`);
      expect(await marks.count()).toBe(2);
      await marks.first().hover();
      await page.getByText(`Deployment 1.42 of ${entity}: Faster checkout`).first().waitFor();
      await page.mouse.move(0, 0);
      expect(await seriousFindings(page)).toEqual([]);
    },
    { theme, width: 1_440 },
  ),
);
