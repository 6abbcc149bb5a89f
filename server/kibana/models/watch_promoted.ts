import type { CandidateCheck, CandidateGate, WatchState } from '../../../common/api';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { exceedance, shareAskedFor } from '../../../common/threshold';
import { startingThreshold } from '../../detection/promotion/starting_threshold';
import {
  afterLook,
  alertRateCheck,
  FEWEST_WATCHED_LOGS,
  isLookDue,
  shareFlagged,
} from '../../detection/promotion/promotion_watch';
import { withCurrentSettings } from '../records/effective_snapshot';
import type { StoredUpkeep } from '../records/status_store';
import { compareOver, promoteAndWatch } from './candidate_promotion';
import { isWorthAnotherTry, recent, whyLost, type UpkeepContext } from './upkeep_context';

/** The latest alerts of a promoted model that are shown to the one before it. */
const SHARED_ALERTS_LOOKED_AT = 200;

/** @returns true where {@link watchPromoted} has something to do */
export const isWatchDue = (watch: WatchState | undefined, active: string, now: number): boolean =>
  watch?.state === 'watching' && (watch.version !== active || isLookDue(watch, now));

/** @returns whether another model is active now */
export async function watchPromoted(context: UpkeepContext, { watch }: StoredUpkeep): Promise<boolean> {
  const { services, job, model } = context;
  const now = services.clock.now();
  if (watch === undefined || !isWatchDue(watch, model.version, now)) return false;
  const put = (state: WatchState): Promise<void> =>
    job.status.writePart(job.target.detectorId, 'watch', state);
  if (watch.version !== model.version) {
    const isTakenBack = watch.reasons !== undefined && model.version === watch.previous;
    // Once more, for what of it was cut off.
    if (isTakenBack) await takeBack(context, watch);
    await put({ ...watch, state: isTakenBack ? 'taken_back' : 'ended' });
    return false;
  }
  const { reasons: _begun, ...watched } = watch;
  const looked = { ...watched, looked_at: new Date(now).toISOString() };
  const lost = await whyLost(services, job, watch.previous);
  if (lost !== undefined) {
    await put({ ...looked, state: 'ended', reasons: [`There is no model to go back to: ${lost}`] });
    return false;
  }
  try {
    const { gate, alertRate } = await lookAt(context, watched);
    const after = afterLook({ watch: watched, gate, alertRate, now });
    if (after.state === 'taken_back') {
      // Its reasons say that it is being taken back, to whoever goes on after this was cut off.
      await put({ ...watched, reasons: after.reasons ?? [] });
      await takeBack(context, after, gate);
    }
    await put(after);
    return after.state === 'taken_back';
  } catch (error) {
    const end = Date.parse(watch.until);
    const span = end - Date.parse(watch.since);
    if (now < end || isWorthAnotherTry(error, { end, span, now })) throw error;
    // One that was taken back nonetheless is seen by the next run.
    if ((await job.models.active(job.target.detectorId))?.version !== watch.version) throw error;
    const { message } = error as Error;
    await put({ ...looked, state: 'ended', reasons: [`The last look at it has failed: ${message}`] });
    return false;
  }
}

async function takeBack(
  { services, job }: UpkeepContext,
  watch: WatchState,
  gate?: CandidateGate,
): Promise<void> {
  await promoteAndWatch(services, job, watch.previous, {
    note: `${watch.version} was taken back: ${watch.reasons?.join('; ')}`,
    action: 'model_reverted',
    watched: false,
    ...(gate && { gate }),
  });
}

async function lookAt(
  context: UpkeepContext,
  watch: WatchState,
): Promise<{ gate: CandidateGate | undefined; alertRate: CandidateCheck | undefined }> {
  const { services, job, signal } = context;
  const since = Date.parse(watch.since);
  const logs = await job.source.count(recent(job, since, services.clock.now()));
  const names = { version: watch.version, other: watch.previous };
  return {
    gate: logs < FEWEST_WATCHED_LOGS ? undefined : await compareOver(services, job, names, { since, signal }),
    alertRate: await alertRateOf(context, watch.previous, since),
  };
}

/** @returns undefined where the models have not scored enough to be compared */
async function alertRateOf(
  { services, job, model, counted = [] }: UpkeepContext,
  previous: string,
  since: number,
): Promise<CandidateCheck | undefined> {
  const { detector } = job.stored;
  const [after, before] = counted;
  if (after === undefined || before?.version !== previous || after.logs < FEWEST_WATCHED_LOGS) {
    return undefined;
  }
  const { target, models, results } = job;
  const snapshot = withCurrentSettings(
    await services.models.load(models, target.detectorId, previous),
    job.stored,
  );
  const rate = {
    before,
    after,
    askedShare: askedShareOf(snapshot, await services.models.load(models, target.detectorId, model), before),
    maxRatio: detector.promotion.limits.max_alert_ratio,
  };
  const check = alertRateCheck({ ...rate, sharedAlerts: undefined });
  if (check.verdict === 'pass') return check;
  const { results: latest } = await results.search({
    detectorId: target.detectorId,
    writtenFrom: since,
    size: SHARED_ALERTS_LOOKED_AT,
  });
  const logs = await job.source.fetch(
    latest.filter(({ result }) => result.anomaly.change === undefined).map(({ result }) => result.source),
    snapshot.encoder.fields,
  );
  const sharedAlerts = await shareFlagged(
    snapshot,
    startingThreshold(snapshot),
    logs.map((log) => log.document),
  );
  return alertRateCheck({ ...rate, sharedAlerts });
}

/** Share of the logs that may be called anomalous; of a budget a day the model before tells how many logs that are. */
function askedShareOf(
  snapshot: ModelSnapshot,
  promoted: ModelSnapshot,
  before: { logs: number; anomalies: number },
): number {
  const { threshold } = snapshot.detector;
  if (threshold.method === 'contamination') {
    return shareAskedFor(promoted.quantiles, promoted.threshold, threshold.contamination);
  }
  if (threshold.method === 'fixed') return exceedance(snapshot.quantiles, threshold.score);
  return before.logs === 0 ? 0 : before.anomalies / before.logs;
}
