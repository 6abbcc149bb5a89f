import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import { parseDetector } from '../detector';
import { AdaptiveThreshold, learnQuantiles, thresholdFrom } from '.';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);
const SCALE = 0.03;

/** Scores whose excess over 0.4 is exponential with mean {@link SCALE}: n a day exceed 0.4 + SCALE ln(rate / n). */
function randomScores(seed: number): (shift?: number) => number {
  const random = xoroshiro128plus(seed);
  return (shift = 0) => {
    const u = (unsafeUniformIntDistribution(0, 2 ** 31 - 1, random) + 0.5) / 2 ** 31;
    return Math.min(1, 0.4 + shift - SCALE * Math.log(u));
  };
}

const start = (alertsPerDay: number, logsPerDay?: number): AdaptiveThreshold =>
  AdaptiveThreshold.start(modelOf(alertsPerDay, logsPerDay));

/** @param spread of the scores above 0.4, as a multiple of {@link SCALE} */
function modelOf(alertsPerDay: number, logsPerDay?: number, spread = 1) {
  const next = randomScores(99);
  const quantiles = learnQuantiles(
    Float64Array.from({ length: 5_000 }, () => Math.min(1, 0.4 + spread * (next() - 0.4))),
  );
  const detector = parseDetector({
    name: 'test',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
    threshold: { method: 'adaptive', contamination: 0.01, alerts_per_day: alertsPerDay },
  });
  const training = {
    started_at: new Date(START).toISOString(),
    finished_at: new Date(START).toISOString(),
    rows: 5_000,
    source: 'test',
    dirt: {},
    ...(logsPerDay === undefined
      ? {}
      : {
          logs_in_window: logsPerDay * 7,
          window: { from: new Date(START - 7 * DAY).toISOString(), to: new Date(START).toISOString() },
        }),
  };
  return { detector, quantiles, threshold: thresholdFrom(detector.threshold, quantiles), training };
}

/** Feeds `logsPerDay` logs evenly over [from, to) days. @returns alerts */
function feed(
  threshold: AdaptiveThreshold,
  [from, to]: readonly [number, number],
  logsPerDay: number,
  score: (day: number) => number,
): number {
  let alerts = 0;
  const step = 1 / logsPerDay;
  for (let i = Math.round(from * logsPerDay); i < Math.round(to * logsPerDay); i++) {
    if (threshold.observe(score(i * step), START + i * step * DAY)) alerts++;
  }
  return alerts;
}

describe('on a steady stream', () => {
  it.each([
    [5, 2_000],
    [20, 20_000],
    [200, 20_000],
  ])('keeps to %d alerts a day of %d logs within a fifth', (budget, logsPerDay) => {
    const threshold = start(budget);
    const next = randomScores(1);
    feed(threshold, [0, 5], logsPerDay, () => next());
    const days = 40;
    const alerts = feed(threshold, [5, 5 + days], logsPerDay, () => next());
    expect(alerts / days / budget).toBeGreaterThan(0.8);
    expect(alerts / days / budget).toBeLessThan(1.2);
    expect(threshold.threshold).toBeCloseTo(0.4 + SCALE * Math.log(logsPerDay / budget), 1);
  });

  it('keeps the budget from the first day where the training window tells the rate', () => {
    const next = randomScores(2);
    const alerts = feed(start(20, 20_000), [0, 1], 20_000, () => next());
    expect(alerts).toBeLessThan(40); // 200 at the contamination
  });

  it('keeps it where all logs of the training window are of its last day', () => {
    const known = modelOf(20, 20_000);
    const { window, ...rest } = known.training;
    const first = { logs_in_window: 20_000, first_log_at: new Date(START - DAY).toISOString() };
    const young = { ...known, training: { ...rest, ...first, window } };
    expect(AdaptiveThreshold.start(young).toJSON()).toEqual(AdaptiveThreshold.start(known).toJSON());
  });

  it('finds the rate within an hour otherwise', () => {
    const threshold = start(20);
    const next = randomScores(3);
    const alerts = feed(threshold, [0, 2], 20_000, () => next());
    expect(alerts).toBeLessThan(80);
    expect(threshold.history[1].reason).toContain('the rate of logs is known now');
  });
});

