import { DAY, HOUR } from '../duration';
import { chanceIn, leastChanceOfFewer, withBucketBefore, type CountWindow } from './count_windows';
import { Exposures, mostDue, silenceOf, type Silence, type Span } from './exposures';
import {
  ALL_ENTITIES,
  newSeries,
  OTHER_ENTITIES,
  PATTERN_LIMITS,
  type PatternChange,
  type PatternFinding,
  type PatternModel,
  type Series,
} from './pattern';
import { discoveryLimit, testableCount } from './tail_probabilities';
import {
  addToProfile,
  halfLifeWeight,
  hourOfWeek,
  utcTime,
  UsualRates,
  type LocalTime,
  type Rate,
} from './usual_rate';
import { isUsualRun, noteRun } from './usual_runs';

/** Excess variance in units of the squared mean before any is seen, which counts as that of so many logs squared and so many buckets; the least. */
const PRIOR_DISPERSION = 0.2;
const PRIOR_SQUARES = 10;
const PRIOR_BUCKETS = 30;
const LEAST_DISPERSION = 0.01;
/** Deviations that were learned while the hours were hardly known are to be forgotten soon. */
const DISPERSION_HALF_LIFE = 7 * DAY;
/** Share of the excess variance that neighbouring buckets have in common, before any is seen. */
const PRIOR_SHARED = 0.25;
/** A pattern, and a pattern of an entity, is judged once it has been counted for so long. */
export const LEARNING = DAY;
/** The least change that is told: twice or half the usual, and so many logs more. */
const LEAST_RATIO = 2;
const LEAST_MORE = 3;
/** The least mean of a bucket. */
const LEAST_MEAN = 1e-9;
/** A surge is usual when so many as large as two thirds of it came in four weeks. */
const USUAL_PEAKS = 2;
const SIMILAR_PEAK = 2 / 3;
const PEAK_MEMORY = 28 * DAY;
const PEAKS_KEPT = 4;
/** A silence is told from so many times the longest so far, and the last one that was told. */
const LONGER_THAN_LONGEST = 1.5;
const LONGER_THAN_TOLD = 2;
/** A silence of the past, and one that was told, counts for half as much after this time. */
const GAP_HALF_LIFE = 7 * DAY;
/** So much of the time in which a pattern had vanished is taken for usual once it is back. */
const GAP_FILLED = 28 * DAY;
/** Logs due below which a silence says nothing. */
const LEAST_DUE = 4;
/** Buckets in a row that end a surge or a drop. */
const CALM_BUCKETS = 4;
/** Time for which a pattern is called new or returned. */
const NEWS = DAY;
/** Counts beyond so many standard deviations are learned as if they were that many: for the mean, and for the dispersion. */
const LEARNED_DEVIATIONS = 4;
const DISPERSED_DEVIATIONS = 8;
/** At most so much of the squared deviation is put down to the estimate of the mean. */
const MOST_TAKEN_OUT = 0.02;
/** Weight of the new patterns of the past is halved in this time; so many are remembered. */
const ARRIVAL_HALF_LIFE = 2 * DAY;
const ARRIVALS_KEPT = 200;
/** False discovery rate of a bucket at most. */
const HIGHEST_RATE = 0.05;

/** New patterns of the past: when, and how many logs each had in its first bucket. */
export type Arrivals = readonly (readonly [time: number, count: number])[];

export interface BucketInput {
  readonly patterns: readonly PatternModel[];
  /** Begin of the bucket, epoch milliseconds. */
  readonly time: number;
  /** Milliseconds. */
  readonly span: number;
  /** Logs by pattern and entity: an entity that is absent had none, {@link ALL_ENTITIES} is their sum. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Begin of all counting. */
  readonly since: number;
  readonly arrivals: Arrivals;
  /** Times without any log, oldest first: a silence of everything is none of a pattern. */
  readonly silences: readonly Silence[];
  /** Of the zone of the patterns' profiles; absent: UTC. */
  readonly local?: LocalTime;
  /** Changes of nothing that are put up with, and half of the new patterns that are told where new ones keep coming. */
  readonly falseAlarmsPerDay: number;
}

