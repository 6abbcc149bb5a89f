import type { Browser } from 'playwright-core';
import type { DetectorRecord, Operation } from '../../common/api';
import { HOUR } from '../../common/duration';
import { PatternCatalogue, PatternCounts } from '../../common/patterns';
import { followPeople, wishesOf } from '../../server/detection/patterns/follow_people';
import { createPatternStore } from '../../server/elasticsearch/patterns';
import { seriousFindings } from './accessibility';
import { administrator, makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { open, openBrowser, testSubject } from './steps';

jest.setTimeout(180_000);

let world: BrowserWorld;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  id = await makeDetector(world);
  // Only then, so that the patterns of what it has scored are not on the page.
  const call = (operation: Operation, given: object) =>
    world.kibana.call(administrator(world.elasticsearch), operation, given, world.space);
  const params = { id };
  const { detector, version } = (await call('getDetector', { params })).body as DetectorRecord;
  const body = { detector: { ...detector, patterns: { field: 'message' } }, version };
  expect((await call('updateDetector', { params, body })).status).toBe(200);
  const catalogue = new PatternCatalogue([], () => [], 2_048);
  const counts = new PatternCounts();
  const now = Math.floor(Date.now() / HOUR) * HOUR;
  const add = (message: string, hours: number, logs: number): void => {
    const time = now - hours * HOUR;
    const log = { message, time, bucket: time, entity: 'checkout', levelOf: () => 'error' };
    for (let each = 0; each < logs; each++) counts.add(catalogue.find(message)!, log);
  };
  for (let hours = 1; hours < 100; hours++) add(`Payment ${hours} accepted <b>`, hours, 5 + (hours % 24));
  add('Disk of "till" is broken', 1, 12);
  const store = createPatternStore(world.elasticsearch, id, { space: world.space });
  await store.add(counts.toJSON(), 1, now - 100 * HOUR);
  const [broken] = (await store.load()).filter(({ example }) => example.startsWith('Disk'));
  const all = broken.series.get('')!;
  all.state = 'new';
  broken.judged = now;
  await store.save([broken], [], new Map());
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const path = (): string => `/app/logAnomalies/detectors/${id}/patterns`;
const rows = `${testSubject('logAnomaliesPatternsTable')} tbody tr`;

it.each(['light', 'dark'] as const)(
  'lists patterns, changed ones first, with their logs in Discover, in %s',
  (theme) =>
    onPage(
      browser,
      world,
      async (page) => {
        await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
        const first = page.locator(rows).first();
        expect(await first.innerText()).toMatch(/new[^]*Disk of "till" is broken[^]*12/);
        const href = await first.locator(testSubject('logAnomaliesPatternDiscover')).getAttribute('href');
        expect(decodeURIComponent(href!.replace(/\+/g, ' '))).toContain(
          'Disk of \\\\\\"till\\\\\\" is broken',
        );
        expect(await seriousFindings(page)).toEqual([]);
      },
      { theme, width: 1_440 },
    ),
);

it('shows the logs of the time that is chosen, which stands in the address', () =>
  onPage(browser, world, async (page) => {
    const payments = page.locator(rows).filter({ hasText: 'Payment <num> accepted' });
    const link = payments.locator(testSubject('logAnomaliesPatternDiscover'));
    await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
    expect(await payments.innerText()).toMatch(/\b1,6\d\d\b/);
    const before = await link.getAttribute('href');
    await page.locator(testSubject('superDatePickerToggleQuickMenuButton')).click();
    await page.getByRole('spinbutton', { name: 'Time value' }).fill('1');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/from=now-1d/);
    await payments.filter({ hasText: /(?<![\d,])[34]\d\d(?!\d)/ }).waitFor();
    expect(await link.getAttribute('href')).not.toBe(before);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await seriousFindings(page)).toEqual([]);
  }));

