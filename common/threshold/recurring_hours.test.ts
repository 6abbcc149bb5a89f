import { parseDetector } from '../detector';
import { AdaptiveThreshold, learnQuantiles } from '.';
import { RecurringHours } from './recurring_hours';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const NIGHT = 3;
const BATCH = 0.8;

/** Scores between 0.4 and 0.65, of another model so many times further apart. */
const modelOf = (spread = 1, zone = 'UTC') => ({
  detector: parseDetector({
    name: 'Nightly',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
    threshold: { method: 'adaptive', alerts_per_day: 10, time_zone: zone },
  }),
  quantiles: learnQuantiles(
    Float64Array.from(
      { length: 5_000 },
      (_none, place) => 0.4 - 0.03 * spread * Math.log((place + 0.5) / 5_000),
    ),
  ),
  threshold: 0.4 + spread * 0.03 * Math.log(100),
  training: { finished_at: new Date(START).toISOString() },
});

/** @returns of 40 logs of the night, those that are reported */
const batchOf = (threshold: AdaptiveThreshold, day: number, score = BATCH): number =>
  Array.from({ length: 40 }, (_none, log) => START + day * DAY + NIGHT * HOUR + log * 1_000).filter((time) =>
    threshold.observe(score, time),
  ).length;

/** A day with a log each hour, and the batch at night. @returns reported logs of the batch */
function dayOf(threshold: AdaptiveThreshold, day: number, score = BATCH): number {
  let reported = 0;
  for (let hour = 0; hour < 24; hour++) {
    threshold.observe(0.41, START + day * DAY + hour * HOUR);
    if (hour === NIGHT) reported = batchOf(threshold, day, score);
  }
  return reported;
}

function afterSixDays(): AdaptiveThreshold {
  const threshold = AdaptiveThreshold.start(modelOf());
  const reported = [0, 1, 2, 3, 4, 5].map((day) => dayOf(threshold, day));
  expect(reported).toEqual([40, 40, 40, 40, 0, 0]);
  return threshold;
}

const kindsOf = (threshold: AdaptiveThreshold): unknown[] =>
  threshold.history.map(({ kind }) => kind).filter((kind) => kind?.startsWith('recurring'));

describe('hours without a log', () => {
  it('let a batch be forgotten that comes no more', () => {
    const threshold = afterSixDays();
    expect(batchOf(threshold, 66)).toBe(40);
    expect(kindsOf(threshold)).toEqual(['recurring', 'recurring_over']);
  });

  it('lie between the days of a batch that comes each tenth day', () => {
    const threshold = AdaptiveThreshold.start(modelOf());
    for (let time = 0; time < 6; time++) expect(dayOf(threshold, 10 * time)).toBe(40);
    expect(kindsOf(threshold)).toEqual([]);
  });

  it('say nothing while people have named what goes on', () => {
    const threshold = afterSixDays();
    threshold.freezeDuring([{ from: START + 6 * DAY, to: START + 12 * DAY }]);
    expect(batchOf(threshold, 12)).toBe(0);
    expect(kindsOf(threshold)).toEqual(['recurring']);
  });

  it('are not those that the clocks leave out', () => {
    const spring = Date.UTC(2026, 2, 29);
    const state = AdaptiveThreshold.start(modelOf(1, 'Europe/Berlin')).toJSON();
    const slot = { occurrences: 5, absences: 0, level: 0.7, logs: 60 };
    const threshold = AdaptiveThreshold.fromJSON({
      ...state,
      recurring: { usual: 1, slots: { 'day:0': slot, 'day:2': slot } },
    });
    // 23:30, 1:30 and 3:30 in Berlin: nothing comes at 0:30, and 2:30 is left out.
    for (const hour of [-1.5, 0.5, 1.5]) threshold.observe(0.41, spring + hour * HOUR);
    threshold.observe(0.41, spring + 2.5 * HOUR);
    expect(threshold.toJSON().recurring?.slots).toEqual({ 'day:0': { ...slot, absences: 1 }, 'day:2': slot });
  });
});

describe('under a new model', () => {
  it('each day, a batch that is known stays so', () => {
    let threshold = afterSixDays();
    for (let day = 6; day < 12; day++) {
      threshold = AdaptiveThreshold.start(modelOf(), JSON.parse(JSON.stringify(threshold)));
      expect(dayOf(threshold, day)).toBe(0);
    }
    expect(kindsOf(threshold)).toEqual([]);
    const last = AdaptiveThreshold.start(modelOf(), threshold.toJSON());
    expect(batchOf(last, 12, BATCH + 0.1)).toBe(40);
  });

  it('is known by where it lies on the scale of that', () => {
    const half = AdaptiveThreshold.start(modelOf(0.5), afterSixDays().toJSON());
    expect(batchOf(half, 6, 0.4 + (BATCH - 0.4) / 2)).toBe(0);
    expect(batchOf(AdaptiveThreshold.start(modelOf(0.5), afterSixDays().toJSON()), 6)).toBe(40);
  });

  it('takes the level of the next night as it is', () => {
    const threshold = AdaptiveThreshold.start(modelOf(), afterSixDays().toJSON());
    expect(dayOf(threshold, 6, BATCH + 0.1)).toBe(40);
    expect(dayOf(threshold, 7, BATCH + 0.1)).toBe(0);
    expect(threshold.toJSON().recurring?.slots['day:3']).not.toHaveProperty('carried');
  });
});

it('the threshold of an hour leaves as many logs as the budget of an hour allows, also where that is large', () => {
  const hours = new RecurringHours(RecurringHours.start());
  const limits = { fewest: 800, rank: 200 };
  for (let day = 0; day <= 4; day++) {
    const hour = 24 * day + NIGHT;
    hours.begin(hour, [], limits);
    for (let log = 0; log < 1_000; log++) hours.see(hour, 0.7 + log / 10_000, limits);
  }
  expect(hours.thresholdAt(NIGHT, 0)).toBeCloseTo(0.78, 9);
});

it.each([
  ['five minutes of each hour', 1, 5],
  ['an hour of each two', 2, 60],
])(
  '%s that are frozen take nothing from the time that the rate of logs is known by',
  (_what, every, minutes) => {
    const threshold = AdaptiveThreshold.start(modelOf());
    const days = 6;
    threshold.freezeDuring(
      Array.from({ length: (days * 24) / every }, (_none, place) => {
        const from = START + place * every * HOUR + HOUR / 4;
        return { from, to: from + minutes * (HOUR / 60) };
      }),
    );
    const logsPerDay = 2_400;
    for (let log = 0; log < days * logsPerDay; log++) {
      threshold.observe(0.41, START + (log / logsPerDay) * DAY);
    }
    const { logs, days: known, history } = threshold.toJSON();
    expect(logs / known / logsPerDay).toBeGreaterThan(0.95);
    expect(logs / known / logsPerDay).toBeLessThan(1.05);
    expect(history.length).toBeGreaterThan(2);
  },
);