export interface BucketVerdict {
  /** The least likely first, at most {@link PATTERN_LIMITS.findings}. */
  readonly findings: readonly PatternFinding[];
  /** Findings beyond these. */
  readonly more: number;
  /** Ids of patterns whose statistics have changed. */
  readonly touched: ReadonlySet<string>;
  readonly arrivals: Arrivals;
  readonly tests: number;
}

interface Test {
  readonly pattern: PatternModel;
  readonly entity: string;
  readonly series: Series;
  readonly count: number;
  readonly rate: Rate;
  /** As of the last log of the pattern, and with the silence since. */
  readonly rates: UsualRates;
  readonly ratesAfter: () => UsualRates;
  /** Share of the entity in the logs of the pattern. */
  readonly share: number;
  readonly dispersion: number;
  /** Undefined where nothing is known of the bucket before. */
  readonly before: { readonly count: number; readonly mean: number } | undefined;
  /** False while it is learned. */
  readonly isKnown: boolean;
  /** The bucket, and the bucket with the one before it. */
  readonly windows: readonly CountWindow[];
  /** Of a surge, or of a silence of any length. */
  readonly chance: number;
  /** Of as few logs in the windows. */
  readonly chanceOfFewer: number;
  /** Absent where the count is usual, or too little different to tell. */
  readonly change?: 'surging' | 'dropping' | 'vanished';
  /** Of a silence up to the end of the bucket: logs that were due, and the same with less weight where they come in bursts. */
  readonly due: number;
  readonly hazard: number;
}

/**
 * Judges a bucket in which there are logs, and learns from it; patterns are changed in place.
 *
 * Counts are taken for negative binomial around the usual of their hour of the week, with the excess variance of their own
 * past and the uncertainty of the estimate: the predictive distribution of Poisson counts whose rate has a gamma
 * distribution (Gelman et al. 2013, "Bayesian Data Analysis", section 2.6). That, and to learn outbreaks of the past with
 * less weight, follows Noufaily et al. 2013, "An improved algorithm for outbreak detection in multiple surveillance
 * systems", who watch thousands of sparse counts. A silence is judged by the logs that were due since the last one. False
 * findings over all series of a bucket are bounded as Benjamini and Hochberg do it, with drops as a family of their own, at a
 * rate of about `falseAlarmsPerDay` a day where nothing changes; since counts are whole and small changes are left out, a third of that
 * are told. A new pattern is judged by how often one with as many logs was new of late.
 *
 * The outcome does not depend on the order of patterns and entities. Judging the same bucket again changes nothing of
 * patterns that were touched.
 */
export function judgeBucket(input: BucketInput): BucketVerdict {
  const { time, span, patterns, counts } = input;
  const exposures = new Exposures(time, span, input.local);
  const tests: Test[] = [];
  let quiet = 0;
  const newcomers: PatternModel[] = [];
  for (const pattern of patterns) {
    if (pattern.judged !== undefined && pattern.judged > time) continue;
    const of = counts.get(pattern.id);
    if (pattern.judged === undefined) {
      if (of === undefined) continue;
      if (pattern.firstSeen >= input.since + LEARNING) newcomers.push(pattern);
    }
    quiet += addTests(tests, input, { pattern, of, exposures });
  }
  const known = tests.filter(({ isKnown }) => isKnown);
  const knownCount = known.length + quiet;
  const found = findingsOf(known, knownCount, (input.falseAlarmsPerDay * span) / DAY);
  const findings: PatternFinding[] = [];
  const touched = new Set<string>();
  for (const test of tests) {
    const { state, stateSince } = test.series;
    const wasVanished = state === 'vanished';
    followState(test, found.has(test) ? test.change : undefined, input, findings);
    const isChanged = test.series.state !== state || test.series.stateSince !== stateSince;
    if (test.count === 0 && !isChanged) continue;
    touched.add(test.pattern.id);
    learn(test, input, wasVanished);
  }
  const arrivals = judgeArrivals(input, newcomers, findings);
  for (const pattern of patterns) {
    if (touched.has(pattern.id)) pattern.judged = time + span;
  }
  const told = ordered(withoutRepetition(findings, patterns));
  return {
    findings: told.slice(0, PATTERN_LIMITS.findings),
    more: Math.max(0, told.length - PATTERN_LIMITS.findings),
    touched,
    arrivals,
    tests: knownCount,
  };
}

