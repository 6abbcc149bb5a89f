import assert from 'node:assert/strict';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LogDocument } from '../../../common/log_document';
import { logAnomalies } from '../command_line';
import { sleep, waitFor } from '../wait_for';
import { detectorFor, resultsOf, train, type World } from '../world';

/** Logs of the last minutes, so many that a run takes a while. The first run of a detector looks back 15 minutes. */
const HISTORY = '9m';
const LOGS_PER_SECOND = 60;
/** Kibana is killed once so many results are there. */
const RESULTS_BEFORE_CRASH = 40;
/** A run that died is taken up by Task Manager after the time limit of the task, 2 minutes. */
const RECOVERY_MILLISECONDS = 300_000;
const STATUS_SAMPLES = 20;
/** So many fit into a run. */
const BUSY_STATUS_SAMPLES = 11;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/**
 * Kibana dies in the middle of a run and is started again: the results must be those that the command line finds in the
 * same logs with the same model, no more, no less.
 *
 * @returns milliseconds that Kibana took to boot with the plugin
 */
export async function restartJourney(world: World): Promise<number | undefined> {
  const { report, owner, elasticsearch, indices, folder } = world;
  let boot: number | undefined;
  await report.journey('Models, and a crash in the middle of a run', async () => {
    const { logs: count } = await report.step(
      'many logs are written',
      async () =>
        logAnomalies(
          world.environment,
          ...['generate-logs', '--backfill', HISTORY, '--rate', String(LOGS_PER_SECOND)],
          ...['--anomaly-rate', '0.02', '--seed', '7', '--index', indices.many],
        ) as { logs: number },
    );
    const input = join(folder, 'logs.ndjson');
    const sample = await report.step('the same logs are put aside in a file', async () => {
      const lines: string[] = [];
      const pages = elasticsearch.helpers.scrollDocuments<LogDocument & { _id?: string }>({
        index: indices.many,
        size: 5_000,
        _source: true,
      });
      const first: LogDocument[] = [];
      for await (const document of pages) {
        if (first.length < 200) first.push(document);
        lines.push(JSON.stringify(document));
      }
      assert.equal(lines.length, count);
      writeFileSync(input, `${lines.join('\n')}\n`);
      return first;
    });
    const { id } = await report.step('a detector is saved', () =>
      owner.call('createDetector', {
        body: {
          start: false,
          detector: detectorFor(`${world.name} many`, indices.many, sample, {
            training: { window: '1h', max_rows: 10_000 },
            threshold: { method: 'contamination', contamination: 0.02 },
            entity_field: 'service.name',
          }),
        },
      }),
    );
    const version = await report.step('it is trained', () => train(owner, id));
    const expected = await report.step('the exported model scores the logs on the command line', async () => {
      const file = join(folder, 'model.json');
      const model = await owner.expect(
        'get',
        `/api/log_anomalies/detectors/${id}/models/${encodeURIComponent(version)}/_export`,
      );
      writeFileSync(file, JSON.stringify(model));
      const output = join(folder, 'scored.ndjson');
      const scored = logAnomalies(
        {},
        ...['score-logs', '--model', file, '--input', input, '--output', output, '--only-anomalies'],
      ) as { logs: number; anomalies: number };
      assert.equal(scored.logs, count);
      assert.ok(scored.anomalies > 2 * RESULTS_BEFORE_CRASH, `only ${scored.anomalies} anomalies`);
      return readScores(output);
    });
    await report.step('a copy of the detector takes the file as a candidate; it can be deleted', async () => {
      const model = await owner.call('exportModel', { params: { id, version } });
      const copy = { id: (await owner.call('cloneDetector', { params: { id }, body: {} })).id };
      const imported = await owner.call('importModel', { params: copy, body: model });
      assert.equal(imported.status, 'candidate');
      await owner.call('deleteModel', { params: { ...copy, version: imported.version } });
      assert.deepEqual((await owner.call('listModels', { params: copy })).models, []);
      const { models } = await owner.call('listModels', { params: { id } });
      assert.deepEqual(
        models.map((known) => [known.version, known.status]),
        [[version, 'active']],
      );
      await owner.call('deleteDetector', { params: copy });
    });
    const idle = await statusTimes(world, id);
    if (world.process === undefined) {
      report.skip('a crash in the middle of a run', 'KIBANA_URL cannot be killed; KIBANA_HOME can');
      await owner.call('startDetector', { params: { id } });
    } else {
      const { process } = world;
      await report.step('Kibana is killed in the middle of a run', async () => {
        await owner.call('startDetector', { params: { id } });
        await waitFor(
          'a run under way',
          async () => {
            const [{ running }, { total }] = await Promise.all([
              owner.call('getStatus', { params: { id } }),
              owner.call('searchResults', { query: { detector_id: id, size: 0 } }),
            ]);
            return running !== undefined && total >= RESULTS_BEFORE_CRASH ? running : `${total} results`;
          },
          { interval: 50 },
        );
        const busy = await statusTimes(world, id, BUSY_STATUS_SAMPLES);
        report.figure(
          'status while a run is under way',
          `${busy.toFixed(0)} ms, idle ${idle.toFixed(0)} ms, ratio ${(busy / idle).toFixed(2)}`,
        );
        await process.stop('SIGKILL');
        await elasticsearch.indices.refresh({ index: 'log-anomalies-results.*' });
        const { count: written } = await elasticsearch.count({
          index: 'log-anomalies-results.default.*',
          query: {
            bool: { filter: [{ term: { 'detector.id': id } }, { exists: { field: 'anomaly.score' } }] },
          },
        });
        assert.ok(
          written < expected.size,
          `the run was over already: ${written} of ${expected.size} results`,
        );
      });
      await report.step('Kibana starts again', async () => {
        boot = await process.start();
      });
    }
    const last = Math.max(...(await timesOf(input)));
    await report.step('the run is taken up and comes to its end', async () => {
      await waitFor(
        'all logs to be scored',
        async () => {
          const { checkpoint, state, last_error: error } = await owner.call('getStatus', { params: { id } });
          const reached = checkpoint === undefined ? 0 : Date.parse(checkpoint.timestamp_to);
          return reached > last
            ? { reached }
            : `${state} ${checkpoint?.timestamp_to} ${error?.message ?? ''}`;
        },
        { timeout: RECOVERY_MILLISECONDS },
      );
      await sleep(2_000);
    });
    await report.step(`nothing is lost, nothing doubled: ${expected.size} results`, async () => {
      const found = await resultsOf(owner, id);
      const scores = found.map(({ anomaly }) => anomaly.score).sort();
      assert.equal(new Set(found.map(({ source }) => source.id)).size, found.length, 'a log has two results');
      assert.equal(found.length, expected.size);
      assert.deepEqual(scores, [...expected.scores].sort());
      const runs = new Set(found.map(({ run }) => run.id)).size;
      report.figure('runs that wrote these results', String(runs));
    });
    await report.step(`each of the ${count} logs was counted once`, async () => {
      const { groups } = await owner.call('summarizeResults', {
        query: { detector_id: id, from: Date.now() - 3_600_000, to: Date.now() },
      });
      assert.equal(
        groups.reduce((sum, { logs }) => sum + logs, 0),
        count,
      );
    });
    await report.step(
      'deleted with its results, it leaves none, or says which right that takes',
      async () => {
        const { warnings } = await owner.call('deleteDetector', {
          params: { id },
          query: { delete_results: 'true' },
        });
        await elasticsearch.indices.refresh({ index: 'log-anomalies-*' });
        const left = await resultsOf(owner, id);
        if (world.reader === undefined) assert.deepEqual([warnings, left], [[], []]);
        else {
          // The smallest role of an owner may not delete results.
          assert.match(warnings.join(), /"log-anomalies-results\.default\.\*".*"delete"/);
          assert.equal(left.length, expected.size);
        }
        assert.equal((await owner.try('getDetector', { params: { id } })).status, 404);
      },
    );
  });
  return boot;
}

/** Milliseconds that a status takes, median of several. */
async function statusTimes({ owner }: World, id: string, samples = STATUS_SAMPLES): Promise<number> {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const started = performance.now();
    await owner.call('getStatus', { params: { id } });
    times.push(performance.now() - started);
  }
  return median(times);
}

async function* linesOf<Line>(file: string): AsyncGenerator<Line> {
  for await (const line of createInterface({ input: createReadStream(file) })) yield JSON.parse(line) as Line;
}

async function readScores(file: string): Promise<{ size: number; scores: number[] }> {
  const scores: number[] = [];
  for await (const { anomaly } of linesOf<{ anomaly: { score: number } }>(file)) scores.push(anomaly.score);
  return { size: scores.length, scores };
}

async function timesOf(file: string): Promise<number[]> {
  const times: number[] = [];
  for await (const log of linesOf<LogDocument>(file)) times.push(Date.parse(String(log['@timestamp'])));
  return times;
}
