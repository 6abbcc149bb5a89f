import type { LogDocument } from '../log_document';
import {
  evaluateScores,
  findLabelField,
  readGroundTruth,
  renderEvaluationText,
  type EvaluationInput,
  type GroundTruth,
} from '.';
import { formatDuration, formatPercent } from './format';
import { incidentsOf } from './incidents';

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

/**
 * Ten logs, one every six hours but for the last two, over two and a quarter days. Alerts (score >= 0.6) at rows 1, 4, 6
 * and 9; anomalous are 1 and 2 (one incident), 6 and 8.
 */
const scores = Float64Array.of(0.4, 0.7, 0.5, 0.41, 0.65, 0.42, 0.8, 0.43, 0.55, 0.6);
const times = Float64Array.from({ length: 10 }, (_, i) => START + i * 360 * MINUTE);
const labelled = new Map<number, GroundTruth>([
  [1, { anomaly: true, kind: 'server_error', incident: 'a' }],
  [2, { anomaly: true, kind: 'server_error', incident: 'a' }],
  [6, { anomaly: true, kind: 'flood', incident: 'b' }],
  [8, { anomaly: true, kind: 'flood', incident: 'c' }],
]);
const truths = Array.from({ length: 10 }, (_, row) => labelled.get(row) ?? { anomaly: false });
const input: EvaluationInput = {
  modelVersion: 'm-1',
  detector: 'Shop',
  scores,
  threshold: 0.6,
  times,
  truths,
  queryDelay: 30_000,
  alertsPerDay: 1,
  top: [
    {
      timestamp: '2026-01-06T12:00:00.000Z',
      score: 0.8,
      confidence: 0.98,
      severity: 'critical',
      reason: 'status_code 500 (typical 200) stands out',
      excerpt: 'GET /\u001b[31m 500',
      truth: 'flood',
    },
  ],
};

