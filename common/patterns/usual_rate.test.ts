import { DAY, HOUR, MINUTE } from '../duration';
import { Exposures, mostDue, silenceOf } from './exposures';
import {
  addToProfile,
  emptyProfile,
  exposureOf,
  halfLifeWeight,
  hourOfWeek,
  localTimeIn,
  profileInZone,
  UsualRates,
} from './usual_rate';

const MONDAY = Date.UTC(2026, 0, 5);
const SPAN = 15 * MINUTE;

test('hours of the week begin on Monday in UTC', () => {
  expect(hourOfWeek(MONDAY)).toBe(0);
  expect(hourOfWeek(MONDAY + 26.5 * HOUR)).toBe(26);
  expect(hourOfWeek(MONDAY - 1)).toBe(167);
});

test('exposure is the sum of the weights of the buckets', () => {
  const to = MONDAY + 17 * DAY + 9 * HOUR + 30 * MINUTE;
  for (const hour of [0, 8, 9, 10, 80, 81, 82, 167]) {
    let wanted = 0;
    for (let time = MONDAY; time < to; time += SPAN) {
      if (hourOfWeek(time) === hour) wanted += halfLifeWeight(to - Math.floor(time / HOUR) * HOUR);
    }
    expect(exposureOf(hour, MONDAY, to, SPAN)).toBeCloseTo(wanted, 1);
  }
  expect(exposureOf(5, to, to, SPAN)).toBe(0);
});

function ratesOf(weeks: number, countAt: (hour: number) => number): UsualRates {
  const profile = emptyProfile(MONDAY);
  const to = MONDAY + weeks * 7 * DAY;
  for (let time = MONDAY; time < to; time += SPAN) addToProfile(profile, time, countAt(hourOfWeek(time)));
  return new UsualRates(profile, new Exposures(to, SPAN).since(MONDAY), to);
}

test('the rate of an hour is its own after some weeks, and that of all before', () => {
  const batch = (hour: number): number => (hour % 24 === 2 ? 40 : 1);
  const known = ratesOf(4, batch);
  expect(known.at(2, 0.05).mean).toBeGreaterThan(36);
  expect(known.at(3, 0.05).mean).toBeLessThan(1.4);
  const young = ratesOf(1, (hour) => (hour === 50 ? 8 : 2));
  const old = ratesOf(6, (hour) => (hour === 50 ? 8 : 2));
  expect(young.at(50, 0.05).mean).toBeLessThan(old.at(50, 0.05).mean);
  expect(old.at(50, 0.05).variance).toBeLessThan(young.at(50, 0.05).variance);
});

test('how far hours differ is learned from the pattern: of one without a rhythm each hour is known from all others', () => {
  const even = ratesOf(3, () => 3).at(50, 0.05);
  expect(even.mean).toBeCloseTo(3, 1);
  expect(even.variance).toBeLessThan(0.021);
  const rhythmic = ratesOf(3, (hour) => (hour % 24 < 12 ? 1 : 5)).at(50, 0.05);
  expect(rhythmic.variance).toBeGreaterThan(0.03);
});

test('a job that runs once a night is usual at its hour from the third night on', () => {
  const profile = emptyProfile(MONDAY);
  const to = MONDAY + 2 * DAY;
  for (let day = 0; day < 2; day++) addToProfile(profile, MONDAY + day * DAY + 2 * HOUR, 15);
  const rates = new UsualRates(profile, new Exposures(to, SPAN).since(MONDAY), to);
  // In the hour there are four buckets, one of which has them.
  expect(rates.at(48 + 2, 0.2).mean).toBeGreaterThan(2.5);
  expect(rates.at(48 + 3, 0.2).mean).toBeLessThan(0.1);
});

test('hours without logs make it no surer that the days of the others are alike', () => {
  // Seven days of one hour are six degrees of freedom: that they are alike may be chance.
  const ofDays = [0.5, 0.75, 0.25, 0.5, 0.75, 0.25, 0.5];
  const meanWith = (others: number): number =>
    ratesOf(1, (hour) => (hour % 24 === 2 ? ofDays[Math.floor(hour / 24)] : others)).at(26, 0.2).mean;
  expect(meanWith(0)).toBeGreaterThan(0.38);
  expect(meanWith(0)).toBeLessThan(0.44);
  expect(meanWith(0.001)).toBeCloseTo(meanWith(0), 2);
});

