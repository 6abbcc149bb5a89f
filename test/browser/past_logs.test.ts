import type { Browser, Locator, Page } from 'playwright-core';
import type { DetectorStatus } from '../../common/api';
import { seriousFindings } from './accessibility';
import {
  administrator,
  demoDetector,
  makeDetector,
  onPage,
  startBrowserWorld,
  type BrowserWorld,
} from './browser_world';
import { createDetectorByForm, open, openBrowser, testSubject, waitForChoice } from './steps';

jest.setTimeout(180_000);

let world: BrowserWorld;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

it('scores the logs that were there before, and shows them, without another click', () =>
  onPage(browser, world, async (page) => {
    await createDetectorByForm(
      { page, url: world.host.url },
      { name: 'Over existing logs', index: world.logs, entity: 'service.name' },
    );
    await page.waitForSelector(`${testSubject('logAnomaliesSwimLane')} canvas`);
    const search = new URL(page.url()).searchParams;
    expect(search.get('from')).toBe('now-7d');
    expect(search.has('past')).toBe(false);
  }));

it('scores them as well where the page is left before the detector has learned', () =>
  onPage(browser, world, async (page) => {
    await createDetectorByForm(
      { page, url: world.host.url },
      { name: 'Left at once', index: world.logs, entity: 'service.name' },
    );
    const [, id] = /detectors\/([0-9a-f-]{36})/.exec(page.url())!;
    await page.goto('about:blank');
    const admin = administrator(world.elasticsearch);
    for (let isScored = false; !isScored;) {
      await page.waitForTimeout(250);
      const { body } = await world.kibana.call(admin, 'getStatus', { params: { id } }, world.space);
      isScored = (body as DetectorStatus).backfill?.state === 'done';
    }
    await page.goto(`${world.host.url}/app/logAnomalies/detectors/${id}/anomalies?from=now-7d&to=now`);
    await page.waitForSelector(`${testSubject('logAnomaliesSwimLane')} canvas`);
  }));

it('says of a time without anomalies what was scored and how near it came, and leads to the form', async () => {
  const threshold = { method: 'fixed', score: 0.97 } as const;
  const id = await makeDetector(world, { name: 'Out of reach', threshold });
  await onPage(browser, world, async (page) => {
    const path = `/app/logAnomalies/detectors/${id}/anomalies?from=now-3d&to=now`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesNothingAnomalous');
    const told = await page.innerText(testSubject('logAnomaliesNothingAnomalous'));
    expect(told).toMatch(/[\d,]{5,} logs were scored, none is an anomaly/);
    expect(told).toMatch(/confidence of \d+ of 100 \(score 0\.\d+\), within .* now a score of 0\.970/);
    expect(await seriousFindings(page)).toEqual([]);
    await page.click(testSubject('logAnomaliesFlagMore'));
    await page.waitForSelector(testSubject('logAnomaliesForm'));
  });
});

it('leads to the form with what would have shown the nearest log, and its preview', async () => {
  const threshold = { method: 'adaptive', contamination: 1e-6, alerts_per_day: 0.1 } as const;
  const id = await makeDetector(world, { name: 'Almost', threshold });
  await onPage(browser, world, async (page) => {
    const path = `/app/logAnomalies/detectors/${id}/edit?flag=27`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesForm');
    await page.waitForSelector(`${testSubject('logAnomaliesPreview')} tbody tr`, { timeout: 60_000 });
    expect(await page.inputValue(testSubject('logAnomaliesBudget'))).toBe('27');
    expect(await page.innerText(testSubject('logAnomaliesPreviewAlerts'))).toContain('at most 27 a day');
  });
});

