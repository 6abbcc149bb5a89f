import assert from 'node:assert/strict';
import { ensureIndexResources, resultsIndex } from '../../../server/elasticsearch';
import { open, openBrowser, testSubject } from '../../browser/steps';
import { detectorFor, type World } from '../world';
import type { Credentials } from '../kibana_client';
import { openKibana, type KibanaPages } from './kibana_pages';

const RESULTS = 1_000_000;
const DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;
const BUCKET_MILLISECONDS = 300_000;
const BATCH = 10_000;
const ENTITIES = ['checkout-api', 'auth-api', 'search-api', 'inventory-api', 'web-frontend'];
/** Of each, in turns; the first of each is not counted. */
const ROUNDS = 6;

/** Measures the time until the explorer is usable on a million results, beside Discover on the same index. */
export async function speedJourney(
  world: World,
  url: string,
  credentials: Credentials | undefined,
): Promise<void> {
  const { report, admin, indices, elasticsearch, name } = world;
  await report.journey('Speed: a million results', async () => {
    await elasticsearch.indices.create({ index: indices.pages });
    const sample = { '@timestamp': new Date().toISOString(), message: 'GET / 200', status_code: 200 };
    const detector = detectorFor(`${name} speed`, indices.pages, [sample], {
      features: [{ type: 'number', field: 'status_code' }],
      entity_field: 'service.name',
    });
    const { id } = await admin.call('createDetector', { body: { detector, start: false } });
    const browser = await openBrowser();
    const view = `${name}-results`;
    try {
      await report.step(`${RESULTS} results and their summaries are written`, () => writeResults(world, id));
      await admin.expect('post', '/api/data_views/data_view', {
        data_view: { id: view, title: 'log-anomalies-results.default.*', timeFieldName: '@timestamp' },
        override: true,
      });
      const times: { explorer: number[]; discover: number[] } = { explorer: [], discover: [] };
      await report.step('both are opened in turns', async () => {
        const pages = await openKibana(browser, url, credentials);
        for (let round = 0; round < ROUNDS; round++) {
          times.explorer.push(await explorer(pages, id));
          times.discover.push(await discover(pages, view));
        }
        await pages.close();
      });
      const medianOf = (all: number[]): number => all.slice(1).sort((a, b) => a - b)[(ROUNDS - 1) >> 1];
      const [ours, theirs] = [medianOf(times.explorer), medianOf(times.discover)];
      report.figure(
        `explorer and Discover on ${RESULTS} results over ${DAYS} days, medians of ${ROUNDS - 1}`,
        `${ours.toFixed(0)} ms and ${theirs.toFixed(0)} ms, ratio ${(ours / theirs).toFixed(2)}`,
      );
      await report.step('the explorer is no later than Discover', async () => assert.ok(ours <= theirs));
    } finally {
      await browser.close();
      await admin.request('delete', `/api/data_views/data_view/${view}`);
      await admin.try('deleteDetector', { params: { id }, query: { delete_results: 'true' } });
    }
  });
}

/** Milliseconds until charts are drawn and the rows of results are there. */
async function explorer(pages: KibanaPages, id: string): Promise<number> {
  const started = performance.now();
  const path = `/app/logAnomalies/detectors/${id}/anomalies?from=now-${DAYS}d&to=now&view=anomalies`;
  await open(pages, path, 'logAnomaliesSwimLane');
  await pages.page.waitForSelector(`${testSubject('logAnomaliesSwimLane')} canvas`);
  await pages.page.waitForSelector(`${testSubject('logAnomaliesResults')} tbody tr`);
  const time = performance.now() - started;
  await pages.page.goto('about:blank');
  return time;
}

/** Milliseconds until the histogram is drawn and the rows of documents are there. */
async function discover(pages: KibanaPages, view: string): Promise<number> {
  const started = performance.now();
  const path = `/app/discover#/?_g=(time:(from:now-${DAYS}d,to:now))&_a=(index:'${view}')`;
  await open(pages, path, 'unifiedHistogramChart');
  await pages.page.waitForSelector(`${testSubject('unifiedHistogramChart')} canvas`);
  await pages.page.waitForSelector(`${testSubject('docTable')} [role=row]:nth-child(2)`);
  const time = performance.now() - started;
  await pages.page.goto('about:blank');
  return time;
}

async function writeResults({ elasticsearch, name }: World, id: string): Promise<void> {
  const to = Date.now();
  const from = to - DAYS * DAY_MILLISECONDS;
  for (let time = from; time <= to; time += DAY_MILLISECONDS) {
    await ensureIndexResources(elasticsearch, { now: time });
  }
  await ensureIndexResources(elasticsearch, { now: to });
  let lines: object[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const { errors } = await elasticsearch.bulk({ operations: lines });
    assert.equal(errors, false);
    lines = [];
  };
  const add = async (time: number, document: object): Promise<void> => {
    lines.push({ index: { _index: resultsIndex('default', time) } }, document);
    if (lines.length >= 2 * BATCH) await flush();
  };
  const shared = { detector: { id, name }, model: { version: 'v1' }, run: { id: 'speed' } };
  for (let place = 0; place < RESULTS; place++) {
    const time = from + Math.floor((place / RESULTS) * (to - from));
    const confidence = 0.5 + ((place * 7_919) % 5_000) / 10_000;
    const entity = ENTITIES[place % ENTITIES.length];
    const share = { feature: 'status_code', field: 'status_code', share: 1, actual: '500', typical: '200' };
    await add(time, {
      ...shared,
      '@timestamp': new Date(time).toISOString(),
      event: { ingested: new Date(time).toISOString(), kind: 'alert' },
      anomaly: {
        score: 0.6 + confidence / 4,
        confidence,
        severity: confidence > 0.975 ? 'critical' : confidence > 0.9 ? 'major' : 'minor',
        threshold: 0.6,
        reason: 'status_code 500 (typical 200) stands out',
        entity,
        attribution: [share],
        top_feature: 'status_code',
        top_value: '500',
      },
      message: `GET /item/${place} 500`,
      service: { name: entity },
      source: { index: 'logs', id: String(place) },
      result: { type: 'log', space: 'default' },
    });
  }
  const inBucket = Math.round(RESULTS / ((DAYS * DAY_MILLISECONDS) / BUCKET_MILLISECONDS) / ENTITIES.length);
  for (let time = from - (from % BUCKET_MILLISECONDS); time < to; time += BUCKET_MILLISECONDS) {
    for (const entity of ENTITIES) {
      await add(time, {
        ...shared,
        '@timestamp': new Date(time).toISOString(),
        event: { ingested: new Date(time).toISOString(), kind: 'metric' },
        bucket: {
          logs: 100 * inBucket,
          anomalies: inBucket,
          max_score: 0.8,
          mean_score: 0.4,
          max_confidence: 0.99,
          unscored: 0,
          span_ms: BUCKET_MILLISECONDS,
        },
        anomaly: { entity },
        page: { id: String(time) },
        result: { type: 'bucket', space: 'default' },
      });
    }
  }
  await flush();
  await elasticsearch.indices.refresh({ index: 'log-anomalies-results.default.*' });
}