test.each([0.01, 0.2, 2])('no rate and no silence is beyond its bound, with dispersion %d', (dispersion) => {
  for (const [weeks, countAt] of [
    [0.5, (hour: number) => (hour === 50 ? 8 : 0)],
    [3, (hour: number) => (hour % 24 === 2 ? 40 : 0.1)],
    [2, (hour: number) => hour % 7],
  ] as const) {
    const rates = ratesOf(weeks, countAt);
    for (let hour = 0; hour < 168; hour++) {
      const { mean } = rates.at(hour, dispersion);
      expect(mean).toBeLessThanOrEqual(rates.peak);
      expect(mean).toBeLessThanOrEqual(rates.boundsBefore[hour + 1] - rates.boundsBefore[hour] + 1e-9);
    }
    const of = { rates, share: 0.5, span: SPAN };
    for (const [from, length] of [
      [0, SPAN],
      [1.75 * HOUR, 2 * SPAN],
      [6.9 * DAY, 3 * DAY],
      [50.5 * HOUR, 16 * DAY],
    ]) {
      const [begin, end] = [MONDAY + from, MONDAY + from + length];
      const { due } = silenceOf({ ...of, dispersion, silences: [] }, begin, end);
      expect(due).toBeLessThanOrEqual(mostDue(of, begin, end) + 1e-9);
    }
  }
});

test('a silence is worth the logs that were due, less where they come in bursts, and nothing while all was silent', () => {
  const rates = ratesOf(4, () => 3);
  const from = MONDAY + 28 * DAY;
  const of = { rates, share: 1, span: SPAN, silences: [] };
  const day = silenceOf({ ...of, dispersion: 0.01 }, from, from + DAY);
  expect(day.due).toBeGreaterThan(270);
  expect(day.due).toBeLessThan(306);
  const week = silenceOf({ ...of, dispersion: 0.01 }, from, from + 8 * DAY);
  expect(week.due / day.due).toBeCloseTo(8, 4);
  expect(silenceOf({ ...of, dispersion: 2 }, from, from + DAY).hazard).toBeLessThan(day.hazard / 2);
  const silences = [{ from: from + HOUR, to: from + DAY }];
  expect(silenceOf({ ...of, silences, dispersion: 0.01 }, from, from + DAY).due).toBeCloseTo(day.due / 24, 4);
});

test.each([
  ['summer', Date.UTC(2026, 2, 29, 1)],
  ['winter', Date.UTC(2026, 9, 25, 1)],
])('the usual of an hour follows the clocks over the change to %s time', (_to, change) => {
  const zone = 'Europe/Berlin';
  const local = localTimeIn(zone);
  const hourAt = (time: number): number => hourOfWeek(local(time)) % 24;
  const since = change - 28 * DAY;
  const to = change + 2 * DAY;
  const profile = emptyProfile(since, zone);
  const countAt = (time: number): number => (hourAt(time) === 9 ? 40 : 1);
  for (let time = since; time < to; time += SPAN) addToProfile(profile, time, countAt(time), local);
  const rates = new UsualRates(profile, new Exposures(to, SPAN, local).since(since), to);
  let due = 0;
  for (let time = to; time < to + DAY; time += SPAN) {
    const { mean } = rates.at(hourOfWeek(local(time)), 0.05);
    if (hourAt(time) === 9) expect(mean).toBeGreaterThan(34);
    else expect(mean).toBeLessThan(2.5);
    due += mean;
  }
  const of = { rates, share: 1, span: SPAN, silences: [], local, dispersion: 0.05 };
  expect(silenceOf(of, to, to + DAY).due).toBeCloseTo(due, 4);
});

test('counts are kept by the hours of another zone', () => {
  const at = Date.UTC(2026, 6, 6);
  const profile = emptyProfile(at);
  profile.hours[167] = 5;
  const turned = profileInZone(profile, 'Europe/Berlin');
  expect([turned.zone, turned.hours.indexOf(5)]).toEqual(['Europe/Berlin', 1]);
  expect(profileInZone(turned, undefined).hours).toEqual(profile.hours);
  expect(profileInZone(profile, 'UTC')).toBe(profile);
});

test('a zone is looked up once for all patterns', () => {
  const at = Date.UTC(2026, 6, 6);
  const made = jest.spyOn(Intl, 'DateTimeFormat');
  for (let pattern = 0; pattern < 100; pattern++) profileInZone(emptyProfile(at), 'America/Lima');
  expect(made.mock.calls.length).toBeLessThanOrEqual(1);
  made.mockRestore();
});

test('counts are where they were after half-hour zones there and back', () => {
  const profile = emptyProfile(Date.UTC(2026, 6, 6));
  profile.hours[20] = 5;
  const there = profileInZone(profile, 'Asia/Kolkata');
  expect(there.hours.indexOf(5)).toBe(26);
  expect(profileInZone(there, undefined).hours).toEqual(profile.hours);
});
