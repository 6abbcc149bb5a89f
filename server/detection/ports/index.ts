import type { EntityBound } from '../../../common/buckets';
import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import type { DriftMeasurement } from '../../../common/api/upkeep';
import type { CandidateGate } from '../../../common/api/gate';
import type { AuditAction, AuditEntry } from '../../../common/audit';
import type { FeedbackScope, JudgedFacts, Suppression } from '../../../common/suppressions';
import type { LogDocument, SourceLog } from '../../../common/log_document';

/** Range of logs: a detector's source with a half-open time range [from, to), ISO 8601 or epoch milliseconds. */
export interface LogRange {
  readonly index: string;
  readonly query?: string | Record<string, unknown>;
  readonly timestampField: string;
  readonly ingestedField: string;
  readonly from: number;
  readonly to: number;
  /** With sessions and late logs: up to here, epoch milliseconds, sessions that are over have been scored. */
  readonly closedTo?: number;
}

export interface LogSample {
  readonly logs: readonly SourceLog[];
  /** Logs in the range, exact or, past the cluster's counting limit, estimated. */
  readonly total: number;
  /** Sampling method of the cluster: shown to people. */
  readonly method: 'all' | 'random_sampler' | 'random_score' | 'random_buckets';
}

/** A page of logs in the order of reading, with the position after its last log. One without logs has a position further on. */
export interface LogPage {
  readonly logs: readonly SourceLog[];
  /** Opaque and JSON-safe; reading on from it gives exactly what follows this page. Undefined where the range is read as a whole or anew. */
  readonly position: unknown;
  /** State to pass to the source with the next range, opaque and JSON-safe; absent where it needs none. */
  readonly memory?: unknown;
  /** Entities that were left out; present where there are more than `bucket.max_entities`. */
  readonly bound?: EntityBound;
  /** These have been read before and have changed since: their results replace the earlier ones. */
  readonly revises?: boolean;
  /** With `revises`: results that stand are replaced or withdrawn, and none is added. */
  readonly onlyStanding?: boolean;
  /** With `onlyStanding`: these are rows no more, whatever their scores; results of them are withdrawn. */
  readonly areGone?: boolean;
  /** These are new to the detector, but a result of one that stands is replaced: late logs may have opened a session again. */
  readonly replaces?: boolean;
}

export interface SampleOptions {
  readonly size: number;
  readonly seed: number;
  /** Fields to bring along; whole logs when absent. */
  readonly fields?: readonly string[];
  /**
   * Requires an id for each log. Without, ids may be empty, which lets the cluster read columns alone: several
   * times faster where all fields have doc values.
   */
  readonly identified?: boolean;
  readonly signal?: AbortSignal;
  /** Of logs drawn so far and about how many there will be; not told by every source. */
  readonly progress?: Progress;
}

export interface ReadOptions {
  /** Fields to bring along; all of `_source` when absent. */
  readonly fields?: readonly string[];
  readonly pageSize?: number;
  readonly after?: unknown;
  /** Of the last page that had one, whichever range it was of. */
  readonly memory?: unknown;
  /** Clock that orders and bounds the range: the log's own time, or that of indexing (for late logs). */
  readonly by?: 'timestamp' | 'ingested';
  readonly signal?: AbortSignal;
}

export interface LogSource {
  /** Uniform random sample; `size` bounds what leaves the cluster, however many logs the range holds. */
  sample(range: LogRange, options: SampleOptions): Promise<LogSample>;
  /** All logs of the range, oldest first, page by page; at most three pages are held (one or two are fetched ahead). */
  read(range: LogRange, options?: ReadOptions): AsyncIterable<LogPage>;
  count(range: LogRange): Promise<number>;
  /** Returns true when none of these ranges of one index holds a log, by one request; absent where that is not so cheap. */
  isEmpty?(
    stretches: readonly { readonly range: LogRange; readonly by: 'timestamp' | 'ingested' }[],
  ): Promise<boolean>;
  /** Whole documents by index and id, for the few logs that turned out anomalous. Missing ones are left out. */
  fetch(logs: readonly { index: string; id: string }[], fields?: readonly string[]): Promise<SourceLog[]>;
}

