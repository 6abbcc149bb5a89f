import type { Browser } from 'playwright-core';
import { administrator, demoDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { createDetectorByForm, open, openBrowser, testSubject } from './steps';

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
