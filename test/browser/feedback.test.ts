import type { Browser, Page } from 'playwright-core';
import { resultsPattern } from '../../server/elasticsearch';
import { seriousFindings } from './accessibility';
import { makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { settle } from './quiet_page';
import { hideResult, open, openBrowser, openExplorer, shownAnomalies, testSubject } from './steps';

jest.setTimeout(120_000);

/** Earlier than the three days of logs: none leaves the time that is shown while a test lasts. */
const FROM = 'now-4d';

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

const onTab = (page: Page, tab: string, subject: string): Promise<void> =>
  open({ page, url: world.host.url }, `/app/logAnomalies/detectors/${id}/${tab}`, subject);

/** Results of the detector that count, as Elasticsearch has them. */
const countOpen = async (): Promise<number> => {
  await world.elasticsearch.indices.refresh({ index: resultsPattern(world.space) });
  const filter = [{ term: { 'result.type': 'log' } }, { term: { 'detector.id': id } }];
  const { count } = await world.elasticsearch.count({
    index: resultsPattern(world.space),
    query: { bool: { filter } },
  });
  return count;
};

const changes = (): string[] =>
  world.host.asked.filter((asked) => /^(saveFeedback|addSuppression|remove)/.test(asked));

it('says what "not an anomaly" would change, hides it, shows it on request and takes it back', () =>
  onPage(browser, world, async (page) => {
    const pages = { page, url: world.host.url };
    const before = await countOpen();
    await openExplorer(pages, id, FROM);
    const shown = await shownAnomalies(page);
    world.host.asked.length = 0;
    await hideResult(pages, 'pattern', async () => {
      expect(changes()).toEqual([]);
      const replay = await page.innerText(testSubject('logAnomaliesReplay'));
      expect(replay).toMatch(/anomalies a day so far/);
      expect(replay).not.toMatch(/alert/);
      expect(await seriousFindings(page)).toEqual([]);
    });
    await page.waitForFunction(
      ([selector, count]) => !document.querySelector(String(selector))?.textContent?.startsWith(`${count} `),
      [testSubject('logAnomaliesShown'), shown.toLocaleString('en')] as const,
    );
    const left = await shownAnomalies(page);
    expect(left).toBeLessThan(shown);
    expect(await countOpen()).toBe(before - (shown - left));

    await page.click(testSubject('logAnomaliesShowHidden'));
    const hidden = page.locator(testSubject('logAnomaliesHiddenRow'));
    await hidden.first().waitFor();
    expect(await hidden.first().innerText()).toMatch(/not an anomaly/);
    expect(await shownAnomalies(page)).toBe(shown);

    await page.locator(testSubject('logAnomaliesToastUndo')).click();
    await hidden.first().waitFor({ state: 'detached' });
    expect(await countOpen()).toBe(before);
  }));

it('takes a judgement back in the opened row of what it hides', () =>
  onPage(browser, world, async (page) => {
    const pages = { page, url: world.host.url };
    const before = await countOpen();
    await openExplorer(pages, id, FROM);
    await hideResult(pages, 'one');
    expect(await countOpen()).toBe(before - 1);
    await page.click(testSubject('logAnomaliesShowHidden'));
    const row = page.locator('tr', { has: page.locator(testSubject('logAnomaliesHiddenRow')) });
    await row.locator(testSubject('logAnomaliesOpenResult')).first().click();
    await page.waitForSelector(testSubject('logAnomaliesHidden'));
    expect(await seriousFindings(page)).toEqual([]);
    await page.click(testSubject('logAnomaliesShowAgain'));
    await page.waitForSelector(testSubject('logAnomaliesHiddenRow'), { state: 'detached' });
    expect(await countOpen()).toBe(before);
  }));

it('lists a judgement once, with its comment and what it hides', () =>
  onPage(browser, world, async (page) => {
    const pages = { page, url: world.host.url };
    await openExplorer(pages, id, FROM);
    await hideResult(pages, 'one', async () =>
      // The comment is asked for in one place.
      expect(await page.locator(testSubject('logAnomaliesNotComment')).count()).toBe(0),
    );
    await onTab(page, 'feedback', 'logAnomaliesVerdicts');
    const row = page.locator(`${testSubject('logAnomaliesVerdicts')} tbody tr`, { hasText: 'tried out' });
    await row.getByText('not an anomaly', { exact: true }).waitFor();
    expect(await row.locator('td').nth(5).innerText()).toMatch(/^1\b/);
    await page.getByText('There are no quiet times and no mutes.').waitFor();
    await row.locator(testSubject('logAnomaliesTakeBack')).click();
    await page.getByText('Nobody has judged an anomaly yet.').waitFor();
  }));

it("asks before it acts on an alert's link", () =>
  onPage(browser, world, async (page) => {
    const { hits } = await world.elasticsearch.search({
      index: resultsPattern(world.space),
      size: 1,
      query: { bool: { filter: [{ term: { 'result.type': 'log' } }, { term: { 'detector.id': id } }] } },
    });
    const result = hits.hits[0]._id as string;
    world.host.asked.length = 0;
    await onTab(page, `feedback?result=${encodeURIComponent(result)}`, 'logAnomaliesJudgeReal');
    expect(changes()).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.click(testSubject('logAnomaliesJudgeReal'));
    const verdicts = page.locator(`${testSubject('logAnomaliesVerdicts')} tbody tr`);
    await verdicts.getByText('real', { exact: true }).waitFor();
    expect(changes().map((asked) => asked.split(' ')[0])).toEqual(['saveFeedback']);
    await page.locator(testSubject('logAnomaliesTakeBack')).click();
    await page.getByText('Nobody has judged an anomaly yet.').waitFor();
  }));

it('adds a quiet time for every week and one of a calendar file, and takes them back', () =>
  onPage(browser, world, async (page) => {
    await onTab(page, 'feedback', 'logAnomaliesSuppressions');
    const add = async (name: string, kind: string, fill: () => Promise<void>): Promise<void> => {
      await page.click(testSubject('logAnomaliesAddQuietTime'));
      await page.fill(testSubject('logAnomaliesQuietName'), name);
      await page.locator('.euiButtonGroupButton', { hasText: kind }).click();
      await fill();
      expect(await seriousFindings(page)).toEqual([]);
      await page.click(testSubject('logAnomaliesQuietNext'));
      await page.waitForSelector(testSubject('logAnomaliesReplay'));
      for (const box of await page.locator('[id^=logAnomaliesAccept]').all()) await box.check();
      await page.click(testSubject('logAnomaliesQuietApply'));
      await page.locator(testSubject('logAnomaliesSuppressions')).getByText(name).waitFor();
    };
    await add('Weekly backup', 'Every week', async () => {
      await page.fill(testSubject('logAnomaliesQuietEntity'), 'no such service');
    });
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replace(/-/g, '');
    const calendar = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//test//EN',
      'BEGIN:VEVENT',
      'UID:1',
      `DTSTART:${day}T010000Z`,
      `DTEND:${day}T020000Z`,
      'RRULE:FREQ=WEEKLY',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    await add('Releases', 'Calendar file', () =>
      page.setInputFiles(testSubject('logAnomaliesCalendarFile'), {
        name: 'releases.ics',
        mimeType: 'text/calendar',
        buffer: Buffer.from(calendar),
      }),
    );
    const table = page.locator(testSubject('logAnomaliesSuppressions'));
    expect(await table.innerText()).toMatch(/one event of a calendar file/);
    expect(await table.innerText()).toMatch(/Sun, 02:00 to 04:00/);
    for (const left of ['Weekly backup', 'Releases']) {
      const row = table.locator('tbody tr', { hasText: left });
      await row.locator(testSubject('logAnomaliesRemoveSuppression')).click();
      await page.click(testSubject('confirmModalConfirmButton'));
      await row.waitFor({ state: 'detached' });
    }
  }));

it('tries thresholds on the last weeks, and makes a rule of what was tried', () =>
  onPage(browser, world, async (page) => {
    await onTab(page, 'what_if', 'logAnomaliesWhatIfAlerts');
    await settle(page);
    const alerts = async (): Promise<number> =>
      Number(
        /([\d,]+) alerts? for/
          .exec(await page.innerText(testSubject('logAnomaliesWhatIfAlerts')))?.[1]
          .replace(/,/g, ''),
      );
    const before = await alerts();
    expect(before).toBeGreaterThan(0);
    expect(await page.locator(`${testSubject('logAnomaliesWhatIfGroups')} tbody tr`).count()).toBeGreaterThan(
      0,
    );
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator(`input${testSubject('logAnomaliesWhatIfConfidence')}[type=number]`).fill('90');
    await page.waitForFunction(
      ([selector, text]) => !document.querySelector(String(selector))?.textContent?.includes(String(text)),
      [testSubject('logAnomaliesWhatIfAlerts'), `${before.toLocaleString('en')} alerts for`] as const,
    );
    expect(await alerts()).toBeLessThan(before);
    const ruleOf = async (type: string): Promise<void> => {
      await page.locator(testSubject('logAnomaliesCreateRule')).last().click();
      await page.click(testSubject(`logAnomaliesCreateRule-logAnomalies.${type}`));
    };
    await ruleOf('incident');
    const severity = page.locator(testSubject('logAnomaliesRuleSeverity'));
    expect(await severity.inputValue()).toBe('major');
    await page.keyboard.press('Escape');
    await severity.waitFor({ state: 'detached' });
    await ruleOf('logAnomaly');
    await page.waitForSelector(testSubject('logAnomaliesFiringEstimate'));
    expect(
      await page
        .locator(`input${testSubject('logAnomaliesRuleConfidence')}[type=number]`)
        .first()
        .inputValue(),
    ).toBe('90');
  }));