/**
 * Finds the tests that are findings. Fewer logs in a bucket or two are a family of their own: of thousands of sparse patterns none can
 * have too few in so short a time, so that they are no tests of that, and none of them is told to. Any may surge, or be silent for long.
 *
 * @param known tests of series that are known, quiet ones left out
 * @param count all of them
 * @param rate chance of a finding where nothing changes, of all families together
 */
function findingsOf(known: readonly Test[], count: number, rate: number): ReadonlySet<Test> {
  // Fewer logs have half of the chances of a test of two sides.
  const ofFamily = Math.min(HIGHEST_RATE, (rate * 2) / 3);
  const within = (
    tests: readonly Test[],
    among: number,
    chanceOf: (test: Test) => number,
  ): readonly Test[] => {
    const limit = discoveryLimit(tests.map(chanceOf), among, ofFamily);
    return tests.filter((test) => chanceOf(test) <= limit);
  };
  const least = known.map(({ windows }) => leastChanceOfFewer(windows));
  const testable = testableCount(least, ofFamily);
  const fewer = known.filter(
    ({ change }, place) =>
      change !== undefined && change !== 'surging' && least[place] <= ofFamily / testable,
  );
  const others = known.filter(({ change }) => change === 'surging' || change === 'vanished');
  return new Set([
    ...within(fewer, testable, ({ chanceOfFewer }) => chanceOfFewer),
    ...within(others, count, ({ chance }) => chance),
  ]);
}

interface PatternBucket {
  readonly pattern: PatternModel;
  /** Logs by entity; absent where there are none. */
  readonly of: ReadonlyMap<string, number> | undefined;
  readonly exposures: Exposures;
}

/**
 * Adds the entities of the bucket to the pattern, and the tests of its series to the others.
 *
 * @returns number of series that are known and too quiet to be looked at: they count as tests
 */
function addTests(tests: Test[], input: BucketInput, { pattern, of, exposures }: PatternBucket): number {
  if (of !== undefined) addSeries(pattern, of, input.time);
  // A silence makes what was usual before it no less.
  const { open } = pattern.profile;
  const last = pattern.series.get(ALL_ENTITIES)?.lastSeen ?? pattern.since;
  const isOpen = open !== undefined && input.time < open.begin + HOUR;
  const seen = last > pattern.since ? Math.min(last + input.span, input.time) : input.time;
  const until = isOpen ? open.begin : Math.max(seen, Math.min((open?.begin ?? -Infinity) + HOUR, input.time));
  const ratesAt = (end: number): UsualRates =>
    new UsualRates(
      ...([pattern.profile, exposures.since(pattern.since, end), Math.max(end, pattern.profile.at)] as const),
      isOpen ? (input.local ?? utcTime) : undefined,
    );
  const rates = ratesAt(until);
  let afterwards: UsualRates | undefined;
  const ratesAfter = (): UsualRates =>
    (afterwards ??= isOpen || until === input.time ? rates : ratesAt(input.time));
  // In one entity only, the pattern of the entity is that of all.
  const isSingle = pattern.series.size <= 2;
  let quiet = 0;
  for (const [entity, series] of pattern.series) {
    const isJudged = pattern.ignored === undefined && !(isSingle && entity !== ALL_ENTITIES);
    const count = countIn(pattern, of, entity);
    const asked = { pattern, entity, series, count, rates, ratesAfter, isJudged };
    if (count === 0 && isQuiet(input, asked)) quiet += Number(isKnownAt(input.time, asked));
    else tests.push(testOf(input, asked));
  }
  return quiet;
}

