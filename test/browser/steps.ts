import assert from 'node:assert/strict';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

/** Pages of the plugin in a browser, on Kibana or on the host page. */
export interface Pages {
  readonly page: Page;
  /** Address that paths of Kibana are appended to. */
  readonly url: string;
}

/** Training and scoring take seconds, on a busy machine more. */
export const WORK_MILLISECONDS = 120_000;

export const testSubject = (name: string): string => `[data-test-subj~="${name}"]`;

/**
 * Features of Chromium that are switched off. The suggestions of its address bar are a page of their own, which each new window
 * loads: a quarter of the processor time of a page of ours. The others are those of Playwright, whose list does not count beside
 * another: nothing is asked of other hosts, and a page loads and ends as Playwright expects.
 */
const FEATURES_OFF = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/** Chromium, from Debian or where CHROMIUM says. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', `--disable-features=${FEATURES_OFF.join(',')}`],
  });

/** Goes to a path and waits until something with this test subject is there. */
export async function open({ page, url }: Pages, path: string, subject: string): Promise<void> {
  await page.goto(url + path, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector(testSubject(subject), { timeout: WORK_MILLISECONDS });
}

interface FormEntries {
  readonly name: string;
  readonly index: string;
  readonly entity: string;
}

/** The form as a newcomer uses it: an index, suggested features, a preview, save. @returns the id of the detector */
export async function createDetectorByForm(pages: Pages, entries: FormEntries): Promise<string> {
  await fillDetectorForm(pages, entries);
  return saveDetectorForm(pages);
}

/** An index, suggested features and a preview. */
export async function fillDetectorForm(pages: Pages, { name, index, entity }: FormEntries): Promise<void> {
  const { page } = pages;
  await open(pages, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
  await page.fill(testSubject('logAnomaliesName'), name);
  const box = page.locator(`${testSubject('logAnomaliesIndex')} input`);
  await box.fill(index);
  await box.press('Enter');
  await page.click(testSubject('logAnomaliesSuggest'));
  await page.waitForSelector(`${testSubject('logAnomaliesForm')} tbody tr`, { timeout: WORK_MILLISECONDS });
  await page.click(testSubject('logAnomaliesPreviewButton'));
  await page.waitForSelector(`${testSubject('logAnomaliesPreview')} tbody tr`, {
    timeout: WORK_MILLISECONDS,
  });
  assert.match(await page.innerText(testSubject('logAnomaliesAlertsPerDay')), /\d.* a day/);
  // Proposed already.
  await waitForChoice(page, 'logAnomaliesEntity', entity);
}

/** Saves and starts. @returns the id of the detector, once its page is there */
export async function saveDetectorForm({ page }: Pages): Promise<string> {
  await page.click(testSubject('logAnomaliesSave'));
  await page.waitForSelector(testSubject('logAnomaliesDetector'), { timeout: WORK_MILLISECONDS });
  const id = new URL(page.url()).pathname.split('/').filter(Boolean).at(-2);
  assert.match(id ?? '', /^[0-9a-f-]{36}$/, page.url());
  return id as string;
}

/** Returns the texts of a column, without the signs that newer EUI sets between cells for who copies a table. */
export async function columnTexts(table: Locator, column: number): Promise<string[]> {
  const texts = await table.locator(`tbody tr td:nth-child(${column})`).allInnerTexts();
  return texts.map((text) => text.replace(/[↦↵]/g, '').trim());
}

/** Waits until a list of choices has one chosen: a text, or with newer EUI the value of the input. */
export async function waitForChoice(page: Page, subject: string, wanted: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => {
      const list = document.querySelector(selector);
      return list?.textContent?.includes(text) || list?.querySelector('input')?.value === text;
    },
    [testSubject(subject), wanted],
  );
}

const tabOf = (id: string, tab: string, query = ''): string =>
  `/app/logAnomalies/detectors/${id}/${tab}${query}`;

/** Waits on the page of models until there are so many. */
export async function waitForModels(pages: Pages, id: string, count: number): Promise<void> {
  await open(pages, tabOf(id, 'models'), 'logAnomaliesModels');
  await pages.page.waitForFunction(
    ([selector, wanted]) => document.querySelectorAll(String(selector)).length >= Number(wanted),
    [`${testSubject('logAnomaliesModels')} tbody tr input[type=checkbox]`, count],
    { timeout: WORK_MILLISECONDS },
  );
}

/** Scores what was there before, from the page of jobs, until it says so. */
export async function scoreThePast({ page, url }: Pages, id: string): Promise<void> {
  await open({ page, url }, tabOf(id, 'jobs'), 'logAnomaliesBackfill');
  await page.click(testSubject('logAnomaliesBackfill'));
  await page.getByText(/: done, [\d,]+ logs scored/).waitFor({ timeout: WORK_MILLISECONDS });
}

/** Opens the explorer on the last days. */
export async function openExplorer(pages: Pages, id: string, from = 'now-7d'): Promise<void> {
  await open(
    pages,
    tabOf(id, 'anomalies', `?from=${from}&to=now&sort=severity&view=anomalies`),
    'logAnomaliesSwimLane',
  );
  await pages.page.waitForSelector(`${testSubject('logAnomaliesResults')} tbody tr`);
}

/** One of a group of buttons of which one is chosen: a radio button in EUI of Kibana 8.12, later a pressed button. */
export const choiceOf = (page: Page, name: string): Locator =>
  page.getByRole('radio', { name, exact: true }).or(page.getByRole('button', { name, exact: true }));

/** Opens the first result, calls it real, and takes that back. */
export async function judgeAndUndo({ page }: Pages): Promise<void> {
  await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
  await page.waitForSelector(testSubject('logAnomaliesResultDetails'));
  assert.match(page.url(), /open=/);
  const real = page.locator(testSubject('logAnomaliesFeedbackReal')).first();
  await real.click();
  await page.waitForSelector(testSubject('logAnomaliesFeedbackUndo'));
  assert.equal(await real.getAttribute('aria-pressed'), 'true');
  await page.locator(testSubject('logAnomaliesFeedbackUndo')).first().click();
  await page.waitForSelector(testSubject('logAnomaliesFeedbackUndo'), { state: 'detached' });
}

/** Trains a second model, compares both, and makes the older one active. */
export async function promoteAModel(pages: Pages, id: string): Promise<void> {
  const { page } = pages;
  await waitForModels(pages, id, 1);
  await page.click(testSubject('logAnomaliesTrainNow'));
  await waitForModels(pages, id, 2);
  const boxes = page.locator(`${testSubject('logAnomaliesModels')} tbody input[type=checkbox]`);
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.waitForSelector(`${testSubject('logAnomaliesComparison')} table`, {
    timeout: WORK_MILLISECONDS,
  });
  const rows = page.locator(`${testSubject('logAnomaliesModels')} tbody tr`);
  const activeRow = async (): Promise<number> => ((await rows.nth(0).innerText()).includes('active') ? 0 : 1);
  const before = await activeRow();
  await page.locator(testSubject('logAnomaliesPromoteCompared')).first().click();
  // The checks are shown before anything is promoted.
  // A toast of Kibana, such as that security is off, may lie over the button.
  await page.press(`${testSubject('logAnomaliesPromoteNow')}:not([disabled])`, 'Enter');
  await page.waitForFunction(
    ([selector, place]) =>
      document.querySelectorAll(String(selector))[1 - Number(place)]?.textContent?.includes('active'),
    [`${testSubject('logAnomaliesModels')} tbody tr`, before],
    { timeout: WORK_MILLISECONDS },
  );
}

/** Returns the number of anomalies that the explorer shows. */
export const shownAnomalies = async (page: Page): Promise<number> =>
  Number((await page.innerText(testSubject('logAnomaliesShown'))).split(' ')[0].replace(/\D/g, ''));

/** Calls the first result of the explorer no anomaly: reads what that changes, looks, and applies it. */
export async function hideResult(
  { page }: Pages,
  scope: 'one' | 'pattern' | 'entity',
  look: () => Promise<void> = async () => undefined,
): Promise<void> {
  await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
  await page.locator(testSubject('logAnomaliesComment')).first().fill('tried out');
  await page.locator(testSubject('logAnomaliesFeedbackNot')).first().click();
  await page.waitForSelector(testSubject('logAnomaliesReplay'), { timeout: WORK_MILLISECONDS });
  // The label covers the button itself.
  await page.locator(`#logAnomaliesScope-${scope}`).check({ force: true });
  await page.waitForLoadState('networkidle');
  await look();
  for (const box of await page.locator('[id^=logAnomaliesAccept]').all()) await box.check({ force: true });
  await page.click(testSubject('logAnomaliesNotApply'));
  await page.waitForSelector(testSubject('logAnomaliesToastUndo'));
}

/** Downloads all detectors of the space, and imports the file once more beside them. @returns the names that were new */
export async function exchangeDetectors({ page, url }: Pages): Promise<string[]> {
  await open({ page, url }, '/app/logAnomalies/', 'logAnomaliesDetectors');
  const choose = async (item: string): Promise<void> => {
    await page.click(testSubject('logAnomaliesExchange'));
    await page.click(testSubject(item));
  };
  const download = page.waitForEvent('download');
  await choose('logAnomaliesExportAll');
  const file = await (await download).path();
  await choose('logAnomaliesImport');
  await page.setInputFiles(
    `${testSubject('logAnomaliesImportFile')} input, input${testSubject('logAnomaliesImportFile')}`,
    file,
  );
  // Every name is there already.
  await page.waitForSelector(testSubject('logAnomaliesImportRefused'));
  await page.getByText('Save a new one under another name').click();
  await page.waitForSelector(testSubject('logAnomaliesImportPlan'));
  const names = await columnTexts(page.locator(testSubject('logAnomaliesImportPlan')), 1);
  await page.click(testSubject('logAnomaliesImportSave'));
  await page.waitForSelector(testSubject('logAnomaliesImportSave'), { state: 'detached' });
  const saved = names.map((name) => name.split('\n').at(-1)!);
  for (const name of saved) await page.getByText(name, { exact: true }).first().waitFor();
  return saved;
}
