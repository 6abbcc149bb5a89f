import type { DriftMeasurement } from '../../../common/api/upkeep';
import {
  closedIndicesFindingOf,
  durationText,
  lagFindingOf,
  putAsideFindingOf,
  readinessOf,
  type LagFacts,
} from './readiness';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);

it('says nothing where all is well', () => {
  const times = Array.from({ length: 5_000 }, (_none, i) => START + (i * 3 * DAY) / 5_000);
  expect(
    readinessOf({
      enough: { logs: 5_000, needed: 256, span: 3 * DAY, window: 7 * DAY },
      times,
      features: [{ name: 'duration', columns: 1 }],
      dirt: { report: { duration: { missing: 10 } }, logs: 5_000 },
      anomalies: { shown: 50, suppressed: 3 },
    }),
  ).toEqual([]);
});

describe('too few logs', () => {
  it('are said to be left out where the calendar leaves too few, whatever their rate is', () => {
    const enough = { logs: 110, needed: 256, span: 7 * DAY, window: 7 * DAY };
    const [finding] = readinessOf({
      enough: { ...enough, leftOut: { by: 'calendar', logsInWindow: 5_320 } },
    });
    expect(finding).toMatchObject({
      kind: 'too_few_logs',
      level: 'blocking',
      message: expect.stringMatching(/110 of 256\..* holds 5,320, .* the calendar of changes keeps/),
      next_step: expect.stringMatching(/^Remove incidents and maintenance from the calendar/),
    });
  });

  const tooFew = (logs: number, needed: number, span?: number) =>
    readinessOf({ enough: { logs, needed, span, window: 7 * DAY } })[0];

  it('are counted, and how long it takes at their rate', () => {
    expect(tooFew(100, 256, 2 * HOUR)).toMatchObject({
      kind: 'too_few_logs',
      level: 'blocking',
      message: 'Too few logs yet: 100 of 256, ready in about 3 h.',
    });
    expect(tooFew(250, 256, 2 * HOUR).message).toContain('ready in about 3 min');
  });

  it('are not waited for where the window never holds as many', () => {
    expect(tooFew(110, 256, 7 * DAY)).toMatchObject({
      kind: 'too_few_logs',
      level: 'blocking',
      message:
        'Too few logs: 110 of 256, and at their rate a training window of 7 days holds about 110, so waiting does not help.',
      next_step: 'Set training.window to at least 16 days, or lower training.min_rows.',
    });
    expect(tooFew(10, 256, DAY).message).toContain('holds about 70,');
    expect(tooFew(37, 256, DAY).message).toContain('ready in about 6 days');
  });

  it('that are none at all point to the source', () => {
    expect(tooFew(0, 256)).toMatchObject({
      message: 'Too few logs yet: 0 of 256.',
      next_step: expect.stringContaining('source.query'),
    });
    expect(tooFew(256, 256, HOUR)).toBeUndefined();
  });
});

it('counts logs that no run reads, and those that are ahead of time', () => {
  expect(readinessOf({ oddTimes: { untimed: 0, ahead: 0 } })).toEqual([]);
  expect(readinessOf({ oddTimes: { untimed: 1_200, ahead: 1 } })).toMatchObject([
    {
      kind: 'odd_times',
      level: 'warning',
      message: '1,200 logs of the source without a value of source.timestamp_field: no run reads them.',
    },
    { level: 'hint', message: '1 log of the source more than an hour ahead of now.' },
  ]);
});

describe('sparse hours', () => {
  const hoursOf = (perHour: (hour: number) => number, days = 3): number[] =>
    Array.from({ length: days * 24 }, (_none, hour) =>
      Array.from({ length: perHour(hour % 24) }, (_each, i) => START + hour * HOUR + i * 1_000),
    ).flat();

  it('are named as stretches, also across midnight', () => {
    const [finding] = readinessOf({ times: hoursOf((hour) => (hour >= 22 || hour < 5 ? 1 : 100)) });
    expect(finding).toMatchObject({
      kind: 'sparse_hours',
      message: 'Next to no logs 22:00–05:00 UTC: 21 of 5,121 of the training sample.',
    });
    const two = readinessOf({ times: hoursOf((hour) => (hour === 3 || hour === 12 ? 0 : 50)) })[0];
    expect(two.message).toContain('03:00–04:00, 12:00–13:00 UTC');
  });

  it('are not told of less than a day, nor of a handful of logs', () => {
    expect(readinessOf({ times: hoursOf((hour) => (hour < 12 ? 100 : 0), 1).slice(0, 900) })).toEqual([]);
    expect(readinessOf({ times: hoursOf((hour) => (hour < 12 ? 5 : 0)) })).toEqual([]);
    // Each hour was there once or twice.
    expect(readinessOf({ times: hoursOf((hour) => (hour < 12 ? 100 : 0), 2) })).toEqual([]);
  });
});

