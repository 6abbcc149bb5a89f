import { ENDPOINTS } from '../../common/api';
import { createResultStore, resultsPattern, summarizeResults } from '../../server/elasticsearch';
import {
  administrator,
  anomalyResult,
  bucketSummary,
  MINUTE,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const client = administrator();
const space = uniqueName('scored').toLowerCase();
const DETECTORS = ['a', 'b', 'c'];
/** Detector, run, logs; twice, an hour apart. */
const RUNS = [
  ['a', 'backfill-a', 1_000],
  ['b', 'backfill-b', 800],
  ['c', 'run-7', 400],
  // The same logs once more, a part of them live.
  ['a', 'backfill-a2', 900],
  ['b', 'run-8', 300],
  ['b', 'run-9', 200],
] as const;
const LOGS = { a: 1_000, b: 800, c: 400 };
const OF_ALL = 2_200;

jest.setTimeout(120_000);

beforeAll(async () => {
  await createResultStore(client, { space, refresh: true }).write(
    DETECTORS.map((detector) => anomalyResult({ id: '1', detector, confidence: 0.8 })),
    [START, START + 60 * MINUTE].flatMap((time) =>
      RUNS.map(([detector, run, logs]) => bucketSummary({ page: run, detector, run, logs, time })),
    ),
  );
});
afterAll(async () => {
  await client.cluster.putSettings({ persistent: { 'search.max_buckets': null } });
  await client.indices.delete({
    index: Object.keys(await client.indices.get({ index: resultsPattern(space) })),
  });
  await client.close();
});

const summarized = (query: Record<string, unknown> = {}) =>
  summarizeResults(
    client,
    space,
    ENDPOINTS.summarizeResults.query.parse({ from: START, to: START + 120 * MINUTE, buckets: 2, ...query }),
    START,
  );

it.each(['all', 'entity'])('adds up what each of several detectors scored, by %s', async (by) => {
  const { groups } = await summarized({ by });
  expect(groups).toMatchObject([{ key: '', logs: 2 * OF_ALL, anomalies: 3 }]);
  expect(groups[0].buckets.map(({ logs }) => logs)).toEqual([OF_ALL, OF_ALL]);
  // The highest of them, not their sum.
  expect(groups[0].buckets.map((bucket) => bucket.max_confidence)).toEqual([0.8, 0.499]);
});

it('agrees with what it says of each detector', async () => {
  const { groups } = await summarized({ by: 'detector' });
  expect(Object.fromEntries(groups.map(({ key, logs }) => [key, logs / 2]))).toEqual(LOGS);
  for (const id of DETECTORS) {
    const [{ logs }] = (await summarized({ detector_id: id })).groups;
    expect(logs / 2).toBe(LOGS[id as keyof typeof LOGS]);
  }
});

it('takes longer spans of time where Elasticsearch allows no more of them', async () => {
  await client.cluster.putSettings({ persistent: { 'search.max_buckets': 9 } });
  const { interval_ms: interval, groups } = await summarized();
  expect(interval).toBe(120 * MINUTE);
  expect(groups[0]).toMatchObject({ logs: 2 * OF_ALL, anomalies: 3 });
});
