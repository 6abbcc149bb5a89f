import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult } from '../../common/anomaly';
import { ENDPOINTS } from '../../common/api';
import { parseDetector, type DetectorInput } from '../../common/detector';
import { logsOfResult } from '../../common/findings/logs_of_result';
import { incidentsOfRun } from '../../server/detection/incidents/run_incidents';
import { runDetection } from '../../server/detection/scoring/run_detection';
import { trainModel } from '../../server/detection/training/train_model';
import { createResultStore, createScoredLogs, resultsIndex } from '../../server/elasticsearch';
import { createIncidentStore, listIncidents } from '../../server/elasticsearch/incidents';
import { mappingsOf } from '../../server/elasticsearch/indices/index_resources';
import { queryOfEntity } from '../../server/elasticsearch/logs/entity_query';
import { anomalousEntities } from '../../server/elasticsearch/results/anomalous_entities';
import { searchResults, summarizeResults } from '../../server/elasticsearch/results/result_search';
import { bucketDetector, LOG_MAPPINGS, logsOf, pagesOf, sourceFor } from './fixtures/bucket_fixture';
import {
  administrator,
  createLogs,
  MINUTE,
  rangeOf,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const client = administrator();
const index = uniqueName('parts');
const space = uniqueName('space').toLowerCase();
jest.setTimeout(240_000);
/** Three services, one of them on two hosts and one without a host, ten logs or more in each minute; one pair falls silent. */
const HOURS = 3;
const SILENT = HOURS * 60 - 20;
const PAIRS = [
  ['checkout', 'web-1'],
  ['checkout', 'a | b'],
  ['search', 'web-1'],
  ['batch', undefined],
] as const;
const LOGS = Array.from({ length: HOURS * 60 }, (_, minute) =>
  PAIRS.flatMap(([service, host], pair) =>
    pair === 1 && minute >= SILENT
      ? []
      : Array.from({ length: 10 + ((minute * 7 + pair) % 3) }, (_each, i) => ({
          document: {
            '@timestamp': new Date(START + minute * MINUTE + i * 1_000).toISOString(),
            service: { name: service },
            ...(host !== undefined && { host: { name: host } }),
            http: { response: { status_code: 200 } },
            response_time:
              minute === SILENT + 5 && pair === 0 && i === 0 ? 90_000 : 100 + ((i * 13 + minute) % 40),
          },
        })),
  ),
).flat();

const ENTITY_FIELDS = ['service.name', 'host.name'];
const detector = bucketDetector(index, {
  entity_field: undefined,
  entity_fields: ENTITY_FIELDS,
  threshold: { method: 'contamination', contamination: 0.01 },
  forest: { tree_count: 25 },
  context_fields: [],
});
const range = rangeOf(index, { from: START, to: START + HOURS * 60 * MINUTE });
const end = range.to;

beforeAll(async () => {
  await createLogs(
    client,
    index,
    [
      ...LOGS,
      { document: { '@timestamp': new Date(START).toISOString(), http: { response: { status_code: 200 } } } },
    ],
    { mappings: LOG_MAPPINGS, shards: 2 },
  );
  // As an earlier version has made it, before an entity had parts.
  const mappings = structuredClone(mappingsOf('results'));
  delete (mappings.properties?.anomaly as estypes.MappingObjectProperty).properties?.entity_parts;
  await client.indices.create({ index: resultsIndex(space, START), mappings });
});
afterAll(async () => {
  await client.indices.delete({ index, ignore_unavailable: true });
  const ours = await client.indices.get({ index: `log-anomalies-*.${space}*`, allow_no_indices: true });
  if (Object.keys(ours).length > 0) await client.indices.delete({ index: Object.keys(ours) });
  await client.close();
});

const query = (more: object) => ENDPOINTS.searchResults.query.parse({ size: 100, ...more });

it('counts the logs of each pair, those without a part by themselves, and none without any', async () => {
  const rows = logsOf(await pagesOf(sourceFor(client, detector), { ...range, to: START + MINUTE }));
  expect(rows.map(({ document }) => String(document.message)).sort()).toEqual([
    'batch | -: 10 logs in 1 min',
    'checkout | a || b: 11 logs in 1 min',
    'checkout | web-1: 10 logs in 1 min',
    'search | web-1: 12 logs in 1 min',
  ]);
  const [silent] = logsOf(
    await pagesOf(sourceFor(client, detector), {
      ...range,
      from: START + SILENT * MINUTE,
      to: START + (SILENT + 1) * MINUTE,
    }),
  ).filter(({ document }) => (document.bucket as { count: number }).count === 0);
  expect(silent.document).toMatchObject({ 'service.name': 'checkout', 'host.name': 'a | b' });
});

it('reads rows with late logs again for the pairs that have some', async () => {
  const late = bucketDetector(index, {
    entity_field: undefined,
    entity_fields: ENTITY_FIELDS,
    source: { index, ingested_field: '@timestamp' },
  });
  const pages = await pagesOf(
    sourceFor(client, late),
    { ...range, ingestedField: '@timestamp', from: START, to: START + 2 * MINUTE },
    { by: 'ingested' },
  );
  expect(logsOf(pages)).toHaveLength(8);
});

it('chooses the logs of an entity by each of its parts', async () => {
  const countOf = async (entity: string): Promise<number> =>
    (
      await client.count({
        index,
        query: {
          bool: {
            filter: await queryOfEntity(client, index, { settings: detector, entity, signal: undefined }),
          },
        },
      })
    ).count;
  const logs = (pair: number): number =>
    LOGS.filter(
      ({ document }) => document.service.name === PAIRS[pair][0] && document.host?.name === PAIRS[pair][1],
    ).length;
  expect(await countOf('checkout | web-1')).toBe(logs(0));
  expect(await countOf('checkout | a || b')).toBe(logs(1));
  expect(await countOf('batch | -')).toBe(logs(3));
});

describe('results of entities of several fields', () => {
  let results: AnomalyResult[];
  const found = async (more: object): Promise<(string | undefined)[]> => {
    const { results: all } = await searchResults(client, space, query(more));
    return [...new Set(all.map(({ result }) => result.anomaly.entity))].sort();
  };

  const runOf = async (input: DetectorInput, id: string, now: number) => {
    const settings = parseDetector(input);
    const source = sourceFor(client, settings);
    const sample = await source.sample({ ...range, to: START + SILENT * MINUTE }, { size: 25_600, seed: 1 });
    const { snapshot } = await Promise.resolve(
      trainModel({
        detector: settings,
        documents: sample.logs.map(({ document }) => document),
        source: index,
        clock: { now: () => now },
      }),
    );
    const announced: AnomalyResult[] = [];
    await runDetection({
      detectorId: id,
      snapshot,
      source,
      results: createResultStore(client, { space, refreshResults: true }),
      checkpoints: { read: () => Promise.resolve(undefined), write: () => Promise.resolve(1) },
      clock: { now: () => now, sleep: () => Promise.resolve() },
      runId: 'run',
      startFrom: START + (SILENT - 10) * MINUTE,
      incidents: incidentsOfRun({
        incidents: createIncidentStore(client, { space }),
        detectorId: id,
        quiet: 30 * MINUTE,
        now: () => now,
        warn: (message) => {
          throw new Error(message);
        },
      }),
      onResults: async (page) => void announced.push(...page),
    });
    return announced;
  };

  beforeAll(async () => {
    results = await runOf(detector, 'pairs', end + 5 * MINUTE);
    const single = await runOf(
      {
        name: 'Logs',
        source: { index },
        entity_fields: ENTITY_FIELDS,
        features: [{ type: 'number', field: 'response_time' }],
        threshold: { method: 'contamination', contamination: 0.0002 },
        context_fields: [],
      },
      'logs',
      end + 5 * MINUTE,
    );
    expect(single.map(({ anomaly }) => anomaly.entity)).toContain('checkout | web-1');
    expect(single[0].anomaly.entity_parts).toEqual({ 'service.name': 'checkout', 'host.name': 'web-1' });
    await client.indices.refresh({ index: `log-anomalies-*.${space}*` });
  });

  it('show the whole entity and hold each part', () => {
    const silent = results.filter(({ anomaly }) => anomaly.entity === 'checkout | a || b');
    expect(silent.length).toBeGreaterThan(10);
    expect(silent[0]).toMatchObject({
      message: expect.stringContaining('checkout | a || b: 0 logs in 1 min, usually') as string,
      anomaly: {
        entity_parts: { 'service.name': 'checkout', 'host.name': 'a | b' },
        entity_field: ENTITY_FIELDS,
      },
    });
    expect(logsOfResult(silent[0]).query).toBe('service.name : "checkout" and host.name : "a | b"');
  });

  it('are found and laned by each part, also in an index that an earlier version has made', async () => {
    expect(await found({ entity: 'checkout | a || b' })).toEqual(['checkout | a || b']);
    expect(await found({ entity_part: 'host.name=a | b' })).toEqual(['checkout | a || b']);
    expect(await found({ entity_part: ['service.name=search', 'host.name=a | b'] })).toEqual([]);
    expect(await found({ entity_part: ['service.name=search', 'service.name=checkout'] })).toContain(
      'checkout | a || b',
    );
    const summary = ENDPOINTS.summarizeResults.query.parse({
      from: START,
      to: end,
      by: 'entity',
      entity_field: 'service.name',
      detector_id: 'pairs',
    });
    const { groups } = await summarizeResults(client, space, summary, end);
    expect(groups.map(({ key }) => key).sort()).toEqual(['batch', 'checkout', 'search']);
    // Kibana makes these two of KQL and of a filter on a dashboard.
    for (const filter of [
      { match: { 'anomaly.entity_parts.host.name': 'a | b' } },
      { match_phrase: { 'anomaly.entity_parts.host.name': 'a | b' } },
    ]) {
      expect(await found({ filter: JSON.stringify(filter) })).toEqual(['checkout | a || b']);
    }
    expect(() => query({ entity_part: 'checkout' })).toThrow(/field=value/);
  });

  it('say which entities were the most anomalous of late, for where there are more than places', async () => {
    const read = anomalousEntities(client, space, 'pairs');
    const [first] = await read({ from: START, to: end }, 1, {});
    const surest = Math.max(...results.map(({ anomaly }) => anomaly.confidence));
    expect(
      results.filter(({ anomaly }) => anomaly.confidence === surest).map(({ anomaly }) => anomaly.entity),
    ).toContain(first);
    expect(await read({ from: START - MINUTE, to: START }, 1, {})).toEqual([]);
    expect(await anomalousEntities(client, space, 'nobody')({ from: START, to: end }, 1, {})).toEqual([]);
  });

  it('make incidents by the whole entity, which are found by each part', async () => {
    const list = (more: object) =>
      listIncidents(client, space, ENDPOINTS.listIncidents.query.parse({ detector_id: 'pairs', ...more }));
    const { incidents } = await list({ entity_part: 'host.name=a | b' });
    expect(incidents.map(({ entity, scope }) => [entity, scope.parts])).toEqual([
      ['checkout | a || b', { 'service.name': 'checkout', 'host.name': 'a | b' }],
    ]);
    expect((await list({ entity_part: 'host.name=web-9' })).incidents).toEqual([]);
    const { total } = await list({});
    expect((await list({ detector_id: ['pairs', 'nobody'] })).total).toBe(total);
  });
});

it('are summed up by the cluster where it scores the logs, also where no index has one of the fields', async () => {
  const scored = uniqueName('parts-scored');
  const anomaly = { is_anomaly: false, score: 0.4, confidence: 0.1 };
  await createLogs(
    client,
    scored,
    [{ service: { name: 'checkout' }, host: { name: 'web-1' } }, { service: { name: 'batch' } }, {}].map(
      (names) => ({
        document: {
          '@timestamp': new Date(START).toISOString(),
          event: { ingested: new Date(START).toISOString() },
          ...names,
          anomaly,
          model: { version: 'one' },
        },
      }),
    ),
    { mappings: LOG_MAPPINGS },
  );
  const entitiesOf = async (entityFields: string[]): Promise<(string | undefined)[]> => {
    const opened = await createScoredLogs(client).open({
      index: scored,
      versions: ['one'],
      entityFields,
      bucketMilliseconds: 5 * MINUTE,
    });
    const found: (string | undefined)[] = [];
    for await (const { buckets } of opened.summarize(rangeOf(scored), 'timestamp')) {
      found.push(...buckets.map(({ entity }) => entity));
    }
    return found.sort();
  };
  expect(await entitiesOf(ENTITY_FIELDS)).toEqual(['batch | -', 'checkout | web-1', undefined]);
  expect(await entitiesOf(['nobody.name', 'service.name'])).toEqual(['- | batch', '- | checkout', undefined]);
  expect(await entitiesOf(['service.name'])).toEqual(['batch', 'checkout', undefined]);
  await client.indices.delete({ index: scored });
});
