import { parseDetector, type DetectorInput } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { generateLogs } from '../../../common/demo_logs';
import type { LogDocument } from '../../../common/log_document';
import {
  createModelScorer,
  createModelSnapshot,
  decodeModelSnapshot,
  encodeModelSnapshot,
} from '../../../common/model_snapshot';
import { evaluateModel } from './evaluate_model';
import { trainModel, type TrainingRequest } from './train_model';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);

const demoLogs = (seed: number, hours: number): LogDocument[] =>
  [
    ...generateLogs({
      seed,
      from: START,
      to: START + hours * HOUR,
      ratePerSecond: 0.1,
      anomalyRate: 0.03,
      dirtRate: 0.01,
      kinds: ['server_error', 'slow_response', 'suspicious_request'],
    }),
  ].map(({ document }) => document);

const detectorOf = (change: Partial<DetectorInput> = {}) =>
  parseDetector({
    name: 'demo',
    source: { index: 'logs' },
    threshold: { method: 'contamination', contamination: 0.03 },
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'status_code' },
    ],
    entity_field: 'service.name',
    ...change,
  });

function clock() {
  let time = START + 100 * HOUR;
  return { now: () => (time += 1_000) };
}

const train = (documents: LogDocument[], change: Partial<TrainingRequest> = {}) =>
  trainModel({ detector: detectorOf(), documents, source: 'demo', clock: clock(), ...change });

const logs = demoLogs(1, 36);

it('ranks failures above the largest ordinary requests with four plain features', () => {
  const features = [
    { type: 'number', field: 'response_time' },
    { type: 'severity', field: 'status_code' },
    { type: 'number', field: 'request_size' },
    { type: 'hour_of_day', field: 'hour_of_day' },
  ] as const;
  const { snapshot } = train(logs, { detector: detectorOf({ features: [...features] }) });
  const others = demoLogs(2, 36);
  const { scores } = createModelScorer(snapshot).score(others);
  const kindOf = (row: number): string | undefined => (others[row].labels as { kind?: string }).kind;
  const ranked = [...scores.keys()].sort((one, other) => scores[other] - scores[one]);
  const failures = ranked.filter((row) => kindOf(row) === 'server_error').length;
  const highest = ranked
    .slice(0, Math.round(1.25 * failures))
    .filter((row) => kindOf(row) === 'server_error');
  expect(failures).toBeGreaterThan(50);
  expect(highest.length / failures).toBeGreaterThan(0.95);
});

it('trains the same model from the same logs and seed, and another from another seed', () => {
  const first = train(logs).snapshot;
  expect(train(logs).snapshot.version).toBe(first.version);
  const otherSeed = train(logs, { detector: detectorOf({ forest: { seed: 43 } }) });
  expect(otherSeed.snapshot.version).not.toBe(first.version);
  expect(decodeModelSnapshot(encodeModelSnapshot(first)).version).toBe(first.version);
});

it('keeps how the values of each column were spread, and the file brings it back', () => {
  const { snapshot } = train(logs);
  expect(snapshot.reference!.columns).toHaveLength(snapshot.encoder.columnNames.length);
  for (const { counts } of snapshot.reference!.columns) {
    expect(counts.reduce((sum, count) => sum + count)).toBe(snapshot.training.rows);
  }
  const text = encodeModelSnapshot(snapshot);
  expect(decodeModelSnapshot(text).reference).toEqual(snapshot.reference);
  const [, ...fewer] = snapshot.reference!.columns;
  const wrong = createModelSnapshot({ ...snapshot, reference: { columns: fewer } });
  expect(() => decodeModelSnapshot(encodeModelSnapshot(wrong))).toThrow(/reference has \d+ columns/);
});

it('holds out a share of the logs and evaluates on it', () => {
  const { snapshot, report } = train(logs, { labelField: 'labels.anomaly' });
  expect(report.heldOutRows).toBe(Math.round(logs.length * 0.2));
  expect(report.rows).toBe(logs.length - report.heldOutRows);
  expect(snapshot.training.rows).toBe(report.rows);
  expect(report.evaluation?.evaluated_logs).toBe(report.heldOutRows);
  expect(report.evaluation?.labelled?.roc_auc).toBeGreaterThan(0.75);
  expect(snapshot.evaluation).toBe(report.evaluation);
});