it('follows a slow drift', () => {
  const threshold = start(20, 20_000);
  const next = randomScores(4);
  feed(threshold, [0, 5], 20_000, () => next());
  const before = threshold.threshold;
  const driftPerDay = SCALE / 10;
  const alerts = feed(threshold, [5, 35], 20_000, (day) => next((day - 5) * driftPerDay));
  // Without following, the last days would have e^3 = 20 times the budget.
  expect(alerts / 30).toBeLessThan(32);
  expect(alerts / 30).toBeGreaterThan(15);
  expect(threshold.threshold - before).toBeGreaterThan(2.3 * SCALE);
});

it('comes back to the budget after a lasting jump', () => {
  const threshold = start(20, 20_000);
  const next = randomScores(5);
  feed(threshold, [0, 3], 20_000, () => next());
  feed(threshold, [3, 10], 20_000, () => next(2 * SCALE));
  const alerts = feed(threshold, [10, 15], 20_000, () => next(2 * SCALE));
  expect(alerts / 5).toBeLessThan(30);
});

/** Five days of peace, then six hours in which half of 20,000 logs are an attacker's, all `above` the threshold. */
function attack(above: number) {
  const threshold = start(20, 20_000);
  const next = randomScores(6);
  feed(threshold, [0, 5], 20_000, () => next());
  const before = threshold.threshold;
  let missed = 0;
  for (let i = 0; i < 10_000; i++) {
    const time = START + 5 * DAY + (i * 6 * HOUR) / 10_000;
    threshold.observe(next(), time);
    if (!threshold.observe(before + above, time)) missed++;
  }
  const after = threshold.threshold;
  feed(threshold, [5.25, 5.4], 20_000, () => next());
  return { history: threshold.history, rise: after - before, missed };
}

describe('an attack', () => {
  it('raises the threshold by no more than its bound, and stays visible', () => {
    const { rise, missed } = attack(0.7 * SCALE);
    expect(rise).toBeLessThan(0.65 * SCALE);
    expect(missed).toBe(0);
  });

  it('is held back from what the threshold learns, and the history says so', () => {
    const { history, rise } = attack(5 * SCALE);
    expect(rise).toBeLessThan(0.65 * SCALE);
    const frozen = history.find(({ reason }) => reason.startsWith('frozen'))!;
    expect(frozen.reason).toMatch(/^frozen: \d{3,4} alerts within an hour are \d{3,4} times the budget$/);
    const over = history.find(({ reason }) => reason.startsWith('the incident is over'))!;
    expect(over.at - frozen.at).toBeLessThan(8 * HOUR);
    expect(over.threshold).toBe(frozen.threshold);
  });
});

describe('an incident', () => {
  const calm = (): AdaptiveThreshold => {
    const threshold = start(20, 20_000);
    const next = randomScores(20);
    feed(threshold, [0, 5], 20_000, () => next());
    return threshold;
  };

  it('freezes the threshold for a day at most; what lasts longer is followed by bounded steps', () => {
    const threshold = calm();
    const before = threshold.threshold;
    const next = randomScores(21);
    feed(threshold, [5, 5.9], 20_000, () => next(6 * SCALE));
    expect(threshold.threshold - before).toBeLessThan(0.11 * SCALE);
    expect(threshold.frozenSince).toBeDefined();
    feed(threshold, [5.9, 12], 20_000, () => next(6 * SCALE));
    expect(threshold.threshold - before).toBeGreaterThan(4 * SCALE);
  });

  it('is told of once when it begins and once when it is over, also to whoever reads the state in between', () => {
    const threshold = calm();
    const kinds = (of: AdaptiveThreshold): unknown[] =>
      of.takeChanges().flatMap(({ kind }) => (kind === 'frozen' || kind === 'thawed' ? [kind] : []));
    expect(threshold.takeChanges()[0].kind).toBe('started');
    const next = randomScores(21);
    feed(threshold, [5, 5.3], 20_000, () => next(6 * SCALE));
    expect(kinds(threshold)).toEqual(['frozen']);
    expect(threshold.takeChanges()).toEqual([]);
    const read = AdaptiveThreshold.fromJSON(threshold.toJSON());
    expect(read.takeChanges()).toEqual([]);
    feed(read, [5.3, 5.5], 20_000, () => next());
    expect(kinds(read)).toEqual(['thawed']);
  });

  it('that people have named teaches nothing, and its logs are judged all the same', () => {
    const threshold = calm();
    const { bins, logs } = threshold.toJSON();
    threshold.freezeDuring([{ from: START + 5 * DAY, to: START + 6 * DAY }]);
    const next = randomScores(22);
    const alerts = feed(threshold, [5, 5.02], 20_000, () => next(6 * SCALE));
    expect(alerts).toBeGreaterThan(100);
    const after = threshold.toJSON();
    expect({ bins: after.bins, logs: after.logs }).toEqual({ bins, logs });
    threshold.freezeDuring([]);
    feed(threshold, [5.5, 5.51], 20_000, () => next());
    expect(threshold.toJSON().logs).not.toBe(logs);
  });
});

