import assert from 'node:assert/strict';
import {
  hideResult,
  open,
  openExplorer,
  shownAnomalies,
  testSubject,
  WORK_MILLISECONDS,
} from '../../browser/steps';
import { waitFor } from '../wait_for';
import type { World } from '../world';
import type { KibanaPages } from './kibana_pages';

/** The detector of the form looks for new logs every minute, half a minute behind. */
const RUN_MILLISECONDS = 4 * 60_000;
/** Times the duration of a request. */
const SLOWER = 1_000;

/**
 * A false alarm: marked in the explorer after reading what that changes, gone from explorer, dashboard and the next run, and
 * shown again once it is taken back.
 *
 * @param dashboard with a table panel of the detector
 */
export async function feedbackJourney(
  { report, admin, elasticsearch, indices }: World,
  pages: KibanaPages,
  detectorId: string,
  dashboard: string,
): Promise<void> {
  const { page } = pages;
  const search = async (status: 'open' | 'suppressed') =>
    (
      await admin.call('searchResults', {
        query: { detector_id: detectorId, status, sort: 'severity', size: 1_000 },
      })
    ).results;
  // In the order of the explorer, whose first row is judged.
  const [worst] = await search('open');
  const { pattern } = worst.result.anomaly;
  const alike = async (status: 'open' | 'suppressed') =>
    (await search(status)).filter(({ result }) => result.anomaly.pattern === pattern);
  const line = String(worst.result.message);
  /** In a tab of its own: what was changed in a dashboard and not saved stays with its tab. */
  const linesOnDashboard = async (): Promise<string[]> => {
    const tab = await page.context().newPage();
    await tab.goto(`${pages.url}/app/dashboards#/view/${dashboard}?_g=(time:(from:now-3d,to:now))`);
    const rows = tab.locator(`${testSubject('logAnomaliesRows')} tbody tr`);
    await rows.first().waitFor({ timeout: WORK_MILLISECONDS });
    const lines = await rows
      .locator('div[title]:has(code)')
      .evaluateAll((found) => found.map((each) => each.getAttribute('title') ?? ''));
    await tab.close();
    return lines;
  };
  await report.step('a false alarm is on the dashboard', async () => {
    const lines = await linesOnDashboard();
    assert.ok(lines.includes(line), `${line} is not among\n${lines.join('\n')}`);
  });
  const before = (await search('open')).length;
  await report.step(
    'the explorer says what "not an anomaly" would change, before anything does',
    async () => {
      await openExplorer(pages, detectorId);
      const shown = await shownAnomalies(page);
      await hideResult(pages, 'pattern', async () => {
        assert.match(await page.innerText(testSubject('logAnomaliesReplay')), /anomalies a day so far/);
        assert.equal((await search('open')).length, before);
        await pages.picture('feedback_replay');
      });
      await page.waitForFunction(
        ([selector, text]) =>
          !document.querySelector(String(selector))?.textContent?.startsWith(String(text)),
        [testSubject('logAnomaliesShown'), `${shown.toLocaleString('en')} `] as const,
      );
      assert.deepEqual(await alike('open'), []);
      await page.click(testSubject('logAnomaliesShowHidden'));
      await page.locator(testSubject('logAnomaliesHiddenRow')).first().waitFor();
      await pages.picture('feedback_hidden');
    },
  );
  await report.step('it is gone from the dashboard', async () =>
    assert.ok(!(await linesOnDashboard()).includes(line)),
  );
  const again = await report.step('the next run hides another one like it', async () => {
    const { index, id } = worst.result.source;
    const { _source: log } = await elasticsearch.get<Record<string, unknown>>({ index, id });
    // The threshold moves with the hour: a copy that is slower by far lies beyond it at any, and its message is the same.
    const event = log?.event as { readonly duration: number };
    const { _id: copy } = await elasticsearch.index({
      index: indices.pages,
      document: {
        ...log,
        '@timestamp': new Date().toISOString(),
        event: { ...event, duration: SLOWER * event.duration },
      },
      refresh: true,
    });
    await waitFor(
      'a run that has scored it',
      async () => {
        const found = (await alike('suppressed')).some(({ result }) => result.source.id === copy);
        if (found) return { found };
        return (await search('open')).some(({ result }) => result.source.id === copy)
          ? 'it is shown'
          : 'it is not scored yet';
      },
      { timeout: RUN_MILLISECONDS },
    );
    return copy;
  });
  await report.step('a quiet time, what would have alerted and what was done are shown', async () => {
    await open(pages, `/app/logAnomalies/detectors/${detectorId}/feedback`, 'logAnomaliesSuppressions');
    await page
      .locator(`${testSubject('logAnomaliesSuppressions')} tbody tr`)
      .first()
      .waitFor();
    await pages.picture('feedback');
    await open(pages, `/app/logAnomalies/detectors/${detectorId}/what_if`, 'logAnomaliesWhatIfAlerts');
    await pages.picture('what_if');
  });
  await report.step('taken back, all of it is shown again, on the dashboard, too', async () => {
    await open(pages, `/app/logAnomalies/detectors/${detectorId}/feedback`, 'logAnomaliesVerdicts');
    await page.locator(testSubject('logAnomaliesTakeBack')).first().click();
    await page.getByText('Nobody has judged an anomaly yet.').waitFor();
    assert.deepEqual(await alike('suppressed'), []);
    assert.ok((await alike('open')).some(({ result }) => result.source.id === again));
    assert.ok((await search('open')).length > before);
    assert.ok((await linesOnDashboard()).includes(line));
  });
}