describe('features', () => {
  it('that are constant or missing are named, those missing everywhere as constant and missing', () => {
    const findings = readinessOf({
      features: [
        { name: 'status', columns: 0 },
        { name: 'bytes', columns: 2 },
        { name: 'gone', columns: 0 },
        { name: 'size', columns: 1 },
      ],
      dirt: {
        report: { bytes: { missing: 1_230 }, gone: { missing: 10_000 }, size: { wrong_type: 7_000 } },
        logs: 10_000,
      },
    });
    expect(findings.map(({ kind, level, message }) => [kind, level, message])).toEqual([
      ['constant_feature', 'warning', expect.stringContaining('The feature status is constant')],
      ['constant_feature', 'warning', expect.stringContaining('The feature gone is constant')],
      ['missing_feature', 'warning', 'The feature gone is missing in 100% of the logs.'],
      ['missing_feature', 'hint', 'The feature bytes is missing in 12% of the logs.'],
      ['missing_feature', 'hint', 'The feature size holds another type than its own in 70% of the logs.'],
    ]);
  });
});

it('tells of drift and of what is suppressed', () => {
  const drift: DriftMeasurement = {
    at: '',
    from: '',
    logs: 2_000,
    model_version: 'a',
    score_drift: 0.1,
    features: [{ feature: 'duration', drift: 0.61 }],
    largest: 0.61,
    limit: 0.25,
    over: true,
  };
  expect(readinessOf({ drift, anomalies: { shown: 40, suppressed: 60 } })).toEqual([
    expect.objectContaining({ kind: 'drift', message: expect.stringContaining('duration by 0.61') }),
    expect.objectContaining({
      kind: 'suppressed',
      message: '60% of the anomalies of the last day are suppressed (60 of 100).',
    }),
  ]);
  expect(readinessOf({ drift: { ...drift, over: false }, anomalies: { shown: 1, suppressed: 4 } })).toEqual(
    [],
  );
});

describe('a lag', () => {
  const facts: LagFacts = { lag: 600_000, usual: 60_000, enabled: true, failures: 0, complete: true };
  const because = (change: Partial<LagFacts>) => lagFindingOf({ ...facts, ...change })?.message;

  it('is told with its reason', () => {
    expect(because({ failures: 3, lastError: 'no such index.' })).toBe(
      'Lag 10 min, because its last 3 runs failed: no such index.',
    );
    expect(because({ complete: false })).toMatch(/more logs arrive than a run takes/);
    expect(because({ sinceLastRun: HOUR })).toBe('Lag 10 min, because no run has ended for 60 min.');
    expect(because({})).toMatch(/runs take long or start late/);
  });

  it('is no news where it is short, unknown or the detector is stopped', () => {
    expect(because({ lag: 90_000 })).toBeUndefined();
    expect(because({ lag: undefined })).toBeUndefined();
    expect(because({ enabled: false })).toBeUndefined();
    expect(because({ sinceModel: 100_000 })).toBeUndefined();
    expect(because({ sinceModel: 200_000 })).toMatch(/runs take long/);
    expect(because({ sinceModel: 100_000, failures: 1 })).toMatch(/failed/);
  });
});

it('writes times as people say them', () => {
  expect([0, 240_000, 3 * HOUR, 3 * DAY].map(durationText)).toEqual(['1 min', '4 min', '3 h', '3 days']);
});

test('what was put aside is told for a week after the last time', () => {
  const aside = { results: 3, last_at: '2026-11-01T00:00:00.000Z' };
  const at = Date.parse(aside.last_at);
  expect(putAsideFindingOf(aside, at + DAY)).toEqual([
    expect.objectContaining({
      kind: 'put_aside',
      level: 'warning',
      message: expect.stringMatching(/^3 results were put aside, the last at 2026-11-01/) as string,
    }),
  ]);
  expect(putAsideFindingOf(aside, at + 8 * DAY)).toEqual([]);
  expect(putAsideFindingOf(undefined, at)).toEqual([]);
});

it('names closed indices, the first few of many', () => {
  expect(closedIndicesFindingOf([])).toEqual([]);
  expect(closedIndicesFindingOf(['a']).map(({ message }) => message)).toEqual([
    'An index of the source is closed: a. No run reads its logs.',
  ]);
  const [many] = closedIndicesFindingOf(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  expect(many.message).toBe(
    '7 indices of the source are closed: a, b, c, d, e and 2 more. No run reads their logs.',
  );
});