describe('evaluateScores', () => {
  const evaluation = evaluateScores(input);
  const measures = evaluation.labelled;

  it('counts what was found, missed and wrong at the threshold', () => {
    expect(measures?.confusion).toEqual({
      true_positives: 2,
      false_positives: 2,
      true_negatives: 4,
      false_negatives: 2,
    });
    expect(measures).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5, anomalies: 4, normal: 6 });
  });

  it('ranks: area under the ROC curve and average precision', () => {
    // Normal logs below 0.8: 6, below 0.7: 6, below 0.55: 4, below 0.5: 4; of 4 x 6 pairs.
    expect(measures?.roc_auc).toBeCloseTo(20 / 24, 12);
    expect(measures?.average_precision).toBeCloseTo((1 / 1 + 2 / 2 + 3 / 5 + 4 / 6) / 4, 12);
  });

  it('says how much a day', () => {
    expect(evaluation.time?.days).toBe(2.25);
    expect(evaluation.alerts_per_day).toBeCloseTo(4 / 2.25, 12);
    expect(measures?.false_alarms_per_day).toBeCloseTo(2 / 2.25, 12);
  });

  it('measures at the alert budget: one a day is two in all, both right', () => {
    expect(measures?.at_budget).toEqual({
      alerts_per_day: 1,
      alerts: 2,
      threshold: 0.7,
      precision: 1,
      recall: 0.5,
    });
  });

  it('measures each kind against all normal logs', () => {
    expect(measures?.by_kind).toMatchObject([
      { kind: 'flood', logs: 2, detected: 1, recall: 0.5, delay: { incidents: 2, detected: 1 } },
      { kind: 'server_error', logs: 2, detected: 1, recall: 0.5, roc_auc: 10 / 12 },
    ]);
  });

  it('draws curves that end where they must and hold the area', () => {
    const roc = measures?.roc_curve ?? [];
    expect(roc[0]).toEqual([0, 0]);
    expect(roc[roc.length - 1]).toEqual([1, 1]);
    const area = roc.slice(1).reduce((sum, [x, y], i) => sum + ((x - roc[i][0]) * (y + roc[i][1])) / 2, 0);
    expect(area).toBeCloseTo(measures?.roc_auc ?? NaN, 12);
    expect(measures?.precision_recall_curve[0]).toEqual([0.25, 1]);
    expect(measures?.precision_recall_curve.at(-1)).toEqual([1, 0.4]);
  });

  it('thins long curves without moving their ends', () => {
    const many = 5_000;
    const long = evaluateScores({
      ...input,
      scores: Float64Array.from({ length: many }, (_, i) => 0.3 + 0.5 * Math.abs(Math.sin(i * 1.7))),
      times: Float64Array.from({ length: many }, (_, i) => START + i * MINUTE),
      truths: Array.from({ length: many }, (_, i) => ({ anomaly: i % 10 === 0 })),
    }).labelled;
    expect(long?.roc_curve.length).toBeLessThanOrEqual(202);
    expect(long?.roc_curve[0]).toEqual([0, 0]);
    expect(long?.roc_curve.at(-1)).toEqual([1, 1]);
  });

  it('fills histogram and timeline with every log once', () => {
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    expect(sum(evaluation.histogram.normal)).toBe(6);
    expect(sum(evaluation.histogram.anomalous)).toBe(4);
    expect(sum(evaluation.timeline.map((bucket) => bucket.logs))).toBe(10);
    expect(sum(evaluation.timeline.map((bucket) => bucket.alerts))).toBe(4);
    expect(sum(evaluation.timeline.map((bucket) => bucket.false_alarms))).toBe(2);
  });

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  it('leaves logs without a label out of the measures', () => {
    const partly = truths.map((truth, row) => (row === 4 ? undefined : truth));
    const { labelled: others, unlabelled_logs } = evaluateScores({ ...input, truths: partly });
    expect(unlabelled_logs).toBe(1);
    expect(others?.precision).toBeCloseTo(2 / 3, 12);
  });

  it.each([
    ['without labels', undefined, 'Without labels'],
    ['with normal logs alone', times, 'All 10 labelled logs are normal'],
  ])('%s says what it cannot measure', (_, normalOnly, note) => {
    const none = evaluateScores({
      ...input,
      truths: normalOnly === undefined ? undefined : truths.map(() => ({ anomaly: false })),
    });
    expect(none.labelled).toBeUndefined();
    expect(none.notes.join()).toContain(note);
    expect(none.alerts).toBe(4);
  });

  it('does without times', () => {
    const timeless = evaluateScores({ ...input, times: new Float64Array(10).fill(NaN) });
    expect(timeless.time).toBeUndefined();
    expect(timeless.labelled?.at_budget).toBeUndefined();
    expect(timeless.labelled?.recall).toBe(0.5);
    expect(renderEvaluationText(timeless)).toContain('The logs have no times');
  });

  it.each<[string, Partial<EvaluationInput>, string]>([
    ['no logs', { scores: new Float64Array(0) }, 'no logs to evaluate'],
    ['fewer times', { times: times.slice(1) }, 'times: has 9 entries'],
    ['more labels', { truths: [...truths, undefined] }, 'truths: has 11 entries'],
    [
      'a score that is none',
      { scores: scores.map((score, i) => (i === 3 ? NaN : score)) },
      'scores[3]: is NaN',
    ],
    ['a threshold that is none', { threshold: NaN }, 'threshold: is NaN'],
  ])('refuses %s', (_, change, message) => {
    expect(() => evaluateScores({ ...input, ...change })).toThrow(message);
  });
});

describe('incidents', () => {
  const anomalous = (row: Partial<GroundTruth> = {}): GroundTruth => ({ anomaly: true, ...row });

  it('are detected as long after their first log as their first alert, and the query delay', () => {
    const [incident] = incidentsOf({
      times: Float64Array.of(0, MINUTE, 2 * MINUTE, 3 * MINUTE).map((time) => START + time),
      truths: Array.from({ length: 4 }, () => anomalous({ kind: 'flood', incident: 'x' })),
      isAlert: (row) => row >= 2,
      queryDelay: 30_000,
    });
    expect(incident).toMatchObject({ id: 'x', logs: 4, detected_logs: 2, delay_ms: 150_000 });
  });

  it('without a label of their own are runs of one kind and entity without a gap of over five minutes', () => {
    const minutes = [0, 1, 2, 4, 9.5, 30];
    const entities = ['a', 'a', 'b', 'a', 'a', 'a'];
    const incidents = incidentsOf({
      times: Float64Array.from(minutes, (minute) => START + minute * MINUTE),
      truths: minutes.map(() => anomalous({ kind: 'slow' })),
      entities,
      isAlert: () => false,
      queryDelay: 0,
    });
    expect(incidents.map(({ logs }) => logs)).toEqual([3, 1, 1, 1]);
    expect(incidents.every(({ delay_ms }) => delay_ms === undefined)).toBe(true);
  });

  it('are taken in the order of time, whatever the order of the logs', () => {
    const [incident] = incidentsOf({
      times: Float64Array.of(START + 2 * MINUTE, START, START + MINUTE),
      truths: Array.from({ length: 3 }, () => anomalous({ incident: 'x' })),
      isAlert: (row) => row === 0,
      queryDelay: 0,
    });
    expect(incident.delay_ms).toBe(2 * MINUTE);
  });

  it('give the median and 95th percentile of the delay', () => {
    const count = 21;
    const { detection_delay } = evaluateScores({
      ...input,
      scores: Float64Array.from({ length: 2 * count }, (_, row) => (row % 2 === 0 ? 0.5 : 0.9)),
      times: Float64Array.from(
        { length: 2 * count },
        (_, row) => START + Math.floor(row / 2) * (1 + (row % 2)) * MINUTE,
      ),
      truths: Array.from({ length: 2 * count }, (_, row) =>
        anomalous({ incident: String(Math.floor(row / 2)) }),
      ).map((truth, row) => (row === 0 ? { anomaly: false } : truth)),
    }).labelled ?? { detection_delay: undefined };
    expect(detection_delay).toEqual({
      incidents: count,
      detected: count,
      median_ms: 10 * MINUTE + 30_000,
      p95_ms: 19 * MINUTE + 30_000,
    });
  });
});

