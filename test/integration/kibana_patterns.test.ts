import type { ApiResponse, Endpoints } from '../../common/api';
import { createResultStore, resultsPattern } from '../../server/elasticsearch';
import { administrator, anomalyResult, MINUTE, START, uniqueName } from './fixtures/elasticsearch_fixture';
import { startKibanaStandIn, type Person } from './fixtures/kibana_stand_in';

const admin = administrator();
const space = uniqueName('patterns').toLowerCase();
const person: Person = { name: 'olga', client: admin, privileges: ['read'] };
const kibana = startKibanaStandIn({ plain: admin });

type Answer = ApiResponse<Endpoints['listPatterns']>;
const patterns = async (query: Record<string, string> = {}): Promise<Answer> => {
  const { status, body } = await kibana.call(person, 'listPatterns', { query }, space);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
};

/** A result in which `feature` has the larger share; `minute` after START. */
function resultOf(id: string, minute: number, feature: string, actual: string, confidence = 0.9) {
  const result = anomalyResult({ id, time: START + minute * MINUTE, confidence });
  const share = (name: string, part: number, value: string) => ({
    feature: name,
    field: name,
    share: part,
    actual: value,
    typical: 'usual',
  });
  const attribution = [share('other', 0.3, 'x (12%)'), share(feature, 0.7, actual)];
  return { ...result, anomaly: { ...result.anomaly, attribution } };
}

beforeAll(() =>
  createResultStore(admin, { space, refresh: true }).write([
    resultOf('1', 0, 'status', '500 (0.3%)', 0.8),
    resultOf('2', 5, 'status', '500 (<0.1%)', 0.99),
    resultOf('3', 9, 'status', '404 (2%)', 0.6),
    resultOf('4', 7, 'response_time', '30000'),
  ]),
);

afterAll(async () => {
  const results = await admin.indices.get({ index: resultsPattern(space) });
  await admin.indices.delete({ index: Object.keys(results) });
  await admin.close();
});

const at = (minute: number): string => new Date(START + minute * MINUTE).toISOString();

it('counts results by the feature with the largest share and by its value, whatever the frequency said', async () => {
  expect(await patterns()).toEqual({
    anomalies: 4,
    features: [
      {
        feature: 'status',
        anomalies: 3,
        max_confidence: 0.99,
        first_seen: at(0),
        last_seen: at(9),
        values: [
          { value: '500', anomalies: 2, max_confidence: 0.99, first_seen: at(0), last_seen: at(5) },
          { value: '404', anomalies: 1, max_confidence: 0.6, first_seen: at(9), last_seen: at(9) },
        ],
      },
      {
        feature: 'response_time',
        anomalies: 1,
        max_confidence: 0.9,
        first_seen: at(7),
        last_seen: at(7),
        values: [{ value: '30000', anomalies: 1, max_confidence: 0.9, first_seen: at(7), last_seen: at(7) }],
      },
    ],
  });
});

it('follows time, confidence and a filter, and gives as many as are asked for', async () => {
  const late = await patterns({ from: at(6) });
  expect(late.features.map(({ feature, anomalies }) => [feature, anomalies])).toEqual([
    ['response_time', 1],
    ['status', 1],
  ]);
  const filter = JSON.stringify({ term: { 'anomaly.top_value': '500' } });
  expect(await patterns({ filter, min_confidence: '0.9' })).toMatchObject({
    anomalies: 1,
    features: [{ feature: 'status', first_seen: at(5) }],
  });
  const [one, ...rest] = (await patterns({ features: '1', values: '0' })).features;
  expect([one.feature, one.values, rest]).toEqual(['status', [], []]);
});
