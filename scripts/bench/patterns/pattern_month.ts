import { DAY, HOUR } from '../../../common/duration';
import type { PatternChange } from '../../../common/patterns';
import { createDraws, filled, type Draws } from '../traffic/draws';
import { gamma, poisson } from '../traffic/count_draws';

/*
 * A month of counts: patterns from one log in days to hundreds in a bucket, most with a rhythm of day and week, some that
 * jobs write by the clock, each in a few entities; hours that are more bursty than by chance; days that are busier than others; new patterns that
 * mean nothing; and changes that are planted from the second week on.
 */

/** A Monday. */
export const START = Date.UTC(2026, 0, 5);
export const DAYS = 30;
/** Before it nobody can know what is usual in a week. */
export const FIRST_PLANTED = 8 * DAY;

const ENTITIES = Array.from({ length: 20 }, (_, place) => `host-${place + 1}`);
/** Median of the logs in an hour, and the standard deviation of the logarithm: few patterns have most of the logs. */
const RATE = { median: 1, spread: 1.8, most: 300 };
const SHARE_OF_JOBS = 0.06;
/** Excess variance of a bucket in units of the squared mean. */
const BURSTS = { least: 0.01, most: 0.3 };
/** Standard deviation of the logarithm of the traffic of a day. */
const BUSY_DAYS = 0.1;
/** New patterns a day that mean nothing, and their logs in an hour. */
const ORDINARY_NEW = { perDay: 2, least: 0.01, most: 0.3 };

/** Logs of a job that runs by the clock. */
const JOB = { least: 1, most: 40 };

/** Sizes of what is planted, drawn evenly on a logarithmic scale; the usual is that of a bucket. */
const PLANTED = {
  new: { least: 5, most: 60 },
  /** Times the usual, and so many logs more at least. */
  surging: { least: 4, most: 12, more: 25 },
  /** Share that is left. */
  dropping: { least: 0.02, most: 0.15, usual: 25 },
  vanished: { usual: 20 },
  /** Days without a log before it returns. */
  returned: { least: 1, most: 5, usual: 5 },
  /** Logs of a job that comes once a night and stays away. */
  nightly: { least: 10, most: 40 },
} as const;
/** Buckets that a surge or a drop takes. */
const LASTS = { least: 2, most: 12 };

/** Buckets, half-open. */
export interface PlantedChange {
  readonly pattern: number;
  readonly change: PatternChange;
  readonly from: number;
  readonly to: number;
  /** Factor of the logs from `from` to `to`; before it `silentFrom` there is none. */
  readonly factor: number;
  readonly silentFrom?: number;
  /** True for a job that comes once a night. */
  readonly isNightly?: boolean;
}

export interface MonthOptions {
  readonly patterns: number;
  /** Of each kind of change, and of jobs that stay away. */
  readonly plantedOfEach: number;
  readonly seed: number;
  /** Milliseconds of a bucket, that divide an hour. */
  readonly span: number;
}

interface Source {
  readonly messages: readonly string[];
  readonly level: string;
  readonly entities: readonly { readonly name: string; readonly share: number }[];
  /** Bucket of the first log. */
  readonly begins: number;
  readonly dispersion: number;
  /** Usual logs of a bucket. */
  usualAt(bucket: number): number;
}

/** Logs of one pattern in one entity and bucket. */
export interface Counted {
  readonly pattern: number;
  readonly entity: string;
  readonly logs: number;
}

export interface PatternMonth {
  readonly sources: readonly Pick<Source, 'messages' | 'level'>[];
  readonly planted: readonly PlantedChange[];
  /** Counts of one bucket; buckets are asked for in their order. */
  countsOf(bucket: number): Counted[];
}

const logUniform = (draws: Draws, { least, most }: { least: number; most: number }): number =>
  least * (most / least) ** draws.fraction();

const SYLLABLES = 'ba co di fe gu ha jo ka li mo ne pa qui ro sa te vu wi xa ze'.split(' ');

function wordsOf(draws: Draws): string[] {
  const word = (): string => Array.from({ length: draws.integer(2, 4) }, () => draws.of(SYLLABLES)).join('');
  return Array.from({ length: 500 }, word);
}