describe('a rhythm', () => {
  /** Scores are higher at night by one fold, and on Sundays by another. Days count from a Monday. */
  const rhythm = (day: number): number =>
    SCALE * ((day % 1 < 0.25 ? 1 : 0) + (Math.floor(day) % 7 === 6 ? 1 : 0));
  const weeks = 10;
  const logsPerDay = 10_000;
  const budget = 40;

  it('of the day and of the week is learned, so that alerts do not gather in a few hours', () => {
    const threshold = start(budget, logsPerDay);
    const next = randomScores(30);
    const alerts = { night: 0, sunday: 0, all: 0 };
    const from = (weeks - 2) * 7;
    feed(threshold, [0, from], logsPerDay, (day) => next(rhythm(day)));
    for (let day = from; day < weeks * 7; day++) {
      const [night, rest] = [
        feed(threshold, [day, day + 0.25], logsPerDay, (at) => next(rhythm(at))),
        feed(threshold, [day + 0.25, day + 1], logsPerDay, (at) => next(rhythm(at))),
      ];
      alerts.night += night;
      alerts.all += night + rest;
      if (day % 7 === 6) alerts.sunday += night + rest;
    }
    // Without offsets a night has e times the alerts of other hours, 48% of all, and a Sunday 31% of a week.
    expect(alerts.night / alerts.all).toBeLessThan(0.35);
    expect(alerts.sunday / alerts.all).toBeLessThan(0.22);
    expect(alerts.all / 14 / budget).toBeGreaterThan(0.75);
    expect(alerts.all / 14 / budget).toBeLessThan(1.25);
    const monday = START + weeks * 7 * DAY;
    const nightly = threshold.thresholdAt(monday + 2 * HOUR) - threshold.thresholdAt(monday + 12 * HOUR);
    expect(nightly).toBeGreaterThan(0.6 * SCALE);
    expect(nightly).toBeLessThan(1.3 * SCALE);
  });

  it('is not made up where there is none', () => {
    const threshold = start(budget, logsPerDay);
    const next = randomScores(31);
    feed(threshold, [0, 35], logsPerDay, () => next());
    for (const offset of threshold.offsets) expect(Math.abs(offset)).toBeLessThan(0.4 * SCALE);
  });

  it('is bounded, and an attack of three nights does not teach one', () => {
    const threshold = start(budget, logsPerDay);
    const next = randomScores(32);
    let missed = 0;
    for (let day = 0; day < 28; day++) {
      const above = threshold.thresholdAt(START + day * DAY + 2 * HOUR) + SCALE;
      feed(threshold, [day, day + 0.1], logsPerDay, () => next());
      // A week passes between one attack and the next.
      for (let i = 0; i < 400 && day % 7 < 3; i++) {
        const time = START + (day + 0.1 + (i / 400) * 0.02) * DAY;
        if (!threshold.observe(Math.min(1, above), time)) missed++;
      }
      feed(threshold, [day + 0.15, day + 1], logsPerDay, () => next());
    }
    expect(missed).toBe(0);
    for (const offset of threshold.offsets) expect(offset).toBeLessThan(0.5 * SCALE);
  });
});

