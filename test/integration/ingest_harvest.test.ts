import type { AnomalyResult } from '../../common/anomaly';
import type { LogDocument } from '../../common/log_document';
import { detectAnomalies, type DetectOptions } from '../../server/detection/scoring/detect_anomalies';
import type { Checkpoint, CheckpointStore } from '../../server/detection/ports';
import {
  createLogSource,
  createResultStore,
  createScoredLogs,
  resultsPattern,
  type ElasticsearchClient,
} from '../../server/elasticsearch';
import {
  attachPipeline,
  deployPipeline,
  pipelineName,
  planAttachment,
} from '../../server/elasticsearch/ingest';
import { administrator, uniqueName } from './fixtures/elasticsearch_fixture';
import { demoDocuments, trainOn } from './fixtures/ingest_models';

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 10, 1);
const TO = Date.UTC(2026, 10, 3);

/** Returns the part of a result that must be the same for both ways of scoring. */
const shapeOf = ({ '@timestamp': time, anomaly, source, model, ...rest }: AnomalyResult) => ({
  time,
  score: anomaly.score.toFixed(9),
  confidence: anomaly.confidence.toFixed(9),
  severity: anomaly.severity,
  threshold: anomaly.threshold,
  entity: anomaly.entity,
  first: anomaly.attribution[0]?.feature,
  keys: Object.keys(anomaly.attribution[0] ?? {}).sort(),
  source: `${source.index}/${source.id}`,
  version: model.version,
  message: rest.message,
  detector: rest.detector,
  parts: Object.keys(rest).sort(),
});

interface Sums {
  logs: number;
  anomalies: number;
  unscored: number;
  max_score: number;
}

