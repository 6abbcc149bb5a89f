import type { Browser, Locator, Page } from 'playwright-core';
import type { DetectorRecord, Operation } from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import { seriousFindings } from './accessibility';
import { administrator, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { OUTAGE_SERVICE, writeOutage } from './demo_logs';
import {
  open,
  openBrowser,
  openExplorer,
  scoreThePast,
  testSubject,
  waitForModels,
  WORK_MILLISECONDS,
} from './steps';

jest.setTimeout(120_000);

/* A detector of buckets by the form alone: chosen, tried, saved, trained and run, until the explorer shows the silence. */
let world: BrowserWorld;
let browser: Browser;
/** Index with an outage. */
let logs: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  logs = `${world.logs}-outage`;
  await writeOutage(world.elasticsearch, logs);
});

afterAll(async () => {
  await browser?.close();
  await world?.elasticsearch.indices.delete({ index: logs, ignore_unavailable: true });
  await world?.close();
});

const at = (page: Page, subject: string): Locator => page.locator(testSubject(subject));
const NEW = '/app/logAnomalies/detectors/new';
const pagesOf = (page: Page) => ({ page, url: world.host.url });
/** The setting around a control, with its label and what is wrong with it. */
const setting = (page: Page, subject: string): Locator =>
  page.locator('.euiFormRow', { has: at(page, subject) }).last();
const problemsAt = (page: Page, subject: string): Promise<string[]> =>
  setting(page, subject).locator('.euiFormErrorText').allInnerTexts();

async function chooseUnit(page: Page, unit: 'log' | 'bucket'): Promise<void> {
  // The label covers the button itself. It is clicked once it stands still: on a slow machine the form still moves.
  const button = `logAnomaliesUnit-${unit}`;
  await page.locator(`label[for="${button}"]`).first().click();
  await page.locator(`#${button}:checked`).waitFor({ state: 'attached' });
}

async function choose(page: Page, subject: string, value: string): Promise<void> {
  const input = at(page, subject).locator('input');
  await input.fill(value);
  await input.press('Enter');
  await input.press('Escape');
}

/** Waits for what a control shows as chosen. */
const waitForChosen = (page: Page, subject: string, ...values: string[]): Promise<unknown> =>
  page.waitForFunction(
    ([selector, wanted]) => {
      const box = document.querySelector(String(selector));
      const shown = `${(box as HTMLElement | null)?.innerText ?? ''} ${box?.querySelector('input')?.value ?? ''}`;
      return wanted.every((value) => shown.includes(value));
    },
    [testSubject(subject), values] as const,
  );

async function beginBuckets(page: Page, index: string): Promise<void> {
  await open(pagesOf(page), NEW, 'logAnomaliesForm');
  await choose(page, 'logAnomaliesIndex', index);
  await chooseUnit(page, 'bucket');
}

async function preview(page: Page): Promise<string> {
  await page.click(testSubject('logAnomaliesPreviewButton'));
  await page.waitForSelector(`${testSubject('logAnomaliesPreview')} tbody tr`, {
    timeout: WORK_MILLISECONDS,
  });
  return at(page, 'logAnomaliesPreview').innerText();
}

