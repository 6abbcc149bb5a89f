import type { AnomalyResult } from '../../common/anomaly';
import { generateLogs, incidentsOf, type DemoLogOptions } from '../../common/demo_logs';
import type { DetectorInput } from '../../common/detector';
import { labelSilences } from '../../common/buckets';
import type { LogDocument } from '../../common/log_document';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { evaluateModel } from '../../server/detection/training/evaluate_model';
import type { Checkpoint } from '../../server/detection/ports';
import { runDetection } from '../../server/detection/scoring/run_detection';
import { trainModel } from '../../server/detection/training/train_model';
import { connect, createDetectorSource, createResultStore } from '../../server/elasticsearch';
import { compilePipeline } from '../../common/painless';
import { generateWorkflows, type WorkflowLog } from '../../scripts/bench/traffic/workflow_logs';
import { bucketDetector, LOG_MAPPINGS, sourceFor } from './fixtures/bucket_fixture';
import {
  addLogs,
  createLogs,
  MINUTE,
  QUICK,
  rangeOf,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

jest.setTimeout(180_000);

const client = connect();
const index = uniqueName('bucket-logs');
const labelled = uniqueName('bucket-labelled');
const HOUR = 60 * MINUTE;
/** Monday night to learn from; the same hours of Tuesday to find things in. */
const TRAINING = START + 24 * HOUR;
const TEST = TRAINING + 27 * HOUR;
const services = ['web-frontend', 'search-api', 'checkout-api', 'auth-api'];
const everyday = { ratePerSecond: 6, anomalyRate: 0, services };
const training: DemoLogOptions = { ...everyday, seed: 5, from: TRAINING, to: TRAINING + 6 * HOUR };
const test: DemoLogOptions = { ...everyday, seed: 6, from: TEST, to: TEST + HOUR };
const BUCKET = {
  latency: 'event.duration',
  distinct: { clients: 'client.ip', paths: 'url.path' },
} satisfies DetectorInput['bucket'];

type Log = LogDocument & {
  readonly '@timestamp': string;
  readonly service: { readonly name: string };
  readonly event: { readonly duration: number };
};
/** Minutes of the test hour. */
const during = (log: Log, from: number, to: number): boolean => {
  const time = Date.parse(log['@timestamp']);
  return time >= TEST + from * MINUTE && time < TEST + to * MINUTE;
};
const is = (log: Log, name: string): boolean => log.service.name === name;
const later = (log: Log, seconds: number): string =>
  new Date(Math.min(Date.parse(log['@timestamp']) + seconds * 1_000)).toISOString();

/** Generates everyday logs with the anomalies of the test hour, one after the other. */
function* woven(): Generator<LogDocument> {
  for (const { document } of generateLogs(training)) yield document;
  for (const { document } of generateLogs(test)) {
    const log = document as Log;
    if (is(log, 'auth-api') && during(log, 10, 13)) continue;
    if (is(log, 'checkout-api') && during(log, 30, 32)) {
      yield { ...log, event: { ...log.event, duration: log.event.duration * 15 } };
    } else if (is(log, 'web-frontend') && during(log, 40, 42)) {
      yield { ...log, http: { response: { status_code: 503 } } };
    } else yield log;
    if (is(log, 'search-api') && during(log, 20, 22)) {
      for (let copy = 1; copy <= 5; copy++) yield { ...log, client: { ip: '203.0.113.9' } };
    }
    if (is(log, 'web-frontend') && during(log, 50, 51)) {
      yield { ...log, client: { ip: '203.0.113.50' }, url: { path: `/.git/${later(log, 0)}` } };
      yield { ...log, client: { ip: '203.0.113.50' }, url: { path: `/admin/${later(log, 1)}` } };
    }
  }
}

async function train(input: Partial<DetectorInput>): Promise<ModelSnapshot> {
  const detector = bucketDetector(index, {
    threshold: { method: 'contamination', contamination: 0.01 },
    ...input,
  });
  const sample = await sourceFor(client, detector).sample(
    rangeOf(index, { from: TRAINING, to: training.to }),
    {
      size: 25_600,
      seed: 1,
    },
  );
  return trainModel({
    detector,
    documents: sample.logs.map(({ document }) => document),
    source: index,
    clock: { now: () => TEST },
  }).snapshot;
}

/** A detector that is run now and then, with its checkpoint. */
function running(snapshot: ModelSnapshot, startFrom = TEST) {
  const space = uniqueName('space').slice(0, 40);
  const results = createResultStore(client, { space, refresh: true, policy: QUICK });
  let stored: Checkpoint | undefined;
  let told: 'announced' | 'crash' = 'announced';
  const run = async (now: number, upTo?: number) => {
    const announced: AnomalyResult[] = [];
    const outcome = await runDetection({
      detectorId: 'services',
      snapshot,
      source: sourceFor(client, snapshot.detector),
      results,
      checkpoints: {
        read: () => Promise.resolve(stored && { checkpoint: stored, revision: 1 }),
        write: (checkpoint) => {
          stored = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint;
          return Promise.resolve(1);
        },
      },
      clock: { now: () => now, sleep: () => Promise.resolve() },
      runId: `run-${now}`,
      startFrom,
      upTo,
      announce: (found) => {
        if (told === 'crash') throw new Error('killed before it was told');
        announced.push(...found);
        return Promise.resolve();
      },
    });
    return { ...outcome, announced };
  };
  const found = async (): Promise<AnomalyResult[]> =>
    (await results.search({ size: 1_000 })).results.map(({ result }) => result);
  /** A run that dies once its results are stored. */
  const runKilled = async (now: number) => {
    told = 'crash';
    await expect(run(now)).rejects.toThrow('killed before it was told');
    told = 'announced';
  };
  return { run, runKilled, found, results, space };
}

const minuteOf = (result: AnomalyResult): number => (Date.parse(result['@timestamp']) - TEST) / MINUTE;
const foundAt = (results: readonly AnomalyResult[], entity: string, from: number, to: number) =>
  results.filter(
    (result) => result.anomaly.entity === entity && minuteOf(result) >= from && minuteOf(result) < to,
  );

beforeAll(async () => {
  const documents = function* () {
    for (const document of woven()) yield { document };
  };
  await createLogs(client, index, documents(), { mappings: LOG_MAPPINGS });
});
afterAll(async () => {
  await client.indices.delete({ index: [index, labelled], ignore_unavailable: true });
  await client.close();
});

describe('a detector of buckets on generated logs in a real Elasticsearch', () => {
  it('finds silence, a flood, a slow service and failing requests, and says so; each once', async () => {
    const { run, found } = running(await train({ bucket: BUCKET }));
    const first = await run(TEST + 35 * MINUTE);
    expect(first.complete).toBe(true);
    const second = await run(TEST + HOUR + MINUTE);
    expect(first.logs + second.logs).toBe(60 * services.length);
    const results = await found();
    expect(results).toHaveLength(first.created + second.created);

    const silence = foundAt(results, 'auth-api', 10, 13);
    expect(silence.map(minuteOf).sort()).toEqual([10, 11, 12]);
    expect(silence[0]).toMatchObject({
      message: expect.stringMatching(
        /^auth-api: 0 logs in 1 min, usually \d+ to \d+( at this hour)?$/,
      ) as string,
      service: { name: 'auth-api' },
      bucket: { count: 0 },
      anomaly: { entity_field: 'service.name' },
      source: { index },
    });
    expect(Date.parse((silence[0].event as { end?: string }).end ?? '')).toBe(
      Date.parse(silence[0]['@timestamp']) + MINUTE,
    );
    const flood = foundAt(results, 'search-api', 20, 22);
    expect(flood).toHaveLength(2);
    expect(flood[0].anomaly.attribution.slice(0, 2).map(({ field }) => field)).toContain('bucket.count');
    const slow = foundAt(results, 'checkout-api', 30, 32);
    expect(slow.length).toBeGreaterThan(0);
    expect(slow[0].anomaly.reason).toMatch(/duration [\d.]+ (ms|s), usually/);
    const failing = foundAt(results, 'web-frontend', 40, 42);
    expect(failing).toHaveLength(2);
    // Scanning doubles what the service gets for a minute.
    expect(foundAt(results, 'web-frontend', 50, 51)).toHaveLength(1);
    const others = results.length - silence.length - flood.length - slow.length - failing.length - 1;
    expect(others / (60 * services.length)).toBeLessThan(0.05);

    const again = await run(TEST + HOUR + MINUTE);
    expect([again.logs, again.created]).toEqual([0, 0]);
  });

  it('finds a scanning client among thousands, where a client is the entity', async () => {
    const snapshot = await train({
      entity_field: 'client.ip',
      bucket: { span: '5m', silence: false, max_entities: 10_000, distinct: { paths: 'url.path' } },
    });
    const { run, found } = running(snapshot);
    await run(TEST + HOUR + MINUTE);
    const worst = (await found()).sort((one, other) => other.anomaly.score - one.anomaly.score).slice(0, 3);
    expect(worst.map(({ anomaly }) => anomaly.entity)).toContain('203.0.113.50');
    expect(foundAt(await found(), '203.0.113.50', 50, 55)).toHaveLength(1);
    expect(foundAt(await found(), '203.0.113.9', 20, 25)).toHaveLength(1);
  });

  it('revises what late logs change: no doubles, a silence that was none is withdrawn, a late flood told once', async () => {
    const { run, runKilled, found, space } = running(await train({ bucket: BUCKET }));
    await run(TEST + 15 * MINUTE);
    const before = await found();
    expect(foundAt(before, 'auth-api', 11, 12)).toHaveLength(1);
    const arrived = new Date(TEST + 15.2 * MINUTE).toISOString();
    const late = [...generateLogs(test)]
      .map(({ document }) => document as Log)
      .filter((log) => during(log, 11, 12) && is(log, 'auth-api'));
    const flood = Array.from({ length: 8 }, () =>
      [...generateLogs({ ...test, from: TEST + 5 * MINUTE, to: TEST + 6 * MINUTE })].map(
        ({ document }) => document as Log,
      ),
    ).flat();
    const added = [...late, ...flood.filter((log) => is(log, 'checkout-api'))].map((log, i) => ({
      id: `late-${space}-${i}`,
      document: { ...log, event: { ...log.event, ingested: arrived } },
    }));
    await addLogs(client, index, added);
    try {
      await runKilled(TEST + 16 * MINUTE);
      const revised = await run(TEST + 16 * MINUTE);
      expect(revised.created).toBe(0);
      const after = await found();
      expect(foundAt(after, 'auth-api', 11, 12)).toEqual([]);
      expect(foundAt(after, 'auth-api', 10, 11)).toHaveLength(1);
      expect(foundAt(after, 'auth-api', 12, 13)).toHaveLength(1);
      expect(foundAt(after, 'checkout-api', 5, 6)).toHaveLength(1);
      expect(foundAt(revised.announced, 'checkout-api', 5, 6)).toHaveLength(1);
      const summaries = await client.search<{ bucket: { anomalies: number } }>({
        index: `log-anomalies-results.${space}.*`,
        size: 1_000,
        query: {
          bool: {
            filter: [
              { term: { 'result.type': 'bucket' } },
              { term: { 'anomaly.entity': 'auth-api' } },
              { term: { '@timestamp': TEST + 11 * MINUTE } },
            ],
          },
        },
      });
      expect(summaries.hits.hits.map(({ _source }) => _source?.bucket.anomalies)).toEqual([0]);
      // The same late logs are read once.
      expect((await run(TEST + 16 * MINUTE)).logs).toBe(0);
      expect(await found()).toEqual(after);
    } finally {
      await client.deleteByQuery({
        index,
        refresh: true,
        query: { ids: { values: added.map(({ id }) => id) } },
      });
    }
  });

  it('scores the past with the same results', async () => {
    const snapshot = await train({ bucket: BUCKET });
    const live = running(snapshot);
    await live.run(TEST + HOUR + MINUTE);
    const past = running(snapshot);
    await past.run(TEST + 10 * HOUR, TEST + HOUR);
    const keysOf = async ({ found }: typeof live) =>
      (await found()).map(({ source, anomaly }) => `${source.id} ${anomaly.score}`).sort();
    expect(await keysOf(past)).toEqual(await keysOf(live));
  });

  it('is measured on labelled logs, silences included', async () => {
    const options: DemoLogOptions = {
      ...everyday,
      seed: 9,
      from: TEST - 3 * HOUR,
      to: TEST + 3 * HOUR,
      anomalyRate: 0.03,
      kinds: ['silence', 'burst', 'slow_response'],
    };
    const generated = function* () {
      for (const { document } of generateLogs(options)) yield { document };
    };
    await createLogs(client, labelled, generated(), { mappings: LOG_MAPPINGS });
    const snapshot = await train({ bucket: BUCKET });
    const reader = createDetectorSource(
      client,
      { ...snapshot.detector, source: { ...snapshot.detector.source, index: labelled } },
      { labelField: 'labels.anomaly' },
    );
    const range = rangeOf(labelled, { from: TEST - 3 * HOUR, to: TEST + 3 * HOUR });
    const rows = await reader.sample(range, { size: 100_000, seed: 1 });
    const incidents = [...incidentsOf(options)];
    const documents = labelSilences(
      rows.logs.map(({ document }) => document),
      snapshot.detector,
      incidents,
    );
    const { labelled: measures, query_delay_ms: delay } = evaluateModel({
      snapshot,
      documents,
      labelField: 'labels.anomaly',
    });
    expect(delay).toBe(90_000);
    const silence = measures?.by_kind.find(({ kind }) => kind === 'silence');
    expect(silence?.recall).toBeGreaterThan(0.8);
    expect(measures?.by_kind.find(({ kind }) => kind === 'burst')?.roc_auc).toBeGreaterThan(0.8);
    expect(measures?.roc_auc).toBeGreaterThan(0.75);
  });

  it('is not scored in an ingest pipeline', async () => {
    const snapshot = await train({ bucket: BUCKET });
    expect(() => compilePipeline(snapshot, { detectorId: 'services' })).toThrow(/unit is bucket/);
  });
});

describe('a detector of sessions on generated workflows in a real Elasticsearch', () => {
  const workflows = uniqueName('workflows');
  const FAULTY = TRAINING + 3 * HOUR;
  const apart = 2_000;
  const faulty = [...generateWorkflows({ seed: 41, count: 400, faultRate: 0.1, from: FAULTY, apart })];
  const END = FAULTY + HOUR;
  const documentsOf = (id: string, logs: readonly WorkflowLog[], ingested?: number) =>
    logs.map(({ time, message }) => ({
      document: {
        '@timestamp': new Date(time).toISOString(),
        trace: { id },
        message,
        event: { ingested: new Date(ingested ?? time).toISOString() },
      },
    }));
  let snapshot: ModelSnapshot;

  beforeAll(async () => {
    const usual = generateWorkflows({ seed: 40, count: 2_500, faultRate: 0, from: TRAINING, apart });
    await createLogs(
      client,
      workflows,
      [...usual, ...faulty].flatMap(({ id, logs }) => documentsOf(id, logs)),
      {
        mappings: {
          ...LOG_MAPPINGS,
          properties: { ...LOG_MAPPINGS.properties, message: { type: 'text' } },
        },
      },
    );
    const detector = bucketDetector(workflows, {
      entity_field: undefined,
      bucket: { session: { field: 'trace.id', gap: '1m' }, events: { field: 'message' } },
      threshold: { method: 'contamination', contamination: 0.01 },
    });
    const range = rangeOf(workflows, { from: TRAINING, to: FAULTY });
    const sample = await sourceFor(client, detector).sample(range, { size: 25_600, seed: 1 });
    expect([sample.logs.length, sample.method]).toEqual([2_500, 'all']);
    ({ snapshot } = trainModel({
      detector,
      documents: sample.logs.map(({ document }) => document),
      source: workflows,
      clock: { now: () => FAULTY },
    }));
  });
  afterAll(() => client.indices.delete({ index: workflows, ignore_unavailable: true }));

  const idsOf = (results: readonly AnomalyResult[]): string[] =>
    results.map(({ anomaly }) => anomaly.entity ?? '');

  it('finds skipped, repeated and reordered steps, each session once, and says which', async () => {
    const { run, found } = running(snapshot, FAULTY);
    const first = await run(FAULTY + 7 * MINUTE);
    const second = await run(END);
    expect(first.logs).toBeGreaterThan(100);
    expect(first.logs + second.logs).toBe(faulty.length);
    const results = await found();
    expect(results).toHaveLength(first.created + second.created);
    expect(new Set(idsOf(results)).size).toBe(results.length);
    const odd = new Set(faulty.filter(({ fault }) => fault !== undefined).map(({ id }) => id));
    const right = results.filter(({ anomaly }) => odd.has(anomaly.entity ?? ''));
    expect(right.length / odd.size).toBeGreaterThan(0.6);
    expect((results.length - right.length) / (faulty.length - odd.size)).toBeLessThan(0.05);
    const messages = right.map(({ message }) => String(message)).join('\n');
    expect(messages).toMatch(/^t-41-\w+: \d+ logs in [\d.]+ m?s, .*steps “[^”]+” 0 times, usually 1/m);
    expect(messages).toMatch(/more than once, so in \d+ of [\d,]+ sessions/);
    expect(right[0]).toMatchObject({
      anomaly: { entity_field: 'trace.id' },
      trace: { id: right[0].anomaly.entity },
      event: { start: expect.any(String) as string, end: expect.any(String) as string },
    });
    const again = await run(END);
    expect([again.logs, again.created]).toEqual([0, 0]);
    // The past is scored with the same results.
    const past = running(snapshot, FAULTY);
    await past.run(END, FAULTY + 40 * MINUTE);
    expect(idsOf(await past.found()).sort()).toEqual(idsOf(results).sort());
  });

  it('is revised by late logs: one that began earlier moves, what it was is withdrawn, nothing is doubled', async () => {
    const { run, runKilled, found } = running(snapshot, FAULTY);
    await run(END);
    const before = await found();
    const skipped = faulty.filter(({ id, fault }) => fault === 'skipped' && idsOf(before).includes(id));
    expect(skipped.length).toBeGreaterThan(1);
    // A log comes late that lies before the others: the session has another begin.
    const [moved] = skipped;
    const early = [{ time: moved.logs[0].time - 5_000, message: 'Disk is full' }];
    await addLogs(
      client,
      workflows,
      documentsOf(moved.id, early, END + 1_000).map((log) => ({ ...log, id: 'late-workflow' })),
    );
    try {
      await runKilled(END + 2 * MINUTE);
      const revised = await run(END + 2 * MINUTE);
      const after = await found();
      expect(idsOf(after).sort()).toEqual(idsOf(before).sort());
      const [result] = after.filter(({ anomaly }) => anomaly.entity === moved.id);
      expect(Date.parse(result['@timestamp'])).toBe(early[0].time);
      expect(String(result.message)).toContain('“Disk is full” never seen before');
      expect(idsOf(revised.announced)).toContain(moved.id);
      expect((await run(END + 2 * MINUTE)).logs).toBe(0);
      expect(await found()).toEqual(after);
    } finally {
      await client.deleteByQuery({
        index: workflows,
        refresh: true,
        query: { ids: { values: ['late-workflow'] } },
      });
    }
  });
});