describe('results of logs that the cluster has scored', () => {
  jest.setTimeout(240_000);
  const client = administrator();
  const wide: ElasticsearchClient = client;
  const detectorId = uniqueName('harvest').toLowerCase();
  const index = `${detectorId}-logs`;
  const space = uniqueName('space').toLowerCase();
  const documents = demoDocuments(0.02, 0.05).map((document): LogDocument => ({
    ...document,
    event: { ingested: new Date(Date.parse(String(document['@timestamp'])) + MINUTE).toISOString() },
  }));
  const features = [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'status_code' },
    { type: 'text', field: 'url.original' },
  ] as const;
  const train = (seed: number) =>
    trainOn(documents, [...features], {
      source: { index },
      forest: { seed },
      scoring: 'ingest',
      entity_field: 'service.name',
      schedule: { query_delay: '30s' },
    });
  const first = train(1);
  const second = train(2);
  const asJob = { ...first, detector: { ...first.detector, scoring: 'job' as const } };

  const checkpointStore = (): CheckpointStore & { now(): Checkpoint | undefined } => {
    let kept: Checkpoint | undefined;
    let revision = 0;
    return {
      now: () => kept,
      read: () => Promise.resolve(kept && { checkpoint: kept, revision }),
      write: (checkpoint) => {
        kept = checkpoint;
        return Promise.resolve(++revision);
      },
    };
  };
  let now = TO + 2 * MINUTE;
  const optionsFor = (where: string, change: Partial<DetectOptions> = {}): DetectOptions => ({
    detectorId,
    snapshot: first,
    source: createLogSource(wide),
    scored: createScoredLogs(wide),
    models: {
      list: () =>
        Promise.resolve(
          [first, second].map(({ version, threshold }) => ({
            version,
            threshold,
            detectorId,
            status: 'retired' as const,
            createdAt: '',
            rows: 0,
            sha256: '',
          })),
        ),
    },
    results: createResultStore(wide, { space: where, refresh: true }),
    checkpoints: checkpointStore(),
    clock: { now: () => now, sleep: () => Promise.resolve() },
    runId: 'run',
    startFrom: FROM,
    ...change,
  });
  const resultsOf = async (where: string) => {
    const { results } = await createResultStore(wide, { space: where }).search({ detectorId, size: 10_000 });
    return results.map(({ result }) => shapeOf(result)).sort((a, b) => (a.source < b.source ? -1 : 1));
  };
  const sumsOf = async (where: string): Promise<Record<string, Sums>> => {
    const { hits } = await client.search<{
      '@timestamp': string;
      anomaly: { entity?: string };
      bucket: Sums;
    }>({
      index: resultsPattern(where),
      size: 10_000,
      query: {
        bool: { filter: [{ term: { 'result.space': where } }, { term: { 'result.type': 'bucket' } }] },
      },
    });
    const sums: Record<string, Sums> = {};
    for (const { _source } of hits.hits) {
      const key = `${_source!['@timestamp']} ${_source!.anomaly.entity ?? '-'}`;
      const sum = (sums[key] ??= { logs: 0, anomalies: 0, unscored: 0, max_score: 0 });
      const { logs, anomalies, unscored, max_score } = _source!.bucket;
      sum.logs += logs;
      sum.anomalies += anomalies;
      sum.unscored += unscored;
      sum.max_score = Math.max(sum.max_score, Number(max_score.toFixed(9)));
    }
    return sums;
  };
  const indexLogs = async (logs: readonly LogDocument[], prefix = 'log'): Promise<void> => {
    const answer = await client.bulk({
      index,
      refresh: true,
      operations: logs.flatMap((log, i) => [{ index: { _id: `${prefix}-${i}` } }, log]),
    });
    expect(answer.errors).toBe(false);
  };
  const trial = { now: () => performance.now(), documents: documents.slice(0, 200) };

  beforeAll(async () => {
    await client.indices.create({
      index,
      mappings: {
        dynamic: false,
        properties: {
          '@timestamp': { type: 'date' },
          event: { properties: { ingested: { type: 'date' } } },
          service: { properties: { name: { type: 'keyword' } } },
        },
      },
    });
  });
  afterAll(async () => {
    await client.indices.delete({ index, ignore_unavailable: true });
    for (const where of [space, `${space}-b`, `${space}-c`, `${space}-d`]) {
      const found = await client.indices.get({ index: resultsPattern(where), allow_no_indices: true });
      for (const name of Object.keys(found)) await client.indices.delete({ index: name });
    }
    await client.ingest.deletePipeline({ id: `${pipelineName(detectorId)}*` }).catch(() => undefined);
    await client.close();
  });

  it('counts logs without a score while nothing is attached, and finds no result', async () => {
    await indexLogs(documents.slice(0, 50), 'early');
    const run = await detectAnomalies(optionsFor(`${space}-d`));
    expect(run).toMatchObject({ logs: 0, unscored: 50, anomalies: 0, complete: true });
    await client.deleteByQuery({ index, query: { match_all: {} }, refresh: true });
  });

  it('gives the results and sums of the job, from the same logs', async () => {
    await deployPipeline(wide, first, { detectorId, trial });
    await attachPipeline(wide, await planAttachment(wide, [pipelineName(detectorId)], index));
    await indexLogs(documents);

    const harvested = await detectAnomalies(optionsFor(space));
    const scored = await detectAnomalies(optionsFor(`${space}-b`, { snapshot: asJob }));
    expect(scored.anomalies).toBeGreaterThan(10);
    expect(harvested).toMatchObject({
      logs: documents.length,
      unscored: 0,
      anomalies: scored.anomalies,
      created: scored.created,
      threshold: scored.threshold,
      complete: true,
    });
    expect(await resultsOf(space)).toEqual(await resultsOf(`${space}-b`));
    expect(await sumsOf(space)).toEqual(await sumsOf(`${space}-b`));
    // Values that are arrays or out of a number's range are one thing for the pipeline and another for the job.
    const missing = (dirt: typeof scored.dirt) => dirt.response_time?.missing;
    expect(missing(scored.dirt)).toBeGreaterThan(0);
    expect(missing(harvested.dirt)).toBe(missing(scored.dirt));
  });

  it('writes and announces nothing twice when a run is repeated, ends at its cap, and carries on', async () => {
    const where = `${space}-c`;
    const checkpoints = checkpointStore();
    const announced: string[] = [];
    const run = (change: Partial<DetectOptions>) =>
      detectAnomalies(
        optionsFor(where, {
          checkpoints,
          announce: (results) => {
            announced.push(...results.map(({ source }) => source.id));
            return Promise.resolve();
          },
          ...change,
        }),
      );
    const crash = new Error('crash');
    await expect(run({ announce: () => Promise.reject(crash) })).rejects.toBe(crash);
    expect(checkpoints.now()).toBeUndefined();

    const capped = await run({ maxLogs: 5, pageSize: 5 });
    expect(capped).toMatchObject({ complete: false, anomalies: 5, created: 0, logs: 0 });
    const rest = await run({});
    expect(rest).toMatchObject({ complete: true, logs: documents.length, created: 0 });
    expect(new Set(announced).size).toBe(announced.length);
    expect(announced).toHaveLength(capped.anomalies + rest.anomalies);
    expect(await sumsOf(where)).toEqual(await sumsOf(space));

    // Late: of a time that was collected long ago, indexed now.
    const found = (await resultsOf(where)).filter(({ time }) => Date.parse(time) > TO - 12 * 60 * MINUTE);
    const odd = documents[Number(found[0].source.split('log-')[1])];
    await indexLogs([{ ...odd, event: { ingested: new Date(now).toISOString() } }], 'late');
    now += 5 * MINUTE;
    const after = await run({});
    expect(after).toMatchObject({ complete: true, anomalies: 1, created: 1, logs: 1, unscored: 0 });
    expect(announced).toContain('late-0');
    expect(await run({})).toMatchObject({ logs: 0, anomalies: 0 });
  });

  it('knows which version scored a log, and leaves out what others have scored', async () => {
    const where = `${space}-d`;
    await deployPipeline(wide, second, { detectorId, trial });
    now += 5 * MINUTE;
    const from = now - 4 * MINUTE;
    const odd = (await resultsOf(space))
      .slice(0, 50)
      .map(({ source }) => documents[Number(source.split('log-')[1])]);
    const fresh = [...odd, ...documents.slice(0, 300 - odd.length)].map((document) => ({
      ...document,
      '@timestamp': new Date(from).toISOString(),
      event: { ingested: new Date(from).toISOString() },
    }));
    await indexLogs(fresh, 'fresh');
    const both = await detectAnomalies(optionsFor(where, { startFrom: from, snapshot: second }));
    expect(both).toMatchObject({ logs: 300, unscored: 0 });
    const found = (await resultsOf(where)).filter(({ source }) => source.includes('fresh'));
    expect(found.length).toBeGreaterThan(0);
    expect(
      found.every(({ version, threshold }) => version === second.version && threshold === second.threshold),
    ).toBe(true);
    const others = await detectAnomalies(
      optionsFor(where, { startFrom: from, models: { list: () => Promise.resolve([]) } }),
    );
    expect(others).toMatchObject({ logs: 0, unscored: 300, anomalies: 0 });
  });

  it('refuses a threshold of its own, and an entity that cannot be grouped by', async () => {
    await expect(detectAnomalies(optionsFor(space, { thresholdOverride: 0.5 }))).rejects.toThrow(
      /the pipeline holds the threshold/,
    );
    await client.indices.putMapping({ index, properties: { message: { type: 'text' } } });
    const snapshot = { ...first, detector: { ...first.detector, entity_field: 'message' } };
    await expect(detectAnomalies(optionsFor(space, { snapshot }))).rejects.toThrow(
      /entity_field is "message", mapped as text/,
    );
  });
});