/** A sentence of some words, with values in it that vary. */
function messagesOf(draws: Draws, words: readonly string[]): string[] {
  const parts = Array.from({ length: draws.integer(4, 8) }, () => draws.of(words));
  for (let values = draws.integer(0, 2); values > 0; values--) {
    parts.splice(draws.integer(1, parts.length), 0, draws.of(['{id}', '{address}', '{uuid}', '{small} ms']));
  }
  return [0, 1].map(() => filled(parts.join(' '), draws, {}));
}

/**
 * Rhythm of people: by day, and less on weekends.
 *
 * @param rate logs of a bucket
 */
function rhythmic(draws: Draws, rate: number, span: number): Source['usualAt'] {
  const amplitude = 0.9 * draws.fraction();
  const phase = 9 + 4 * draws.fraction();
  const weekend = 0.3 + 0.7 * draws.fraction();
  return (bucket) => {
    const ofDay = 1 + amplitude * Math.sin((2 * Math.PI * ((bucket * span) / HOUR - phase)) / 24);
    return rate * ofDay * (Math.floor((bucket * span) / DAY) % 7 >= 5 ? weekend : 1);
  };
}

/** A job that runs every so many buckets. */
function byTheClock(draws: Draws, every: number, sizes: { least: number; most: number }): Source['usualAt'] {
  const at = draws.integer(0, every - 1);
  const logs = logUniform(draws, sizes);
  return (bucket) => (bucket % every === at ? logs : 0);
}

function entitiesOf(draws: Draws): Source['entities'] {
  const first = draws.integer(0, ENTITIES.length - 1);
  const count = Math.min(8, 1 + Math.floor(-2 * Math.log(1 - draws.fraction())));
  const weights = Array.from({ length: count }, () => 0.2 + draws.fraction());
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, place) => ({
    name: ENTITIES[(first + place) % ENTITIES.length],
    share: weight / all,
  }));
}

export function patternMonth({ patterns, plantedOfEach, seed, span }: MonthOptions): PatternMonth {
  const draws = createDraws(seed);
  const words = wordsOf(draws);
  const aDay = DAY / span;
  const anHour = HOUR / span;
  const sources: Source[] = [];
  const add = (usualAt: Source['usualAt'], begins = 0): number =>
    sources.push({
      messages: messagesOf(draws, words),
      level: draws.chance(0.1) ? 'error' : draws.chance(0.15) ? 'warn' : 'info',
      entities: entitiesOf(draws),
      begins,
      dispersion: logUniform(draws, BURSTS),
      usualAt,
    }) - 1;
  for (let made = 0; made < patterns; made++) {
    const rate = Math.min(RATE.most, draws.logNormal(RATE.median, RATE.spread)) / anHour;
    // A job runs once an hour, every six hours or once a day.
    add(
      draws.chance(SHARE_OF_JOBS)
        ? byTheClock(draws, draws.of([1, 6, 24]) * anHour, JOB)
        : rhythmic(draws, rate, span),
    );
  }
  for (let made = 0; made < ORDINARY_NEW.perDay * DAYS; made++) {
    const rate = logUniform(draws, ORDINARY_NEW) / anHour;
    add(rhythmic(draws, rate, span), draws.integer(aDay, DAYS * aDay));
  }
  const planted = new Planting(draws, sources, span, add).all(plantedOfEach);
  return { sources, planted, countsOf: counterOf(draws, { sources, planted, aDay }) };
}

/** Puts changes into a month: each pattern has one at most. */
class Planting {
  private readonly taken = new Set<number>();
  private readonly count: number;
  private readonly aDay: number;
  private readonly first: number;
  private readonly buckets: number;

  constructor(
    private readonly draws: Draws,
    private readonly sources: readonly Source[],
    private readonly span: number,
    private readonly add: (usualAt: Source['usualAt'], begins?: number) => number,
  ) {
    this.count = sources.length - ORDINARY_NEW.perDay * DAYS;
    this.aDay = DAY / span;
    this.first = FIRST_PLANTED / span;
    this.buckets = DAYS * this.aDay;
  }