/** Says of a series without logs in the bucket that none were missed yet, by a bound on what was due. */
function isQuiet({ time, span, local }: BucketInput, { entity, series, rates }: SeriesCount): boolean {
  if (series.state !== 'usual') return series.state === 'vanished';
  const share = shareOf(entity, series, rates, time);
  if (rates.peak * share * ((time - series.lastSeen) / span) < LEAST_DUE) return true;
  return mostDue({ rates, share, span, local }, series.lastSeen + span, time + span) < LEAST_DUE;
}

const isKnownAt = (time: number, { pattern, series, isJudged }: SeriesCount): boolean =>
  isJudged && time - pattern.since >= LEARNING && time - series.since >= LEARNING;

/** Share of an entity in the logs of its pattern. */
const shareOf = (entity: string, series: Series, rates: UsualRates, time: number): number =>
  entity === ALL_ENTITIES ? 1 : (weightedAt(series, time) + 0.25) / (rates.count + 0.5);

const weightedAt = ({ weighted, at }: Series, time: number): number => weighted * halfLifeWeight(time - at);

/** Adds the entities of a bucket, in the order of their names, as far as there is room; the others share one series. */
function addSeries(pattern: PatternModel, of: ReadonlyMap<string, number>, time: number): void {
  const { series } = pattern;
  if (!series.has(ALL_ENTITIES)) series.set(ALL_ENTITIES, newSeries(time));
  for (const entity of [...of.keys()].sort()) {
    if (series.has(entity)) continue;
    const isFull = series.size > PATTERN_LIMITS.entities;
    const name = isFull ? OTHER_ENTITIES : entity;
    if (!series.has(name)) series.set(name, newSeries(time));
  }
}

function countIn(
  { series }: PatternModel,
  of: ReadonlyMap<string, number> | undefined,
  entity: string,
): number {
  if (of === undefined) return 0;
  if (entity !== OTHER_ENTITIES) return of.get(entity) ?? 0;
  let count = 0;
  for (const [name, logs] of of) if (name === OTHER_ENTITIES || !series.has(name)) count += logs;
  return count;
}

/** @param mean usual logs of a bucket */
function dispersionOf({ excess, squares }: Series, mean: number): number {
  const prior = PRIOR_SQUARES + PRIOR_BUCKETS * mean * mean;
  return Math.max(LEAST_DISPERSION, (excess + PRIOR_DISPERSION * prior) / (squares + prior));
}

/** Covariance of neighbouring buckets in units of the squared mean. */
function covarianceOf({ together = 0, squares }: Series, dispersion: number, mean: number): number {
  const prior = PRIOR_SQUARES + PRIOR_BUCKETS * mean * mean;
  const found = (together + PRIOR_SHARED * PRIOR_DISPERSION * prior) / (squares + prior);
  return Math.min(dispersion, Math.max(0, found));
}

/** Logs of a pattern in one entity, of the bucket that is judged. */
interface SeriesCount extends Pick<Test, 'pattern' | 'entity' | 'series' | 'count' | 'rates' | 'ratesAfter'> {
  /** False for what is ignored, and for what another series tells already. */
  readonly isJudged: boolean;
}

/** Logs of a series in the bucket before; undefined where nothing is known of it. */
function bucketBefore(
  { time, span, silences, local = utcTime }: BucketInput,
  { series, rates }: SeriesCount,
  { share, dispersion }: Pick<Test, 'share' | 'dispersion'>,
): Test['before'] {
  const begin = time - span;
  if (series.since > begin || silences.some(({ to }) => to === time)) return undefined;
  const count = series.lastSeen === begin ? series.lastCount : 0;
  if (count === undefined) return undefined;
  return { count, mean: rates.at(hourOfWeek(local(begin)), dispersion).mean * share };
}