async function call<Body>(operation: Operation, given: object): Promise<Body> {
  const admin = administrator(world.elasticsearch);
  const { status, body } = await world.kibana.call(admin, operation, given, world.space);
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`);
  return body;
}

const SILENCE = new RegExp(`${OUTAGE_SERVICE}: 0 logs in 5 min, usually [\\d.,]+ to [\\d.,]+`);

it('makes a detector out of proposals, tries it, saves it, trains it, and shows the silence', () =>
  onPage(browser, world, async (page) => {
    const pages = pagesOf(page);
    await beginBuckets(page, logs);
    await page.fill(testSubject('logAnomaliesName'), 'Services');
    await waitForChosen(page, 'logAnomaliesEntity', 'service.name');
    await waitForChosen(page, 'logAnomaliesLatency', 'event.duration');
    await waitForChosen(page, 'logAnomaliesDistinct', 'client.ip', 'url.path');
    await waitForChosen(page, 'logAnomaliesRareValues', 'user_agent.original');
    expect(await page.inputValue(testSubject('logAnomaliesErrors'))).toBe('http.response.status_code:>=500');
    expect(await at(page, 'logAnomaliesLooksAt').innerText()).toMatch(
      /number of logs[\s\S]*share of errors[\s\S]*different clients[\s\S]*rare agents/,
    );
    expect(await at(page, 'logAnomaliesAlertsPerDay').innerText()).toBe(
      'about 10 anomalies a day, whatever the number of logs',
    );

    expect(await at(page, 'logAnomaliesSuggest').isEnabled()).toBe(false);

    expect(await preview(page)).toMatch(SILENCE);
    expect(await at(page, 'logAnomaliesPreview').innerText()).toContain('rows in the window');
    expect(await at(page, 'logAnomaliesAlertsPerDay').innerText()).toMatch(
      /^about 10 anomalies a day on your data \([\d.]+% of the rows\)$/,
    );

    await page.click(testSubject('logAnomaliesSave'));
    await page.waitForSelector(testSubject('logAnomaliesDetector'), { timeout: WORK_MILLISECONDS });
    const id = new URL(page.url()).pathname.split('/').filter(Boolean).at(-2)!;
    await waitForModels(pages, id, 1);
    await scoreThePast(pages, id);
    await openExplorer(pages, id, 'now-2d');
    await at(page, 'logAnomaliesResults').getByText(SILENCE).first().waitFor();
  }));

it('takes the parts of texts that can be counted, in an index that maps all texts as such', () =>
  onPage(browser, world, async (page) => {
    await beginBuckets(page, world.logs);
    await waitForChosen(page, 'logAnomaliesEntity', 'service.name.keyword');
    await choose(page, 'logAnomaliesEntity', 'service.name');
    await setting(page, 'logAnomaliesEntity').getByText('take service.name.keyword').waitFor();
  }));

it('says what is wrong where it is set, and offers nothing that buckets cannot have', () =>
  onPage(browser, world, async (page) => {
    await open(pagesOf(page), NEW, 'logAnomaliesForm');
    await chooseUnit(page, 'bucket');
    expect(await at(page, 'logAnomaliesPreviewButton').isEnabled()).toBe(false);
    await page.getByRole('button', { name: 'Training and schedule' }).last().click();
    await page.getByLabel('Learn from the last').waitFor();
    expect(await at(page, 'logAnomaliesScoring').count()).toBe(0);
    expect(await page.getByLabel('Group results by').count()).toBe(0);

    await page.fill(testSubject('logAnomaliesSpan'), 'soon');
    await page.fill(testSubject('logAnomaliesErrors'), '');
    for (let field = 1; field <= 9; field++) await choose(page, 'logAnomaliesDistinct', `field.${field}`);
    await choose(page, 'logAnomaliesLatency', '_took');
    await page.getByRole('button', { name: 'Rarely changed' }).last().click();
    await page.getByLabel('After its last log').fill('never');
    await page.getByRole('button', { name: 'Rarely changed' }).last().click();
    await page.click(testSubject('logAnomaliesSave'));

    await at(page, 'logAnomaliesFormProblems').waitFor();
    expect(await problemsAt(page, 'logAnomaliesEntity')).toEqual([
      'Must be given, such as service.name or client.ip',
    ]);
    expect(await problemsAt(page, 'logAnomaliesSpan')).toEqual([
      expect.stringContaining('Must be a duration'),
    ]);
    expect(await problemsAt(page, 'logAnomaliesErrors')).toEqual(['Must not be empty']);
    expect(await problemsAt(page, 'logAnomaliesLatency')).toEqual([
      expect.stringContaining('Must be a field name'),
    ]);
    expect(await problemsAt(page, 'logAnomaliesDistinct')).toEqual([
      expect.stringContaining('Must be at most 8'),
    ]);
    expect(await seriousFindings(page)).toEqual([]);
    // A collapsed section with a problem is expanded.
    await page.getByText('After its last log, remember who logged for: Must be a duration').first().waitFor();
    expect(await page.getByLabel('After its last log').isVisible()).toBe(true);
    await page.getByLabel('After its last log').fill('2d');
    await page.fill(testSubject('logAnomaliesSpan'), '10m');
    expect(await problemsAt(page, 'logAnomaliesSpan')).toEqual([]);
    expect(await page.getByLabel('After its last log').isVisible()).toBe(true);
  }));

it('loses nothing that was typed when the unit is changed and changed back', () =>
  onPage(browser, world, async (page) => {
    await open(pagesOf(page), NEW, 'logAnomaliesForm');
    await page.click(testSubject('logAnomaliesAddFeature'));
    const field = page.locator(`${testSubject('logAnomaliesForm')} tbody tr input`);
    await field.fill('response_time');
    await chooseUnit(page, 'bucket');
    await page.fill(testSubject('logAnomaliesSpan'), '7m');
    await choose(page, 'logAnomaliesRareValues', 'geo.country');
    await at(page, 'logAnomaliesSilence').click();
    await page.getByText('logs with rare geo country').waitFor();
    await at(page, 'logAnomaliesNameFeatures').click();
    await page.getByRole('button', { name: 'Leave out bucket.count' }).click();
    await chooseUnit(page, 'log');
    expect(await field.inputValue()).toBe('response_time');
    await chooseUnit(page, 'bucket');
    expect(await page.inputValue(testSubject('logAnomaliesSpan'))).toBe('7m');
    await waitForChosen(page, 'logAnomaliesRareValues', 'geo.country');
    expect(await at(page, 'logAnomaliesSilence').getAttribute('aria-checked')).toBe('false');
    expect(await page.getByRole('button', { name: /^Leave out bucket/ }).count()).toBe(3);
    // All numbers again, and then those that were chosen.
    await at(page, 'logAnomaliesNameFeatures').click();
    await page.getByText('number of logs', { exact: true }).waitFor();
    await at(page, 'logAnomaliesNameFeatures').click();
    expect(await page.getByRole('button', { name: /^Leave out bucket/ }).count()).toBe(3);
  }));

const errors = { term: { 'log.level': 'error' } };
const WHOLE: DetectorInput = {
  name: 'By YAML',
  description: 'made elsewhere',
  source: { index: 'none', query: { exists: { field: 'service.name' } } },
  unit: 'bucket',
  entity_field: 'service.name',
  bucket: {
    span: '10m',
    errors,
    latency: 'response_time',
    distinct: { who: 'client.ip' },
    rare: { tools: 'user_agent.original' },
    silence: false,
    look_back: '3d',
    max_entities: 77,
  },
  features: [
    { type: 'deviation', field: 'bucket.count', by: 'service.name', weight: 3, tolerance: 9, name: 'volume' },
    { type: 'number', field: 'bucket.rare_tools', scale: 'log1p' },
  ],
  context_fields: ['cloud.region'],
  forest: { tree_count: 55 },
  promotion: { mode: 'ask' },
};

async function edit(
  page: Page,
  record: DetectorRecord,
  change: () => Promise<void>,
): Promise<DetectorRecord> {
  await open(pagesOf(page), `/app/logAnomalies/detectors/${record.id}/edit`, 'logAnomaliesSpan');
  await change();
  await page.click(testSubject('logAnomaliesSave'));
  await page.waitForSelector(testSubject('logAnomaliesDetector'), { timeout: WORK_MILLISECONDS });
  return call('getDetector', { params: { id: record.id } });
}

it('keeps all of a detector that is edited, also what the form does not show', () =>
  onPage(browser, world, async (page) => {
    const detector = { ...WHOLE, source: { ...WHOLE.source, index: logs } };
    const made = await call<DetectorRecord>('createDetector', { body: { detector, start: false } });
    const edited = await edit(page, made, async () => {
      expect(await page.inputValue(testSubject('logAnomaliesErrors'))).toBe(JSON.stringify(errors));
      expect(await at(page, 'logAnomaliesErrors').isEnabled()).toBe(false);
      await page.fill(testSubject('logAnomaliesName'), 'Renamed');
    });
    expect(edited.detector).toEqual({ ...made.detector, name: 'Renamed' });
  }));

it('warns of a name that another detector has, and proposes a free one', () =>
  onPage(browser, world, async (page) => {
    const make = (name: string): Promise<DetectorRecord> => {
      const detector = { ...WHOLE, name, source: { ...WHOLE.source, index: logs } };
      return call('createDetector', { body: { detector, start: false } });
    };
    const [made] = [await make('Taken'), await make('Taken too')];
    const name = at(page, 'logAnomaliesName');
    const warning = at(page, 'logAnomaliesNameTaken');
    await open({ page, url: world.host.url }, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
    await name.fill('Taken');
    await at(page, 'logAnomaliesFreeName').click();
    expect(await name.inputValue()).toBe('Taken 2');
    expect(await warning.count()).toBe(0);
    const path = `/app/logAnomalies/detectors/${made.id}/edit`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesForm');
    await name.fill('Taken too');
    await warning.waitFor();
    // Its own name is not another one's.
    await name.fill('Taken');
    await warning.waitFor({ state: 'detached' });
  }));

it('looks at more numbers once more are counted, where none were named', () =>
  onPage(browser, world, async (page) => {
    const { features: _own, ...rest } = WHOLE;
    const detector = { ...rest, name: 'Usual', source: { index: logs } };
    const made = await call<DetectorRecord>('createDetector', { body: { detector, start: false } });
    const edited = await edit(page, made, () => choose(page, 'logAnomaliesDistinct', 'url.path'));
    expect(edited.detector.bucket?.distinct).toEqual({ who: 'client.ip', paths: 'url.path' });
    const fieldsOf = ({ detector: { features } }: DetectorRecord) => features.map(({ field }) => field);
    expect(fieldsOf(edited).sort()).toEqual(
      [...fieldsOf(made), 'bucket.distinct_paths', 'bucket.per_paths'].sort(),
    );

    await open(pagesOf(page), `/app/logAnomalies/detectors/${made.id}/settings`, 'logAnomaliesSaveSettings');
    await page.getByRole('button', { name: 'Rarely changed' }).last().click();
    await page.getByLabel('Different values to group by').fill('78');
    await page.click(testSubject('logAnomaliesSaveSettings'));
    // The button is out of use while it saves; what is left to discard tells when that is over.
    await page.getByRole('button', { name: 'Discard the changes' }).waitFor({ state: 'detached' });
    const saved = await call<DetectorRecord>('getDetector', { params: { id: made.id } });
    expect(saved.detector).toEqual({
      ...edited.detector,
      bucket: { ...edited.detector.bucket, max_entities: 78 },
    });
  }));

it('has no serious barrier in the dark, in French', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await beginBuckets(page, logs);
      await waitForChosen(page, 'logAnomaliesEntity', 'service.name');
      await page.getByText('Grouper les logs et les résultats par').waitFor();
      await preview(page);
      await at(page, 'logAnomaliesNameFeatures').click();
      expect(await seriousFindings(page)).toEqual([]);
    },
    { theme: 'dark', locale: 'fr-FR' },
  ));
