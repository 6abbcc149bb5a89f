/**
 * Walks through every page in a real Chromium on a running Kibana, as a newcomer would: create a detector by the form,
 * see what it finds, judge it, look at models and jobs, put panels on a dashboard, create a rule. Each page is pictured
 * in light and dark; an error in the browser's console fails the run.
 *
 * KIBANA_URL, ELASTICSEARCH_URL: where they are. LOGS_INDEX: logs to look at. PICTURES: folder for the pictures.
 * KIBANA_USERNAME, KIBANA_PASSWORD: where security is on.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const setting = (name: string, fallback?: string): string => {
  const value = process.env[name] ?? fallback;
  if (value === undefined) throw new Error(`${name} must be set`);
  return value;
};
const kibana = setting('KIBANA_URL').replace(/\/$/, '');
const index = setting('LOGS_INDEX');
const pictures = setting('PICTURES', 'build/pictures');
const chromiumPath = setting('CHROMIUM', '/usr/bin/chromium');
const name = `Shop ${Date.now().toString(36)}`;
const PATIENCE_MILLISECONDS = 120_000;

const headers: Record<string, string> = {
  'kbn-xsrf': 'true',
  'content-type': 'application/json',
  'x-elastic-internal-origin': 'kibana',
  ...(process.env.KIBANA_USERNAME && {
    authorization: `Basic ${Buffer.from(`${process.env.KIBANA_USERNAME}:${process.env.KIBANA_PASSWORD}`).toString('base64')}`,
  }),
};

async function ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await fetch(`${kibana}${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as Body;
}

async function waitFor<Value>(what: string, look: () => Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waited ${PATIENCE_MILLISECONDS} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

const byTestSubject = (subject: string): string => `[data-test-subj~="${subject}"]`;

/** Kibana probes its own security policy on each page, and complains where Elasticsearch lacks modules. */
const isOurs = (text: string): boolean =>
  /logAnomalies|log_anomalies/i.test(text) && !text.includes('Content Security Policy');

async function open(page: Page, path: string, subject: string): Promise<void> {
  await page.goto(`${kibana}${path}`, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector(byTestSubject(subject), { timeout: PATIENCE_MILLISECONDS });
}

async function picture(page: Page, file: string): Promise<void> {
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: join(pictures, `${file}.png`) });
}

async function createByForm(page: Page): Promise<string> {
  await open(page, '/app/logAnomalies/detectors/new', 'logAnomaliesForm');
  await page.fill(byTestSubject('logAnomaliesName'), name);
  const box = page.locator(`${byTestSubject('logAnomaliesIndex')} input`);
  await box.fill(index);
  await box.press('Enter');
  await page.click(byTestSubject('logAnomaliesSuggest'));
  await page.waitForSelector(`${byTestSubject('logAnomaliesForm')} tbody tr`, {
    timeout: PATIENCE_MILLISECONDS,
  });
  await page.click(byTestSubject('logAnomaliesPreviewButton'));
  await page.waitForSelector(byTestSubject('logAnomaliesPreview'), { timeout: PATIENCE_MILLISECONDS });
  assert.match(await page.innerText(byTestSubject('logAnomaliesAlertsPerDay')), /about .* a day/);
  await picture(page, 'form');
  await page.getByRole('button', { name: 'Grouping, training and schedule' }).last().click();
  await page.getByLabel('Group results by').fill('service.name');
  await page.click(byTestSubject('logAnomaliesSave'));
  await page.waitForSelector(byTestSubject('logAnomaliesDetector'), { timeout: PATIENCE_MILLISECONDS });
  return new URL(page.url()).pathname.split('/').filter(Boolean).at(-2) as string;
}

