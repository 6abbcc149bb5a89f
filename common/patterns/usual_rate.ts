import { DAY, HOUR, wholeHours } from '../duration';
import { offsetsOf } from '../log_features/time/time_encoding';

/** Hours of a week; 0 is the first hour of Monday. */
export const HOURS_OF_WEEK = 168;
const WEEK = 7 * DAY;
/** 1 January 1970 was a Thursday. */
const FIRST_MONDAY = 4 * DAY;

/** Counts lose half of their weight in this time. */
const HALF_LIFE = 21 * DAY;
/**
 * Variance of the rates of the hours of a day around their mean, and of the days of an hour, in units of the squared mean, before
 * anything is known; how sure that is (variance); and the least, since rhythms change.
 */
const BETWEEN_HOURS = 0.25;
const BETWEEN_HOURS_VARIANCE = 0.0625;
const LEAST_BETWEEN_HOURS = 0.02;

/** Local time as if it were UTC, by a time in epoch milliseconds. */
export type LocalTime = (time: number) => number;
export const utcTime: LocalTime = (time) => time;

/** By the name of the zone: it takes long to make one, and thousands of patterns have the same few. */
const localTimes = new Map<string, LocalTime>();
const MOST_ZONES = 50;

/** @throws DetectionError `invalid_input` for a time zone that the runtime does not know */
export function localTimeIn(zone = 'UTC'): LocalTime {
  const known = localTimes.get(zone);
  if (known !== undefined) return known;
  const offsetOf = offsetsOf(zone);
  const local: LocalTime = (time) => time + offsetOf(time);
  if (localTimes.size >= MOST_ZONES) localTimes.clear();
  localTimes.set(zone, local);
  return local;
}

/** @param time local, see {@link LocalTime} */
export const hourOfWeek = (time: number): number =>
  Math.floor(((((time - FIRST_MONDAY) % WEEK) + WEEK) % WEEK) / HOUR);

/** Weight of a count by its age in milliseconds. */
export const halfLifeWeight = (age: number): number => 2 ** (-age / HALF_LIFE);

/** Counts of one pattern by hour of the week; older ones weigh less. */
export interface WeekProfile {
  /** Time that the weights are of, epoch milliseconds. */
  at: number;
  /** Weighted counts, one for each hour of the week. */
  readonly hours: Float64Array;
  /** Zone of the hours; absent: UTC. */
  readonly zone?: string;
  /** The hour that was added to last: its begin, and what of the counts is of it. Absent in what older versions stored. */
  open?: { readonly begin: number; readonly logs: number };
}

export const emptyProfile = (at: number, zone?: string): WeekProfile => ({
  at,
  hours: new Float64Array(HOURS_OF_WEEK),
  ...(zone !== undefined && { zone }),
});

