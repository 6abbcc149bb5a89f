import { evaluateUnion, renderUnionText, type ScoredUnit } from './index';
import type { GroundTruth } from './types';

const START = Date.UTC(2026, 10, 1);
const MINUTE = 60_000;
const NORMAL: GroundTruth = { anomaly: false };

interface Row {
  readonly minute: number;
  readonly entity: string;
  readonly score: number;
  readonly truth?: GroundTruth;
}

function unit(rows: readonly Row[], span?: number): ScoredUnit {
  const entities = rows.map(({ entity }) => entity);
  return {
    detector: span === undefined ? 'logs' : 'buckets',
    modelVersion: '1',
    foundBy: span === undefined ? 'single log' : 'per 5 minutes and service',
    threshold: 0.5,
    scores: Float64Array.from(rows, ({ score }) => score),
    confidences: Float64Array.from(rows, ({ score }) => score),
    times: Float64Array.from(rows, ({ minute }) => START + minute * MINUTE),
    truths: rows.map(({ truth }) => truth),
    entities,
    queryDelay: 30_000,
    ...(span !== undefined && {
      bucket: {
        entityField: 'service.name',
        lengthOf: () => span * MINUTE,
        overAfter: () => span * MINUTE,
      },
    }),
    valueOf: (row, field) => (field === 'service.name' ? entities[row] : undefined),
    describe: (row) => ({
      ...{ score: rows[row].score, confidence: rows[row].score, severity: 'minor', reason: '', excerpt: '' },
      timestamp: new Date(START + rows[row].minute * MINUTE).toISOString(),
    }),
  };
}

const flood: GroundTruth = { anomaly: true, kind: 'flood', incident: 'flood-1' };
const silence: GroundTruth = { anomaly: true, kind: 'silence', incident: 'silence-1' };
const error: GroundTruth = { anomaly: true, kind: 'error', incident: 'error-1' };
const missed: GroundTruth = { anomaly: true, kind: 'error', incident: 'error-2' };
const logs = unit([
  // Three logs of a flood, one of them reported; the bucket that holds them is, too.
  { minute: 1, entity: 'a', score: 0.4, truth: flood },
  { minute: 2, entity: 'a', score: 0.7, truth: flood },
  { minute: 3, entity: 'a', score: 0.4, truth: flood },
  // In the same bucket and reported: part of a row that is right.
  { minute: 4, entity: 'a', score: 0.6, truth: NORMAL },
  { minute: 20, entity: 'b', score: 0.9, truth: error },
  { minute: 21, entity: 'b', score: 0.1, truth: missed },
  { minute: 30, entity: 'a', score: 0.55, truth: NORMAL },
  { minute: 1_439, entity: 'a', score: 0.1, truth: NORMAL },
]);
const buckets = unit(
  [
    { minute: 0, entity: 'a', score: 0.8, truth: flood },
    { minute: 0, entity: 'b', score: 0.1, truth: NORMAL },
    { minute: 10, entity: 'c', score: 0.95, truth: silence },
    { minute: 40, entity: 'c', score: 0.6, truth: NORMAL },
  ],
  5,
);
const union = evaluateUnion({ units: [logs, buckets], alertsPerDay: 2 });

it('counts what both units say once, and each row by what is in it', () => {
  expect(union.detectors.map(({ alerts }) => alerts)).toEqual([4, 3]);
  expect(union.rows).toBe(5);
  expect(union.found_by_several).toBe(1);
  expect(union.labelled).toMatchObject({
    right_rows: 3,
    false_alarms: 2,
    precision: 0.6,
    incidents: 4,
    detected: 3,
    recall: 0.75,
    log_recall: 4 / 5,
  });
  expect(union.labelled?.false_alarms_per_day).toBeCloseTo(2, 2);
});

it('tells by kind what found it and when', () => {
  const byKind = new Map(union.labelled?.by_kind.map((each) => [each.kind, each]));
  expect(byKind.get('flood')).toMatchObject({ incidents: 1, recall: 1, logs: 3, log_recall: 1 });
  expect(byKind.get('flood')?.by_unit).toEqual([
    { found_by: 'single log', detected: 1 },
    { found_by: 'per 5 minutes and service', detected: 1 },
  ]);
  // The log of minute 2 came before the end of its bucket.
  expect(byKind.get('flood')?.delay.median_ms).toBe(MINUTE + 30_000);
  // A silence has no log: its bucket is read after its end.
  expect(byKind.get('silence')).toMatchObject({
    logs: 0,
    recall: 1,
    delay: { median_ms: 5 * MINUTE + 30_000 },
  });
  expect(byKind.get('silence')).not.toHaveProperty('log_recall');
  expect(byKind.get('error')).toMatchObject({ incidents: 2, recall: 0.5 });
  expect(union.labelled?.incident_list.find(({ id }) => id === 'error-2')?.found_by).toEqual([]);
});

it('fills a budget by falling confidence, over both units together', () => {
  expect(union.labelled?.at_budget).toEqual({
    alerts_per_day: 2,
    rows: 2,
    confidence: 0.9,
    precision: 1,
    recall: 0.5,
  });
});

it('is told in 80 columns', () => {
  const text = renderUnionText(union);
  expect(text).toContain('0.600 (3 of 5 rows are right)');
  expect(text).toContain('found by: 0 single log, 1 per 5 minutes and service');
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

it('says nothing of right and wrong without labels', () => {
  const unlabelled = evaluateUnion({ units: [{ ...logs, truths: undefined }], alertsPerDay: 1 });
  expect(unlabelled.labelled).toBeUndefined();
  expect(unlabelled.notes).toHaveLength(1);
  expect(() => evaluateUnion({ units: [unit([])], alertsPerDay: 1 })).toThrow('nothing to evaluate');
});

it('judges an incident of more logs than a call takes arguments', () => {
  const many = Array.from({ length: 150_000 }, (_none, place) => ({
    minute: 1 + place / 150_000,
    entity: 'a',
    score: 0.7,
    truth: flood,
  }));
  const quiet = { minute: 90, entity: 'b', score: 0.1, truth: NORMAL };
  const flooded = { minute: 0, entity: 'a', score: 0.8, truth: flood };
  const units = [unit([...many, quiet]), unit([flooded, quiet], 5)];
  const { labelled, top } = evaluateUnion({ units, alertsPerDay: 2 });
  expect(labelled?.incident_list).toMatchObject([
    { id: 'flood-1', logs: 150_000, detected_logs: 150_000, delay_ms: 30_000 },
  ]);
  expect(top[0].logs_within).toBe(150_000);
});

it('shows each row as its most confident alert does, whose reasons are those of the confidence', () => {
  const bucket = unit([{ minute: 0, entity: 'a', score: 0.55, truth: NORMAL }], 5);
  const other = unit([{ minute: 9, entity: 'b', score: 0.8, truth: error }]);
  const within = unit([{ minute: 2, entity: 'a', score: 0.95, truth: error }]);
  const { top } = evaluateUnion({ units: [bucket, other, within], alertsPerDay: 2 });
  expect(top.map(({ confidence }) => confidence)).toEqual([0.95, 0.8]);
  expect(top[0]).toMatchObject({
    found_by: ['per 5 minutes and service', 'single log'],
    logs_within: 1,
    timestamp: new Date(START + 2 * MINUTE).toISOString(),
  });
});