it('keeps to ten anomalies a day unless told otherwise, and says what share of the logs that is', () =>
  onPage(browser, world, async (page) => {
    await open({ page, url: world.host.url }, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
    expect(await page.inputValue(testSubject('logAnomaliesBudget'))).toBe('10');
    const box = page.locator(`${testSubject('logAnomaliesIndex')} input`);
    await box.fill(world.logs);
    await box.press('Enter');
    const perDay = page.locator(testSubject('logAnomaliesAlertsPerDay'));
    await perDay.getByText(/about 10 anomalies a day on your data \(0\.\d+% of the logs\)/).waitFor();
    await page.fill(testSubject('logAnomaliesBudget'), '20');
    await perDay.getByText(/about 20 anomalies a day/).waitFor();
    // The form fits into the window whatever is suggested.
    await page.click(testSubject('logAnomaliesSuggest'));
    await page.waitForSelector(`${testSubject('logAnomaliesForm')} tbody tr`);
    const [wide, window] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, window.innerWidth]',
    );
    expect(wide).toBe(window);
    await page
      .getByText(/^[\d.]+ (ms|µs|s)( · [\d.]+ (ms|µs|s))*$/)
      .first()
      .waitFor();
  }));

it('tells on the first tab why a detector fails, and what to do', () =>
  onPage(browser, world, async (page) => {
    const body = { detector: demoDetector(`${world.logs}-missing`, { name: 'Without logs' }), start: true };
    const { body: made } = await world.kibana.call(
      administrator(world.elasticsearch),
      'createDetector',
      { body },
      world.space,
    );
    const path = `/app/logAnomalies/detectors/${(made as { id: string }).id}/anomalies`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesLastError');
    const told = await page.innerText(testSubject('logAnomaliesLastError'));
    expect(told).toContain(`${world.logs}-missing`);
    expect(told).toMatch(/Check that the index|Widen the training window/);
  }));

it('says beside a setting, and where it is saved, why the server refuses it', () =>
  onPage(browser, world, async (page) => {
    const body = { detector: demoDetector(world.logs, { name: 'To be changed' }), start: false };
    const admin = administrator(world.elasticsearch);
    const { body: made } = await world.kibana.call(admin, 'createDetector', { body }, world.space);
    const path = `/app/logAnomalies/detectors/${(made as { id: string }).id}/settings`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesSaveSettings');
    const box = page.locator(`${testSubject('logAnomaliesEntity')} input`);
    await box.fill('no.such.field');
    await box.press('Enter');
    await page.click(testSubject('logAnomaliesSaveSettings'));
    const row = page.locator('.euiFormRow', { has: page.locator(testSubject('logAnomaliesEntity')) }).last();
    await row
      .locator('.euiFormErrorText')
      .getByText(/^No log of .* has the field/)
      .waitFor();
    await page
      .locator(testSubject('logAnomaliesFormProblems'))
      .getByText(/No log of .* has the field/)
      .waitFor();
    await page.getByRole('button', { name: 'Discard the changes' }).click();
    await page.waitForSelector(testSubject('logAnomaliesFormProblems'), { state: 'detached' });
  }));

it('fills the form in with the logs that a panel of a dashboard shows', () =>
  onPage(browser, world, async (page) => {
    const query = new URLSearchParams({
      index: world.logs,
      kql: 'service.name : web-frontend',
      window: '30d',
    });
    const path = `/app/logAnomalies/detectors/new?${query.toString()}`;
    await open({ page, url: world.host.url }, path, 'logAnomaliesForm');
    expect(await page.inputValue(testSubject('logAnomaliesName'))).toBe(world.logs);
    await waitForChoice(page, 'logAnomaliesIndex', world.logs);
    await page
      .locator(testSubject('logAnomaliesAlertsPerDay'))
      .getByText(/on your data/)
      .waitFor();
    // The query is that of the address, which selects some of the logs or none.
    const none = new URLSearchParams({ index: world.logs, lucene: 'service.name:nobody' });
    const narrow = `/app/logAnomalies/detectors/new?${none.toString()}`;
    await open({ page, url: world.host.url }, narrow, 'logAnomaliesForm');
    expect(await page.inputValue(testSubject('logAnomaliesQuery'))).toBe('service.name:nobody');
    await page.getByText(/but none that the query selects/).waitFor();
  }));

