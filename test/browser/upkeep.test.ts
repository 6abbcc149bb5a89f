import type { Browser } from 'playwright-core';
import type { ApiResponse, DriftMeasurement, Endpoints } from '../../common/api';
import { seriousFindings } from './accessibility';
import {
  administrator,
  demoDetector,
  makeDetector,
  onPage,
  startBrowserWorld,
  type BrowserWorld,
} from './browser_world';
import { DEMO_LOGS_DAYS } from './demo_logs';
import { open, openBrowser, testSubject, waitForModels, WORK_MILLISECONDS } from './steps';

jest.setTimeout(180_000);

const HOUR = 3_600_000;

let world: BrowserWorld;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  id = await makeDetector(world, { promotion: { mode: 'manual' } });
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const models = (): string => `/app/logAnomalies/detectors/${id}/models`;

it('lets a new model wait, says what was checked of it, promotes it when asked, and writes that down', () =>
  onPage(browser, world, async (page) => {
    const pages = { page, url: world.host.url };
    await waitForModels(pages, id, 1);
    await page.click(testSubject('logAnomaliesTrainNow'));
    await waitForModels(pages, id, 2);
    await page.locator(testSubject('logAnomaliesPromoteWaiting')).click({ timeout: WORK_MILLISECONDS });
    const flyout = page.locator(testSubject('logAnomaliesPromoteFlyout'));
    if ((await flyout.locator(testSubject('logAnomaliesGate')).count()) === 0) {
      await page.click(testSubject('logAnomaliesCheckModel'));
    }
    const gate = flyout.locator(testSubject('logAnomaliesGate'));
    await gate.waitFor({ timeout: WORK_MILLISECONDS });
    expect(await gate.innerText()).toMatch(/false alarms a day/);
    expect(await gate.innerText()).toMatch(/Both models over the same [\d,]+ logs/);
    // Nobody has judged an anomaly: what a field of the logs names is not called confirmed.
    expect(await gate.innerText()).toMatch(/label field of the logs names[^]*Found of the trial anomalies/);
    expect(await gate.innerText()).not.toMatch(/people called real|labels and feedback|confirmed/i);
    await gate
      .locator('tr', { hasText: 'Found of the trial anomalies' })
      .locator('.euiToolTipAnchor')
      .hover();
    await page
      .getByRole('tooltip')
      .getByText(/Copies of recent logs, each changed in one place/)
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await flyout.getByLabel('Why (kept with the model)').fill('looks good to me');
    await page.click(testSubject('logAnomaliesPromoteNow'));
    await flyout.waitFor({ state: 'detached' });
    await page.waitForSelector(testSubject('logAnomaliesCandidate'), { state: 'detached' });

    await page
      .locator(`${testSubject('logAnomaliesAuditSection')} button`)
      .first()
      .click();
    const trail = page.locator(testSubject('logAnomaliesAudit'));
    const entry = trail.locator('tr', { hasText: 'looks good to me' });
    await entry.waitFor();
    // Newer EUI puts unseen marks between the cells.
    expect(await entry.innerText()).toMatch(/admin[^]*model promoted/);
    // Releases that CI jobs note by the dozen do not stand in front of it, and are there for whoever asks.
    const noted = { body: { kind: 'deployment', title: 'Release of cart', id: 'ci-1' } };
    await world.kibana.call(administrator(world.elasticsearch), 'addAnnotation', noted, world.space);
    const choice = trail.getByLabel('What', { exact: true });
    await choice.selectOption('');
    const ofCalendar = trail.locator('tr', { hasText: 'noted in the calendar' });
    await ofCalendar.waitFor();
    expect(await ofCalendar.innerText()).toMatch(/Deployment “Release of cart” of all entities/);
    await choice.selectOption('but_calendar');
    await ofCalendar.waitFor({ state: 'detached' });
    await entry.waitFor();
    await page
      .locator(`${testSubject('logAnomaliesThresholdSection')} button`)
      .first()
      .click();
    await page
      .locator(testSubject('logAnomaliesThreshold'))
      .getByText(/Scores from 0\.\d+ on/)
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click(testSubject('logAnomaliesAuditExport')),
    ]);
    expect(download.suggestedFilename()).toBe(`${id}-audit.jsonl`);
  }));

it('counts what comes a day alike in the form, the comparison, the gate and what would have alerted', async () => {
  const admin = administrator(world.elasticsearch);
  const call = async <Name extends keyof Endpoints>(
    operation: Name,
    given: object,
  ): Promise<ApiResponse<Endpoints[Name]>> => {
    const { status, body } = await world.kibana.call(admin, operation, given, world.space);
    expect([operation, status]).toEqual([operation, 200]);
    return body;
  };
  const params = { id };
  const { models } = await call('listModels', { params });
  const gate = models.find((model) => model.gate !== undefined)!.gate!;
  const [left, right] = models.map(({ version }) => version);
  const [preview, comparison, alerts] = await Promise.all([
    // A window of a month, of which only three days have logs.
    call('previewDetector', {
      body: { detector: demoDetector(world.logs, { training: { window: '30d' } }), rows: 2_000, top: 0 },
    }),
    call('compareModels', { params, query: { left, right } }),
    call('whatIf', { query: { detector_ids: id } }),
  ]);
  const logsADay = preview.logs_in_window / DEMO_LOGS_DAYS;
  const compared = comparison.left.alerts_per_day / comparison.left.alert_share;
  for (const each of [preview.alerts_per_day / preview.alert_share, compared, gate.logs_per_day]) {
    expect(each / logsADay).toBeGreaterThan(0.9);
    expect(each / logsADay).toBeLessThan(1.1);
  }
  expect(preview.days).toBeCloseTo(DEMO_LOGS_DAYS, 0);
  expect(alerts.days_with_logs).toBeCloseTo(DEMO_LOGS_DAYS, 0);
});