async function dashboardOf(detectorId: string): Promise<string> {
  const kinds = ['swim_lane', 'timeline', 'table'];
  const panel = (kind: string, place: number) => ({
    version: '8.12.2',
    type: 'visualization',
    panelIndex: String(place),
    gridData: { x: 0, y: place * 12, w: 48, h: 12, i: String(place) },
    embeddableConfig: {
      savedVis: {
        title: '',
        description: '',
        type: `log_anomalies_${kind}`,
        params: { kind, detectorId },
        uiState: {},
        data: { aggs: [], searchSource: { query: { query: '', language: 'kuery' }, filter: [] } },
      },
    },
  });
  const id = `log-anomalies-look-${Date.now()}`;
  await ask('POST', `/api/content_management/rpc/create`, {
    contentTypeId: 'dashboard',
    version: '1',
    options: { id, overwrite: true, references: [] },
    data: {
      title: id,
      description: '',
      timeRestore: true,
      timeFrom: 'now-7d',
      timeTo: 'now',
      optionsJSON: '{}',
      panelsJSON: JSON.stringify(kinds.map(panel)),
      kibanaSavedObjectMeta: {
        searchSourceJSON: '{"query":{"query":"","language":"kuery"},"filter":[]}',
      },
    },
  });
  return id;
}

async function lookAround(page: Page, id: string, dashboard: string, theme: string): Promise<void> {
  await open(page, '/app/logAnomalies', 'logAnomaliesDetectors');
  await picture(page, `overview_${theme}`);
  const range = 'from=now-7d&to=now';
  await open(page, `/app/logAnomalies/detectors/${id}/anomalies?${range}&sort=score`, 'logAnomaliesSwimLane');
  await page.waitForSelector(`${byTestSubject('logAnomaliesResults')} tbody tr`);
  await picture(page, `anomalies_${theme}`);
  await page.locator(byTestSubject('logAnomaliesOpenResult')).first().click();
  await page.waitForSelector(byTestSubject('logAnomaliesResultDetails'));
  assert.match(page.url(), /open=/);
  await page.locator(byTestSubject('logAnomaliesResultDetails')).scrollIntoViewIfNeeded();
  await picture(page, `result_${theme}`);
  await open(page, `/app/logAnomalies/detectors/${id}/models`, 'logAnomaliesModels');
  await picture(page, `models_${theme}`);
  await open(page, `/app/logAnomalies/detectors/${id}/jobs`, 'logAnomaliesBackfill');
  await picture(page, `jobs_${theme}`);
  await open(page, `/app/dashboards#/view/${dashboard}`, 'logAnomaliesPanel');
  await page.waitForFunction(
    (selector) => document.querySelectorAll(selector).length === 3,
    byTestSubject('logAnomaliesPanel'),
  );
  await picture(page, `dashboard_${theme}`);
}

async function judge(page: Page): Promise<void> {
  await page.locator(byTestSubject('logAnomaliesFeedbackReal')).first().click();
  await page.waitForSelector(byTestSubject('logAnomaliesFeedbackUndo'));
  await page.locator(byTestSubject('logAnomaliesFeedbackUndo')).first().click();
  await page.waitForSelector(byTestSubject('logAnomaliesFeedbackUndo'), { state: 'detached' });
}