function testOf(input: BucketInput, asked: SeriesCount): Test {
  const { time, span, silences, local = utcTime } = input;
  const { pattern, entity, series, count, rates, ratesAfter } = asked;
  const share = shareOf(entity, series, rates, time);
  const dispersion = dispersionOf(series, rates.mean * share);
  const ofAll = rates.at(hourOfWeek(local(time)), dispersion);
  const rate: Rate =
    entity === ALL_ENTITIES
      ? ofAll
      : { mean: ofAll.mean * share, variance: ofAll.variance + 1 / (weightedAt(series, time) + 0.5) };
  const isKnown = isKnownAt(time, asked);
  const now: CountWindow = { count, ...rate, dispersion };
  const before = bucketBefore(input, asked, { share, dispersion });
  const windows =
    before === undefined
      ? [now]
      : [now, withBucketBefore(now, before, covarianceOf(series, dispersion, rates.mean * share))];
  const test: Test = {
    ...{
      pattern,
      entity,
      series,
      count,
      rate,
      rates,
      ratesAfter,
      share,
      dispersion,
      isKnown,
      windows,
      before,
    },
    ...{ chance: 1, chanceOfFewer: 1, due: 0, hazard: 0 },
  };
  if (!isKnown) return test;
  const isFew = (window: CountWindow): boolean => window.count * LEAST_RATIO <= window.mean;
  const mean = rates.mean * share;
  const isUsual =
    series.state !== 'surging' &&
    (isUsualPeak(series, count / rate.mean, time) ||
      isUsualRun(pattern.series.get(ALL_ENTITIES) ?? series, { time, count, mean, local }));
  if (isMany(now) && !isUsual) {
    const around = windowsOfMore(input, test);
    return isMany(around[0])
      ? { ...test, chance: chanceIn(around, 'more', isMany), change: 'surging' }
      : test;
  }
  if (!isFew(now)) return test;
  const early = earlyLogs(input, test);
  const ofNow = time - series.lastSeen <= HOUR ? early : 0;
  const left: CountWindow = { ...now, mean: Math.max(now.mean - ofNow, LEAST_MEAN) };
  if (!isFew({ ...now, count: count + ofNow })) return test;
  const chanceOfFewer = chanceIn([left, ...windows.slice(1)], 'fewer', isFew);
  if (count > 0) return { ...test, chanceOfFewer, change: 'dropping' };
  const of = { rates, share, dispersion, span, silences, local };
  const begin = series.lastSeen + span;
  const { variance, ...all } = silenceOf(of, begin, time + span);
  const ofNextHour = silenceOf(of, begin, Math.min(begin + HOUR, time + span)).due;
  const came = early * LEAST_RATIO >= ofNextHour ? ofNextHour : early;
  const missing = all.due > 0 ? 1 - came / all.due : 1;
  const [due, hazard] = [all.due * missing, all.hazard * missing];
  const ofEntity = rate.variance - ofAll.variance;
  const uncertain = entity === ALL_ENTITIES ? variance : variance + ofEntity;
  const chance = Math.min(1, 2 * (1 + hazard * uncertain) ** (-1 / uncertain));
  const isLonger = hazard >= gapWeight(time - series.at) * shortestTold(series);
  const silent: Test = { ...test, chance, chanceOfFewer, due, hazard };
  // A pattern that came for a short time only, such as on a day of a release, is not missed later.
  const isOld = series.lastSeen - series.since >= time - series.lastSeen;
  if (due >= LEAST_DUE && isLonger && isOld) return { ...silent, change: 'vanished' };
  return before !== undefined && before.count > 0 ? { ...silent, change: 'dropping' } : silent;
}

/** The bucket, and with the one before it, beside the most usual of the hours around: what comes by the clock may come early or late. */
function windowsOfMore(
  { time, span, local = utcTime }: BucketInput,
  test: Pick<Test, 'rates' | 'share' | 'dispersion' | 'windows' | 'before' | 'series' | 'rate'>,
): CountWindow[] {
  const { rates, share, dispersion, windows, before, series, rate } = test;
  const mostAt = (begin: number): Rate =>
    [-HOUR, 0, HOUR]
      .map((shift) => rates.at(hourOfWeek(local(begin) + shift), dispersion))
      .reduce((most, each) => (each.mean > most.mean ? each : most));
  const most = mostAt(time);
  if (most.mean * share <= rate.mean) return [...windows];
  const now: CountWindow = { ...windows[0], mean: most.mean * share };
  if (before === undefined) return [now];
  const covariance = covarianceOf(series, dispersion, rates.mean * share);
  const mean = Math.max(before.mean, mostAt(time - span).mean * share);
  return [now, withBucketBefore(now, { ...before, mean }, covariance)];
}