describe('a batch of 60 unusual logs at 04:05 of Berlin each night, with a budget of 70 a week', () => {
  const LOGS_PER_DAY = 4_000;
  const MINUTE = HOUR / 60;
  const berlin = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  interface Weeks {
    readonly alerts: number[];
    readonly threshold: AdaptiveThreshold;
  }

  /** @param until the batch comes no more from then on, in days */
  function weeksOf(from: number, count: number, level: number, timeZone?: string, until = Infinity): Weeks {
    const model = modelOf(10, LOGS_PER_DAY);
    const detector = parseDetector({
      ...model.detector,
      threshold: { ...model.detector.threshold, ...(timeZone !== undefined && { time_zone: timeZone }) },
    });
    const threshold = AdaptiveThreshold.start({ ...model, detector });
    const next = randomScores(40);
    const alerts: number[] = [];
    for (let day = 0; day < count * 7; day++) {
      if (day % 7 === 0) alerts.push(0);
      const see = (score: number, time: number): void => {
        if (threshold.observe(score, time)) alerts[alerts.length - 1]++;
      };
      const midnight = from + day * DAY;
      const batch = [1, 2, 3]
        .map((hour) => midnight + hour * HOUR + 5 * MINUTE)
        .find((time) => berlin.format(time) === '04:05')!;
      let isOver = false;
      for (let i = 0; i < LOGS_PER_DAY; i++) {
        const time = midnight + (i / LOGS_PER_DAY) * DAY;
        if (!isOver && time >= batch && day < until) {
          isOver = true;
          for (let log = 0; log < 60; log++) see(Math.min(1, level + (next() - 0.4) / 4), time);
        }
        see(next(), time);
      }
    }
    return { alerts, threshold };
  }
  const budgetIsKept = (alerts: number[]): void => {
    for (const week of alerts) expect(week).toBeLessThan(100);
    expect(Math.min(...alerts)).toBeGreaterThan(35);
    const mean = alerts.reduce((sum, week) => sum + week, 0) / alerts.length;
    expect(Math.abs(mean / 70 - 1)).toBeLessThan(0.25);
  };

  it.each([0.62, 0.9])('that score %d take no more of it from the second week on', (level) => {
    const { alerts, threshold } = weeksOf(START, 4, level);
    budgetIsKept(alerts.slice(1));
    expect(threshold.history.find(({ kind }) => kind === 'recurring')?.reason).toMatch(
      /^about (5\d|6\d) unusual logs come every day from 3:00 on; that hour has a threshold of its own$/,
    );
    // Logs that score higher than the batch are reported in its hour, too.
    const night = START + 28 * DAY + 3.5 * HOUR;
    expect(threshold.observe(Math.min(1, level + 0.1), night)).toBe(true);
    expect(threshold.thresholdAt(START + 28 * DAY + 12 * HOUR)).toBeLessThan(0.65);
  });

  it.each([
    ['summer', Date.UTC(2026, 2, 16)],
    ['winter', Date.UTC(2026, 9, 12)],
  ])(
    'are followed over the change to %s time where the zone is known, and again after days where not',
    (_to, from) => {
      const inZone = weeksOf(from, 4, 0.72, 'Europe/Berlin');
      expect(inZone.threshold.timeZone).toBe('Europe/Berlin');
      budgetIsKept(inZone.alerts.slice(1));
      expect(inZone.threshold.history.find(({ kind }) => kind === 'recurring')?.reason).toContain(
        'from 4:00 on',
      );
      budgetIsKept(weeksOf(from, 5, 0.72).alerts.slice(-2));
    },
  );

  it('are forgotten when they come no more', () => {
    const { threshold } = weeksOf(START, 4, 0.72, undefined, 14);
    const over = threshold.history.find(({ kind }) => kind === 'recurring_over')!;
    expect((over.at - START) / DAY).toBeGreaterThan(16);
    expect((over.at - START) / DAY).toBeLessThan(18);
    expect(threshold.observe(0.72, START + 28 * DAY + 3.1 * HOUR)).toBe(true);
  });

  it('are known under a new model after one night', () => {
    const { threshold } = weeksOf(START, 2, 0.72);
    const after = AdaptiveThreshold.start(modelOf(10, LOGS_PER_DAY), threshold.toJSON());
    const night = (day: number): boolean[] => {
      const batch = Array.from({ length: 60 }, (_none, i) =>
        after.observe(0.8, START + day * DAY + 3 * HOUR + i * 1_000),
      );
      for (let hour = 4; hour < 27; hour++) after.observe(0.41, START + day * DAY + hour * HOUR);
      return batch;
    };
    expect(night(14)).not.toContain(false);
    expect(night(15)).not.toContain(true);
  });
});

it('goes on with the settings as they are now', () => {
  const threshold = start(20, 20_000);
  const next = randomScores(50);
  feed(threshold, [0, 2], 20_000, () => next());
  const state = threshold.toJSON();
  state.rhythm!.daily[5] = 0.01;
  const detector = parseDetector({
    ...modelOf(40).detector,
    threshold: { method: 'adaptive', alerts_per_day: 40, time_zone: 'Asia/Kolkata' },
  });
  const after = AdaptiveThreshold.resume(JSON.parse(JSON.stringify(state)), detector);
  expect(after.toJSON().alerts_per_day).toBe(40);
  // 05:00 UTC is 10:30 there.
  expect(after.toJSON().rhythm!.daily.indexOf(0.01)).toBe(11);
  expect(after.timeZone).toBe('Asia/Kolkata');
});

