import assert from 'node:assert/strict';
import type { Response } from 'playwright-core';
import { ENDPOINTS } from '../../../common/api';
import { open, testSubject, WORK_MILLISECONDS } from '../../browser/steps';
import type { KibanaClient } from '../kibana_client';
import type { World } from '../world';
import type { KibanaPages } from './kibana_pages';

const PANELS = ['swim_lane', 'timeline', 'patterns', 'table'] as const;
const panel = testSubject('logAnomaliesPanel');

const waitForCount = (pages: KibanaPages, selector: string, count: number): Promise<unknown> =>
  pages.page.waitForFunction(
    ([what, wanted]) => document.querySelectorAll(String(what)).length === Number(wanted),
    [selector, count],
    { timeout: WORK_MILLISECONDS },
  );

/** Tells the answer of the panel of patterns to a dashboard whose query names no entity. */
const isPatternsOfAll = (response: Response): boolean => {
  const url = decodeURIComponent(response.url());
  return url.includes(ENDPOINTS.listPatterns.path) && !url.includes('anomaly.entity');
};

/** Returns the number of panels that a dashboard is stored with. */
async function panelsOf(admin: KibanaClient, id: string): Promise<number> {
  const exported = await admin.expect<{ attributes: { panelsJSON: string } }>(
    'POST',
    '/api/saved_objects/_export',
    { objects: [{ type: 'dashboard', id }], excludeExportDetails: true },
  );
  return (JSON.parse(exported.attributes.panelsJSON) as unknown[]).length;
}

/** Installs the dashboards by the button, and looks at both. */
export async function dashboardJourney({ report, admin }: World, pages: KibanaPages): Promise<void> {
  const { page } = pages;
  await report.step('one button installs data view and dashboards', async () => {
    await open(pages, '/app/logAnomalies', 'logAnomaliesInstallDashboards');
    await page.click(testSubject('logAnomaliesInstallDashboards'));
    const done = page.getByText('The data view and the dashboards are installed');
    const question = page.locator(testSubject('logAnomaliesReplaceDashboards'));
    await done.or(question).first().waitFor();
    if (await question.isVisible()) await page.getByRole('button', { name: 'Replace' }).click();
    await done.waitFor();
  });
  for (const kind of ['overview', 'http'] as const) {
    await report.step(`the dashboard "${kind}" shows all its panels`, async () => {
      const id = `log-anomalies-${kind}-default`;
      const count = await panelsOf(admin, id);
      assert.ok(count > 0);
      await page.goto(`${pages.url}/app/dashboards#/view/${id}`);
      await waitForCount(pages, testSubject('embeddablePanel'), count);
      await waitForCount(pages, '[data-render-complete="true"]', count);
      // Kibana tells newcomers of search sessions, over the panels.
      await page.keyboard.press('Escape');
      assert.equal(await page.locator(testSubject('embeddableError')).count(), 0);
      assert.equal(await page.locator(testSubject('embeddable-lens-failure')).count(), 0);
      await pages.picture(`dashboard_${kind}`);
    });
  }
}

/** Each panel from the menu to a saved dashboard, which filters and is found again. @returns its id */
export async function panelsJourney(world: World, pages: KibanaPages, detectorId: string): Promise<string> {
  const { report, name } = world;
  const { page } = pages;
  const title = `${name} panels`;
  await report.step('a new dashboard', async () => {
    await page.goto(`${pages.url}/app/dashboards#/create?_g=(time:(from:now-3d,to:now))`);
    await page.waitForSelector(testSubject('dashboardEditorMenuButton'));
  });
  for (const [place, kind] of PANELS.entries()) {
    await report.step(`the panel "${kind}" comes from the menu through its editor`, async () => {
      await page.click(testSubject('dashboardEditorMenuButton'));
      await page.click(testSubject(`visType-log_anomalies_${kind}`));
      await page.waitForSelector(testSubject('logAnomaliesPanelDetector'));
      await page.selectOption(testSubject('logAnomaliesPanelDetector'), detectorId);
      await page.click(testSubject('visualizeEditorRenderButton'));
      await page.waitForSelector(`${panel} canvas, ${panel} tbody tr`);
      if (place === 0) {
        // By reference: into the library.
        await page.click(testSubject('visualizeSaveButton'));
        await page.fill(testSubject('savedObjectTitle'), `${name} swim lane`);
        await page.click(testSubject('confirmSaveSavedObjectButton'));
      } else await page.click(testSubject('visualizesaveAndReturnButton'));
      await page.waitForURL(/app\/dashboards/);
      await waitForCount(pages, panel, place + 1);
    });
  }
  const id = await report.step('it is saved and, loaded again, shows all panels', async () => {
    const save = page.locator(testSubject('dashboardQuickSaveMenuItem'));
    const saveAs = page.locator(testSubject('dashboardSaveMenuItem'));
    const later = page.locator(testSubject('dashboardInteractiveSaveMenuItem'));
    await save.or(saveAs).or(later).first().click();
    await page.fill(testSubject('savedObjectTitle'), title);
    await page.click(testSubject('confirmSaveSavedObjectButton'));
    await page.waitForURL(/view\/[0-9a-f-]{36}/);
    const saved = /view\/([0-9a-f-]{36})/.exec(page.url())![1];
    await page.goto(`${pages.url}/app/dashboards#/view/${saved}?_g=(time:(from:now-3d,to:now))`);
    await page.reload();
    await waitForCount(pages, panel, PANELS.length);
    await page.waitForSelector(`${testSubject('logAnomaliesRows')} tbody tr`);
    await pages.picture('dashboard_panels');
    return saved;
  });
  await report.step('its query narrows all of them down', async () => {
    const rows = `${testSubject('logAnomaliesRows')} tbody tr`;
    const entity = (await page.locator(`${rows} td:nth-child(3)`).first().innerText()).trim();
    await page.fill(testSubject('queryInput'), `anomaly.entity : "${entity}"`);
    await page.click(testSubject('querySubmitButton'));
    await page.waitForFunction(
      ([selector, wanted]) => {
        const found = [...document.querySelectorAll(selector)];
        return found.length > 0 && found.every((row) => row.textContent?.includes(wanted));
      },
      [rows, entity],
    );
    await pages.picture('dashboard_query');
  });
  await report.step('brushing one sets the time of all', async () => {
    const box = await page
      .locator(`${testSubject('logAnomaliesTimeline')} canvas`)
      .first()
      .boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/time:\(from:'?\d{4}-/);
    await pages.picture('dashboard_brushed');
  });
  await report.step('a feature that is clicked becomes a filter', async () => {
    // So short a time may hold no anomaly of this entity.
    await page.fill(testSubject('queryInput'), '');
    // Until the new answer is drawn the rows of the old one are there: the first of both may differ.
    const answered = page.waitForResponse(isPatternsOfAll);
    await page.click(testSubject('querySubmitButton'));
    const { features } = (await (await answered).json()) as { features: { feature: string }[] };
    assert.ok(features.length > 0);
    const [{ feature }] = features;
    const rows = page.locator(`${testSubject('logAnomaliesPatterns')} button`);
    await rows.getByText(feature, { exact: true }).first().click();
    await page.locator(testSubject('filter-items-group')).getByText(feature).waitFor();
    await pages.picture('dashboard_filter');
  });
  return id;
}
