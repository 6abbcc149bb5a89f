import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LogDocument } from '../../../common/log_document';
import { logAnomalies } from '../command_line';
import { waitFor } from '../wait_for';
import { detectorFor, resultsOf, train, type World } from '../world';

const ACCESS_LOG = join(
  process.env.LOG_ANOMALIES_DATA ?? resolve(__dirname, '../../../../shared/data'),
  'apache_access.log.gz',
);
export const ATTACKER = '203.0.113.7';
export const STRANGER = '203.0.113.8';

/** Ids of what the journey leaves for those after it. */
export interface DetectorMade {
  readonly id: string;
  /** A log as the index holds it. */
  readonly sample: LogDocument;
}

/** Writes real access logs, shifted to now; generated ones where there are none. @returns how many */
function writeWebLogs(world: World): number {
  const { web } = world.indices;
  if (existsSync(ACCESS_LOG)) {
    const { files } = logAnomalies(
      world.environment,
      'ingest-logs',
      ACCESS_LOG,
      '--shift-to-now',
      '--index',
      web,
    ) as {
      files: { written: number }[];
    };
    return files[0].written;
  }
  world.report.skip(
    'real access logs',
    `${ACCESS_LOG} is not there (LOG_ANOMALIES_DATA); logs are generated`,
  );
  const made = logAnomalies(
    world.environment,
    ...['generate-logs', '--backfill', '4d', '--rate', '0.03', '--seed', '1', '--index', web],
  ) as { logs: number };
  return made.logs;
}

/** Three requests of now that nobody could call ordinary. */
export async function writeOddRequests(world: World, sample: LogDocument): Promise<string[]> {
  const now = new Date().toISOString();
  const http = sample.http as { request?: object; response?: object };
  const odd = (ip: string, place: number): LogDocument => ({
    ...sample,
    '@timestamp': now,
    event: { ingested: now },
    client: { ip },
    source: { ip },
    url: {
      original: `/index.php?id=${place}%27%20UNION%20SELECT%20name,password%20FROM%20users--%20<script>`,
    },
    http: {
      request: { ...http.request, method: 'TRACE' },
      response: { status_code: 500, body: { bytes: 90_000_000 } },
    },
  });
  const documents = [odd(ATTACKER, 1), odd(ATTACKER, 2), odd(STRANGER, 3)];
  const { items, errors } = await world.elasticsearch.bulk({
    refresh: true,
    operations: documents.flatMap((document) => [{ index: { _index: world.indices.web } }, document]),
  });
  assert.equal(errors, false, JSON.stringify(items[0]));
  return items.map(({ index }) => index?._id as string);
}

/** From logs to results that turn up by themselves. */
export async function detectorJourney(world: World): Promise<DetectorMade | undefined> {
  const { report, owner } = world;
  let made: DetectorMade | undefined;
  await report.journey('A detector over web logs', async () => {
    const count = await report.step('web logs are written by the command line', async () =>
      writeWebLogs(world),
    );
    const logs = await report.step(`${count} logs can be read`, async () => {
      const { hits } = await world.elasticsearch.search<LogDocument>({ index: world.indices.web, size: 200 });
      assert.ok(hits.hits.length > 100);
      return hits.hits.map((hit) => hit._source as LogDocument);
    });
    const detector = detectorFor(`${world.name} web`, world.indices.web, logs, {
      training: { window: '5d' },
      entity_field: 'client.ip',
    });
    await report.step('the set-up check finds nothing missing', async () => {
      const { problems } = await owner.call('checkSetup', { query: { index: world.indices.web } });
      assert.deepEqual(problems, []);
    });
    await report.step('features are suggested', async () => {
      const { suggestions } = await owner.call('suggestFeatures', {
        body: { source: { index: world.indices.web }, window: '5d' },
      });
      assert.ok(suggestions.length > 0);
    });
    await report.step('a preview tells what would be found', async () => {
      const preview = await owner.call('previewDetector', { body: { detector, rows: 2_000, top: 3 } });
      assert.ok(preview.rows >= 256 && preview.top.length === 3, JSON.stringify(preview).slice(0, 300));
    });
    const { id } = await report.step('the owner saves it', () =>
      owner.call('createDetector', { body: { detector, start: false } }),
    );
    await report.step('it is "created" and waits', async () => {
      const { state } = await owner.call('getStatus', { params: { id } });
      assert.equal(state, 'created');
    });
    await report.step('"train now" makes a model', () => train(owner, id));
    await report.step('started, it runs on schedule and writes results', async () => {
      await owner.call('startDetector', { params: { id } });
      await waitFor('the first run', async () => {
        const { state, last_run: run, last_error: error } = await owner.call('getStatus', { params: { id } });
        return run === undefined ? `${state} ${error?.message ?? ''}` : run;
      });
      const ids = await writeOddRequests(world, logs[0]);
      await waitFor('results of the odd requests', async () => {
        const found = new Set((await resultsOf(owner, id)).map(({ source }) => source.id));
        return ids.every((one) => found.has(one)) ? found : `${found.size} results`;
      });
    });
    made = { id, sample: logs[0] };
    await report.step('its status tells run, place reached and next run', async () => {
      const status = await owner.call('getStatus', { params: { id } });
      assert.equal(status.state, 'running');
      assert.ok(status.checkpoint && status.next_run_at && status.last_run, JSON.stringify(status));
      assert.ok((status.lag_ms ?? Infinity) < 60_000, `lag_ms is ${status.lag_ms}`);
    });
    await report.step("Kibana's status says that no detector fails", async () => {
      const { status } = await owner.expect<{
        status: { plugins: Record<string, { level: string; summary: string }> };
      }>('get', '/api/status');
      const { level, summary } = status.plugins.logAnomalies;
      assert.deepEqual({ level, summary }, { level: 'available', summary: 'No detector fails' });
    });
    await report.step('a backfill scores the days before', async () => {
      const to = Date.now() - 20 * 60_000;
      await owner.call('startBackfill', { params: { id }, body: { from: to - 5 * 86_400_000, to } });
      const done = await waitFor('the backfill', async () => {
        const now = await owner.call('getBackfill', { params: { id } });
        return now.state === 'queued' || now.state === 'running' ? `${now.state} ${now.logs}` : now;
      });
      assert.equal(done.state, 'done', JSON.stringify(done));
      assert.ok(done.logs > count * 0.9 && done.anomalies > 0, JSON.stringify(done));
    });
    await report.step('feedback on a result is kept', async () => {
      const [result] = await resultsOf(owner, id);
      const source = { index: result.source.index, id: result.source.id };
      await owner.call('saveFeedback', { params: { id }, body: { source, verdict: 'real' } });
      const { feedback } = await owner.call('listFeedback', { params: { id } });
      assert.equal(feedback[0]?.verdict, 'real');
    });
  });
  return made;
}
