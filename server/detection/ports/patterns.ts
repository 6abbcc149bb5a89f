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
  /** The same with counts of the past, which have numbers of their own: they are added beside those of the runs of a detector. */
  addPast: PatternStore['add'];
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

/** State of judging: whoever goes on from there needs it. JSON-safe. */
export type JudgedProgress = Pick<
  PatternProgress,
  'since' | 'judgedTo' | 'arrivals' | 'silences' | 'counted' | 'span'
>;

/** Logs that a backfill counts and judges. Times are epoch milliseconds. */
export interface PastCounting {
  /** Id of the backfill. */
  readonly by: string;
  /** Logs of this time are counted. */
  readonly counted: Span;
  /** End of the logs that it is to count. */
  readonly until: number;
  /** Absent before it has begun to judge. */
  readonly progress?: JudgedProgress;
  /** Number of the counts that were stored last: those of later backfills are above it. */
  readonly sequence?: number;
  /** Time at which it wrote this; absent once it is over. */
  readonly at?: number;
  /** True once a run of the detector judges what comes after. */
  readonly isTakenOver?: boolean;
}

/** Record of which logs are counted by whom, shared by the runs of a detector and its backfills. JSON-safe. */
export interface CountingRecord {
  /** Logs that arrived from then on are counted by the runs of the detector, those before by backfills. Epoch milliseconds. */
  readonly liveFrom?: number;
  /** Times of the past that earlier backfills have counted, in their order and apart from each other. */
  readonly past?: readonly Span[];
  /** The latest backfill that counts, or has counted. */
  readonly backfill?: PastCounting;
}

/** Place of the record of one detector. */
export interface CountingPlace {
  read(): Promise<CountingRecord>;
  /**
   * Changes the record, anew where somebody else has changed it meanwhile.
   *
   * @returns the record after it
   */
  change(change: (before: CountingRecord) => CountingRecord): Promise<CountingRecord>;
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
  /** See {@link CountingRecord}; absent before it is known. */
  readonly liveFrom?: number;
  /** Changes before are judged again after a backfill, and told already. Epoch milliseconds. */
  readonly toldTo?: number;
  /** True where the past was counted after a pattern may have been found: those that are not judged begin anew. */
  readonly hasPast?: boolean;
  /** Of a backfill: the time up to which all logs are counted, epoch milliseconds. */
  readonly countedTo?: number;
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

/** Committed before it is stored, and told before it is remembered. */
export interface Closing {
  /** Writes the checkpoint with the progress of the patterns. */
  readonly commit: () => Promise<void>;
  readonly tell: TellChanges;
}

/** Stores results of what has changed, before the patterns remember it: at least once for each. */
export type TellChanges = (changes: readonly FoundChange[]) => Promise<void>;

/** Patterns of one run. */
export interface RunPatterns {
  /** Fields of a log that it needs. */
  readonly fields: readonly string[];
  /** Goes on from what the checkpoint holds. @param from epoch milliseconds that a detector without any begins from */
  resume(progress: unknown, from: number): void;
  /** Counts the logs of a page, before the place moves past it. Of the past the buckets that are over are judged meanwhile. */
  count(page: LogPage, run: CountingRun, closing: Closing): Promise<void>;
  progress(): PatternProgress | undefined;
  /** End of the last bucket that was judged, epoch milliseconds; undefined where patterns may not be stored. */
  judgedTo(): number | undefined;
  /**
   * Stores what was counted and judges the buckets that are over.
   *
   * @param reached epoch milliseconds; undefined for a run that a cap ended
   * @param commit writes the checkpoint with {@link progress}
   */
  finish(reached: number | undefined, commit: () => Promise<void>, tell: TellChanges): Promise<void>;
}
