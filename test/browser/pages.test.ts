import type { Browser, Page } from 'playwright-core';
import {
  administrator,
  demoDetector,
  makeDetector,
  onPage,
  openPage,
  startBrowserWorld,
  type BrowserWorld,
} from './browser_world';
import { seriousFindings } from './accessibility';
import { settle } from './quiet_page';
import {
  choiceOf,
  createDetectorByForm,
  exchangeDetectors,
  judgeAndUndo,
  open,
  openBrowser,
  openExplorer,
  promoteAModel,
  scoreThePast,
  testSubject,
  waitForModels,
} from './steps';

jest.setTimeout(180_000);

/*
 * The built bundle in Chromium, on a page that stands in for Kibana, over the plugin's own routes and a real
 * Elasticsearch. Nothing that the browser complains about is let pass.
 */
let world: BrowserWorld;
let browser: Browser;
/** Of a detector with results. */
let id: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  id = await makeDetector(world);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

it('takes a newcomer from an empty page over the form and a first training to a promoted model', async () => {
  const { page, problems } = await openPage(browser, world.host);
  const pages = { page, url: world.host.url };
  await open(pages, '/app/logAnomalies/', 'logAnomaliesDetectors');
  await page.click(testSubject('logAnomaliesCreate'));
  await page.waitForSelector(testSubject('logAnomaliesForm'));
  const made = await createDetectorByForm(pages, {
    name: 'By hand',
    index: world.logs,
    entity: 'service.name',
  });
  await waitForModels(pages, made, 1);
  await scoreThePast(pages, made);
  await openExplorer(pages, made);
  await judgeAndUndo(pages);
  await promoteAModel(pages, made);
  await open(pages, '/app/logAnomalies/', 'logAnomaliesDetectors');
  await page.getByText('By hand').waitFor();
  expect(problems).toEqual([]);
  await page.close();
});