it('takes the zone of the detector unless it has its own', () => {
  const model = modelOf(20);
  const zoneOf = (change: object): string =>
    AdaptiveThreshold.start({ ...model, detector: parseDetector({ ...model.detector, ...change }) }).timeZone;
  const time_zone = 'Europe/Berlin';
  expect(zoneOf({ time_zone })).toBe(time_zone);
  expect(zoneOf({ time_zone, threshold: { method: 'adaptive', time_zone: 'Asia/Kolkata' } })).toBe(
    'Asia/Kolkata',
  );
});

it.each([[{ time_zone: 'Berlin' }, /threshold\.time_zone: must be an IANA time zone/]])(
  'refuses %j',
  (change, words) => {
    expect(() =>
      parseDetector({ ...modelOf(20).detector, threshold: { method: 'adaptive', ...change } }),
    ).toThrow(words);
  },
);

it('keeps the rhythm of the logs under a new model, on its scale', () => {
  const before = start(20).toJSON();
  before.rhythm!.daily[5] = before.scale / 2;
  const model = modelOf(20, undefined, 3);
  const after = AdaptiveThreshold.start(model, JSON.parse(JSON.stringify(before)));
  const { scale } = after.toJSON();
  expect(scale).toBeGreaterThan(2 * before.scale);
  expect(after.thresholdAt(START + 5 * HOUR) - after.threshold).toBeCloseTo(scale / 2, 9);
  expect(AdaptiveThreshold.start(model, { bins: 'none' }).offsets.every((offset) => offset === 0)).toBe(true);
});

it('reads a state that knows of no rhythm', () => {
  const { rhythm: _rhythm, ...before } = start(20).toJSON();
  const threshold = AdaptiveThreshold.fromJSON(before);
  expect(threshold.thresholdAt(START)).toBe(threshold.threshold);
});

it('moves by at most a tenth of the scale an hour and stays within its limits', () => {
  const threshold = start(20, 20_000);
  const next = randomScores(7);
  feed(threshold, [0, 30], 20_000, (day) => next(day > 10 ? 0.4 : 0));
  const { history } = threshold;
  expect(history.length).toBeGreaterThan(50);
  history.slice(1).forEach((change, i) => {
    expect(Math.abs(change.threshold - history[i].threshold)).toBeLessThan(0.1 * 1.3 * SCALE);
    expect(change.at - history[i].at).toBeGreaterThanOrEqual(HOUR);
  });
  expect(threshold.threshold).toBeLessThanOrEqual((0.54 + 1) / 2 + 0.02);
  expect(history[history.length - 1].reason).toContain('at its upper limit, time to train again');
});

it('goes on exactly alike after a restart', () => {
  const whole = start(20);
  let restarted = start(20);
  const next = randomScores(8);
  for (let i = 0; i < 60_000; i++) {
    const score = next();
    const time = START + i * 5_000 - (i % 7 === 0 ? 20 * 60_000 : 0); // some arrive late
    expect(restarted.observe(score, time)).toBe(whole.observe(score, time));
    if (i % 9_973 === 0) restarted = AdaptiveThreshold.fromJSON(JSON.parse(JSON.stringify(restarted)));
  }
  expect(restarted.toJSON()).toEqual(whole.toJSON());
  expect(whole.history.length).toBeGreaterThan(3);
});

it('keeps a bounded history and a bounded state', () => {
  const threshold = start(5, 2_000);
  const next = randomScores(9);
  feed(threshold, [0, 60], 2_000, (day) => next(0.02 * Math.sin(day)));
  expect(threshold.history.length).toBe(200);
  expect(JSON.stringify(threshold).length).toBeLessThan(60_000);
});

it('judges but does not learn from what is no score', () => {
  const threshold = start(20, 20_000);
  threshold.observe(0.4, START);
  const before = threshold.toJSON();
  expect(threshold.observe(NaN, START)).toBe(false);
  expect(threshold.observe(7, START)).toBe(true);
  expect(threshold.toJSON()).toEqual(before);
});

it('refuses a state that it did not write and a detector of another method', () => {
  const state = start(20).toJSON();
  expect(() => AdaptiveThreshold.fromJSON({ ...state, bins: [1, 2] })).toThrow('bins');
  expect(() => AdaptiveThreshold.fromJSON({ ...state, alerts_per_day: -1 })).toThrow('alerts_per_day');
  expect(() => AdaptiveThreshold.fromJSON('x')).toThrow('The state of the adaptive threshold');
});