  public all(ofEach: number): PlantedChange[] {
    const planted: PlantedChange[] = [];
    for (let made = 0; made < ofEach; made++) planted.push(...this.oneOfEach());
    for (let made = 0; made < ofEach; made++) planted.push(this.lostJob());
    return planted;
  }

  private oneOfEach(): PlantedChange[] {
    const { draws, aDay, buckets } = this;
    const begins = this.anyBucket();
    const rate = logUniform(draws, PLANTED.new);
    const pattern = this.add(rhythmic(draws, rate, this.span), begins);
    const factor = logUniform(draws, PLANTED.surging);
    const surge = this.place((usual) => usual * (factor - 1) >= PLANTED.surging.more);
    const surgeTo = surge.from + this.lasts();
    const drop = this.place((usual) => usual >= PLANTED.dropping.usual);
    const left = logUniform(draws, PLANTED.dropping);
    const dropTo = drop.from + this.lasts();
    const gone = this.place((usual) => usual >= PLANTED.vanished.usual);
    const back = this.place((usual) => usual >= PLANTED.returned.usual);
    const silentFrom = back.from - Math.round(logUniform(draws, PLANTED.returned) * aDay);
    return [
      { pattern, change: 'new', from: begins, to: begins + aDay, factor: 1 },
      { ...surge, change: 'surging', to: surgeTo, factor },
      { ...drop, change: 'dropping', to: dropTo, factor: left },
      { ...gone, change: 'vanished', to: buckets, factor: 0 },
      { ...back, change: 'returned', to: back.from + aDay, factor: 1, silentFrom },
    ];
  }

  private lostJob(): PlantedChange {
    const { draws, aDay, buckets } = this;
    const usualAt = byTheClock(draws, aDay, PLANTED.nightly);
    const pattern = this.add(usualAt);
    let from = this.anyBucket();
    while (usualAt(from) === 0) from++;
    return { pattern, change: 'vanished', from, to: buckets, factor: 0, isNightly: true };
  }

  private anyBucket(): number {
    return this.draws.integer(this.first, this.buckets - this.aDay);
  }

  private lasts(): number {
    return Math.round(logUniform(this.draws, LASTS));
  }

  private place(least: (usual: number) => boolean): { pattern: number; from: number } {
    for (;;) {
      const pattern = this.draws.integer(0, this.count - 1);
      const from = this.anyBucket();
      const { usualAt } = this.sources[pattern];
      if (this.taken.has(pattern) || !least(Math.min(usualAt(from), usualAt(from + 1)))) continue;
      this.taken.add(pattern);
      return { pattern, from };
    }
  }
}

interface World extends Pick<PatternMonth, 'planted'> {
  readonly sources: readonly Source[];
  /** Buckets of a day. */
  readonly aDay: number;
}

function counterOf(draws: Draws, { sources, planted, aDay }: World): PatternMonth['countsOf'] {
  const changeOf = new Map(planted.map((change) => [change.pattern, change]));
  let busy = 1;
  return (bucket) => {
    if (bucket % aDay === 0) busy = draws.logNormal(1, BUSY_DAYS);
    const counted: Counted[] = [];
    sources.forEach(({ usualAt, entities, begins, dispersion }, pattern) => {
      if (bucket < begins) return;
      const change = changeOf.get(pattern);
      const isChanged = change !== undefined && bucket >= change.from && bucket < change.to;
      const isSilent =
        change?.silentFrom !== undefined && bucket >= change.silentFrom && bucket < change.from;
      const factor = isSilent ? 0 : isChanged ? change.factor : 1;
      const mean = usualAt(bucket) * busy * gamma(draws.fraction, 1 / dispersion) * factor;
      entities.forEach(({ name, share }, place) => {
        // The first bucket has a log for sure.
        const logs =
          poisson(draws.fraction, mean * share) + Number(bucket === begins && begins > 0 && place === 0);
        if (logs > 0) counted.push({ pattern, entity: name, logs });
      });
    });
    return counted;
  };
}