/** Scores of one time bucket and entity, summed up by the cluster. */
export interface ScoredBucket {
  /** Epoch milliseconds. */
  readonly start: number;
  readonly entity?: string;
  readonly logs: number;
  /** Logs without a score of this detector. */
  readonly unscored: number;
  readonly anomalies: number;
  readonly maxScore: number;
  readonly meanScore: number;
  readonly maxConfidence: number;
}
export interface ScoredPage {
  readonly buckets: readonly ScoredBucket[];
  /** Remarks of the pipeline on unusable values, such as `response_time: missing`; on one page only. */
  readonly remarks: readonly { readonly remark: string; readonly logs: number }[];
}

/** Logs that the cluster has scored as it indexed them. */
export interface ScoredLogs {
  /**
   * @param versions of models whose scores count; other pipelines write onto logs, too
   * @throws DetectionError `refused` when a field cannot be grouped by
   */
  open(options: {
    readonly index: string;
    readonly versions: readonly string[];
    /** Fields that make up an entity, as they are shown together; none: entities are not told apart. */
    readonly entityFields: readonly string[];
    readonly bucketMilliseconds: number;
  }): Promise<{
    /** Query DSL that selects anomalous logs. */
    readonly anomalies: Record<string, unknown>;
    summarize(range: LogRange, by: 'timestamp' | 'ingested'): AsyncIterable<ScoredPage>;
  }>;
}

export interface ResultStore {
  /**
   * Writes results and summaries; ids derive from (detector, source index, source id), so writing again changes
   * nothing. Retries what was refused for load; throws `unavailable` with the number written when retries run out.
   * @returns the results that were new and their number, and how many could only be put aside, since Elasticsearch refuses their content in any form
   */
  write(
    results: readonly AnomalyResult[],
    summaries?: readonly BucketSummary[],
  ): Promise<{ created: number; added: AnomalyResult[]; putAside: number }>;
  /**
   * Writes anew what was written before for these: results replace earlier ones, and a result of a log that is no
   * longer anomalous is withdrawn.
   * @returns the results that were not there before, how many could only be put aside, and of how many logs a result is withdrawn, also
   *   by a call before that died
   */
  revise?(revision: Revision): Promise<{ added: AnomalyResult[]; putAside: number; withdrawn?: number }>;
  search(query: ResultQuery): Promise<{ total: number; results: { id: string; result: AnomalyResult }[] }>;
}

export interface Revision {
  readonly detectorId: string;
  readonly runId: string;
  /** Epoch milliseconds: when it was looked at again. */
  readonly at: number;
  /** All that was looked at again, anomalous or not, with their own times in epoch milliseconds. */
  readonly logs: readonly { readonly index: string; readonly id: string; readonly time: number }[];
  readonly results: readonly AnomalyResult[];
  readonly summaries: readonly BucketSummary[];
  /** Nothing is written for those of which nothing stands. */
  readonly onlyStanding?: boolean;
}

export interface ResultQuery {
  readonly detectorId?: string;
  /** By time of writing (`event.ingested`), half-open. */
  readonly writtenFrom?: number;
  readonly writtenTo?: number;
  readonly from?: number;
  readonly to?: number;
  readonly minimumConfidence?: number;
  readonly size?: number;
}

export interface PastPromotion {
  readonly version: string;
  /** Made active to go back to it, which takes back what came after it. */
  readonly isBack: boolean;
}
export interface ModelRecord {
  readonly version: string;
  readonly detectorId: string;
  readonly status: 'candidate' | 'active' | 'retired';
  readonly createdAt: string;
  readonly promotedAt?: string;
  /** Of the active one alone: what became active, in its order and this one last. The latest hundred. */
  readonly promotions?: readonly PastPromotion[];
  readonly threshold: number;
  readonly rows: number;
  /** The whole `Evaluation`, or of lists and active ones the few figures of a summary. Not checked. */
  readonly evaluation?: unknown;
  readonly note?: string;
  /** Comparison with the model that was active then. */
  readonly gate?: CandidateGate;
  /** Of its text: models with the same are the same. */
  readonly sha256: string;
}

