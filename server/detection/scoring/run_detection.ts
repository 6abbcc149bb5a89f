import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import type { EntityBound } from '../../../common/buckets';
import { DetectionError } from '../../../common/detection_error';
import { durationToMilliseconds } from '../../../common/detector';
import type { DirtReport } from '../../../common/log_features/columns/types';
import type { ThresholdChange } from '../../../common/threshold';
import { timestampOf } from './log_values';
import { changeResult } from './change_results';
import { CoverageRecord, type Coverage } from './coverage';
import { createPageScorer, type PageScorerOptions } from './page_scorer';
import type { RunIncidents } from '../ports/incidents';
import type { Closing, FoundChange, PlacedLogs, RunPatterns } from '../ports/patterns';
import type {
  AuditTrail,
  Checkpoint,
  CheckpointStore,
  LogPage,
  LogRange,
  Progress,
  ResultStore,
} from '../ports';
import { passesOf, type Pass } from './reading_passes';
import { thresholdEntries } from './threshold_record';

/** Work of a run on the logs that have arrived: scores them, or collects the scores of the cluster. */
export interface RunWork {
  /** Fields of a log that it needs. */
  readonly fields: readonly string[];
  /** Narrows the logs that are read, as query DSL. */
  readonly filter?: Record<string, unknown>;
  readonly dirt: DirtReport;
  /** @param by the clock in whose order the page was read */
  score(
    page: LogPage,
    by: Pass['by'],
  ): Promise<{ results: AnomalyResult[]; summaries: BucketSummary[]; logs: number; placed?: PlacedLogs }>;
  /** Called once a pass is read to its end, for what can only be said of all its logs together. */
  finish?(
    range: LogRange,
    by: Pass['by'],
  ): AsyncIterable<{ summaries: BucketSummary[]; logs: number; unscored: number }>;
  threshold(): number;
  thresholdState(): unknown;
  /** Returns the changes of an adaptive threshold since the last call. */
  takeThresholdChanges?(): readonly ThresholdChange[];
}

export interface DetectionRunOptions extends PageScorerOptions {
  readonly results: ResultStore;
  readonly checkpoints: CheckpointStore;
  /** Start of a detector without a checkpoint: epoch milliseconds. */
  readonly startFrom: number;
  /**
   * Scores the past: logs whose own timestamp is before this (epoch milliseconds), from `startFrom` on, whenever they
   * were indexed. Such a run needs checkpoints of its own.
   */
  readonly upTo?: number;
  /** The run stops after the page that reaches this many logs; the next run carries on. Pages without a position do not end it. */
  readonly maxLogs?: number;
  /** Likewise for time: epoch milliseconds. */
  readonly deadline?: number;
  readonly pageSize?: number;
  /** Share of the time since the checkpoint that the run goes through, (0, 1]; default: all. */
  readonly share?: number;
  /** With `share`, the run goes through at least so many milliseconds. */
  readonly smallestSpan?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /**
   * Marks those that somebody wants hidden, called for each page that has any. They are stored as they come back; only those
   * of type `log` are counted and announced.
   */
  readonly suppress?: (results: readonly AnomalyResult[]) => Promise<AnomalyResult[]>;
  /** Called after the results of a page are stored. */
  readonly onResults?: (results: readonly AnomalyResult[]) => Promise<void>;
  /**
   * Called once, at the end of the run, with all its results and before the checkpoint moves: at least once for each
   * result, those among them that were stored before it, so that a run which died in between leaves none untold. With it the checkpoint moves once a run, so give `maxLogs`, too: results are held until then.
   */
  readonly announce?: (results: readonly AnomalyResult[]) => Promise<void>;
  /**
   * Told of incidents during which an adaptive threshold stood still, and of limits that it reached, before the checkpoint
   * moves: at least once for each.
   */
  readonly audit?: Pick<AuditTrail, 'append'>;
  /** Puts stored results into incidents before the checkpoint moves: once more for each result that is read once more. */
  readonly incidents?: RunIncidents;
  /** Counts the patterns of the logs that are read. */
  readonly patterns?: RunPatterns;
  /** Default: the logs are read and scored here. */
  readonly work?: (checkpoint: Checkpoint) => RunWork;
}

