import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import { parseDetector } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import { learnFeatures } from '../../../common/log_features';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { harvestResults, type HarvestOptions } from './harvest_results';
import type { Checkpoint, ScoredPage } from '../ports';

const NOW = Date.UTC(2026, 10, 2);
const FROM = NOW - 3_600_000;

const scored = (anomaly: unknown, version: unknown = 'web-1'): LogDocument => ({
  '@timestamp': new Date(NOW - 60_000).toISOString(),
  service: { name: 'shop' },
  message: 'GET /',
  anomaly,
  model: { version },
});
const share = (feature: string, part: number) => ({
  feature,
  field: feature,
  share: part,
  actual: '9',
  typical: '1',
});

/** One run over these logs and sums, from a checkpoint if there is one. */
async function harvest(documents: LogDocument[], pages: ScoredPage[], checkpoint?: Checkpoint) {
  const detector = parseDetector({
    name: 'web',
    scoring: 'ingest',
    source: { index: 'logs' },
    entity_field: 'service.name',
    features: [{ type: 'number', field: 'response_time' }],
  });
  const { encoder } = learnFeatures(
    detector.features,
    Array.from({ length: 200 }, (_none, i) => ({ response_time: 100 + i })),
    { timestampField: '@timestamp' },
  );
  const results: AnomalyResult[] = [];
  const summaries: BucketSummary[] = [];
  const options: HarvestOptions = {
    detectorId: 'web',
    // Nothing but these parts of a model is looked at: the cluster has done the scoring.
    snapshot: { detector, version: 'web-2', threshold: 0.7, encoder } as ModelSnapshot,
    thresholds: new Map([
      ['web-1', 0.6],
      ['web-2', 0.7],
    ]),
    scored: {
      open: () =>
        Promise.resolve({
          anomalies: {},
          summarize: async function* (_range, by) {
            if (by === 'ingested') yield* pages;
          },
        }),
    },
    source: {
      read: async function* (_range, read) {
        const logs = documents.map((document, i) => ({ index: 'logs', id: String(i), document }));
        if (read?.by === 'ingested') yield { logs, position: undefined };
      },
      sample: () => Promise.reject(new Error('not used')),
      count: () => Promise.reject(new Error('not used')),
      fetch: () => Promise.reject(new Error('not used')),
    },
    results: {
      write: (found, sums = []) => {
        results.push(...found);
        summaries.push(...sums);
        return Promise.resolve({ created: found.length, added: [...found], putAside: 0 });
      },
      search: () => Promise.reject(new Error('not used')),
    },
    checkpoints: {
      read: () => Promise.resolve(checkpoint && { checkpoint, revision: 1 }),
      write: () => Promise.resolve(1),
    },
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
    runId: 'run',
    startFrom: FROM,
  };
  return { run: await harvestResults(options), results, summaries };
}

const bucket = {
  start: FROM,
  logs: 3,
  unscored: 2,
  anomalies: 1,
  maxScore: 0.8,
  meanScore: 0.5,
  maxConfidence: 0.9,
};

test('a result names the version that scored the log, with its threshold, and gives the reason', async () => {
  const attribution = [share('status', 0.3), share('response_time', 0.7)];
  const { results } = await harvest([scored({ score: 0.65, confidence: 0.8, attribution })], []);
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({
    model: { version: 'web-1' },
    anomaly: { score: 0.65, threshold: 0.6, severity: 'minor', entity: 'shop' },
    source: { index: 'logs', id: '0' },
    message: 'GET /',
  });
  expect(results[0].anomaly.attribution.map(({ feature }) => feature)).toEqual(['response_time', 'status']);
  expect(results[0].anomaly.reason).toBe('response_time 9, usually 1');
});

test('a log that the active model has scored is explained as a job explains it', async () => {
  const attribution = [share('response_time', 1)];
  const log = { ...scored({ score: 0.75, confidence: 0.8, attribution }, 'web-2'), response_time: 84_200 };
  const { results } = await harvest([log], []);
  expect(results[0].anomaly).toMatchObject({
    attribution: [{ share: 1, comparison: { kind: 'number', value: 84_200 } }],
    reason: 'response_time 84,200, usually 109 to 289',
  });
});

test.each([
  ['no score', { confidence: 0.8 }],
  ['a score that no forest gives', { score: 7, confidence: 0.8 }],
  ['a confidence that none has', { score: 0.7, confidence: -1 }],
  ['text', 'anomalous'],
])('a log that brought its own anomaly is left out: %s', async (_, anomaly) => {
  expect((await harvest([scored(anomaly)], [])).results).toEqual([]);
});

test('an attribution that is none leaves the result without it', async () => {
  const { results } = await harvest(
    [scored({ score: 0.7, confidence: 0.8, attribution: [{ share: 'x' }] })],
    [],
  );
  expect(results[0].anomaly).toMatchObject({ attribution: [], reason: 'nothing is unusual by itself' });
});

test('counts what is scored and what is not, and reads remarks as dirt', async () => {
  const remarks = [
    { remark: 'response_time: missing', logs: 4 },
    { remark: 'url: of the page: array', logs: 1 },
    { remark: 'pipeline: failed', logs: 2 },
  ];
  const { run, summaries } = await harvest([], [{ buckets: [bucket], remarks }]);
  expect(run).toMatchObject({ logs: 3, unscored: 2, anomalies: 0, threshold: 0.7 });
  expect(run.dirt).toEqual({ response_time: { missing: 4 }, 'url: of the page': { array: 1 } });
  expect(summaries[0]).toMatchObject({
    bucket: { logs: 3, unscored: 2, anomalies: 1, max_score: 0.8, mean_score: 0.5, span_ms: 300_000 },
    model: { version: 'web-2' },
  });
});

test('summaries of a repeated run replace those before; those of the next one do not', async () => {
  const pages = [{ buckets: [bucket], remarks: [] }];
  const place = async (ingestedTo: number): Promise<string> => {
    const checkpoint = { detectorId: 'web', timestampTo: FROM, ingestedTo, runId: 'before' };
    return (await harvest([], pages, checkpoint)).summaries[0].page.id;
  };
  expect(await place(FROM)).toBe(await place(FROM));
  expect(await place(FROM + 60_000)).not.toBe(await place(FROM));
});