export interface SnapshotStore {
  /** `text` is what `encodeModelSnapshot` gave. Saving the same version again is a no-op. */
  save(
    detectorId: string,
    version: string,
    text: string,
    record: Omit<ModelRecord, 'version' | 'detectorId' | 'status' | 'gate' | 'sha256'>,
  ): Promise<void>;
  load(detectorId: string, version: string): Promise<string>;
  /** @throws DetectionError `not_found` */
  record(detectorId: string, version: string): Promise<ModelRecord>;
  list(detectorId?: string): Promise<ModelRecord[]>;
  active(detectorId: string): Promise<ModelRecord | undefined>;
  /**
   * Makes one version active and retires the one before it, with optimistic concurrency (`conflict`).
   *
   * @param how `over`: time of the promotion that this one follows, null for a first one; absent: whichever it finds
   */
  promote(
    detectorId: string,
    version: string,
    note?: string,
    how?: { readonly isBack?: boolean; readonly over?: string | null },
  ): Promise<{ previous?: string }>;
  delete(detectorId: string, version: string): Promise<void>;
  /** Keeps a gate report with its model, in the place of an earlier one. */
  keepGate(detectorId: string, version: string, gate: CandidateGate): Promise<void>;
}

/** Measurements of drift over time. */
export interface DriftStore {
  /** @param slot epoch milliseconds: a second measurement of the same slot replaces the first */
  write(
    detector: { readonly id: string; readonly name: string },
    measurement: DriftMeasurement,
    slot: number,
  ): Promise<void>;
  /** The latest measurements of a half-open range in epoch milliseconds, oldest first, at most 1,000. */
  list(
    detectorId: string,
    range: { readonly from: number; readonly to: number },
  ): Promise<DriftMeasurement[]>;
}

/**
 * Position up to which a detector has read. Written only after the results are.
 *
 * Logs that carry the time of indexing are read in that order, so a late log is simply read when it arrives; logs
 * without it are read by their own timestamp. The two ranges advance side by side.
 */
export interface Checkpoint {
  readonly detectorId: string;
  /** Logs without a time of indexing: everything with a timestamp before this (epoch ms) has been scored. */
  readonly timestampTo: number;
  /** Position inside a range that a run left unfinished; read on from it up to the next `to`. */
  readonly timestampPosition?: unknown;
  /** Logs with a time of indexing: everything indexed before this (epoch ms) has been scored. */
  readonly ingestedTo: number;
  readonly ingestedPosition?: unknown;
  /** `LogPage.memory` of the last page. */
  readonly sourceMemory?: unknown;
  /** Numbers of logs that were read lately, to compare with what is there: see `scoring/coverage.ts`. */
  readonly coverage?: unknown;
  /** State of the adaptive threshold. */
  readonly threshold?: unknown;
  /** Counts of patterns that are not stored yet: see `patterns/count_patterns.ts`. */
  readonly patterns?: unknown;
  readonly modelVersion?: string;
  readonly runId: string;
}

export interface CheckpointStore {
  read(detectorId: string): Promise<{ checkpoint: Checkpoint; revision: unknown } | undefined>;
  /** Fails with `conflict` when somebody else has written since `revision` was read. @returns the new revision */
  write(checkpoint: Checkpoint, revision: unknown): Promise<unknown>;
}

export type FeedbackVerdict = 'real' | 'not_an_anomaly';
export interface Feedback {
  readonly detectorId: string;
  readonly source: { readonly index: string; readonly id: string };
  readonly verdict: FeedbackVerdict;
  /** Scope in which `not_an_anomaly` hides results; absent: it hides none, and is a label only. */
  readonly scope?: FeedbackScope;
  readonly comment?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  readonly judged?: JudgedFacts;
  /** Suppression that hides results beyond this one. */
  readonly suppressionId?: string;
  readonly by?: string;
  readonly at: string;
}
export interface FeedbackStore {
  /** Of the verdict on a log, and of what it hides. */
  idOf(detectorId: string, source: { index: string; id: string }): string;
  find(detectorId: string, source: { index: string; id: string }): Promise<Feedback | undefined>;
  save(feedback: Feedback): Promise<void>;
  remove(detectorId: string, source: { index: string; id: string }): Promise<void>;
  list(detectorId: string): Promise<Feedback[]>;
}