export interface DetectionRun {
  /** Logs with a score. */
  readonly logs: number;
  /** Logs among these that became visible after their place in time was passed. */
  readonly foundLate: number;
  /** Logs that arrived without one, where the cluster scores them. */
  readonly unscored: number;
  readonly anomalies: number;
  /** Changes of patterns among these. */
  readonly changes: number;
  /** Results beside these that are stored hidden. */
  readonly suppressed: number;
  /** Results that were not there before: smaller than `anomalies` after a restart. */
  readonly created: number;
  /** Results and summaries whose content Elasticsearch refuses in every form: kept beside the checkpoints. */
  readonly putAside: number;
  readonly dirt: DirtReport;
  /** Entities that were left out; present where there are more than `bucket.max_entities`. */
  readonly bound?: EntityBound;
  readonly threshold: number;
  readonly from: number;
  readonly to: number;
  /** False when a cap ended the run before it reached `to`. */
  readonly complete: boolean;
  readonly checkpoint: Checkpoint;
}

/**
 * One run of a detector: scores everything that has arrived since its checkpoint, up to now less the query delay.
 *
 * Results are stored first, then announced, then the checkpoint moves. A crash in between repeats what came after the
 * checkpoint, and since ids derive from the source document, repeating it changes nothing.
 *
 * @throws DetectionError `conflict` when another process moved the checkpoint meanwhile, `interrupted` on `signal`
 */
export async function runDetection(options: DetectionRunOptions): Promise<DetectionRun> {
  const { detectorId, startFrom, runId } = options;
  const stored = await options.checkpoints.read(detectorId);
  const start = { detectorId, timestampTo: startFrom, ingestedTo: startFrom, runId };
  return new Run(options, stored?.checkpoint ?? start, stored?.revision).carryOut();
}

/** A page, and what scoring it has come to. */
interface TakenPage {
  readonly page: LogPage;
  /** Undefined for a page without logs. */
  readonly outcome: Awaited<ReturnType<RunWork['score']>> | undefined;
  /** State of an adaptive threshold after it. */
  readonly threshold: unknown;
  readonly thresholdChanges: readonly ThresholdChange[];
}

/** Parts of a checkpoint that say how far one clock has been read. */
const positionOf = (by: Pass['by'], position: unknown): Partial<Checkpoint> =>
  by === 'timestamp' ? { timestampPosition: position } : { ingestedPosition: position };
const placeOf = (by: Pass['by'], to: number): Partial<Checkpoint> =>
  by === 'timestamp' ? { timestampTo: to } : { ingestedTo: to };

class Run {
  private readonly from: number;
  /** Now less the query delay, or the end of the past that is scored. */
  private readonly end: number;
  private readonly to: number;
  private readonly work: RunWork;
  private readonly coverage: CoverageRecord | undefined;
  private readonly total = {
    logs: 0,
    foundLate: 0,
    unscored: 0,
    anomalies: 0,
    changes: 0,
    suppressed: 0,
    created: 0,
    putAside: 0,
  };
  private readonly unannounced: AnomalyResult[] = [];
  private readonly closing: Closing = {
    commit: () => this.store(),
    tell: (changes) => this.tellChanges(changes),
  };
  private thresholdChanges: ThresholdChange[] = [];
  private bound: EntityBound | undefined;
  private read = 0;
  private isStored = true;

  constructor(
    private readonly options: DetectionRunOptions,
    private checkpoint: Checkpoint,
    private revision: unknown,
  ) {
    const { clock, snapshot, upTo } = options;
    const { schedule } = snapshot.detector;
    this.end = upTo ?? clock.now() - durationToMilliseconds(schedule.query_delay);
    this.from = Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
    this.to = endOfShare(this.from, this.end, options);
    this.work = options.work?.(checkpoint) ?? createPageScorer(options, checkpoint);
    options.patterns?.resume(checkpoint.patterns, this.from);
    if (keepsCoverage(options)) this.coverage = new CoverageRecord(checkpoint.coverage as Coverage);
  }