describe('ground truth', () => {
  const read = (document: LogDocument, field: string) => readGroundTruth([document], field)[0];

  it.each<[LogDocument, string, GroundTruth]>([
    [
      { labels: { anomaly: 'true', kind: 'flood', incident: 'flood-1' } },
      'labels.anomaly',
      { anomaly: true, kind: 'flood', incident: 'flood-1' },
    ],
    [{ labels: { anomaly: 'true', kind: 'flood' } }, 'labels', { anomaly: true, kind: 'flood' }],
    [{ labels: { anomaly: 'false', kind: 'ignored' } }, 'labels', { anomaly: false }],
    [{ 'labels.anomaly': true, 'labels.kind': 'burst' }, 'labels.anomaly', { anomaly: true, kind: 'burst' }],
    [{ label: 1 }, 'label', { anomaly: true }],
    [{ label: 0 }, 'label', { anomaly: false }],
    [{ label: 'Normal' }, 'label', { anomaly: false }],
    [{ label: 'anom' }, 'label', { anomaly: true }],
    [{ label: ['anomaly'] }, 'label', { anomaly: true }],
  ])('%j in %s', (document, field, truth) => {
    expect(read(document, field)).toEqual(truth);
  });

  it('may be missing in some logs but not in all', () => {
    expect(readGroundTruth([{ label: 1 }, {}], 'label')).toEqual([{ anomaly: true }, undefined]);
    expect(() => readGroundTruth([{}, {}], 'label')).toThrow('none of the 2 logs has a label in "label"');
  });

  it('names the log with a value that is no label', () => {
    expect(() => readGroundTruth([{ label: 1 }, { label: 'perhaps' }], 'label')).toThrow(
      'log 2: label is "perhaps", must be true or false',
    );
  });

  it('is found where it usually lies', () => {
    expect(findLabelField([{}, { labels: { anomaly: 'false' } }])).toBe('labels.anomaly');
    expect(findLabelField([{ label: 'normal' }])).toBe('label');
    expect(findLabelField([{ message: 'true' }])).toBeUndefined();
  });
});

describe('as text', () => {
  const evaluation = evaluateScores(input);
  const text = renderEvaluationText(evaluation);

  it('fits 80 columns and says the measures', () => {
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
    expect(text).toContain('precision                   0.500');
    expect(text).toContain('incidents detected          2 of 3');
    expect(text).toContain('status_code 500 (typical 200) stands out');
    expect(text).toMatch(/flood +2 +1 +█{6}·{6} +50\.0 %/);
  });

  it('says of which unit the rows are', () => {
    expect(text).toMatch(/^[\d,]+ logs/m);
    expect(renderEvaluationText(evaluation, undefined, 'buckets')).toMatch(/^[\d,]+ buckets/m);
  });

  it('lets no control character of a log through', () => {
    expect(text).toContain('GET / [31m 500');
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('marks with colours where asked', () => {
    const colors = { strong: (s: string) => s, good: (s: string) => s, faint: (s: string) => s };
    expect(renderEvaluationText(evaluation, { ...colors, alarm: (s) => `<${s}>` })).toContain(
      '<critical 98.0 %',
    );
  });
});

describe('numbers for people', () => {
  it.each([
    [120, '120 ms'],
    [30_000, '30 s'],
    [95_000, '1 min 35 s'],
    [7_200_000, '2 h'],
    [93_600_000, '1 d 2 h'],
  ])('%d ms is %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it.each([
    [0, '0 %'],
    [0.0002, '<0.1 %'],
    [0.0341, '3.4 %'],
    [1, '100 %'],
  ])('%d is %s', (share, text) => expect(formatPercent(share)).toBe(text));
});
