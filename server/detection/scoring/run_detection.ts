import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import { durationToMilliseconds } from '../../../common/detector';
import type { DirtReport } from '../../../common/log_features/columns/types';
import type { ThresholdChange } from '../../../common/threshold';
import { timestampOf } from './log_values';
import { createPageScorer, type PageScorerOptions } from './page_scorer';
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
  ): Promise<{ results: AnomalyResult[]; summaries: BucketSummary[]; logs: number }>;
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
  /** The run stops after the page that reaches this many logs; the next run carries on. */
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
  /** Default: the logs are read and scored here. */
  readonly work?: (checkpoint: Checkpoint) => RunWork;
}

export interface DetectionRun {
  /** Logs with a score. */
  readonly logs: number;
  /** Logs that arrived without one, where the cluster scores them. */
  readonly unscored: number;
  readonly anomalies: number;
  /** Results beside these that are stored hidden. */
  readonly suppressed: number;
  /** Results that were not there before: smaller than `anomalies` after a restart. */
  readonly created: number;
  /** Results and summaries whose content Elasticsearch refuses in every form: kept beside the checkpoints. */
  readonly putAside: number;
  readonly dirt: DirtReport;
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
  const { detectorId, snapshot, clock, checkpoints } = options;
  const { detector } = snapshot;
  const stored = await checkpoints.read(detectorId);
  let checkpoint: Checkpoint = stored?.checkpoint ?? {
    detectorId,
    timestampTo: options.startFrom,
    ingestedTo: options.startFrom,
    runId: options.runId,
  };
  let revision = stored?.revision;
  const end = options.upTo ?? clock.now() - durationToMilliseconds(detector.schedule.query_delay);
  const from = Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
  const to = endOfShare(from, end, options);
  const page: RunWork = options.work?.(checkpoint) ?? createPageScorer(options, checkpoint);
  const total = { logs: 0, unscored: 0, anomalies: 0, suppressed: 0, created: 0, putAside: 0 };
  let read = 0;
  let complete = to === end;

  const unannounced: AnomalyResult[] = [];
  let isStored = true;
  const store = async (): Promise<void> => {
    const entries = thresholdEntries(detectorId, page.takeThresholdChanges?.() ?? [], clock.now());
    if (entries.length > 0) await options.audit?.append(entries);
    revision = await checkpoints.write(checkpoint, revision);
    isStored = true;
  };
  const advance = (change: Partial<Checkpoint>): void => {
    isStored = false;
    checkpoint = {
      ...checkpoint,
      ...change,
      runId: options.runId,
      modelVersion: snapshot.version,
      threshold: page.thresholdState(),
    };
  };

  for (const pass of passesOf(detector, checkpoint, to, options.upTo !== undefined)) {
    if (to <= (pass.by === 'timestamp' ? checkpoint.timestampTo : checkpoint.ingestedTo)) continue;
    let capped = false;
    for await (const logPage of options.source.read(narrowed(pass.range, page.filter), {
      by: pass.by,
      fields: page.fields,
      after: pass.position,
      memory: checkpoint.sourceMemory,
      pageSize: options.pageSize,
      signal: options.signal,
    })) {
      throwIfInterrupted(options.signal);
      const { results: found, summaries, logs } = await page.score(logPage, pass.by);
      const results =
        options.suppress !== undefined && found.length > 0 ? await options.suppress(found) : found;
      const shown = results.filter(({ result }) => result.type === 'log');
      let news = shown;
      if (logPage.revises === true && options.results.revise !== undefined) {
        const logTimes = logPage.logs.map(({ index, id, document }) => ({
          index,
          id,
          time: timestampOf(document, pass.range.timestampField) ?? NaN,
        }));
        const { runId } = options;
        const at = clock.now();
        const revision = { detectorId, runId, at, logs: logTimes, results, summaries };
        const { added, putAside } = await options.results.revise(revision);
        news = added;
        total.created += added.length;
        total.putAside += putAside;
      } else {
        const { created, putAside } = await options.results.write(shown, summaries);
        total.created += created;
        total.putAside += putAside;
        const hidden = results.filter(({ result }) => result.type !== 'log');
        if (hidden.length > 0) total.putAside += (await options.results.write(hidden)).putAside;
      }
      if (news.length > 0) await options.onResults?.(news);
      if (options.announce !== undefined) unannounced.push(...shown);
      read += logPage.logs.length;
      total.logs += logs;
      total.anomalies += shown.length;
      total.suppressed += results.length - shown.length;
      advance({
        ...(pass.by === 'timestamp'
          ? { timestampPosition: logPage.position }
          : { ingestedPosition: logPage.position }),
        ...(logPage.memory === undefined ? {} : { sourceMemory: logPage.memory }),
      });
      if (options.announce === undefined) await store();
      options.progress?.(total.logs, undefined, 'logs scored');
      if (
        read >= (options.maxLogs ?? Infinity) ||
        (options.deadline !== undefined && clock.now() >= options.deadline)
      ) {
        capped = true;
        break;
      }
    }
    throwIfInterrupted(options.signal);
    if (capped) {
      complete = false;
      break;
    }
    for await (const { summaries, logs, unscored } of page.finish?.(pass.range, pass.by) ?? []) {
      const { putAside } = await options.results.write([], summaries);
      total.putAside += putAside;
      total.logs += logs;
      total.unscored += unscored;
    }
    advance(
      pass.by === 'timestamp'
        ? { timestampTo: to, timestampPosition: undefined }
        : { ingestedTo: to, ingestedPosition: undefined },
    );
  }
  if (unannounced.length > 0) await options.announce?.(unannounced);
  if (!isStored) await store();
  return { ...total, dirt: page.dirt, threshold: page.threshold(), from, to, complete, checkpoint };
}

/** @returns where a run ends that goes through a share of the time between, epoch milliseconds */
function endOfShare(from: number, end: number, { share = 1, smallestSpan = 0 }: DetectionRunOptions): number {
  if (share >= 1 || end <= from) return end;
  return Math.min(end, from + Math.max(smallestSpan, Math.ceil(share * (end - from))));
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
