import type { PatternChange } from '../anomaly/comparison';
import type { WeekProfile } from './usual_rate';

export { PATTERN_CHANGES, type PatternChange } from '../anomaly/comparison';

/**
 * `usual`: as it always is, or not known well enough; `new`: first seen lately where new patterns are rare; `surging`,
 * `dropping`: far more or fewer logs than at this hour of the week; `vanished`: none although many were due;
 * `returned`: seen again after that.
 */
export const PATTERN_STATES = ['new', 'surging', 'dropping', 'vanished', 'returned', 'usual'] as const;
export type PatternState = (typeof PATTERN_STATES)[number];

export const PATTERN_LIMITS = {
  /** Patterns of one detector. Logs of others are counted together. */
  patterns: 2_000,
  /** Patterns that are new between two closings of a bucket; the first by id. */
  fresh: 1_000,
  /** Entities of one pattern that are counted apart: the first by name. */
  entities: 50,
  /** Findings of one bucket that are told, the least likely first. */
  findings: 20,
  /** Characters of the text of a pattern, and of its example. */
  text: 500,
  /** Patterns that one can be made of. */
  members: 100,
  /** Of these, those that a person has merged. */
  forms: 50,
} as const;

/** Key of the logs of all entities, and of those beyond {@link PATTERN_LIMITS.entities}. */
export const ALL_ENTITIES = '';
export const OTHER_ENTITIES = '\u0000others';
/** Id of the logs that follow none of the patterns that are kept. */
export const OTHER_PATTERNS = 'others';

/** Logs that came within hours, after hours without any: those of a job, for example. */
export interface Run {
  /** First bucket. */
  readonly time: number;
  /** The most of a bucket. */
  readonly count: number;
}

/** Statistics of a pattern within one entity, or in all of them. Times are epoch milliseconds. */
export interface Series {
  /** First bucket. */
  readonly since: number;
  /** Logs, older ones weighing less; `at` is the end of the last bucket that was learned. */
  weighted: number;
  at: number;
  /** Bucket of the last log, and its logs. */
  lastSeen: number;
  lastCount?: number;
  /** Sums of squared deviations beyond those of Poisson counts, and of squared means. */
  excess: number;
  squares: number;
  /** Sum of products of the deviations of neighbouring buckets; it and the longest silence are of single precision. */
  together?: number;
  /** The longest silence so far, in logs that were due; older ones count for less. */
  longestGap: number;
  /** Silence at which it was last told to have vanished, in logs that were due; it counts for less, the older it is. */
  toldGap: number;
  /** Surges so far: how many times the usual, and when. */
  peaks: { readonly time: number; readonly ratio: number }[];
  /** In all entities: the last times that logs came after hours without any, and the most of a bucket. Absent where there are none, and in what older versions stored. */
  runs?: readonly Run[];
  state: PatternState;
  /** Bucket in which the state began. */
  stateSince: number;
  /** Buckets in a row that were as usual since. */
  calm: number;
}

/** Statistics by entity, in the order in which they were added: a map of them, or a table that takes less room. */
export interface SeriesByEntity extends Iterable<readonly [entity: string, series: Series]> {
  readonly size: number;
  has(entity: string): boolean;
  get(entity: string): Series | undefined;
  set(entity: string, series: Series): unknown;
  keys(): Iterable<string>;
  values(): Iterable<Series>;
}

/** A pattern with all that is known of its past. */
export interface PatternModel {
  readonly id: string;
  /** Tokens of the template; a space stands first where white space stands before one. */
  readonly tokens: readonly string[];
  firstSeen: number;
  lastSeen: number;
  /** Begin of the first bucket that it was counted in. */
  since: number;
  /** The earliest log that was read, cleaned. */
  example: string;
  /** Level of that log. */
  level?: string;
  /** Ids of patterns that became a part of it. */
  members: readonly string[];
  /** Tokens of patterns that a person has merged into it: their messages are its messages. */
  readonly forms?: readonly (readonly string[])[];
  /** True where a person wants the forms to be patterns of their own again. */
  readonly isToBeTakenApart?: boolean;
  /** Set where a person wants to hear nothing of it. */
  ignored?: PatternIgnored;
  profile: WeekProfile;
  /** By entity; {@link ALL_ENTITIES} is always there. */
  readonly series: SeriesByEntity;
  /** End of the last bucket that was judged; undefined before the first. */
  judged?: number;
}

export interface PatternIgnored {
  /** ISO 8601. */
  readonly at: string;
  readonly by?: string;
  readonly because?: string;
}

/** A change of a pattern. */
export interface PatternFinding {
  readonly patternId: string;
  /** Absent: in all entities together. */
  readonly entity?: string;
  readonly change: PatternChange;
  /** Begin of the bucket, epoch milliseconds. */
  readonly time: number;
  readonly count: number;
  /** Logs that were to be expected in the bucket; of a vanished pattern those due since the last one. */
  readonly usual: number;
  /** Chance of something as unusual where nothing has changed; absent for one that returned. */
  readonly chance?: number;
  /** Begin of the bucket of its last log, of one that vanished. */
  readonly lastSeen?: number;
}

export const newSeries = (time: number): Series => ({
  since: time,
  weighted: 0,
  at: time,
  lastSeen: time,
  excess: 0,
  squares: 0,
  longestGap: 0,
  toldGap: 0,
  peaks: [],
  state: 'usual',
  stateSince: time,
  calm: 0,
});