/** Logs beyond the usual of the last bucket with any: of what comes by the clock, those of the hour after it that came early. */
function earlyLogs(
  { local = utcTime }: BucketInput,
  { series, rates, share }: Pick<Test, 'series' | 'rates' | 'share'>,
): number {
  const { lastSeen, lastCount: count = 0 } = series;
  if (count === 0) return 0;
  // Its own logs are learned already.
  const mean = rates.ofDayWithout(hourOfWeek(local(lastSeen)), count / share) * share;
  return isMany({ count, mean }) ? count - mean : 0;
}

const isMany = ({ count, mean }: Pick<CountWindow, 'count' | 'mean'>): boolean =>
  count >= LEAST_RATIO * mean && count - mean >= LEAST_MORE;

const gapWeight = (age: number): number => 2 ** (-age / GAP_HALF_LIFE);

const shortestTold = ({ longestGap, toldGap }: Series): number =>
  Math.max(LONGER_THAN_LONGEST * longestGap, LONGER_THAN_TOLD * toldGap);

const isUsualPeak = ({ peaks }: Series, ratio: number, now: number): boolean =>
  peaks.filter(({ time, ratio: past }) => now - time <= PEAK_MEMORY && past >= SIMILAR_PEAK * ratio).length >=
  USUAL_PEAKS;

const deviationOf = ({ rate: { mean, variance }, dispersion }: Test): number =>
  Math.sqrt(mean + mean * mean * (dispersion + variance));

/** Moves a series from one state to the next, and notes what is to be told. */
function followState(
  test: Test,
  change: Test['change'],
  { time, span }: BucketInput,
  findings: PatternFinding[],
): void {
  const { pattern, entity, series, count, rate, due } = test;
  const chance = Math.min(test.chance, change === 'surging' ? 1 : test.chanceOfFewer);
  const turn = (state: Series['state']): void => {
    series.state = state;
    series.stateSince = time;
    series.calm = 0;
  };
  const tell = (kind: PatternChange, usual: number): void => {
    findings.push({
      patternId: pattern.id,
      ...(entity !== ALL_ENTITIES && { entity }),
      change: kind,
      time,
      count,
      usual,
      ...(kind !== 'returned' && { chance }),
      ...(kind === 'vanished' && { lastSeen: series.lastSeen }),
    });
  };
  const isBack = series.state === 'vanished' && count > 0;
  if (change !== undefined && !isBack) {
    if (series.state === change) {
      series.calm = 0;
      return;
    }
    // Few logs after none are the same change.
    const isSame =
      change === 'dropping' && series.state === 'returned' && time - series.stateSince <= CALM_BUCKETS * span;
    turn(change);
    if (isSame) return;
    if (change === 'surging') {
      const kept = series.peaks.filter((peak) => time - peak.time <= PEAK_MEMORY);
      series.peaks = [...kept, { time, ratio: count / rate.mean }].slice(-PEAKS_KEPT);
    }
    if (change === 'vanished') series.toldGap = test.hazard;
    tell(change, change === 'vanished' ? due : rate.mean);
    return;
  }
  switch (series.state) {
    case 'vanished':
      if (count === 0) return;
      turn('returned');
      if (pattern.ignored === undefined) tell('returned', rate.mean);
      return;
    case 'new':
    case 'returned':
      if (time - series.stateSince >= NEWS) turn('usual');
      return;
    case 'surging':
    case 'dropping': {
      const isOff =
        series.state === 'surging'
          ? count > rate.mean + 2 * deviationOf(test)
          : count < rate.mean / LEAST_RATIO;
      series.calm = isOff ? 0 : series.calm + 1;
      if (series.calm >= CALM_BUCKETS) turn('usual');
      return;
    }
    case 'usual':
  }
}