it('finds what is odd in logs of another seed', () => {
  const detector = detectorOf({
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'severity', field: 'status_code' },
    ],
  });
  const { snapshot } = train(logs, { detector });
  const evaluation = evaluateModel({ snapshot, documents: demoLogs(2, 12), labelField: 'labels' });
  const recallOf = (kind: string) => evaluation.labelled?.by_kind.find((outcome) => outcome.kind === kind);
  expect(recallOf('server_error')?.roc_auc).toBeGreaterThan(0.95);
  expect(recallOf('slow_response')?.roc_auc).toBeGreaterThan(0.95);
  expect(evaluation.top[0].reason).toMatch(/response_time|status_code/);
  expect(evaluation.top[0].excerpt).not.toBe('');
  expect(evaluation.top).toHaveLength(20);
  evaluation.top
    .slice(1)
    .forEach(({ score }, i) => expect(score).toBeLessThanOrEqual(evaluation.top[i].score));
});

describe('the threshold', () => {
  it.each([
    [36, 'held_out'],
    [6, 'cross_fitting'],
  ] as const)(
    'calls about the contamination anomalous in fresh logs, from %d hours of logs',
    (hours, from) => {
      const { snapshot, report } = train(demoLogs(3, hours));
      expect(report.quantilesFrom).toBe(from);
      const fresh = evaluateModel({ snapshot, documents: demoLogs(4, 36) });
      expect(fresh.alert_share).toBeGreaterThan(0.015);
      expect(fresh.alert_share).toBeLessThan(0.06);
    },
  );

  it('comes from cross-fitting when nothing is held out', () => {
    const { report } = train(demoLogs(5, 4), { detector: detectorOf({ training: { holdout: 0 } }) });
    expect(report).toMatchObject({ heldOutRows: 0, quantilesFrom: 'cross_fitting', evaluation: undefined });
    expect(report.quantileRows).toBe(report.rows);
  });

  it('lies above every score when the logs are all alike', () => {
    const alike = Array.from({ length: 500 }, () => ({ response_time: 5, status_code: 200 }));
    const { snapshot } = train(alike);
    const scorer = createModelScorer(snapshot);
    expect(scorer.verdict(scorer.score(alike.slice(0, 1)).scores[0]).isAnomaly).toBe(false);
  });
});

it('counts dirty logs and goes on', () => {
  const dirty = logs.map((log, i) => (i % 50 === 0 ? { ...log, response_time: { odd: 'object' } } : log));
  const { report } = train(dirty);
  expect(report.dirt.response_time?.object).toBeGreaterThan(logs.length / 100);
});

it('records where the model came from', () => {
  const { snapshot } = train(logs, {
    window: { from: START, to: START + 36 * HOUR },
    logsInWindow: 123_456,
  });
  expect(snapshot.training).toMatchObject({
    source: 'demo',
    logs_in_window: 123_456,
    window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T12:00:00.000Z' },
    started_at: '2026-01-09T04:00:01.000Z',
  });
});

it('records since when there are logs, where they began within the window', () => {
  const { snapshot } = train(logs, { window: { from: START - 9 * 24 * HOUR, to: START + 36 * HOUR } });
  expect(Date.parse(snapshot.training.first_log_at as string) - START).toBeLessThan(HOUR);
});

it('refuses too few logs, saying how many there are and must be', () => {
  expect(() => train(logs.slice(0, 100))).toThrow(
    expect.objectContaining({ code: 'too_few_logs', message: expect.stringContaining('100 of 256') }),
  );
});

it.each(['labels.anomaly', 'labels'])('refuses a detector that reads the label %s', (labelField) => {
  const detector = detectorOf({ features: [{ type: 'category', field: 'labels.anomaly' }] });
  expect(() => train(logs, { detector, labelField })).toThrow(DetectionError);
  expect(() => train(logs, { detector, labelField })).toThrow('a label must not be a feature');
});

it('refuses an evaluation without logs or without labels', () => {
  const { snapshot } = train(logs);
  expect(() => evaluateModel({ snapshot, documents: [] })).toThrow('0 of at least 1');
  expect(() => evaluateModel({ snapshot, documents: logs, labelField: 'truth' })).toThrow(
    'has a label in "truth"',
  );
});

