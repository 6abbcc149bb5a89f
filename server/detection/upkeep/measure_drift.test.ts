import type { DriftMeasurement } from '../../../common/api/upkeep';
import { parseDetector } from '../../../common/detector';
import { generateLogs } from '../../../common/demo_logs';
import type { LogDocument } from '../../../common/log_document';
import { afterMeasurement, driftSentence, isDriftDue, measureDrift, type DriftState } from './measure_drift';
import { trainModel } from '../training/train_model';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const window = { from: START, to: START + 24 * HOUR };

const detector = parseDetector({
  name: 'demo',
  source: { index: 'logs' },
  features: [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'status_code' },
    { type: 'day_of_week', field: '@timestamp' },
  ],
});
const logsOf = (seed: number): LogDocument[] =>
  [
    ...generateLogs({
      seed,
      from: START,
      to: START + 24 * HOUR,
      ratePerSecond: 0.1,
      anomalyRate: 0,
      dirtRate: 0,
      kinds: [],
    }),
  ].map(({ document }) => document);
const { snapshot } = trainModel({
  detector,
  documents: logsOf(1),
  source: 'demo',
  clock: { now: () => START },
});
const measure = (documents: readonly LogDocument[]): Promise<DriftMeasurement | undefined> =>
  measureDrift({ snapshot, documents, window, limit: 0.25 });

it('finds little in logs of the same kind, and leaves out the weekday of a single day', async () => {
  const measurement = (await measure(logsOf(2)))!;
  expect(measurement).toMatchObject({ over: false, model_version: snapshot.version });
  expect(measurement.largest).toBeLessThan(0.1);
  expect(measurement.features.map(({ feature }) => feature).sort()).toEqual(['response_time', 'status_code']);
  expect(driftSentence(measurement)).toContain('Nothing has moved');
});

it('names what has moved', async () => {
  const slower = logsOf(2).map((log) => ({ ...log, response_time: 2 * (log.response_time as number) }));
  const measurement = (await measure(slower))!;
  expect(measurement.over).toBe(true);
  expect(measurement.features[0].feature).toBe('response_time');
  expect(measurement.features[1].drift).toBeLessThan(0.1);
  expect(driftSentence(measurement)).toMatch(/response_time by \d\.\d\d/);
});

it('says nothing of a handful of logs', async () => {
  expect(await measure(logsOf(2).slice(0, 50))).toBeUndefined();
});

it('of a model without a reference measures the scores alone', async () => {
  const { reference: _none, ...older } = snapshot;
  const documents = logsOf(2);
  const measurement = (await measureDrift({ snapshot: older, documents, window, limit: 0.25 }))!;
  expect(measurement.features).toEqual([]);
  expect(measurement.largest).toBe(measurement.score_drift);
});

describe('a new model', () => {
  const measured = (over: boolean, version = 'a'): DriftMeasurement => ({
    at: '',
    from: '',
    logs: 2_000,
    model_version: version,
    score_drift: 0,
    features: [],
    largest: over ? 1 : 0,
    limit: 0.25,
    over,
  });
  /** Measures once an hour. @returns the hours in which a new model is asked for */
  function askedIn(
    overs: readonly (boolean | undefined)[],
    retrain = true,
    versionOf = (_hour: number) => 'a',
  ) {
    let state: DriftState | undefined;
    return overs.flatMap((over, hour) => {
      const now = START + hour * HOUR;
      const measurement = over === undefined ? undefined : measured(over, versionOf(hour));
      const after = afterMeasurement(state, measurement, { retrain }, now);
      state = JSON.parse(JSON.stringify(after.state)) as DriftState;
      return after.retrain ? [hour] : [];
    });
  }

  it('is asked for by two measurements over the limit in a row, and by no single one', () => {
    expect(askedIn([false, true, false, true, true])).toEqual([4]);
    expect(askedIn([true, false, true, false])).toEqual([]);
  });

  it('is not asked for where too few logs came in between', () => {
    expect(askedIn([true, undefined, undefined, true])).toEqual([3]);
    expect(askedIn([true, undefined, undefined, false])).toEqual([]);
  });

  it('is asked for once a day at most', () => {
    expect(askedIn(new Array<boolean>(60).fill(true))).toEqual([1, 25, 49]);
  });

  it('has measurements of its own, and none is asked for where that is switched off', () => {
    expect(askedIn([true, true, true], true, (hour) => `model ${hour}`)).toEqual([]);
    expect(askedIn([true, true, true], false)).toEqual([]);
  });
});

it('is measured after each pause, the first one after the promotion', () => {
  const settings = { ...detector.drift, every: '1h' };
  const state: DriftState = { tried_at: new Date(START + 2 * HOUR).toISOString(), over_in_a_row: 0 };
  expect(isDriftDue(settings, undefined, START, START + HOUR / 2)).toBe(false);
  expect(isDriftDue(settings, undefined, START, START + HOUR)).toBe(true);
  expect(isDriftDue(settings, state, START, START + 2.5 * HOUR)).toBe(false);
  expect(isDriftDue(settings, state, START, START + 3 * HOUR)).toBe(true);
  expect(isDriftDue({ ...settings, every: 'off' }, undefined, START, START + 9 * HOUR)).toBe(false);
});