/** Learns a count, and the buckets without logs before it. */
function learn(test: Test, { time, span, silences, local }: BucketInput, wasVanished: boolean): void {
  const { pattern, entity, series, count, rate, ratesAfter, share, dispersion, isKnown, before } = test;
  const { mean, variance } = rate;
  const factor = halfLifeWeight(time + span - series.at);
  series.weighted *= factor;
  const ofGaps = gapWeight(time + span - series.at);
  series.longestGap = Math.fround(series.longestGap * ofGaps);
  if (series.toldGap > 0) series.toldGap *= ofGaps;
  const ofDispersion = 2 ** (-(time + span - series.at) / DISPERSION_HALF_LIFE);
  series.excess *= ofDispersion;
  series.squares *= ofDispersion;
  if (series.together !== undefined) series.together = Math.fround(series.together * ofDispersion);
  if (time > series.since && !wasVanished) {
    const known = Math.min(variance, MOST_TAKEN_OUT);
    // The squared deviation from a mean that is not known well says little.
    const weight = (PRIOR_DISPERSION / (PRIOR_DISPERSION + variance)) ** 2;
    const of = { rates: ratesAfter(), share, dispersion, span, silences, local };
    const learnedCount = (logs: number, usual: number): number =>
      Math.min(logs, usual + (DISPERSED_DEVIATIONS * deviationOf(test) + 4));
    if (series.at < time) {
      const { due, squares } = silenceOf(of, series.at, time);
      series.together = Math.fround((series.together ?? 0) + weight * squares);
      series.excess += weight * (squares * (1 - known) - due);
      series.squares += weight * squares;
    }
    if (count > 0 && series.lastSeen + span < time) {
      const { hazard } = silenceOf(of, series.lastSeen + span, time);
      series.longestGap = Math.fround(Math.max(series.longestGap, hazard));
    }
    const dispersed = learnedCount(count, mean);
    if (before !== undefined) {
      const product = (learnedCount(before.count, before.mean) - before.mean) * (dispersed - mean);
      series.together = Math.fround((series.together ?? 0) + weight * product);
    }
    series.excess += weight * ((dispersed - mean) ** 2 - mean - known * mean * mean);
    series.squares += weight * mean * mean;
  }
  const learned = isKnown ? Math.min(count, mean + LEARNED_DEVIATIONS * deviationOf(test) + 4) : count;
  series.weighted += learned;
  series.at = time + span;
  if (entity === ALL_ENTITIES) {
    if (count > 0) {
      const gap = { from: series.lastSeen + span, to: time };
      for (const part of wasVanished ? [gap] : uncountedIn(silences, gap)) {
        fillGap(test, { time, span, local }, part);
      }
    }
    addToProfile(pattern.profile, time, learned, local);
    if (count > 0) noteRun(series, time, count);
  }
  if (count > 0) {
    series.lastSeen = time;
    series.lastCount = Math.fround(count);
  }
}

/** Parts of a time in which logs may have come and were not counted. */
const uncountedIn = (silences: readonly Silence[], { from, to }: Span): Span[] =>
  silences
    .filter((silence) => silence.isUncounted === true && silence.from < to && silence.to > from)
    .map((silence) => ({ from: Math.max(from, silence.from), to: Math.min(to, silence.to) }));

/**
 * Takes the time in which a pattern had vanished, or in which nothing was counted, for one as usual: it says nothing of what is usual now that
 * the pattern is back. Entities keep their shares.
 */
function fillGap(
  { pattern, rates, dispersion }: Test,
  { time, span, local = utcTime }: Pick<BucketInput, 'time' | 'span' | 'local'>,
  gap: Span,
): void {
  const before = rates.count * halfLifeWeight(time - gap.from);
  let filled = 0;
  for (let begin = Math.max(gap.from, time - GAP_FILLED); begin < gap.to;) {
    const end = Math.min(gap.to, begin + HOUR - (begin % HOUR));
    const { mean } = rates.at(hourOfWeek(local(begin)), dispersion);
    const logs = (mean * (end - begin)) / span;
    addToProfile(pattern.profile, begin, logs, local);
    filled += logs * halfLifeWeight(time - begin);
    begin = end;
  }
  for (const each of pattern.series.values()) each.weighted *= 1 + filled / Math.max(before, 1);
}