/** By hand, as a user: choose the panel, its detector, save, and find it on the dashboard; brushing it sets the time. */
async function addPanel(page: Page, detectorId: string): Promise<void> {
  await page.goto(`${kibana}/app/dashboards#/create?_g=(time:(from:now-5d,to:now))`);
  await page.click(byTestSubject('dashboardEditorMenuButton'));
  await page.click(byTestSubject('visType-log_anomalies_swim_lane'));
  await page.waitForSelector(byTestSubject('logAnomaliesPanelDetector'));
  await page.selectOption(byTestSubject('logAnomaliesPanelDetector'), detectorId);
  await page.click(byTestSubject('visualizeEditorRenderButton'));
  await page.waitForSelector(`${byTestSubject('logAnomaliesPanel')} canvas`);
  await page.click(byTestSubject('visualizesaveAndReturnButton'));
  await page.waitForURL(/dashboards/);
  const chart = page.locator(`${byTestSubject('logAnomaliesPanel')} canvas`).first();
  await chart.waitFor();
  await picture(page, 'panel_added');
  const box = await chart.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/time:\(from:'?\d{4}-/);
}

/** Trains a second model, compares both and goes back to the first. */
async function chooseModel(page: Page, id: string): Promise<void> {
  const models = () =>
    ask<{ models: { version: string; status: string }[] }>(
      'GET',
      `/api/log_anomalies/detectors/${id}/models`,
    ).then((answer) => answer.models);
  const before = (await models()).length;
  await ask('POST', `/api/log_anomalies/detectors/${id}/_train`);
  await waitFor('a second model', async () => ((await models()).length > before ? true : undefined));
  await open(page, `/app/logAnomalies/detectors/${id}/models`, 'logAnomaliesModels');
  const boxes = page.locator(`${byTestSubject('logAnomaliesModels')} tbody input[type=checkbox]`);
  await boxes.nth(1).waitFor();
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.waitForSelector(`${byTestSubject('logAnomaliesComparison')} table`);
  await picture(page, 'comparison');
  await page.locator(byTestSubject('logAnomaliesPromoteCompared')).first().click();
  await waitFor('the older model to be active', async () => {
    const [newest] = await models();
    return newest.status === 'active' ? undefined : newest;
  });
}

/** Without the right to read, the page says so and whom to ask. */
async function withoutRights(page: Page): Promise<void> {
  const refuse = (url: URL): boolean => url.pathname.startsWith('/api/log_anomalies/');
  await page.route(refuse, (route) =>
    route.fulfill({ status: 403, json: { statusCode: 403, error: 'Forbidden', message: 'Forbidden' } }),
  );
  await open(page, '/app/logAnomalies', 'logAnomaliesForbidden');
  await picture(page, 'forbidden');
  await page.unroute(refuse);
}

async function ruleForm(page: Page): Promise<void> {
  await open(page, '/app/management/insightsAndAlerting/triggersActions/rules', 'createRuleButton');
  await page.locator(byTestSubject('createRuleButton')).first().click();
  await page.locator(byTestSubject('logAnomalies.logAnomaly-SelectOption')).click();
  await page.waitForSelector(byTestSubject('logAnomaliesRuleSeverity'), { timeout: PATIENCE_MILLISECONDS });
  await picture(page, 'rule');
}

async function main(): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && isOurs(text)) problems.push(text);
  });
  try {
    if (process.env.KIBANA_USERNAME) {
      await page.goto(`${kibana}/login`);
      await page.fill(byTestSubject('loginUsername'), setting('KIBANA_USERNAME'));
      await page.fill(byTestSubject('loginPassword'), setting('KIBANA_PASSWORD'));
      await page.click(byTestSubject('loginSubmit'));
      await page.waitForSelector(byTestSubject('kibanaChrome'));
    }
    await ask('POST', '/internal/kibana/settings', { changes: { 'theme:darkMode': false } });
    await open(page, '/app/logAnomalies', 'logAnomaliesPage');
    await picture(page, 'first_look');
    const id = process.env.DETECTOR_ID ?? (await createByForm(page));
    const api = `/api/log_anomalies/detectors/${id}`;
    await waitFor('a model', async () => (await ask<{ model?: object }>('GET', `${api}/_status`)).model);
    if (!process.env.DETECTOR_ID) {
      const to = Date.now();
      await ask('POST', `${api}/_backfill`, { from: to - 7 * 86_400_000, to });
      await waitFor('the past to be scored', async () => {
        const { state } = await ask<{ state: string }>('GET', `${api}/_backfill`);
        return state === 'done' || state === 'failed' ? state : undefined;
      });
    }
    // Without any data view Kibana shows no dashboard.
    await ask('POST', '/api/data_views/data_view', {
      data_view: { title: index, name: index, timeFieldName: '@timestamp' },
      override: true,
    });
    const dashboard = await dashboardOf(id);
    await lookAround(page, id, dashboard, 'light');
    await open(page, `/app/logAnomalies/detectors/${id}/anomalies?from=now-7d&to=now`, 'logAnomaliesResults');
    await page.locator(byTestSubject('logAnomaliesOpenResult')).first().click();
    await judge(page);
    await ruleForm(page);
    await addPanel(page, id);
    await chooseModel(page, id);
    const beforeRefusal = problems.length;
    await withoutRights(page);
    // The browser itself reports each refused request.
    problems.length = beforeRefusal;
    await ask('POST', '/internal/kibana/settings', { changes: { 'theme:darkMode': true } });
    await lookAround(page, id, dashboard, 'dark');
    assert.deepEqual(problems, []);
    console.log(`All pages of detector ${id} were walked through; pictures are in ${pictures}.`);
  } catch (error) {
    await page.screenshot({ path: join(pictures, 'failed.png') });
    console.error(problems.join('\n'));
    throw error;
  } finally {
    await browser.close();
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
