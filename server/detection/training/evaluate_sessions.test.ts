import { bucketDocuments } from '../../../common/buckets';
import { parseDetector } from '../../../common/detector';
import { evaluateModel } from './evaluate_model';
import { evaluateTogether } from './evaluate_union';
import { trainModel } from './train_model';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);

const common = {
  source: { index: 'logs' },
  threshold: { method: 'contamination', contamination: 0.1 },
  schedule: { query_delay: '30s' },
} as const;
const sessions = parseDetector({
  ...common,
  name: 'orders',
  unit: 'bucket',
  bucket: { session: { field: 'order.id', gap: '5m', max_length: '1h' } },
});
const logs = parseDetector({
  ...common,
  name: 'logs',
  features: [{ type: 'number', field: 'response_time' }],
});

/** Sessions of ten minutes that begin at odd times; the last is anomalous. */
const rows = Array.from({ length: 300 }, (_, place) => ({
  start: START + place * 7 * MINUTE + 1_234,
  end: START + place * 7 * MINUTE + 1_234 + 10 * MINUTE,
  entity: `order-${place}`,
  count: place === 299 ? 90 : 10 + (place % 3),
  errors: place === 299 ? 80 : 0,
  distinct: {},
  rare: {},
}));
const isLast = (entity: string): boolean => entity === 'order-299';
const sessionRows = rows.map((row) => ({
  ...bucketDocuments(sessions)(row),
  labels: isLast(row.entity)
    ? { anomaly: 'true', kind: 'failed', incident: 'failed-1' }
    : { anomaly: 'false' },
}));
const logRows = rows.map(({ start, entity }) => ({
  '@timestamp': new Date(start + MINUTE).toISOString(),
  order: { id: entity },
  response_time: isLast(entity) ? 100 : 1 + (start % 7) / 7,
  labels: isLast(entity) ? { anomaly: 'true', kind: 'failed', incident: 'failed-1' } : { anomaly: 'false' },
}));
let time = START;
const train = (detector: typeof sessions, documents: object[]) =>
  trainModel({
    detector,
    documents: documents as Record<string, unknown>[],
    source: 'test',
    clock: { now: () => (time += 1_000) },
  }).snapshot;
const ofSessions = train(sessions, sessionRows);

it('counts in the delay of a session until it is over: its length, and the silence after it', () => {
  const { labelled } = evaluateModel({ snapshot: ofSessions, documents: sessionRows, labelField: 'labels' });
  expect(labelled?.detection_delay).toMatchObject({
    detected: 1,
    median_ms: 10 * MINUTE + 5 * MINUTE + 30_000,
  });
});

it('takes a session that went on for its longest time for over then', () => {
  const documents = rows.map((row) =>
    isLast(row.entity)
      ? { ...bucketDocuments(sessions)({ ...row, end: row.start + 59 * MINUTE }), labels: 'true' }
      : { ...bucketDocuments(sessions)(row), labels: 'false' },
  );
  const { labelled } = evaluateModel({ snapshot: ofSessions, documents, labelField: 'labels' });
  expect(labelled?.detection_delay.median_ms).toBe(60 * MINUTE + 30_000);
});

it('has one row of a reported session and the log in it', () => {
  const { union } = evaluateTogether(
    [
      { snapshot: train(logs, logRows), documents: logRows, labelField: 'labels' },
      { snapshot: ofSessions, documents: sessionRows, labelField: 'labels' },
    ].map((each) => ({ ...each, threshold: each.snapshot.threshold })),
  );
  const incident = union.labelled?.incident_list.find(({ id }) => id === 'failed-1');
  expect(incident).toMatchObject({
    found_by: ['single log', 'per order'],
    detected_logs: 1,
    delay_ms: 30_000,
  });
  const own = union.top.find(({ truth }) => truth === 'failed');
  expect(own).toMatchObject({ found_by: ['per order', 'single log'], logs_within: 1 });
  expect(union.labelled).toMatchObject({ incidents: 1, right_rows: 1 });
});
