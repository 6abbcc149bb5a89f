import assert from 'node:assert/strict';
import { writeDemoLogs } from '../../browser/demo_logs';
import {
  createDetectorByForm,
  judgeAndUndo,
  open,
  openBrowser,
  openExplorer,
  promoteAModel,
  scoreThePast,
  testSubject,
  waitForModels,
  WORK_MILLISECONDS,
} from '../../browser/steps';
import type { Credentials } from '../kibana_client';
import type { World } from '../world';
import { dashboardJourney, panelsJourney } from './dashboards';
import { feedbackJourney } from './feedback';
import { openKibana, type KibanaPages } from './kibana_pages';

export interface PagesUsers {
  readonly admin: Credentials | undefined;
  readonly reader: Credentials | undefined;
}

/** Uses the pages in a real Chromium: from sample logs to a dashboard and a rule, and as a reader. */
export async function pagesJourney(world: World, url: string, users: PagesUsers): Promise<void> {
  const { report, admin, indices, elasticsearch } = world;
  const browser = await openBrowser();
  let id: string | undefined;
  let dashboard: string | undefined;
  try {
    await writeDemoLogs(elasticsearch, indices.pages);
    // Without any data view Kibana shows no dashboard.
    const view = { title: indices.pages, name: indices.pages, timeFieldName: '@timestamp' };
    await admin.expect('post', '/api/data_views/data_view', {
      data_view: { id: indices.pages, ...view },
      override: true,
    });
    const pages = await openKibana(browser, url, users.admin);
    await report.journey('Pages: sample logs', () => sampleLogs(world, pages));
    await report.journey('Pages: a detector', async () => {
      id = await detectorByHand(world, pages);
    });
    if (id === undefined) return;
    const detectorId = id;
    await report.journey('Pages: dashboards', () => dashboardJourney(world, pages));
    await report.journey('Pages: panels', async () => {
      dashboard = await panelsJourney(world, pages, detectorId);
    });
    if (dashboard !== undefined) {
      const saved = dashboard;
      await report.journey('Pages: feedback', () => feedbackJourney(world, pages, detectorId, saved));
    }
    await report.journey('Pages: a rule', () => ruleByHand(world, pages, detectorId));
    await report.journey('Pages: no complaint', () =>
      report.step('the browser had nothing to complain about', async () =>
        assert.deepEqual(pages.problems, []),
      ),
    );
    await pages.close();
    const { reader } = users;
    if (reader === undefined) report.skip('what a reader is told', 'security is off');
    else {
      await report.journey('Pages: a reader', async () => {
        const theirs = await openKibana(browser, url, reader);
        await readerIsTold(world, theirs, detectorId);
        await theirs.close();
      });
    }
  } finally {
    await browser.close();
    await admin.request('delete', `/api/data_views/data_view/${indices.pages}`);
    if (dashboard) await admin.request('delete', `/api/saved_objects/dashboard/${dashboard}?force=true`);
    if (id) await admin.try('deleteDetector', { params: { id }, query: { delete_results: 'true' } });
  }
}

async function sampleLogs({ report, admin }: World, pages: KibanaPages): Promise<void> {
  const { page } = pages;
  await report.step('one button makes sample logs and opens the explorer on them', async () => {
    await open(pages, '/app/logAnomalies', 'logAnomaliesPage');
    await pages.picture('first_look');
    await page.getByRole('button', { name: 'Try it on sample logs' }).first().click();
    await page.waitForSelector(testSubject('logAnomaliesSwimLane'), { timeout: 3 * WORK_MILLISECONDS });
    assert.match(page.url(), /\/anomalies/);
    await pages.picture('sample_explorer');
  });
  await report.step('the most severe incident has a page of its own and is commented', async () => {
    await page
      .locator(`${testSubject('logAnomaliesIncidents')} tbody a`)
      .first()
      .click();
    await page.waitForSelector(testSubject('logAnomaliesIncident'));
    await page.waitForSelector(`${testSubject('logAnomaliesResults')} tbody tr`);
    await pages.picture('incident');
    await page.click(testSubject('logAnomaliesComment'));
    await page.fill(testSubject('logAnomaliesCommentText'), 'It was the deployment.');
    await page.click(testSubject('logAnomaliesCommentSave'));
    await page
      .locator(testSubject('logAnomaliesIncidentHistory'))
      .getByText('It was the deployment.')
      .waitFor();
  });
  await report.step('another one removes all of it', async () => {
    await open(pages, '/app/logAnomalies', 'logAnomaliesSampleRemove');
    await page.click(testSubject('logAnomaliesSampleRemove'));
    await page.click(testSubject('confirmModalConfirmButton'));
    await page.waitForSelector(testSubject('logAnomaliesSampleRemove'), { state: 'detached' });
    assert.equal((await admin.call('getSample')).state, 'none');
  });
}