describe('the scan of logs', () => {
  const scanned = (page: Page): Locator =>
    page.locator(testSubject('logAnomaliesScanSource'), { hasText: world.logs }).first();

  it('is reached from the overview, proposes detectors and says of each chosen one what became of it', () =>
    onPage(browser, world, async (page) => {
      const body = { detector: demoDetector(world.logs, { name: 'Watches already' }), start: false };
      await world.kibana.call(administrator(world.elasticsearch), 'createDetector', { body }, world.space);
      await open({ page, url: world.host.url }, '/app/logAnomalies/', 'logAnomaliesOpenScan');
      await page.click(testSubject('logAnomaliesOpenScan'));
      const row = scanned(page);
      await row.getByText(/Watched already by /).waitFor();
      await row.locator(testSubject('logAnomaliesScanProposal-bucket')).waitFor();
      // Nothing is chosen that is watched already; nor is anything of others that use the same Elasticsearch.
      await page.waitForSelector(testSubject('logAnomaliesScanProgress'), { state: 'detached' });
      const chosen = page.locator('input[type=checkbox]:checked');
      for (let left = await chosen.count(); left > 0; left--) await chosen.first().uncheck({ force: true });
      expect(await page.isEnabled(testSubject('logAnomaliesScanMake'))).toBe(false);
      for (const unit of ['log', 'bucket']) {
        await row.locator(`${testSubject(`logAnomaliesScanProposal-${unit}`)} input`).check({ force: true });
      }
      await page
        .locator(testSubject('logAnomaliesScanSum'))
        .getByText(/at most 20 anomalies a day/)
        .waitFor();
      await page.route('**/api/log_anomalies/detectors', (route) => {
        const { detector } = route.request().postDataJSON() as { detector: { unit?: string } };
        if (detector.unit !== 'bucket') return route.continue();
        const message = 'A detector works with your rights, and you lack: read on "it"';
        return route.fulfill({ status: 403, json: { statusCode: 403, error: 'Forbidden', message } });
      });
      await page.click(testSubject('logAnomaliesScanMake'));
      await row
        .locator(testSubject('logAnomaliesScanRefused'))
        .getByText(/you lack: read on "it"/)
        .waitFor();
      await row
        .locator(testSubject('logAnomaliesScanMade'))
        .getByText(/the last 7 days are scored once it has learned/)
        .waitFor();
      await row.locator(testSubject('logAnomaliesScanMade')).getByRole('link', { name: 'Open it' }).click();
      await page.waitForSelector(testSubject('logAnomaliesDetector'));
      expect(page.url()).toMatch(/\/detectors\/[0-9a-f-]{36}\/anomalies/);
    }));

  it.each(['light', 'dark'] as const)('has no serious barrier in %s, and fits into 1,280 pixels', (theme) =>
    onPage(
      browser,
      world,
      async (page) => {
        await open({ page, url: world.host.url }, '/app/logAnomalies/scan', 'logAnomaliesScanSource');
        await scanned(page).locator(testSubject('logAnomaliesScanProposal-log')).waitFor();
        await page.click(`${testSubject('logAnomaliesScanLeftOut')} button`);
        expect(await seriousFindings(page)).toEqual([]);
        const [wide, window] = await page.evaluate<[number, number]>(
          '[document.documentElement.scrollWidth, window.innerWidth]',
        );
        expect(wide).toBe(window);
      },
      { theme },
    ),
  );

  it('shows somebody who may read no logs that there are none, and no button that would be refused', () =>
    onPage(
      browser,
      world,
      async (page) => {
        await open({ page, url: world.host.url }, '/app/logAnomalies/scan', 'logAnomaliesScanEmpty');
        expect(await page.locator(testSubject('logAnomaliesScanMake')).count()).toBe(0);
      },
      { user: 'reader' },
    ));

  it('says why it failed, and tries again', () =>
    onPage(browser, world, async (page) => {
      let answers = 0;
      await page.route('**/api/log_anomalies/_scan', (route) =>
        answers++ === 0
          ? route.fulfill({ status: 403, json: { statusCode: 403, message: 'You may not list indices' } })
          : route.continue(),
      );
      await open({ page, url: world.host.url }, '/app/logAnomalies/scan', 'logAnomaliesForbidden');
      expect(await page.innerText(testSubject('logAnomaliesForbidden'))).toContain(
        'You may not list indices',
      );
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.waitForSelector(testSubject('logAnomaliesScanSource'));
    }));
});
