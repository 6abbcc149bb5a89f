import type { Checkpoint, ModelRecord } from '../../detection/ports';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { DetectorHealthParams } from '../../../common/rules';
import type { StoredDetector } from '../records/detector_repository';
import { lastLookOf, LONGEST_TRAINING_MILLISECONDS } from '../records/detector_state';
import type { StoredStatus } from '../records/status_store';
import { told } from './told';

export type HealthProblem = 'no_model' | 'no_run' | 'lag' | 'failing' | 'no_data' | 'old_model';

export interface HealthFacts {
  readonly stored: StoredDetector;
  readonly status: StoredStatus | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly model: ModelRecord | undefined;
  /** At the allowed rate, at which it runs; default: as it is saved. */
  readonly schedule?: Detector['schedule'];
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Finding {
  readonly problem: HealthProblem;
  /** For people: what was measured, what is allowed, what to do. */
  readonly message: string;
}

/** @returns e.g. `2h 05m`, `40s` */
export function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** Returns how long a detector may be silent or behind, milliseconds: longer than its pauses, which are longer while no log comes. */
function limitOf(
  limit: string | null,
  schedule: Detector['schedule'],
  runs: StoredStatus['runs'] | undefined,
): number {
  if (limit === null) return Infinity;
  const interval = durationToMilliseconds(schedule.interval);
  const isIdle = runs?.last_run?.logs === 0;
  const pause = isIdle ? Math.max(interval, durationToMilliseconds(schedule.idle_interval)) : interval;
  return Math.max(durationToMilliseconds(limit), pause + interval);
}

/** Runs that wait for a first model leave no sign but the trainings that they ask for, again and again where these fail. */
function isWaitingForModel({ status, checkpoint, model, now }: HealthFacts): boolean {
  const training = status?.training;
  if (model !== undefined || checkpoint !== undefined || status?.runs.last_run !== undefined) return false;
  return training !== undefined && now - Date.parse(training.requested_at) < LONGEST_TRAINING_MILLISECONDS;
}

/** Returns the problems of a started detector; none for a stopped one. */
export function checkHealth(facts: HealthFacts, params: DetectorHealthParams): Finding[] {
  const { stored, status, checkpoint, model, now } = facts;
  const { schedule = stored.detector.schedule } = facts;
  if (!stored.enabled) return [];
  const since = Date.parse(stored.updated_at);
  const runs = status?.runs;
  const reached = checkpoint && Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
  const delay = durationToMilliseconds(schedule.query_delay);
  const lastRun = Math.max(since, lastLookOf(runs?.last_run, checkpoint, delay) ?? 0);
  const findings: Finding[] = [];
  const isLonger = (duration: number, limit: string | null): limit is string =>
    limit !== null && duration > durationToMilliseconds(limit);
  if (model === undefined) {
    const failure = status?.training?.failure;
    if (failure !== undefined) {
      findings.push({
        problem: 'no_model',
        // Elasticsearch, in whose words it failed, repeats what stands in logs.
        message: `No model could be trained: ${told(failure.message)} ${failure.next_step}`,
      });
    }
  }
  const [silence, lag] = [params.max_silence, params.max_lag].map((limit) => limitOf(limit, schedule, runs));
  if (now - lastRun > silence && !isWaitingForModel(facts)) {
    findings.push({
      problem: 'no_run',
      message: `No run for ${inWords(now - lastRun)}, at most ${inWords(silence)} is allowed. Look at Kibana's Task Manager health and at the detector's status.`,
    });
  }
  // It waits for late logs as long as it is told to: that is no lag.
  const behind = reached === undefined ? 0 : now - reached - delay;
  if (behind > lag) {
    findings.push({
      problem: 'lag',
      message: `It is ${inWords(behind)} behind, at most ${inWords(lag)} is allowed. Fewer logs by a narrower query, or a higher logAnomalies.jobs.max_run_time, help.`,
    });
  }
  const failures = runs?.consecutive_failures ?? 0;
  if (params.max_failures !== null && failures >= params.max_failures) {
    findings.push({
      problem: 'failing',
      message:
        `${failures} runs in a row have failed. ${told(runs?.last_error?.message)} ${runs?.last_error?.next_step ?? ''}`.trim(),
    });
  }
  const lastLog = runs?.last_log_at ? Date.parse(runs.last_log_at) : since;
  if (model !== undefined && isLonger(now - lastLog, params.max_time_without_logs)) {
    findings.push({
      problem: 'no_data',
      message:
        `No log to score for ${inWords(now - lastLog)}, at most ${params.max_time_without_logs} is allowed. ` +
        (runs?.last_run?.unscored
          ? `Its last run found ${runs.last_run.unscored} logs that the ingest pipeline has not scored: attach it to ${stored.detector.source.index}.`
          : `Does ${stored.detector.source.index} still receive logs?`),
    });
  }
  const age = model && now - Date.parse(model.createdAt);
  if (age !== undefined && isLonger(age, params.max_model_age)) {
    findings.push({
      problem: 'old_model',
      message: `Its model is ${inWords(age)} old, at most ${params.max_model_age} is allowed. Train it, or set training.retrain_every.`,
    });
  }
  return findings;
}
