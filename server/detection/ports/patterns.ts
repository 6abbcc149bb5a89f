import type {
  Arrivals,
  CountsState,
  MessageSearch,
  PackedCounts,
  PatternFinding,
  PatternIgnored,
  PatternModel,
  Silence,
  Span,
} from '../../../common/patterns';
import type { LogPage } from '.';

/** Logs of some buckets: by bucket, pattern and entity, with their sum under `ALL_ENTITIES`. */
export type BucketCounts = ReadonlyMap<number, ReadonlyMap<string, ReadonlyMap<string, number>>>;

/** A change of a pattern with what a result tells of it. */
export interface FoundChange {
  readonly finding: PatternFinding;
  readonly pattern: PatternModel;
  /** Of a bucket, milliseconds. */
  readonly span: number;
  /** Field with the message, and how it is searched. */
  readonly field: string;
  readonly search: MessageSearch;
}

/** Patterns of one detector as they are stored. What is done twice changes nothing the second time. */
export interface PatternStore {
  /**
   * Tokens of all patterns, those that became a part of another one left out; several of one that a person has merged others
   * into. Those of {@link joining} are patterns of their own as long as their past is.
   */
  tokens(): Promise<{ readonly id: string; readonly tokens: readonly string[] }[]>;
  /** All patterns with their past, those that became a part of another one left out. */
  load(): Promise<PatternModel[]>;
  /**
   * Adds counts, and patterns that are new; documents that these have been added to before are left alone.
   *
   * @param sequence above those of all counts that were added before
   * @param since begin of all counting, epoch milliseconds
   * @param zone time zone of the hours of new patterns; absent: UTC
   * @returns ids of patterns without tokens that are not there: somebody has deleted them
   */
  add(counts: CountsState, sequence: number, since: number, zone?: string): Promise<readonly string[]>;
  /** @param range of buckets, half-open, epoch milliseconds */
  counts(range: Span): Promise<BucketCounts>;
  /** Writes statistics and states, where they are of a later bucket than those that are there, and findings. */
  save(
    patterns: readonly PatternModel[],
    findings: readonly PatternFinding[],
    texts: ReadonlyMap<string, PatternModel>,
  ): Promise<void>;
  /** Patterns that a person has merged into others since, with the ids of these: their past is not a part of them yet. */
  joining(): Promise<{ readonly into: string; readonly pattern: PatternModel }[]>;
  /** Notes that a person has merged a pattern into another one, or wants what was merged into it apart again. */
  join(id: string, into: string): Promise<void>;
  separate(id: string): Promise<void>;
  /** Writes patterns as they are. */
  put(patterns: readonly PatternModel[]): Promise<void>;
  /**
   * Writes a pattern that others became a part of, and says so of these.
   *
   * @param unnamed ids of parts that it has no room to name: their counts become its own
   */
  merge(into: PatternModel, members: readonly PatternModel[], unnamed?: readonly string[]): Promise<void>;
  /** Way in which the field with the message is searched. */
  searchOf(source: { readonly index: string; readonly field: string }): Promise<MessageSearch>;
  /** Forgets patterns with all that became a part of them, not their counts: what comes again is a new one. */
  remove(ids: readonly string[]): Promise<void>;
  find(id: string): Promise<
    | {
        readonly text: string;
        readonly ignored?: PatternIgnored;
        /** Texts of what a person has merged into it. */
        readonly forms: readonly string[];
        /** True where a person wants these to be patterns of their own again, which is not carried out yet. */
        readonly isToBeTakenApart?: boolean;
      }
    | undefined
  >;
  ignore(id: string, ignored: PatternIgnored | undefined): Promise<void>;
}

/** Part of a checkpoint: JSON-safe. Counts move with the place that the run has reached. */
export interface PatternProgress {
  readonly sequence: number;
  /** Begin of all counting, and end of the last bucket that was judged: epoch milliseconds. */
  readonly since: number;
  readonly judgedTo: number;
  readonly open: PackedCounts | CountsState;
  /** Counts that are to be stored under `sequence`; some of them may be. */
  readonly sealed?: CountsState;
  /** True where counts were stored before their buckets were judged. */
  readonly hasUnjudged?: boolean;
  readonly arrivals: Arrivals;
  readonly silences: readonly Silence[];
  /** Digest of what is counted, and span of the buckets in milliseconds; absent in progress of versions that did not note them. */
  readonly counted?: string;
  readonly span?: number;
  /** True where what is counted has changed, and the patterns of before are to be learned from `since` on. */
  readonly isToBeLearnedAnew?: boolean;
  /** Changes with the patterns that messages are matched with. */
  readonly catalogue: number;
}

/** Places of logs in time and by entity, row by row, as whoever scored them has found them. */
export interface PlacedLogs {
  /** Epoch milliseconds. */
  readonly times: Float64Array;
  readonly entities: readonly (string | undefined)[];
}

/** A run as its logs are counted: what their times are judged by, see `RunTime`. */
export interface CountingRun {
  readonly now: number;
  readonly reached: number;
  readonly placed?: PlacedLogs | undefined;
}

/** Patterns of one run. */
export interface RunPatterns {
  /** Fields of a log that it needs. */
  readonly fields: readonly string[];
  /** Goes on from what the checkpoint holds. @param from epoch milliseconds that a detector without any begins from */
  resume(progress: unknown, from: number): void;
  /** Counts the logs of a page, before the place moves past it. */
  count(page: LogPage, run: CountingRun): Promise<void>;
  progress(): PatternProgress | undefined;
  /** End of the last bucket that was judged, epoch milliseconds; undefined where patterns may not be stored. */
  judgedTo(): number | undefined;
  /**
   * Stores what was counted and judges the buckets that are over.
   *
   * @param reached epoch milliseconds; undefined for a run that a cap ended
   * @param commit writes the checkpoint with {@link progress}
   * @param tell stores results of what has changed, before the patterns remember it: at least once for each
   */
  finish(
    reached: number | undefined,
    commit: () => Promise<void>,
    tell: (changes: readonly FoundChange[]) => Promise<void>,
  ): Promise<void>;
}