it('has no link to Discover for whose role lacks it, and makes a data view first where Discover asks for one', async () => {
  const links = testSubject('logAnomaliesPatternDiscover');
  await onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      await page.locator(rows).first().waitFor();
      expect(await page.locator(links).count()).toBe(0);
    },
    { cookies: { discover: 'hidden' } },
  );
  const takesViews = process.env.KIBANA_MODULES === '9';
  await onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      const first = page.locator(`${takesViews ? 'a' : 'button'}${links}`).first();
      await Promise.all([page.waitForURL(/\/app\/r\?l=DISCOVER_APP_LOCATOR/), first.click()]);
      const made = world.host.asked.filter((asked) => asked.startsWith('data_view '));
      expect(made).toHaveLength(takesViews ? 0 : 1);
    },
    { cookies: { data_views: 'none' } },
  );
});

it('ignores a pattern, and hears of it again', () =>
  onPage(browser, world, async (page) => {
    await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
    await page.locator(testSubject('logAnomaliesIgnorePattern')).first().click();
    await page.getByText('Disk of').first().waitFor({ state: 'detached' });
    await page.getByText('Ignored', { exact: true }).click();
    await page.getByText('Disk of').first().waitFor();
    await page.locator(testSubject('logAnomaliesIgnorePattern')).first().click();
    await page.getByText('There is no such pattern').waitFor();
  }));

it('keeps changes to its page, and tells of them again', () =>
  onPage(browser, world, async (page) => {
    const results = page.locator(testSubject('logAnomaliesPatternResults'));
    for (const state of ['false', 'true']) {
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      await results.click();
      await page.locator(`${testSubject('logAnomaliesPatternResults')}[aria-checked="${state}"]`).waitFor();
    }
  }));

it('merges patterns that are ticked, and takes one apart again, saying when', () =>
  onPage(
    browser,
    world,
    async (page) => {
      const store = createPatternStore(world.elasticsearch, id, { space: world.space });
      const endBucket = async (): Promise<void> => {
        const all = await store.load();
        await followPeople(store, (await wishesOf(store, all))!, all, Date.now());
      };
      const merge = page.locator(testSubject('logAnomaliesMergePatterns'));
      const row = (text: string) => page.locator(rows).filter({ hasText: text });
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      await row('Disk of').getByRole('checkbox').check();
      expect(await merge.isDisabled()).toBe(true);
      await row('Payment <num> accepted').getByRole('checkbox').check();
      await merge.click();
      const asked = page.locator(testSubject('logAnomaliesConfirmMerge'));
      expect(await asked.innerText()).toMatch(
        /Merge 2 patterns[^]*Payment <num> accepted[^]*From the next bucket on their counts are joined/,
      );
      expect(await asked.getByRole('radio', { name: /Payment/ }).isChecked()).toBe(true);
      await asked.getByRole('button', { name: 'Merge' }).click();
      await row('Disk of').waitFor({ state: 'detached' });
      expect((await store.joining()).map(({ pattern }) => pattern.example)).toEqual([
        'Disk of "till" is broken',
      ]);

      await endBucket();
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      const whole = row('merged with Disk of "till" is broken');
      await whole.locator(testSubject('logAnomaliesTakePatternApart')).click();
      const confirm = page.locator(testSubject('logAnomaliesConfirmTakeApart'));
      expect(await confirm.innerText()).toMatch(/From the next bucket on these are[^]*Payment[^]*Disk of/);
      expect(await seriousFindings(page)).toEqual([]);
      await confirm.getByRole('button', { name: 'Take apart' }).click();
      await whole.locator(testSubject('logAnomaliesPatternLeaves')).waitFor();
      expect(await whole.locator(testSubject('logAnomaliesTakePatternApart')).count()).toBe(0);
      expect(await whole.getByRole('checkbox').isDisabled()).toBe(true);

      await endBucket();
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      await row('Disk of').waitFor();
      expect(await page.locator(testSubject('logAnomaliesTakePatternApart')).count()).toBe(0);
    },
    { width: 1_440 },
  ));

it('offers no merging to readers', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await open({ page, url: world.host.url }, path(), 'logAnomaliesPatternsTable');
      await page.locator(rows).first().waitFor();
      expect(await page.locator(testSubject('logAnomaliesMergePatterns')).count()).toBe(0);
      expect(await page.locator(rows).getByRole('checkbox').count()).toBe(0);
    },
    { user: 'reader' },
  ));