describe('with what people said of results', () => {
  const kindOf = ({ labels }: LogDocument) => (labels as { kind?: string }).kind;
  const isReal = (document: LogDocument) =>
    kindOf(document) === 'server_error' || kindOf(document) === 'suspicious_request';
  const fresh = demoLogs(9, 36);
  const flaggedBy = (change: Partial<TrainingRequest>) => {
    const { snapshot, report } = train(logs, change);
    const { scores } = createModelScorer(snapshot).score(fresh);
    const flagged = fresh.filter((_document, row) => scores[row] >= snapshot.threshold);
    return {
      real: flagged.filter(isReal).length,
      slow: flagged.filter((document) => kindOf(document) === 'slow_response').length,
      snapshot,
      report,
    };
  };
  const before = flaggedBy({});
  const scoredBefore = createModelScorer(before.snapshot).score(logs).scores;
  const flaggedLogs = logs.filter((_document, row) => scoredBefore[row] >= before.snapshot.threshold);
  // Whoever judges these is used to slow responses.
  const documents = [
    ...flaggedLogs.filter((document) => kindOf(document) === 'slow_response').slice(0, 25),
    ...flaggedLogs.filter(isReal).slice(0, 25),
  ];
  const judged = { documents, truths: documents.map(isReal) };

  it('raises fewer of those judged harmless in logs that nobody judged, and the other anomalies still', () => {
    const after = flaggedBy({ judged });
    expect(before.slow).toBeGreaterThan(20);
    expect(after.slow).toBeLessThan(before.slow * 0.7);
    expect(after.real).toBeGreaterThanOrEqual(before.real * 0.9);
    expect(after.snapshot.threshold).toBe(before.snapshot.threshold);
    expect(after.report.verdicts).toBe(documents.length);
    expect(after.snapshot.training.verdicts).toEqual({
      real: judged.truths.filter(Boolean).length,
      not_an_anomaly: judged.truths.filter((isReal) => !isReal).length,
    });
    expect(decodeModelSnapshot(encodeModelSnapshot(after.snapshot)).version).toBe(after.snapshot.version);
  });

  it('changes nothing by a handful of verdicts, or where the detector does not want it', () => {
    const handful = { documents: documents.slice(0, 5), truths: judged.truths.slice(0, 5) };
    expect(train(logs, { judged: handful }).snapshot.version).toBe(before.snapshot.version);
    const detector = detectorOf({ training: { learn_from_feedback: false } });
    const { snapshot, report } = train(logs, { detector, judged });
    expect(report.verdicts).toBe(0);
    expect(snapshot.forest.lengthAdjustment).toBeUndefined();
  });
});

it('counts confirmed anomalies of the window when it places the threshold, though nothing learns from them', () => {
  const isAnomaly = ({ labels }: LogDocument) => (labels as { anomaly: string }).anomaly === 'true';
  const clean = logs.filter((document) => !isAnomaly(document));
  const confirmed = logs.filter(isAnomaly);
  const request = { window: { from: START, to: START + 36 * HOUR }, logsInWindow: logs.length };
  const judged = { documents: confirmed, truths: confirmed.map(() => true) };
  const detector = detectorOf({ training: { learn_from_feedback: false } });
  const without = train(clean, { ...request, detector });
  const counted = train(clean, { ...request, detector, judged });
  expect(counted.snapshot.forest).toEqual(without.snapshot.forest);
  expect(counted.snapshot.threshold).toBeGreaterThan(without.snapshot.threshold);
  const { scores } = createModelScorer(counted.snapshot).score(logs);
  const share = scores.filter((score) => score >= counted.snapshot.threshold).length / logs.length;
  expect(share).toBeGreaterThan(0.02);
  expect(share).toBeLessThan(0.04);
});

it.each([0, 0.2])('tells how far it has come, within each of its steps, with %s held out', (holdout) => {
  const told: number[] = [];
  train(logs, {
    detector: detectorOf({ training: { holdout } }),
    progress: (done, total) => told.push(done / total!),
  });
  expect(told).toEqual([...told].sort((left, right) => left - right));
  expect(told.at(-1)).toBe(1);
  const inStep = (step: number): number =>
    told.filter((share) => share * 3 > step && share * 3 < step + 1).length;
  // The forest tells of each tree; then those held out are scored in parts, or fold after fold of all.
  expect(inStep(0)).toBeGreaterThanOrEqual(100);
  expect(inStep(1)).toBeGreaterThanOrEqual(holdout === 0 ? 4 : 1);
});