/** Finds the new patterns that are new where, of late, none with as many logs was. */
function judgeArrivals(
  { time, span, since, counts, arrivals, falseAlarmsPerDay }: BucketInput,
  newcomers: readonly PatternModel[],
  findings: PatternFinding[],
): Arrivals {
  const weightAt = (age: number): number => 2 ** (-age / ARRIVAL_HALF_LIFE);
  const observed = Math.max(0, time - since - LEARNING);
  const buckets = ((1 - weightAt(observed)) * ARRIVAL_HALF_LIFE) / Math.LN2 / span;
  const bucketRate = Math.min(HIGHEST_RATE, (2 * falseAlarmsPerDay * span) / DAY);
  const added: (readonly [number, number])[] = [];
  for (const { id, series, ignored } of newcomers) {
    const count = counts.get(id)?.get(ALL_ENTITIES) ?? 0;
    let before = 0;
    for (const [when, logs] of arrivals) {
      if (logs >= count && when < time) before += weightAt(time - when);
    }
    added.push([time, count]);
    const chance = -Math.expm1(-(before + 0.5) / (buckets + 1));
    if (chance > bucketRate || ignored !== undefined) continue;
    const all = series.get(ALL_ENTITIES);
    if (all !== undefined) {
      all.state = 'new';
      all.stateSince = time;
    }
    findings.push({ patternId: id, change: 'new', time, count, usual: 0, chance });
  }
  added.sort((one, other) => one[1] - other[1]);
  return [...arrivals.filter(([when]) => when < time), ...added].slice(-ARRIVALS_KEPT);
}

/** States of a pattern in all entities that say of a change in one of them what there is to say. */
const SAID_OF_ALL: Readonly<Record<PatternChange, readonly Series['state'][]>> = {
  new: [],
  surging: ['surging'],
  dropping: ['dropping', 'vanished', 'returned'],
  vanished: ['dropping', 'vanished', 'returned'],
  returned: ['dropping', 'vanished', 'returned'],
};

/**
 * A change in all entities together is told once, with the entity where it is one alone. As long as a pattern surges, drops or has vanished in
 * all of them, or returned, it is no news that it does in another one.
 */
function withoutRepetition(
  findings: readonly PatternFinding[],
  patterns: readonly PatternModel[],
): PatternFinding[] {
  const keyOf = ({ patternId, change }: PatternFinding): string => `${change} ${patternId}`;
  const ofAll = new Set<string>();
  const changed = new Map<string, string[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    if (finding.entity === undefined) ofAll.add(key);
    else changed.set(key, [...(changed.get(key) ?? []), finding.entity]);
  }
  const byId = new Map(patterns.map((pattern) => [pattern.id, pattern]));
  return findings.flatMap((finding) => {
    if (finding.entity !== undefined) {
      const all = byId.get(finding.patternId)?.series.get(ALL_ENTITIES);
      const isKnown = all !== undefined && SAID_OF_ALL[finding.change].includes(all.state);
      return isKnown || ofAll.has(keyOf(finding)) ? [] : [finding];
    }
    const known = [...(byId.get(finding.patternId)?.series.keys() ?? [])].filter(
      (name) => name !== ALL_ENTITIES,
    );
    const [entity, ...others] = known.length === 1 ? known : (changed.get(keyOf(finding)) ?? []);
    return [entity !== undefined && others.length === 0 ? { ...finding, entity } : finding];
  });
}

const ordered = (findings: readonly PatternFinding[]): PatternFinding[] =>
  [...findings].sort(
    (one, other) =>
      (one.chance ?? 1) - (other.chance ?? 1) ||
      (one.patternId < other.patternId ? -1 : one.patternId > other.patternId ? 1 : 0) ||
      ((one.entity ?? '') < (other.entity ?? '') ? -1 : 1),
  );
