import type { ApiResponse, Endpoints } from '../../common/api';
import { createResultStore, resultsPattern } from '../../server/elasticsearch';
import { administrator, anomalyResult, MINUTE, START, uniqueName } from './fixtures/elasticsearch_fixture';
import { startKibanaStandIn, type Person } from './fixtures/kibana_stand_in';

const admin = administrator();
const space = uniqueName('estimate').toLowerCase();
const person: Person = { name: 'olga', client: admin, privileges: ['read'] };
const kibana = startKibanaStandIn({ plain: admin });

type Answer = ApiResponse<Endpoints['estimateAlerts']>;
async function estimate(query: Record<string, string> = {}): Promise<Answer> {
  const range = { from: String(START), to: String(START + 120 * MINUTE), buckets: '4' };
  const { status, body } = await kibana.call(
    person,
    'estimateAlerts',
    { query: { ...range, ...query } },
    space,
  );
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

const resultAt = (minute: number, entity: string, confidence = 0.9, detector = 'web') => {
  const result = anomalyResult({
    id: `${minute}-${entity}-${confidence}`,
    time: START + minute * MINUTE,
    confidence,
    detector,
  });
  return { ...result, anomaly: { ...result.anomaly, entity } };
};

beforeAll(() =>
  createResultStore(admin, { space, refresh: true }).write([
    // One alert of the shop that goes on for two windows, and another one an hour later.
    resultAt(1, 'shop'),
    resultAt(2, 'shop', 0.6),
    resultAt(7, 'shop'),
    resultAt(70, 'shop', 0.99),
    // One of the blog, and one of another detector.
    resultAt(1, 'blog', 0.7),
    { ...resultAt(95, 'blog', 0.95, 'mail'), log: { level: 'error' } },
  ]),
);

afterAll(async () => {
  const results = await admin.indices.get({ index: resultsPattern(space) });
  await admin.indices.delete({ index: Object.keys(results) });
  await admin.close();
});

const alertsOf = ({ alerts, buckets }: Answer) => [alerts, buckets.map((bucket) => bucket.alerts)];

it('counts only the changes of patterns and the levels that the rule asks for', async () => {
  expect(await estimate({ pattern_changes: 'new,surging' })).toMatchObject({ alerts: 0, results: 0 });
  expect(await estimate({ levels: 'ERROR,fatal' })).toMatchObject({ alerts: 1, results: 1 });
});

it('counts alerts as the rule raises them: windows of a group after one another are one', async () => {
  const answer = await estimate();
  expect(alertsOf(answer)).toEqual([4, [2, 0, 1, 1]]);
  expect(answer).toMatchObject({ results: 6, window_ms: 5 * MINUTE, interval_ms: 30 * MINUTE });
  expect(answer.buckets[2].time).toBe(new Date(START + 60 * MINUTE).toISOString());
});

it('follows detectors, confidence, severity, count, window and grouping', async () => {
  expect(alertsOf(await estimate({ detector_ids: 'mail' }))).toEqual([1, [0, 0, 0, 1]]);
  expect(alertsOf(await estimate({ detector_ids: 'web,mail' }))[0]).toBe(4);
  expect(alertsOf(await estimate({ min_confidence: '0.92' }))).toEqual([2, [0, 0, 1, 1]]);
  expect(alertsOf(await estimate({ min_severity: 'critical' }))).toEqual([1, [0, 0, 1, 0]]);
  expect(alertsOf(await estimate({ count: '2' }))).toEqual([1, [1, 0, 0, 0]]);
  // The blog of each detector has an alert of its own.
  expect(alertsOf(await estimate({ window: '2h' }))[0]).toBe(3);
  expect(alertsOf(await estimate({ group_by: 'detector' }))).toEqual([3, [1, 0, 1, 1]]);
  expect(alertsOf(await estimate({ group_by: 'feature' }))).toEqual([3, [1, 0, 1, 1]]);
});

it('counts every group, however many there are', async () => {
  const other = uniqueName('estimate_many').toLowerCase();
  const store = createResultStore(admin, { space: other, refresh: true });
  await store.write(Array.from({ length: 50 }, (_none, place) => resultAt(1, `host ${place}`)));
  const query = { from: String(START), to: String(START + 60 * MINUTE), buckets: '4' };
  const { body } = await kibana.call(person, 'estimateAlerts', { query }, other);
  const made = await admin.indices.get({ index: resultsPattern(other) });
  await admin.indices.delete({ index: Object.keys(made) });
  expect(alertsOf(body as Answer)).toEqual([50, [50, 0, 0, 0]]);
});

it('refuses what the rule would refuse', async () => {
  const query = { from: '0', to: '1', window: 'soon' };
  const { status, body } = await kibana.call(person, 'estimateAlerts', { query }, space);
  expect([status, (body as { message: string }).message]).toEqual([400, expect.stringContaining('window')]);
});
