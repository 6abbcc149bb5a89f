import type { WatchState } from '../../../common/api/status';
import type { CandidateCheck, CandidateGate } from '../../../common/api/gate';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import { createModelScorer, type ModelSnapshot } from '../../../common/model_snapshot';
import { acceptedChecks, withChecks } from './compare_candidate';
import { failedChecks } from './gate_report';
import { createTurns } from '../ports/in_turns';

/** A watch looks so often in all, but neither more often nor less often than these. */
const LOOKS = 24;
const SHORTEST_PAUSE_MILLISECONDS = 5 * 60_000;
const LONGEST_PAUSE_MILLISECONDS = 60 * 60_000;
/** Logs that have to come after a promotion before the models are compared on them. */
export const FEWEST_WATCHED_LOGS = 200;
/** Standard deviations of a count that are put down to chance. */
const CHANCE_DEVIATIONS = 3;
/** Alerts of the new model that the one before must see as well, or else they are the model's own. */
const SHARED_ALERTS = 0.5;
/** Fewer alerts say nothing. */
const FEWEST_ALERTS = 10;

/** Counts of the runs of a detector with one model. */
export interface CountedRuns {
  readonly version: string;
  readonly logs: number;
  readonly anomalies: number;
}

/** @returns undefined where promotions are not watched or there is nothing to go back to */
export function startWatch(
  settings: Detector['promotion'],
  version: string,
  previous: string | undefined,
  now: number,
): WatchState | undefined {
  if (settings.watch === 'off' || previous === undefined || previous === version) return undefined;
  return {
    version,
    previous,
    state: 'watching',
    since: new Date(now).toISOString(),
    until: new Date(now + durationToMilliseconds(settings.watch)).toISOString(),
  };
}

/** Returns true when the next check is due; there is a last one at the end. */
export function isLookDue({ since, until, looked_at: lookedAt }: WatchState, now: number): boolean {
  const span = Date.parse(until) - Date.parse(since);
  const pause = Math.min(LONGEST_PAUSE_MILLISECONDS, Math.max(SHORTEST_PAUSE_MILLISECONDS, span / LOOKS));
  return now - Date.parse(lookedAt ?? since) >= pause || now >= Date.parse(until);
}

export interface WatchLook {
  readonly watch: WatchState;
  /** The promoted model compared with the one before it, over logs since the promotion; absent: there are too few. */
  readonly gate?: CandidateGate;
  /** See {@link alertRateCheck}. */
  readonly alertRate?: CandidateCheck;
  readonly now: number;
}

/**
 * Returns the state after a check of a promoted model: it goes on, is kept at its end, or is taken back. It is taken back by the
 * same limits that a candidate has to hold, measured on logs that came after the promotion.
 */
export function afterLook({ watch, gate, alertRate, now }: WatchLook): WatchState {
  const looked = { ...watch, looked_at: new Date(now).toISOString() };
  const whole = gate && alertRate ? withChecks(gate, [...gate.checks, alertRate]) : gate;
  const counted = whole && acceptedChecks(whole, watch.accepted ?? []);
  if (counted?.verdict === 'fail') {
    const reasons = failedChecks(counted.checks).map(({ message }) => message);
    return { ...looked, state: 'taken_back', reasons };
  }
  return now >= Date.parse(watch.until) ? { ...looked, state: 'kept' } : looked;
}

export interface AlertRate {
  readonly before: CountedRuns;
  readonly after: CountedRuns;
  readonly askedShare: number;
  readonly maxRatio: number;
  /** Of the latest alerts of the new model, the share that the one before would have raised; undefined: nobody can tell. */
  readonly sharedAlerts: number | undefined;
}

/**
 * Checks that a new model does not raise more alerts than both the one before it and the number asked for. More alerts that the old model
 * would have raised as well are the logs' doing, such as an incident, and are not held against it.
 */
export function alertRateCheck({
  before,
  after,
  askedShare,
  maxRatio,
  sharedAlerts,
}: AlertRate): CandidateCheck {
  const usual = Math.max(askedShare, before.logs === 0 ? 0 : before.anomalies / before.logs);
  const allowed = maxRatio * usual * after.logs;
  const limit = allowed + CHANCE_DEVIATIONS * Math.sqrt(allowed) + FEWEST_ALERTS;
  const isMore = after.anomalies > limit;
  const isOwn = sharedAlerts !== undefined && sharedAlerts < SHARED_ALERTS;
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  return {
    name: 'false_alarms',
    verdict: isMore && isOwn ? 'fail' : isMore ? 'ask' : 'pass',
    value: after.anomalies,
    limit,
    message: `since its promotion ${count(after.anomalies)} of ${count(after.logs)} logs were called anomalous, at most ${count(limit)} are allowed${sharedAlerts === undefined ? '' : `; the model before sees ${Math.round(100 * sharedAlerts)}% of them`}`,
    said: {
      code: sharedAlerts === undefined ? 'alert_rate' : 'alert_rate_shared',
      values: {
        anomalies: after.anomalies,
        logs: after.logs,
        limit: Math.round(limit),
        ...(sharedAlerts !== undefined && { shared: sharedAlerts }),
      },
    },
  };
}

/** @returns the share of logs that a model calls anomalous; undefined without logs */
export async function shareFlagged(
  snapshot: ModelSnapshot,
  threshold: number,
  documents: readonly LogDocument[],
): Promise<number | undefined> {
  if (documents.length === 0) return undefined;
  const { scores } = await createTurns().finish(createModelScorer(snapshot).scoreInSteps(documents));
  return scores.filter((score) => score >= threshold).length / documents.length;
}

/** Adds a run to what was scored with its model; with another model counting starts again. */
export function countRun(
  counted: readonly CountedRuns[] | undefined,
  run: CountedRuns,
): readonly CountedRuns[] {
  const [latest, ...earlier] = counted ?? [];
  const { version, logs, anomalies } = run;
  if (latest?.version !== version) {
    return [{ version, logs, anomalies }, ...(latest === undefined ? [] : [latest])];
  }
  return [
    { version, logs: latest.logs + logs, anomalies: latest.anomalies + anomalies },
    ...earlier.slice(0, 1),
  ];
}