export interface SuppressionStore {
  /** Oldest first, those of all of the space and expired ones among them. */
  list(detectorId?: string): Promise<Suppression[]>;
  find(id: string): Promise<Suppression | undefined>;
  save(suppression: Suppression): Promise<void>;
  remove(id: string): Promise<void>;
  /** Returns whatever may hide the results of these logs: suppressions of the detector, and verdicts on exactly these. One request. */
  forResults(
    detectorId: string,
    sources: readonly { readonly index: string; readonly id: string }[],
  ): Promise<{ suppressions: Suppression[]; unnoted: Suppression[] }>;
  /** Remembers that it is on record that these have expired: `forResults` gives them as `unnoted` until then. */
  noteExpired(suppressions: readonly Suppression[]): Promise<void>;
}

/** Author, time and reason of a change to stored results. */
export interface ChangeNote {
  /** ISO 8601. */
  readonly at: string;
  readonly by?: string;
  readonly because: string;
}

/** Stored results, hidden and shown again. What is done twice changes nothing the second time. */
export interface ResultMarks {
  find(
    detectorId: string,
    source: { readonly index: string; readonly id: string },
  ): Promise<{ id: string; result: AnomalyResult } | undefined>;
  /**
   * @param range by the time of the log, epoch milliseconds
   * @returns results that were shown before
   */
  hide(suppression: Suppression, range: { from: number; to: number }, note: ChangeNote): Promise<number>;
  /**
   * Results that others hide as well stay hidden.
   *
   * @param others to say of these why
   * @returns results that are shown again
   */
  show(suppressionId: string, others: readonly Suppression[], note: ChangeNote): Promise<number>;
  /** Puts on a result what was said of it; undefined: nothing any more. Does nothing where there is no such result. */
  judge(
    detectorId: string,
    source: { readonly index: string; readonly id: string },
    verdict: FeedbackVerdict | undefined,
    note: ChangeNote,
  ): Promise<void>;
  /** Stored results that each of these hides. */
  hiddenBy(suppressionIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Counts the effect that a suppression would have had; Elasticsearch does the counting. */
  replay(suppression: Suppression, range: { from: number; to: number }): Promise<Replay>;
}

/** All times in epoch milliseconds. */
export interface Replay {
  readonly from: number;
  readonly to: number;
  readonly results: { readonly before: number; readonly after: number };
  readonly alerts: { readonly before: number; readonly after: number };
  /** Days that a number a day is counted over. */
  readonly daysWithLogs: number;
  readonly complete: boolean;
  readonly days: readonly {
    readonly time: number;
    readonly alerts: { readonly before: number; readonly after: number };
    readonly results: { readonly before: number; readonly after: number };
  }[];
  readonly confirmed: {
    readonly total: number;
    readonly results: readonly { readonly id: string; readonly result: AnomalyResult }[];
  };
}

export interface AuditQuery {
  /** By the time of the step, half-open, epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly actions?: readonly AuditAction[];
  /** Newest entries given; default 100, at most 10,000. */
  readonly size?: number;
}
/** Audit trail of detectors. Append-only: nothing here changes or removes an entry. */
export interface AuditTrail {
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first, those that concern all detectors of the space among them. */
  list(detectorId: string, query?: AuditQuery): Promise<{ total: number; entries: AuditEntry[] }>;
}

/** Time and randomness come in from outside. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Long work reports here; the command line draws a bar, Kibana stores it. */
export interface Progress {
  (done: number, total: number | undefined, what: string): void;
}

export type { LogDocument };