  public async carryOut(): Promise<DetectionRun> {
    const { snapshot, upTo, announce, incidents, patterns } = this.options;
    const passes = passesOf(snapshot.detector, this.checkpoint, this.to, upTo !== undefined);
    let complete = await this.readNew(passes);
    if (complete) complete = await this.readMissed(passes);
    if (this.unannounced.length > 0) await announce?.(this.unannounced);
    // Patterns move the checkpoint.
    if (patterns !== undefined) await incidents?.tell(this.to);
    const { commit, tell } = this.closing;
    await patterns?.finish(complete ? this.to : undefined, commit, tell);
    await incidents?.finish(complete ? this.known() : undefined, this.to);
    if (!this.isStored) await this.store();
    return {
      ...this.total,
      dirt: this.work.dirt,
      ...(this.bound && { bound: this.bound }),
      threshold: this.work.threshold(),
      from: this.from,
      to: this.to,
      complete: complete && this.to === this.end,
      checkpoint: this.checkpoint,
    };
  }

  /** Stores changes of patterns as results, puts them into incidents and tells of them, as of those of logs. */
  private async tellChanges(changes: readonly FoundChange[]): Promise<void> {
    const {
      detectorId,
      snapshot,
      runId,
      clock,
      results: store,
      onResults,
      announce,
      incidents,
    } = this.options;
    const origin = { detectorId, snapshot, runId, now: clock.now() };
    const results = await this.suppressed(changes.map((change) => changeResult(origin, change)));
    const shown = shownOf(results);
    const { added, putAside } = await store.write(results);
    const news = shownOf(added);
    this.total.anomalies += shown.length;
    this.total.changes += shown.length;
    this.total.created += news.length;
    this.total.suppressed += results.length - shown.length;
    this.total.putAside += putAside;
    if (news.length > 0) await onResults?.(news);
    if (shown.length === 0) return;
    await incidents?.record(shown, this.known());
    await announce?.(shown);
    await incidents?.tell(this.to);
  }

  /** Up to when nothing can be found any more: a change of patterns is found when its bucket is over. */
  private known(): number {
    return Math.min(this.to, this.options.patterns?.judgedTo() ?? Infinity);
  }

  /** @returns false when a cap ended it */
  private async readNew(passes: readonly Pass[]): Promise<boolean> {
    for (const pass of passes) {
      const reached = pass.by === 'timestamp' ? this.checkpoint.timestampTo : this.checkpoint.ingestedTo;
      if (this.to <= reached) continue;
      if (pass.position === undefined) this.coverage?.restart(pass.by);
      if (!(await this.readPass(pass))) return false;
      await this.finish(pass);
    }
    return true;
  }

  /** Scores each page while what was found in the one before is stored. @returns false when a cap ended it */
  private async readPass(pass: Pass): Promise<boolean> {
    const { maxLogs = Infinity, signal } = this.options;
    let storing = Promise.resolve();
    try {
      for await (const page of this.pagesOf(pass)) {
        const scored = await this.score(page, pass.by);
        await storing;
        storing = this.take(scored, pass);
        // A failure is met where it is waited for.
        storing.catch(() => {});
        if (page.areGone !== true) this.read += page.logs.length;
        // A pass that cannot be resumed is read to its end: ended here it would begin anew in each run.
        const canResume = page.position !== undefined;
        if (canResume && (this.read >= maxLogs || this.isOver())) return false;
      }
      throwIfInterrupted(signal);
      return true;
    } finally {
      await storing;
    }
  }

  /** Reads spans again in which more logs are visible now. @returns false when the time was over */
  private async readMissed(passes: readonly Pass[]): Promise<boolean> {
    if (this.coverage === undefined) return true;
    const { source, clock } = this.options;
    for (const pass of passes) {
      for await (const { range, logs } of this.coverage.missed(source, pass, clock.now())) {
        for await (const page of this.pagesOf({ ...pass, range, position: undefined })) {
          await this.takeAgain(page, pass.by);
        }
        this.total.logs += logs;
        this.total.foundLate += logs;
        // The span that was read last is counted once more, by the next run.
        if (this.isOver()) return false;
      }
      this.advance({});
    }
    return true;
  }

