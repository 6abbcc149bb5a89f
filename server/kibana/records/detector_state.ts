import type {
  BackfillReport,
  DetectorState,
  DetectorStatus,
  Failure,
  LivePipelineBody,
  RunReport,
  RunSummary,
  TrainingReport,
} from '../../../common/api';
import type { Checkpoint, ModelRecord } from '../../detection/ports';
import type { CountedRuns } from '../../detection/promotion/promotion_watch';

/** State that the task of a detector keeps of its runs. */
export interface RunState {
  readonly running?: { readonly id: string; readonly started_at: string };
  readonly last_run?: RunReport;
  /** Newest first, at most RUNS_KEPT. */
  readonly history?: readonly RunSummary[];
  readonly last_log_at?: string;
  /** While no log comes: since when. ISO 8601. */
  readonly quiet_since?: string;
  readonly consecutive_failures: number;
  readonly last_error?: Failure;
  /** Not before this is the next run tried, after failures. ISO 8601. */
  readonly not_before?: string;
  /** Results in all that could only be put aside, and when last. ISO 8601. */
  readonly put_aside?: { readonly results: number; readonly last_at: string };
  /** Counts of the runs with the current model, and before that with the previous one. */
  readonly counted?: readonly CountedRuns[];
}
export const NEVER_RUN: RunState = { consecutive_failures: 0 };

/** All that is known of a detector, from wherever it is kept. */
export interface DetectorFacts {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly runs: RunState;
  readonly training?: TrainingReport;
  readonly backfill?: BackfillReport;
  readonly pipeline?: LivePipelineBody;
  readonly model?: ModelRecord;
  readonly checkpoint?: Checkpoint;
  readonly nextRunAt?: number;
  /** Distance of runs behind now, milliseconds. */
  readonly queryDelay: number;
  readonly now: number;
}

/** Training and backfill end within it or were cut off; older claims to be under way are not believed. */
export const LONGEST_TRAINING_MILLISECONDS = 60 * 60_000;

const isUnderWay = (training: TrainingReport | undefined, now: number): boolean =>
  training !== undefined &&
  (training.state === 'queued' || training.state === 'running') &&
  now - Date.parse(training.requested_at) < LONGEST_TRAINING_MILLISECONDS;

/**
 * ```
 * created --train--> training --promoted--> ready --start--> running <--> failing
 *                        ^                                   |  ^            |
 *                        +------------ start, no model ------+  +-- stop --> stopped
 * ```
 * A detector that has a model and trains another one stays what it was.
 */
export function stateOf(facts: DetectorFacts): DetectorState {
  const { enabled, runs, training, model, now } = facts;
  if (model === undefined) {
    if (isUnderWay(training, now)) return 'training';
    if (training?.state === 'failed' && enabled) return 'failing';
    if (enabled) return runs.consecutive_failures > 0 ? 'failing' : 'training';
    return 'created';
  }
  if (enabled) return runs.consecutive_failures > 0 ? 'failing' : 'running';
  return runs.last_run === undefined && runs.last_error === undefined ? 'ready' : 'stopped';
}

/**
 * @param queryDelay milliseconds
 * @returns when logs were last looked for, epoch milliseconds. Without logs a look moves the checkpoint and writes nothing else.
 */
export function lastLookOf(
  lastRun: RunReport | undefined,
  checkpoint: Checkpoint | undefined,
  queryDelay: number,
): number | undefined {
  const reached = checkpoint && Math.min(checkpoint.timestampTo, checkpoint.ingestedTo) + queryDelay;
  const reported = lastRun && Date.parse(lastRun.finished_at);
  return reached === undefined || reported === undefined
    ? (reported ?? reached)
    : Math.max(reported, reached);
}

export function statusOf(facts: DetectorFacts): DetectorStatus {
  const { runs, training, backfill, pipeline, model, checkpoint, now } = facts;
  const state = stateOf(facts);
  const reached = checkpoint && Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
  const lastLook = lastLookOf(runs.last_run, checkpoint, facts.queryDelay);
  return {
    id: facts.id,
    name: facts.name,
    state,
    enabled: facts.enabled,
    ...(model && {
      model: {
        version: model.version,
        created_at: model.createdAt,
        threshold: model.threshold,
        rows: model.rows,
      },
    }),
    ...(pipeline && { pipeline }),
    ...(checkpoint && {
      checkpoint: {
        timestamp_to: new Date(checkpoint.timestampTo).toISOString(),
        ingested_to: new Date(checkpoint.ingestedTo).toISOString(),
      },
    }),
    ...(reached !== undefined && { lag_ms: Math.max(0, now - reached) }),
    ...(runs.running && { running: runs.running }),
    ...(runs.last_run && { last_run: runs.last_run }),
    ...(lastLook !== undefined && { last_look_at: new Date(lastLook).toISOString() }),
    ...(runs.last_log_at && { last_log_at: runs.last_log_at }),
    ...(facts.enabled &&
      facts.nextRunAt !== undefined && { next_run_at: new Date(facts.nextRunAt).toISOString() }),
    consecutive_failures: runs.consecutive_failures,
    ...(lastErrorOf(facts, state) && { last_error: lastErrorOf(facts, state) }),
    ...(training && { training }),
    ...(backfill && { backfill }),
  };
}

/** Without a model nothing runs, so what failed is the training. */
function lastErrorOf({ runs, training, model }: DetectorFacts, state: DetectorState): Failure | undefined {
  if (model === undefined && training?.failure !== undefined && state !== 'training') return training.failure;
  return runs.last_error;
}