it('draws drift over time with the features that moved, and says what stands in the way', () =>
  onPage(browser, world, async (page) => {
    const now = Date.now();
    const measurements: DriftMeasurement[] = [3, 2, 1].map((hours) => {
      const drift = 0.5 - 0.1 * hours;
      return {
        at: new Date(now - hours * HOUR).toISOString(),
        from: new Date(now - (hours + 24) * HOUR).toISOString(),
        logs: 2_000,
        model_version: 'm1',
        score_drift: drift / 2,
        features: [
          { feature: 'response_time', drift },
          { feature: 'message', drift: 0.02 },
        ],
        largest: drift,
        limit: 0.25,
        over: drift >= 0.25,
      };
    });
    await page.route(/\/_drift$/, (route) => route.fulfill({ json: { limit: 0.25, measurements } }));
    await page.route(/\/_status$/, async (route) => {
      const status = (await (await route.fetch()).json()) as object;
      const lag = 'Lag of 4 minutes: a run scores at most 500,000 logs';
      const readiness = [{ kind: 'lag', level: 'warning', message: lag, next_step: 'Raise the limit.' }];
      await route.fulfill({ json: { ...status, readiness, drift: measurements[2] } });
    });
    await open({ page, url: world.host.url }, models(), 'logAnomaliesDrift');
    await page.waitForSelector(`${testSubject('logAnomaliesDrift')} canvas`);
    const drift = await page.innerText(testSubject('logAnomaliesDrift'));
    expect(drift).toMatch(/over the limit of 0.25/);
    expect(drift).toMatch(/response_time[\s\S]*0\.40 moved a lot[\s\S]*message[\s\S]*0\.02 stable/);
    expect(await page.innerText(testSubject('logAnomaliesReadiness'))).toMatch(
      /Lag of 4 minutes[\s\S]*Raise the limit/,
    );
    expect(await seriousFindings(page)).toEqual([]);
  }));

it('draws how far a training has come, also within a step, and says what a refused model did not pass', () =>
  onPage(browser, world, async (page) => {
    const requested_at = new Date().toISOString();
    let training: object = { state: 'running', requested_at, step: 'learning', step_done: 0.4 };
    await page.route(/\/_status$/, async (route) => {
      const status = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...status, training } });
    });
    await open({ page, url: world.host.url }, models(), 'logAnomaliesTrainingRunning');
    const told = page.locator(testSubject('logAnomaliesTrainingRunning'));
    expect(await told.innerText()).toMatch(/Learning what is usual · 40%/);
    expect(Number(await told.locator('progress').getAttribute('value'))).toBeCloseTo(1.4);
    expect(await seriousFindings(page)).toEqual([]);

    const checks = [
      ['training_rows', 'ask', { rows: 900, limit: 500, active: 2_000 }],
      ['cost', 'pass', { microseconds: 4, limit: 50 }],
      ['known_found', 'fail', { of: 8, found: 3 }],
    ].map(([code, verdict, values]) => ({
      name: code,
      verdict,
      value: 1,
      limit: 1,
      message: String(code),
      said: { code, values },
    }));
    await page.route(/\/api\/.*\/models$/, async (route) => {
      const { models: found } = (await (await route.fetch()).json()) as {
        models: { version: string; gate?: object }[];
      };
      training = { state: 'refused', requested_at, version: found[0].version, message: 'No.' };
      const gate = { verdict: 'fail', checks, candidate: { alerts_per_day: 7, false_alarms_per_day: 5 } };
      await route.fulfill({ json: { models: [{ ...found[0], gate }, ...found.slice(1)] } });
    });
    await page.reload();
    const doubts = page.locator(`${testSubject('logAnomaliesDoubts')} li`);
    await doubts.first().waitFor();
    expect(await doubts.allInnerTexts()).toEqual([
      'of 8 known anomalies that the active model finds it would find 3',
      'trained on 900 logs, at least 500 are asked for (the active model has 2,000)',
    ]);
  }));

it('says why a model is not watched any more, and that an edit waits for a model', () =>
  onPage(browser, world, async (page) => {
    const at = new Date().toISOString();
    await page.route(/\/_status$/, async (route) => {
      const status = (await (await route.fetch()).json()) as { model: { version: string } };
      const { version } = status.model;
      const watch = {
        version,
        previous: 'gone',
        state: 'ended',
        since: at,
        until: at,
        reasons: ['There is no model to go back to'],
      };
      const said = { code: 'untrained_edit', values: { stopped: 'yes' } };
      const edit = { kind: 'untrained_edit', level: 'warning', message: 'm', next_step: 'n', said };
      await route.fulfill({ json: { ...status, watch, readiness: [edit] } });
    });
    await open({ page, url: world.host.url }, models(), 'logAnomaliesWatch');
    expect(await page.innerText(testSubject('logAnomaliesWatch'))).toMatch(
      /stays and is not watched any more\s+There is no model to go back to/,
    );
    expect(await page.innerText(testSubject('logAnomaliesReadiness'))).toMatch(
      /trained before the detector was edited[^]*Start the detector, or train a model/,
    );
    expect(await seriousFindings(page)).toEqual([]);
  }));
