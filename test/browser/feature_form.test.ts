import type { Browser, Locator, Page } from 'playwright-core';
import { seriousFindings } from './accessibility';
import { onPage, openPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { open, openBrowser, testSubject, WORK_MILLISECONDS } from './steps';

jest.setTimeout(120_000);

/* Features of a detector in the form: suggestions, their settings and types, and refused input. */
let world: BrowserWorld;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const at = (page: Page, subject: string): Locator => page.locator(testSubject(subject));
const settings = (page: Page): Locator => at(page, 'logAnomaliesFeatureSettings');

/** The form with what is suggested for the demo logs. */
async function suggested(page: Page): Promise<void> {
  await open({ page, url: world.host.url }, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
  const index = at(page, 'logAnomaliesIndex').locator('input');
  await index.fill(world.logs);
  await index.press('Enter');
  await page.click(testSubject('logAnomaliesSuggest'));
  await at(page, 'logAnomaliesFeatureGear').first().waitFor({ timeout: WORK_MILLISECONDS });
}

const typeSelects = (page: Page): Locator => page.getByLabel('Read as', { exact: true });
const typesOf = (page: Page): Promise<string[]> =>
  typeSelects(page).evaluateAll((all) => all.map((select) => (select as HTMLSelectElement).value));

/** Opens the settings of the first feature of a type. @returns its place */
async function openSettings(page: Page, type: string): Promise<number> {
  const place = (await typesOf(page)).indexOf(type);
  await at(page, 'logAnomaliesFeatureGear').nth(place).click();
  await settings(page).waitFor();
  return place;
}

async function exported(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export YAML' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

it.each([1_280, 1_440])('with suggested fields and open settings is not wider than a window of %i', (width) =>
  onPage(browser, world, async (page) => {
    await page.setViewportSize({ width, height: 900 });
    await suggested(page);
    await page.locator('td svg rect').first().waitFor();
    const [reason, gear] = [page.getByLabel('Why').first(), at(page, 'logAnomaliesFeatureGear').first()];
    const [said, pressed] = [await reason.boundingBox(), await gear.boundingBox()];
    // One covered the other.
    expect(said!.x + said!.width).toBeLessThanOrEqual(pressed!.x);
    await openSettings(page, 'deviation');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await seriousFindings(page)).toEqual([]);
  }),
);

it('writes what was said in plain words into the detector', () =>
  onPage(browser, world, async (page) => {
    await suggested(page);
    await page.fill(testSubject('logAnomaliesName'), 'Requests');
    const place = await openSettings(page, 'deviation');
    const direction = at(page, 'logAnomaliesDirection');
    expect(await direction.locator('option:checked').innerText()).toBe(
      'as its name tells: only higher than usual',
    );
    await direction.selectOption('low');
    await at(page, 'logAnomaliesUnitOfField').selectOption('us');
    await settings(page).getByLabel('Ignore what is less than').fill('250');
    await settings(page).getByLabel('Ignore what differs from the usual').fill('50');
    const by = at(page, 'logAnomaliesBy').locator('input');
    await by.fill('host.name');
    await by.press('Enter');
    await page.getByText('only lower than usual · nothing below 250 · nothing within 50 %').waitFor();
    const yaml = await exported(page);
    for (const line of ['direction: low', 'unit: us', 'ignore_below: 250', 'ignore_within_percent: 50']) {
      expect(yaml).toContain(line);
    }
    expect(yaml).toMatch(/route: url\.original\n\s+- host\.name/);

    // a category has none of them: they go, and nothing is refused
    await typeSelects(page).nth(place).selectOption('category');
    expect(await settings(page).getByLabel('Ignore what is less than').count()).toBe(0);
    expect(await exported(page)).not.toContain('ignore_below');

    await typeSelects(page).nth(place).selectOption('combination');
    const together = at(page, 'logAnomaliesTogether').locator('input');
    await page.click(testSubject('logAnomaliesPreviewButton'));
    await settings(page).getByText('Must have at least 2 entries').waitFor();
    await together.fill('host.name');
    await together.press('Enter');
    await together.press('Escape');
    await page.click(testSubject('logAnomaliesPreviewButton'));
    await at(page, 'logAnomaliesPreview')
      .getByText(/usually|never seen|rare: /)
      .first()
      .waitFor({ timeout: WORK_MILLISECONDS });
  }));

it('asks about a field that seems to hold the answer', () =>
  onPage(browser, world, async (page) => {
    await suggested(page);
    const question = at(page, 'logAnomaliesLabelQuestion').filter({ hasText: 'labels.anomaly' });
    await question.waitFor();
    const fields = (): Promise<string[]> =>
      page
        .getByLabel('Field', { exact: true })
        .evaluateAll((all) => all.map((input) => (input as HTMLInputElement).value));
    expect(await fields()).not.toContain('labels.anomaly');
    await question.getByRole('button', { name: 'It is an ordinary field' }).click();
    expect(await fields()).toContain('labels.anomaly');
    await question.waitFor({ state: 'detached' });
  }));

/** Words of the library that checks settings, and of no use to people. */
const RAW = /Too (small|big)|Invalid (input|option)|[Ee]xpected|Unrecognized/;
const callout = (page: Page): Locator => at(page, 'logAnomaliesFormProblems');

it('says in words what an empty form still needs, under each field and in one list', () =>
  onPage(browser, world, async (page) => {
    await open({ page, url: world.host.url }, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
    await page.click(testSubject('logAnomaliesSave'));
    const told = await callout(page).innerText();
    expect(told).toContain('Name: Must not be empty');
    expect(told).toContain('Data view or index: Must not be empty');
    expect(told).not.toMatch(RAW);
    for (const text of await page.locator('.euiFormErrorText').allInnerTexts()) {
      expect(text).toMatch(/^Must /);
    }
  }));

it('does not save while a number is shown as wrong', () =>
  onPage(browser, world, async (page) => {
    await suggested(page);
    await page.fill(testSubject('logAnomaliesName'), 'With a wrong number');
    await page.fill(testSubject('logAnomaliesBudget'), '-3');
    await page.click(testSubject('logAnomaliesSave'));
    await callout(page).getByText('How much to flag: Must be more than 0').waitFor();
    await page.fill(testSubject('logAnomaliesBudget'), '');
    await callout(page).getByText('How much to flag: Must be a number').waitFor();
    expect(page.url()).toContain('/detectors/new');
  }));

it('refuses to group by a field that no log has', () =>
  onPage(browser, world, async (page) => {
    await suggested(page);
    await page.fill(testSubject('logAnomaliesName'), 'Grouped by nothing');
    const entity = at(page, 'logAnomaliesEntity').locator('input');
    const chosen = at(page, 'logAnomaliesEntity').locator('.euiComboBoxPill');
    // The proposed field, which comes with the fields of the logs, is taken out again.
    await chosen.getByText('service.name').waitFor();
    await entity.press('Backspace');
    await chosen.waitFor({ state: 'detached' });
    await entity.fill('no.such.field');
    await entity.press('Enter');
    await chosen.getByText('no.such.field').waitFor();
    expect(await chosen.count()).toBe(1);
    // By keyboard: the open list closes as the page scrolls, and may take a click.
    await page.press(testSubject('logAnomaliesSave'), 'Enter');
    await callout(page).getByText('Group results by: No log of').waitFor();
    expect(page.url()).toContain('/detectors/new');
    // A change of another setting does not take the problem away.
    await page.fill(testSubject('logAnomaliesName'), 'Grouped by nothing at all');
    expect(await callout(page).innerText()).toContain('Group results by: No log of');
    await page.press(testSubject('logAnomaliesPreviewButton'), 'Enter');
    await at(page, 'logAnomaliesFailure').getByText('“Group results by”: no log of').waitFor();
  }));

it('starts nothing over an index that does not exist, but saves it for later', () =>
  onPage(browser, world, async (page) => {
    await suggested(page);
    await page.fill(testSubject('logAnomaliesName'), 'For logs to come');
    const index = at(page, 'logAnomaliesIndex').locator('input');
    await index.fill('logs-to-come');
    await index.press('Enter');
    await at(page, 'logAnomaliesSampleFailure').waitFor();
    await page.click(testSubject('logAnomaliesSave'));
    await callout(page).getByText('Data view or index: see the setting above').waitFor();
    // The message itself stands at its setting alone.
    await page.locator('.euiFormErrorText').getByText('logs-to-come').waitFor();
    await at(page, 'logAnomaliesSampleFailure').waitFor({ state: 'detached' });
    expect(await callout(page).innerText()).not.toContain('logs-to-come');
    expect(page.url()).toContain('/detectors/new');
    await page.getByRole('button', { name: 'Save without starting' }).click();
    await at(page, 'logAnomaliesDetectors').getByText('For logs to come').waitFor();
  }));

it.each(['light', 'dark'] as const)('takes the time zone of a detector, and no other word, in %s', (theme) =>
  onPage(
    browser,
    world,
    async (page) => {
      await suggested(page);
      await page.getByRole('button', { name: 'Training and schedule' }).last().click();
      const zone = page.getByLabel('Time zone of hours and days');
      await zone.fill('Berlin');
      await at(page, 'logAnomaliesSave').click();
      await zone.and(page.locator('[aria-invalid="true"]')).waitFor();
      await zone.fill('Europe/Berlin');
      expect(await exported(page)).toMatch(/^time_zone: Europe\/Berlin$/m);
      expect(await seriousFindings(page)).toEqual([]);
    },
    { theme },
  ),
);

it('drops suggestions that come after something else was written', () =>
  onPage(browser, world, async (page) => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/_suggest', async (route) => {
      await held;
      await route.continue();
    });
    await open({ page, url: world.host.url }, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
    const index = at(page, 'logAnomaliesIndex').locator('input');
    await index.fill(world.logs);
    await index.press('Enter');
    await page.click(testSubject('logAnomaliesSuggest'));
    await page.click(testSubject('logAnomaliesAddFeature'));
    expect(await typesOf(page)).toEqual(['category']);
    const answered = page.waitForResponse('**/_suggest');
    release();
    await (await answered).finished();
    await page.waitForFunction(
      (selector) => !document.querySelector(selector)?.hasAttribute('disabled'),
      testSubject('logAnomaliesSuggest'),
    );
    expect(await typesOf(page)).toEqual(['category']);
    // Asked anew they take the place of all.
    await page.click(testSubject('logAnomaliesSuggest'));
    await at(page, 'logAnomaliesFeatureGear').nth(1).waitFor({ timeout: WORK_MILLISECONDS });
  }));

it('says what is wrong with all features, not only that there is none', async () => {
  const { page } = await openPage(browser, world.host);
  await suggested(page);
  await page.fill(testSubject('logAnomaliesName'), 'Refused');
  await page.route('**/api/log_anomalies/detectors', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 400,
          json: {
            message: 'features: read too much',
            attributes: { code: 'bad_input', details: { issues: ['features: read too much'] } },
          },
        })
      : route.continue(),
  );
  await page.click(testSubject('logAnomaliesSave'));
  const callouts = page.locator('.euiCallOut--danger');
  await callouts.getByText('ead too much').first().waitFor();
  expect((await callouts.allInnerTexts()).join()).not.toContain('At least one field is needed');
  await page.close();
});