/** Returns the counts by the hours of another zone: the difference of hours is that of the zones at the time of the weights. */
export function profileInZone(profile: WeekProfile, zone: string | undefined): WeekProfile {
  if ((profile.zone ?? 'UTC') === (zone ?? 'UTC')) return profile;
  const { at, hours } = profile;
  const shift = wholeHours(localTimeIn(zone)(at) - localTimeIn(profile.zone)(at));
  const turned = emptyProfile(at, zone);
  hours.forEach((count, hour) => {
    turned.hours[(((hour + shift) % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK] = count;
  });
  return turned;
}

/** Brings the weights to a later time. */
export function ageProfile(profile: WeekProfile, to: number): void {
  if (to <= profile.at) return;
  const factor = halfLifeWeight(to - profile.at);
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) profile.hours[hour] *= factor;
  if (profile.open !== undefined) profile.open = { ...profile.open, logs: profile.open.logs * factor };
  profile.at = to;
}

/**
 * Adds logs of a bucket that begins at `time`, which may lie before the time of the weights. Negative counts take away.
 *
 * @param local time of the zone of the profile
 */
export function addToProfile(
  profile: WeekProfile,
  time: number,
  count: number,
  local: LocalTime = utcTime,
): void {
  ageProfile(profile, time);
  const logs = count * halfLifeWeight(profile.at - time);
  profile.hours[hourOfWeek(local(time))] += logs;
  const begin = hourBegin(time, local);
  const { open } = profile;
  if (open === undefined || begin > open.begin) profile.open = { begin, logs };
  else if (begin === open.begin) profile.open = { begin, logs: open.logs + logs };
}

/** Begin of the local hour of a time. */
const hourBegin = (time: number, local: LocalTime = utcTime): number =>
  time - (((local(time) % HOUR) + HOUR) % HOUR);

/** Returns the counts of the hours that are over: a part of an hour says nothing of the rest of it. */
function withoutOpenHour({ open, ...profile }: WeekProfile, local: LocalTime): WeekProfile {
  if (open === undefined) return profile;
  const hours = Float64Array.from(profile.hours);
  const hour = hourOfWeek(local(open.begin));
  hours[hour] = Math.max(0, hours[hour] - open.logs);
  return { ...profile, hours };
}

/**
 * Weighted number of buckets of an hour of the week between two times: the sum of a geometric series over the weeks.
 *
 * @param hour 0 to 167
 * @param from local, as is `to`; an hour that a change of the clocks takes or gives counts as one like others
 * @param span milliseconds of a bucket
 */
export function exposureOf(hour: number, from: number, to: number, span: number): number {
  if (to <= from) return 0;
  const perHour = HOUR / span;
  const now = hourOfWeek(to);
  const behind = (now - hour + HOURS_OF_WEEK) % HOURS_OF_WEEK;
  const lastBegins = Math.floor(to / HOUR) * HOUR - behind * HOUR;
  let exposure = 0;
  let begins = lastBegins;
  if (behind === 0) {
    exposure += (to - Math.max(begins, from)) / span;
    begins -= WEEK;
  }
  if (begins + HOUR <= from) return Math.max(0, exposure);
  const weeks = Math.floor((begins + HOUR - from - 1) / WEEK) + 1;
  const ratio = halfLifeWeight(WEEK);
  return exposure + (perHour * halfLifeWeight(to - begins) * (1 - ratio ** weeks)) / (1 - ratio);
}

/** A rate in logs a bucket, and how well it is known. */
export interface Rate {
  readonly mean: number;
  /** Variance of the estimate in units of the squared mean. */
  readonly variance: number;
}

interface Figures {
  readonly count: number;
  readonly buckets: number;
}

const rateOf = ({ count, buckets }: Figures): number => (buckets > 0 ? count / buckets : 0);

interface Groups {
  readonly counts: Float64Array;
  readonly buckets: Float64Array;
  readonly factor: number;
}

/** Sums over groups of buckets, such as the hours of a day, around wider means. */
class Spread {
  private squares = 0;
  /** Sums of the degrees of freedom times the first four powers of the means. */
  private readonly means = [0, 0, 0, 0];
  private weight = 0;

  /**
   * Adds groups that have one wider mean: those at every `step`th place from `first` on, with counts times `factor`. Groups without logs
   * say nothing of how far those with logs differ.
   */
  add(
    { counts, buckets, factor }: Groups,
    mean: number,
    { first, step }: { first: number; step: number },
  ): void {
    if (mean <= 0) return;
    let [all, squared, known, squares] = [0, 0, 0, 0];
    for (let place = first; place < counts.length; place += step) {
      const own = buckets[place];
      if (own <= 0) continue;
      known++;
      all += own;
      squared += own * own;
      squares += own * ((counts[place] * factor) / own - mean) ** 2;
    }
    if (known < 2) return;
    this.squares += squares;
    for (let power = 1; power <= 4; power++) this.means[power - 1] += (known - 1) * mean ** power;
    this.weight += mean * mean * (all - squared / all);
  }

  /**
   * Variance between the groups beyond that of their counts, in units of the squared mean (Bühlmann & Straub 1970), drawn towards what
   * is taken before anything is known as far as chance alone may make it. Groups of unlike noise have as many degrees of freedom together
   * as Satterthwaite 1946 gives them: a frequent hour outweighs the others.
   */
  between(dispersion: number): number {
    if (this.weight <= 0) return BETWEEN_HOURS;
    const [first, second, third, fourth] = this.means;
    const noise = (first + dispersion * second) / this.weight;
    const found = Math.max(0, this.squares / this.weight - noise);
    const squaredNoise = second + 2 * dispersion * third + dispersion * dispersion * fourth;
    const variance = (2 * squaredNoise) / (this.weight * this.weight);
    const share = BETWEEN_HOURS_VARIANCE / (BETWEEN_HOURS_VARIANCE + variance);
    return Math.max(LEAST_BETWEEN_HOURS, BETWEEN_HOURS + share * (found - BETWEEN_HOURS));
  }
}

/** Factors by which days of the week have more logs than all days, by what is known of their hours so far. */
class DayFactors {
  private readonly counts = [0, 0, 0, 0, 0, 0, 0];
  private readonly expected = [0, 0, 0, 0, 0, 0, 0];
  /** Squared means, summed over buckets. */
  private readonly squares = [0, 0, 0, 0, 0, 0, 0];
  /** Squared logs of hours. */
  private readonly hourly = [0, 0, 0, 0, 0, 0, 0];
  private readonly hoursSeen = [0, 0, 0, 0, 0, 0, 0];
  private known: { readonly dispersion: number; readonly between: number } | undefined;
  /** The largest share of its expected logs that a day has had, 1 at least. */
  public readonly largest: number;

  /**
   * @param counts logs of each hour of the week
   * @param exposures buckets of it
   * @param hourly logs of a bucket of each hour of the day
   */
  constructor(counts: Float64Array, exposures: Float64Array, hourly: (hour: number) => number) {
    for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
      if (exposures[hour] <= 0) continue;
      const day = Math.floor(hour / 24);
      const mean = hourly(hour % 24);
      this.counts[day] += counts[hour];
      this.expected[day] += mean * exposures[hour];
      this.squares[day] += mean * mean * exposures[hour];
      this.hourly[day] += (mean * exposures[hour]) ** 2;
      this.hoursSeen[day]++;
    }
    let largest = 1;
    for (let day = 0; day < 7; day++) largest = Math.max(largest, this.ratioOf(day));
    this.largest = largest;
  }

  /** Times the usual of all days, 1 for a day that was never seen. */
  public ratioOf(day: number): number {
    return this.expected[day] > 0 ? this.counts[day] / this.expected[day] : 1;
  }

  /**
   * Returns the factor of a day, drawn towards 1 by how far days of this pattern differ; the first weekend, or the first day of work, may
   * differ as before anything is known.
   *
   * @param weight of all counts
   */
  public at(day: number, dispersion: number, weight: number): Rate {
    const alike = day < 5 ? this.hoursSeen.slice(0, 5) : this.hoursSeen.slice(5);
    if (this.known?.dispersion !== dispersion) {
      this.known = { dispersion, between: this.between(dispersion, weight) };
    }
    const between = Math.max(alike.includes(24) ? 0 : BETWEEN_HOURS, this.known.between);
    if (this.expected[day] <= 0) return { mean: 1, variance: between };
    const noise = this.noiseOf(day, dispersion, weight);
    const share = between / (between + noise);
    const mean = 1 + share * (this.ratioOf(day) - 1);
    const ofCounts = 1 / (this.expected[day] * weight);
    return { mean, variance: share * (noise - ofCounts + ofCounts / mean) };
  }

  /** Variance of the ratio of a day by chance, and since an hour may differ for a cause of its own. */
  private noiseOf(day: number, dispersion: number, weight: number): number {
    const expected = this.expected[day];
    const ofBuckets = dispersion * this.squares[day] + BETWEEN_HOURS * this.hourly[day];
    return 1 / (expected * weight) + ofBuckets / (expected * expected);
  }

  private between(dispersion: number, weight: number): number {
    let [seen, all, squares, noise] = [0, 0, 0, 0];
    for (let day = 0; day < 7; day++) {
      const expected = this.expected[day];
      if (expected <= 0) continue;
      seen++;
      all += expected;
      squares += expected * (this.ratioOf(day) - 1) ** 2;
      noise += expected * this.noiseOf(day, dispersion, weight);
    }
    if (seen < 2) return BETWEEN_HOURS;
    const found = Math.max(0, ((squares / all) * seen) / (seen - 1) - noise / all);
    const variance = (2 * (noise / all) ** 2) / (seen - 1);
    const share = BETWEEN_HOURS_VARIANCE / (BETWEEN_HOURS_VARIANCE + variance);
    return Math.max(LEAST_BETWEEN_HOURS, BETWEEN_HOURS + share * (found - BETWEEN_HOURS));
  }
}