  private async *pagesOf({ by, range, position }: Pass): AsyncIterable<LogPage> {
    const { source, pageSize, signal } = this.options;
    const { filter } = this.work;
    const fields = [...new Set([...this.work.fields, ...(this.options.patterns?.fields ?? [])])];
    const memory = this.checkpoint.sourceMemory;
    const pages = source.read(narrowed(range, filter), {
      by,
      fields,
      after: position,
      memory,
      pageSize,
      signal,
    });
    for await (const page of pages) {
      throwIfInterrupted(signal);
      yield page;
    }
  }

  private async score(page: LogPage, by: Pass['by']): Promise<TakenPage> {
    const outcome = page.logs.length === 0 ? undefined : await this.work.score(page, by);
    const thresholdChanges = this.work.takeThresholdChanges?.() ?? [];
    return { page, outcome, threshold: this.work.thresholdState(), thresholdChanges };
  }

  /** Stores the results of a page, and moves the position past it. */
  private async take(scored: TakenPage, { by, range }: Pass): Promise<void> {
    const { page, outcome } = scored;
    this.thresholdChanges.push(...scored.thresholdChanges);
    if (outcome === undefined) return this.moveTo(scored, by);
    const { total } = this;
    const { results: found, summaries, logs, placed } = outcome;
    const results = await this.suppressed(found);
    const shown = shownOf(results);
    const { onlyStanding = false } = page;
    let news = onlyStanding ? [] : shown;
    // Incidents of results that are withdrawn are counted anew.
    let isCountedAnew = page.revises === true;
    // Results of the past stay as they were told.
    const replaces = page.replaces === true && this.options.upTo === undefined;
    if ((page.revises === true || replaces) && this.options.results.revise !== undefined) {
      const { added, withdrawn = 0 } = await this.revise(page, range, { results, summaries });
      news = added;
      isCountedAnew ||= withdrawn > 0;
    } else if (!onlyStanding) {
      const { created, putAside } = await this.options.results.write(shown, summaries);
      total.created += created;
      total.putAside += putAside;
      const hidden = results.filter(({ result }) => result.type !== 'log');
      if (hidden.length > 0) total.putAside += (await this.options.results.write(hidden)).putAside;
    }
    if (news.length > 0) await this.options.onResults?.(news);
    const { announce, incidents } = this.options;
    const counted = onlyStanding ? news : shown;
    await incidents?.record(counted, this.known(), isCountedAnew ? spanOf(page, range) : undefined);
    if (announce !== undefined) this.unannounced.push(...counted);
    const { patterns, clock } = this.options;
    await patterns?.count(page, { now: clock.now(), reached: this.from, placed }, this.closing);
    total.logs += logs;
    total.anomalies += counted.length;
    if (!onlyStanding) total.suppressed += results.length - shown.length;
    if (page.bound !== undefined) this.bound = page.bound;
    this.coverage?.note(by, page.logs.length);
    await this.moveTo(scored, by);
    this.options.progress?.(total.logs, undefined, 'logs scored');
  }

  /** Moves the position past a page. */
  private async moveTo({ page, threshold }: TakenPage, by: Pass['by']): Promise<void> {
    const { announce, incidents } = this.options;
    this.advance(
      {
        ...positionOf(by, page.position),
        ...(page.memory === undefined ? {} : { sourceMemory: page.memory }),
      },
      threshold,
    );
    if (announce === undefined && incidents?.areAnnounced !== true) await this.store();
  }

  /** @returns the results that were not there before, and how many are withdrawn */
  private async revise(
    page: LogPage,
    { timestampField }: LogRange,
    scored: { results: readonly AnomalyResult[]; summaries: readonly BucketSummary[] },
  ): Promise<{ added: AnomalyResult[]; withdrawn?: number }> {
    const { detectorId, runId, clock, results } = this.options;
    const logs = page.logs.map(({ index, id, document }) => ({
      index,
      id,
      time: timestampOf(document, timestampField) ?? NaN,
    }));
    const { added, putAside, withdrawn } = await results.revise!({
      detectorId,
      runId,
      at: clock.now(),
      logs,
      ...scored,
      ...(page.onlyStanding === true && { onlyStanding: true }),
    });
    this.total.created += added.length;
    this.total.putAside += putAside;
    return { added, withdrawn };
  }