it('says on the overview that no channel is set up, and how one is', async () => {
  const { page, problems } = await openPage(browser, world.host);
  await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesOpenChannels');
  await page.click(testSubject('logAnomaliesOpenChannels'));
  await page.locator(testSubject('logAnomaliesNoChannels')).waitFor();
  await page.getByText('logAnomalies.alerts').first().waitFor();
  await page.locator('pre').getByText('webhook_url').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

it('asks before it removes the sample, and keeps what administrators enter out of sight', async () => {
  const { page, problems } = await openPage(browser, world.host);
  const removed: string[] = [];
  await page.route(/\/_sample$/, async (route) => {
    const isRemoval = route.request().method() === 'DELETE';
    if (isRemoval) removed.push(route.request().url());
    await route.fulfill({
      json: isRemoval
        ? { acknowledged: true, warnings: [] }
        : { state: removed.length > 0 ? 'none' : 'ready', done: 9, total: 9 },
    });
  });
  await page.route(/\/_setup(\?|$)/, async (route) => {
    const setup = (await (await route.fetch()).json()) as object;
    const needed_role = { cluster: [], indices: [{ names: ['logs-*'], privileges: ['read'] }] };
    await route.fulfill({ json: { ...setup, problems: ['You may not read logs-*.'], needed_role } });
  });
  await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesSampleRemove');
  await page.getByText('You may not read logs-*.').waitFor();
  // The role is for administrators, who open it.
  const role = page.getByRole('button', { name: 'The role as an administrator can enter it' });
  expect(await role.first().getAttribute('aria-expanded')).toBe('false');

  const remove = page.locator(testSubject('logAnomaliesSampleRemove'));
  await remove.click();
  const question = page.locator('.euiModal');
  await question.getByText('Its logs, its detector, all results and verdicts on them are deleted.').waitFor();
  await page.click(testSubject('confirmModalCancelButton'));
  await question.waitFor({ state: 'detached' });
  expect(removed).toEqual([]);
  await remove.click();
  await page.click(testSubject('confirmModalConfirmButton'));
  await remove.waitFor({ state: 'detached' });
  expect(removed).toHaveLength(1);
  expect(problems).toEqual([]);
  await page.close();
});

it('lists failed runs with a next step, and looks without new logs where it tells of runs', async () => {
  const { page, problems } = await openPage(browser, world.host);
  const now = Date.now();
  const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
  const failure = { code: 'forbidden', message: 'May not read logs-shop.', next_step: 'Ask.', retried: true };
  const told = { started_at: ago(31), logs: 0, anomalies: 0, complete: false };
  await page.route(/\/_status$/, async (route) => {
    const status = (await (await route.fetch()).json()) as object;
    await route.fulfill({
      json: {
        ...status,
        last_look_at: ago(1),
        runs: [
          { ...told, id: 'b', finished_at: ago(20), logs: 70, anomalies: 2, complete: true },
          { ...told, id: 'a', finished_at: ago(30), failure: { ...failure, at: ago(30) } },
        ],
      },
    });
  });
  await open({ page, url: world.host.url }, `/app/logAnomalies/detectors/${id}/jobs`, 'logAnomaliesRuns');
  const rows = page.locator(`${testSubject('logAnomaliesRuns')} tbody tr`);
  expect(await rows.nth(0).innerText()).toMatch(/all logs scored[^]*70[^]*2/);
  expect(await rows.nth(1).innerText()).toMatch(
    /failed[^]*May not read logs-shop\.[^]*Ask for the missing right/,
  );
  expect(await page.innerText(testSubject('logAnomaliesLookedAgain'))).toMatch(
    /^Last looked at .* no new log/,
  );
  expect(problems).toEqual([]);
  await page.close();
});

it('reads the swim lane as a table, reached with the keyboard', async () => {
  const { page, problems } = await openPage(browser, world.host);
  await openExplorer({ page, url: world.host.url }, id, 'now-3d');
  await choiceOf(page, 'Table').focus();
  await page.keyboard.press('Space');
  const rows = page.getByRole('table', { name: /a lane for each entity/ }).locator('tbody tr');
  await rows.first().waitFor();
  expect(await rows.count()).toBe(5);
  expect(await rows.first().innerText()).toMatch(/(warning|minor|major|critical) \d+/);
  expect(problems).toEqual([]);
  await page.close();
});

it('speaks French', async () => {
  const { page, problems } = await openPage(browser, world.host, { locale: 'fr-FR' });
  await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesDetectors');
  await page.getByRole('button', { name: 'Installer les tableaux de bord' }).waitFor();
  expect(problems).toEqual([]);
  await page.close();
});

it('says of a detector that is gone that it is, and shows the way back', async () => {
  const { page } = await openPage(browser, world.host);
  const pages = { page, url: world.host.url };
  for (const path of ['anomalies', 'edit']) {
    await open(pages, `/app/logAnomalies/detectors/nothing/${path}`, 'logAnomaliesFailure');
    expect(await page.getByRole('tab').count()).toBe(0);
    await page.getByRole('button', { name: 'To the detectors' }).click();
    await page.waitForSelector(testSubject('logAnomaliesDetectors'));
  }
  await open(pages, '/app/logAnomalies/detectors/nothing/models', 'logAnomaliesFailure');
  expect(await page.innerText('h1')).toBe('This detector is not here');
  await page.close();
});

it('shows the settings that hardly anybody changes as well, and saves them', async () => {
  const { page, problems } = await openPage(browser, world.host);
  const made = await makeDetector(world, { name: 'Settings' });
  const path = `/app/logAnomalies/detectors/${made}/settings`;
  await open({ page, url: world.host.url }, path, 'logAnomaliesSettings');
  const isLearning = page.locator(testSubject('logAnomaliesLearnFromFeedback'));
  expect(await isLearning.getAttribute('aria-checked')).toBe('true');
  await isLearning.click();
  await page.getByRole('button', { name: 'Rarely changed' }).last().click();
  const trees = page.getByLabel('Trees of the forest');
  expect(await trees.inputValue()).toBe('100');
  await trees.fill('50');
  // A number, and the word in its place, typed by hand.
  const rows = page.getByLabel('Logs that each tree sees');
  expect(await rows.inputValue()).toBe('auto');
  await rows.fill('512');
  await rows.fill('');
  await rows.pressSequentially('auto');
  expect(await rows.inputValue()).toBe('auto');
  const depth = page.getByLabel('Questions that a tree asks at most');
  expect(await depth.inputValue()).toBe('');
  await depth.fill('10');
  await page.getByLabel('Logs may come late by').fill('48h');
  expect(await seriousFindings(page)).toEqual([]);
  await page.click(testSubject('logAnomaliesSaveSettings'));
  // The button is out of use while it saves; what is left to discard tells when that is over.
  await page.getByRole('button', { name: 'Discard the changes' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.waitForSelector(`${testSubject('logAnomaliesLearnFromFeedback')}[aria-checked=false]`);
  expect(await trees.inputValue()).toBe('50');
  expect(await depth.inputValue()).toBe('10');
  expect(await page.getByLabel('Logs may come late by').inputValue()).toBe('48h');
  // Kinds of messages are counted at a click.
  const patterns = `/app/logAnomalies/detectors/${made}/patterns`;
  await open({ page, url: world.host.url }, patterns, 'logAnomaliesCountPatterns');
  await page.getByRole('button', { name: 'Count the kinds of messages in “message”' }).click();
  await page.waitForSelector(testSubject('logAnomaliesPatterns'));
  expect(problems).toEqual([]);
  await page.close();
});

it('shows a reader the settings, all of them, and lets none be changed', async () => {
  const { elasticsearch, kibana, space } = world;
  const call = {
    body: {
      detector: demoDetector(world.logs, {
        name: 'Ten a day',
        threshold: { method: 'adaptive', alerts_per_day: 10 },
      }),
      start: false,
    },
  };
  const made: { body: { id: string } } = await kibana.call(
    administrator(elasticsearch),
    'createDetector',
    call,
    space,
  );
  const settingsOf = (detector: string) => `/app/logAnomalies/detectors/${detector}/settings`;
  const flagged = (page: Page) => page.locator(testSubject('logAnomaliesAlertsPerDay'));
  const texts: string[] = [];
  for (const user of ['admin', 'reader'] as const) {
    await onPage(
      browser,
      world,
      async (page) => {
        await open({ page, url: world.host.url }, settingsOf(made.body.id), 'logAnomaliesSettings');
        await settle(page);
        texts.push(await flagged(page).innerText());
      },
      { user },
    );
  }
  expect(texts).toEqual(Array(2).fill('about 10 anomalies a day, whatever the number of logs'));
  await onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, settingsOf(id), 'logAnomaliesSettings');
      expect(await flagged(page).innerText()).toBe('1% of the logs');
      await page.getByRole('button', { name: 'Rarely changed' }).last().click();
      const trees = page.getByLabel('Trees of the forest');
      await trees.waitFor();
      expect(await trees.isDisabled()).toBe(true);
      const fields = page.locator(testSubject('logAnomaliesSettings')).locator('input, select, textarea');
      expect(await fields.count()).toBeGreaterThan(15);
      expect(await fields.and(page.locator(':enabled')).count()).toBe(0);
    },
    { user: 'reader' },
  );
});

describe.each([
  ['en', 'Too few logs yet: 31 of 256, ready in about 3 h.', /Save the detector again/],
  [
    'fr-FR',
    'Trop peu de logs pour l’instant\u00a0: 31 sur 256, prêt dans environ 3 h.',
    /Enregistrez de nouveau/,
  ],
])('in %s the overview', (locale, finding, nextStep) => {
  it('names for each detector what most stands in its way, and what to do about it', async () => {
    const { page, problems } = await openPage(browser, world.host, { locale });
    let isFailing = false;
    await page.route(/\/detectors\/_status$/, async (route) => {
      const { statuses } = (await (await route.fetch()).json()) as { statuses: { id: string }[] };
      const failing = {
        state: 'failing',
        last_error: {
          at: new Date().toISOString(),
          code: 'unauthenticated',
          message: 'The API key is gone.',
          next_step: 'Save it.',
          retried: false,
        },
      };
      const waiting = {
        readiness: [
          {
            kind: 'too_few_logs',
            level: 'blocking',
            message: 'Not enough.',
            next_step: 'Wait.',
            said: { code: 'too_few_logs', values: { logs: 31, needed: 256, wait_ms: 3 * 3_600_000 } },
          },
        ],
      };
      await route.fulfill({
        json: { statuses: statuses.map((status) => ({ ...status, ...(isFailing ? failing : waiting) })) },
      });
    });
    await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesInTheWay');
    const said = page.locator(testSubject('logAnomaliesInTheWay'));
    expect((await said.first().innerText()).replace('↦', '').trim()).toBe(finding);
    isFailing = true;
    await page.reload();
    await said.filter({ hasText: 'The API key is gone.' }).first().focus();
    await page.getByRole('tooltip').filter({ hasText: nextStep }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  });
});

it('shows what the server says though that takes longer than the pause between two questions', async () => {
  const { page, problems } = await openPage(browser, world.host);
  let asked = 0;
  await page.route(/\/detectors\/_status$/, async (route) => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await route.continue().catch(() => undefined);
  });
  await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesDetectors');
  expect(asked).toBe(1);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  expect(problems).toEqual([]);
  await page.close();
});

it('brings detectors to a file and back', async () => {
  const { page, problems } = await openPage(browser, world.host);
  const names = await exchangeDetectors({ page, url: world.host.url });
  expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/ \(2\)$/)]));
  // The first try is refused, which the browser says as well.
  expect(problems.filter((problem) => !problem.includes('409'))).toEqual([]);
  await page.close();
});