/**
 * The usual rates of a pattern: of each hour of the week the mean of that hour drawn towards that of the same hour of all
 * days, times how busy the day of the week is, and the hour of all days towards the overall mean, each as far as its own counts do not
 * speak for themselves (credibility of Bühlmann 1967: within-variance over between-variance is what the wider mean counts for, in
 * buckets). How far hours and days differ is estimated for each pattern: a job that runs at night has its logs in one hour, and others
 * have no rhythm at all.
 */
export class UsualRates {
  private readonly factor: number;
  private readonly days: Float64Array;
  private readonly dayBuckets: Float64Array;
  private readonly all: Figures;
  private readonly steepest: number;
  private readonly ofDays: DayFactors;
  private readonly profile: WeekProfile;
  private readonly ofOpenHour: number;
  private bounds: Float64Array | undefined;
  /** Of most patterns nothing is asked in a bucket. */
  private known: { readonly hours: Spread; readonly days: Spread } | undefined;

  /**
   * @param exposures weighted buckets of each hour of the week, by the clock `time`
   * @param time epoch milliseconds, at or after the time of the profile
   * @param openIn local time, where the exposures end at the begin of the hour that was added to last: its counts are left out
   */
  constructor(
    profile: WeekProfile,
    private readonly exposures: Float64Array,
    time: number,
    openIn?: LocalTime,
  ) {
    const isWhole = openIn === undefined;
    this.profile = isWhole ? profile : withoutOpenHour(profile, openIn);
    this.ofOpenHour = isWhole ? 0 : (profile.open?.logs ?? 0);
    this.factor = halfLifeWeight(time - profile.at);
    this.days = new Float64Array(24);
    this.dayBuckets = new Float64Array(24);
    let count = 0;
    let buckets = 0;
    let steepest = 0;
    for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
      const logs = this.profile.hours[hour];
      if (exposures[hour] > 0) steepest = Math.max(steepest, logs / exposures[hour]);
      this.days[hour % 24] += logs;
      this.dayBuckets[hour % 24] += exposures[hour];
      count += logs;
      buckets += exposures[hour];
    }
    this.all = { count: Math.max(0, count * this.factor), buckets };
    this.steepest = steepest;
    const { days, dayBuckets } = this;
    this.ofDays = new DayFactors(this.profile.hours, exposures, (hour) =>
      dayBuckets[hour] > 0 ? days[hour] / dayBuckets[hour] : 0,
    );
  }

  /** Weighted logs, those of an hour that is not over as well. */
  public get count(): number {
    return this.all.count + this.ofOpenHour * this.factor;
  }

  public get mean(): number {
    return (this.all.count + 0.5) / (this.all.buckets + 1);
  }

  /** No rate is larger. */
  public get peak(): number {
    return Math.max(this.mean, this.steepest * this.factor) * this.ofDays.largest;
  }

  /**
   * Bounds of the rates of the hours of a week before each hour, summed up; the last of 169 is that of the week. A rate lies between
   * that of the hour, and that of the hour of all days and the overall one, with or without the factor of the day, whatever the dispersion.
   */
  public get boundsBefore(): Float64Array {
    if (this.bounds !== undefined) return this.bounds;
    const { profile, exposures, days, dayBuckets, factor, mean } = this;
    const bounds = new Float64Array(HOURS_OF_WEEK + 1);
    for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
      const day = hour % 24;
      const ofHour = exposures[hour] > 0 ? (profile.hours[hour] * factor) / exposures[hour] : 0;
      const ofDay = dayBuckets[day] > 0 ? (days[day] * factor) / dayBuckets[day] : 0;
      const most = Math.max(ofDay, mean) * Math.max(1, this.ofDays.ratioOf(Math.floor(hour / 24)));
      bounds[hour + 1] = bounds[hour] + Math.max(ofHour, most);
    }
    return (this.bounds = bounds);
  }

  /** @param dispersion excess variance in units of the squared mean */
  public at(hour: number, dispersion: number): Rate {
    const { all } = this;
    const { hours, days } = (this.known ??= this.spreads());
    const overall = {
      mean: this.mean,
      variance: 1 / (all.count + 0.5) + dispersion / (all.buckets + 1),
    };
    const day = this.dayFigures(hour % 24);
    // An hour that was never seen may differ as before anything is known.
    const betweenHours = Math.max(day.buckets > 0 ? 0 : BETWEEN_HOURS, hours.between(dispersion));
    const ofHour = drawn(day, overall, { dispersion, between: betweenHours });
    const ofDay = this.ofDays.at(Math.floor(hour / 24), dispersion, this.factor);
    const wider = { mean: ofHour.mean * ofDay.mean, variance: ofHour.variance + ofDay.variance };
    return drawn(this.ownFigures(hour), wider, { dispersion, between: days.between(dispersion) });
  }

  /** Logs of a bucket of an hour of the day as they were without one of its buckets. */
  public ofDayWithout(hour: number, logs: number): number {
    const { count, buckets } = this.dayFigures(hour % 24);
    return buckets > 1 ? Math.max(0, count - logs) / (buckets - 1) : this.mean;
  }

  private spreads(): { readonly hours: Spread; readonly days: Spread } {
    const { days, dayBuckets, factor, profile, exposures } = this;
    const found = { hours: new Spread(), days: new Spread() };
    found.hours.add({ counts: days, buckets: dayBuckets, factor }, rateOf(this.all), { first: 0, step: 1 });
    const ofWeek = { counts: profile.hours, buckets: exposures, factor };
    for (let hour = 0; hour < 24; hour++) {
      found.days.add(ofWeek, rateOf(this.dayFigures(hour)), { first: hour, step: 24 });
    }
    return found;
  }

  private dayFigures(hour: number): Figures {
    return { count: this.days[hour] * this.factor, buckets: this.dayBuckets[hour] };
  }

  private ownFigures(hour: number): Figures {
    return { count: this.profile.hours[hour] * this.factor, buckets: this.exposures[hour] };
  }
}

function drawn(
  { count, buckets }: Figures,
  wider: Rate,
  { dispersion, between }: { readonly dispersion: number; readonly between: number },
): Rate {
  const prior = (1 / wider.mean + dispersion) / between;
  const known = buckets + prior;
  const mean = (Math.max(0, count) + prior * wider.mean) / known;
  const ofWider = (prior * wider.mean) / (known * mean);
  return { mean, variance: (1 / mean + dispersion) / known + ofWider * ofWider * wider.variance };
}