  /**
   * Scores a page of which some logs were scored before: their results are there and stay, the threshold does not learn from
   * them again, and the counts of the timeline are left as they are.
   */
  private async takeAgain(page: LogPage, by: Pass['by']): Promise<void> {
    if (page.onlyStanding === true) return;
    const { results, onResults, announce, incidents } = this.options;
    const { results: found } = await this.work.score({ ...page, revises: true }, by);
    const marked = await this.suppressed(found);
    if (marked.length === 0) return;
    const { added, putAside } = await results.write(marked);
    const news = shownOf(added);
    this.total.created += news.length;
    this.total.anomalies += news.length;
    this.total.putAside += putAside;
    if (news.length > 0) await onResults?.(news);
    await incidents?.record(shownOf(marked), this.known());
    // Those that a run stored which died before it told them are among these; whoever tells knows what was told.
    if (announce !== undefined) this.unannounced.push(...shownOf(marked));
  }

  private async finish({ by, range }: Pass): Promise<void> {
    for await (const { summaries, logs, unscored } of this.work.finish?.(range, by) ?? []) {
      const { putAside } = await this.options.results.write([], summaries);
      this.total.putAside += putAside;
      this.total.logs += logs;
      this.total.unscored += unscored;
    }
    this.coverage?.close(by, range);
    this.advance({ ...placeOf(by, this.to), ...positionOf(by, undefined) });
  }

  private async suppressed(found: AnomalyResult[]): Promise<AnomalyResult[]> {
    const { suppress } = this.options;
    return suppress !== undefined && found.length > 0 ? await suppress(found) : found;
  }

  /** @param threshold its state once all that lies before the new place was scored */
  private advance(change: Partial<Checkpoint>, threshold = this.work.thresholdState()): void {
    this.isStored = false;
    this.checkpoint = {
      ...this.checkpoint,
      ...change,
      ...(this.coverage && { coverage: this.coverage.toJSON() }),
      runId: this.options.runId,
      modelVersion: this.options.snapshot.version,
      threshold,
    };
  }

  private async store(): Promise<void> {
    const { detectorId, audit, checkpoints, clock, patterns } = this.options;
    if (patterns !== undefined) this.checkpoint = { ...this.checkpoint, patterns: patterns.progress() };
    const entries = thresholdEntries(detectorId, this.thresholdChanges, clock.now());
    this.thresholdChanges = [];
    if (entries.length > 0) await audit?.append(entries);
    this.revision = await checkpoints.write(this.checkpoint, this.revision);
    this.isStored = true;
  }

  private isOver(): boolean {
    const { deadline, clock } = this.options;
    return deadline !== undefined && clock.now() >= deadline;
  }
}

const shownOf = (results: readonly AnomalyResult[]): AnomalyResult[] =>
  results.filter(({ result }) => result.type === 'log');

/** Buckets are read again when a log in them is new; of the past, and of what the cluster scores, no numbers are kept. */
const keepsCoverage = ({ upTo, snapshot: { detector } }: DetectionRunOptions): boolean =>
  upTo === undefined && detector.unit !== 'bucket' && detector.scoring !== 'ingest';

/** @returns where a run ends that goes through a share of the time between, epoch milliseconds */
function endOfShare(from: number, end: number, { share = 1, smallestSpan = 0 }: DetectionRunOptions): number {
  if (share >= 1 || end <= from) return end;
  return Math.min(end, from + Math.max(smallestSpan, Math.ceil(share * (end - from))));
}

/** Time of the logs of a page, by their own clocks. */
function spanOf({ logs }: LogPage, { timestampField }: LogRange): { from: number; to: number } | undefined {
  const times = logs.flatMap(({ document }) => timestampOf(document, timestampField) ?? []);
  if (times.length === 0) return undefined;
  return {
    from: times.reduce((least, time) => Math.min(least, time), Infinity),
    to: times.reduce((most, time) => Math.max(most, time), -Infinity),
  };
}

const narrowed = (range: LogRange, filter: RunWork['filter']): LogRange =>
  filter === undefined ? range : { ...range, query: { bool: { filter: [range.query, filter] } } };

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new DetectionError(
      'interrupted',
      'The run was interrupted; the next one carries on from the checkpoint.',
    );
  }
}