async function detectorByHand(world: World, pages: KibanaPages): Promise<string> {
  const { report, indices, name } = world;
  const id = await report.step('the form makes a detector, with suggested features and a preview', () =>
    createDetectorByForm(pages, { name: `${name} pages`, index: indices.pages, entity: 'service.name' }),
  );
  await report.step('it is trained, and scores the past', async () => {
    await waitForModels(pages, id, 1);
    await scoreThePast(pages, id);
    await pages.picture('jobs');
  });
  await report.step('the explorer shows its anomalies, which are judged and judged no more', async () => {
    await openExplorer(pages, id);
    await pages.picture('explorer');
    await judgeAndUndo(pages);
    await pages.page.locator(testSubject('logAnomaliesResultDetails')).scrollIntoViewIfNeeded();
    await pages.picture('result');
  });
  await report.step('a second model is trained, compared, and the first one promoted again', async () => {
    await promoteAModel(pages, id);
    await pages.picture('models');
  });
  await report.step('the overview tells of it', async () => {
    await open(pages, '/app/logAnomalies', 'logAnomaliesDetectors');
    await pages.page.getByText(`${name} pages`).waitFor();
    await pages.picture('overview');
  });
  return id;
}

/** From the page of the detector, through Kibana's own form. */
async function ruleByHand(
  { report, admin, name }: World,
  pages: KibanaPages,
  detectorId: string,
): Promise<void> {
  const { page } = pages;
  await report.step('the page of a detector opens the form for a rule, filled in', async () => {
    await open(pages, `/app/logAnomalies/detectors/${detectorId}/anomalies`, 'logAnomaliesCreateRule');
    await page.click(testSubject('logAnomaliesCreateRule'));
    await page.click(testSubject('logAnomaliesCreateRule-logAnomalies.logAnomaly'));
    await page.waitForSelector(testSubject('logAnomaliesFiringEstimate'));
    const chosen = page.locator(`${testSubject('logAnomaliesRuleDetectors')} .euiComboBoxPill`);
    // Until the detectors are there, their ids stand in for their names.
    await chosen.filter({ hasText: `${name} pages` }).waitFor();
    assert.deepEqual(await chosen.allInnerTexts(), [`${name} pages`]);
    await page
      .locator(testSubject('logAnomaliesFiringEstimate'))
      .getByText(/This rule would have raised/)
      .waitFor();
    await page.locator(testSubject('logAnomaliesFiringEstimate')).scrollIntoViewIfNeeded();
    await pages.picture('rule');
  });
  await report.step('it is saved, and there', async () => {
    await page.click(testSubject('saveRuleButton'));
    // A rule without actions is asked about.
    await page.click(testSubject('confirmModalConfirmButton'));
    await page.waitForSelector(testSubject('saveRuleButton'), { state: 'detached' });
    const { data } = await admin.expect<{
      data: { id: string; rule_type_id: string; params: { detector_ids: string[] } }[];
    }>('get', '/api/alerting/rules/_find?per_page=100');
    const made = data.find(({ params }) => params.detector_ids?.includes(detectorId));
    assert.equal(made?.rule_type_id, 'logAnomalies.logAnomaly');
    await admin.expect('delete', `/api/alerting/rule/${made?.id}`);
  });
  await report.step('Stack Management offers the same form', async () => {
    const path = '/app/management/insightsAndAlerting/triggersActions/rules';
    await open(pages, path, 'createRuleButton');
    await page.locator(testSubject('createRuleButton')).first().click();
    await page.locator(testSubject('logAnomalies.logAnomaly-SelectOption')).click();
    await page.waitForSelector(testSubject('logAnomaliesRuleSeverity'));
  });
}

/** Checks that actions a reader has no rights for are not offered, or are refused with a message. */
async function readerIsTold({ report }: World, pages: KibanaPages, detectorId: string): Promise<void> {
  const { page } = pages;
  await report.step('a reader sees detectors and results, and is offered no change', async () => {
    await open(pages, '/app/logAnomalies', 'logAnomaliesDetectors');
    assert.equal(await page.locator(testSubject('logAnomaliesCreate')).count(), 0);
    await pages.picture('reader_overview');
    await openExplorer(pages, detectorId);
    assert.equal(await page.locator(testSubject('logAnomaliesCreateRule')).count(), 0);
    await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
    await page.waitForSelector(testSubject('logAnomaliesFeedbackReal'));
    assert.ok(await page.locator(testSubject('logAnomaliesFeedbackReal')).isDisabled());
    await pages.picture('reader_result');
  });
  await report.step('a refused request says whom to ask', async () => {
    const refuse = (url: URL): boolean => url.pathname.startsWith('/api/log_anomalies/');
    await page.route(refuse, (route) =>
      route.fulfill({ status: 403, json: { statusCode: 403, error: 'Forbidden', message: 'Forbidden' } }),
    );
    await open(pages, '/app/logAnomalies', 'logAnomaliesForbidden');
    await pages.picture('forbidden');
  });
}
