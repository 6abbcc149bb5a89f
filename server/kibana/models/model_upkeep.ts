import type { CandidateCheck } from '../../../common/api';
import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import type { DirtReport } from '../../../common/log_features/columns/types';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { exceedance, shareAskedFor } from '../../../common/threshold';
import { startingThreshold } from '../../detection/promotion/model_measures';
import {
  afterMeasurement,
  driftSentence,
  isDriftDue,
  measureDrift,
} from '../../detection/upkeep/measure_drift';
import { rangeOf } from '../../detection/ports/log_range';
import type { LogRange, ModelRecord } from '../../detection/ports';
import {
  afterLook,
  alertRateCheck,
  FEWEST_WATCHED_LOGS,
  isLookDue,
  shareFlagged,
} from '../../detection/promotion/promotion_watch';
import { readinessOf } from '../../detection/upkeep/readiness';
import { countAnomalies } from '../../elasticsearch';
import { compareOver, promoteAndWatch, settleCandidate } from './candidate_promotion';
import { requestTraining, type DetectorJob } from '../records/detector_job';
import type { RunState } from '../records/detector_state';
import { withCurrentSettings } from '../records/effective_snapshot';
import type { Services } from '../contracts/services';
import type { StoredUpkeep } from '../records/status_store';
import { DAY } from '../../../common/duration';

/** A candidate in shadow waits so many times its time for enough logs, then the recent ones decide. */
const LONGEST_SHADOW_FACTOR = 2;
/** The latest alerts of a promoted model that are shown to the one before it. */
const SHARED_ALERTS_LOOKED_AT = 200;

/** Context of work on a model that scores. */
export interface UpkeepContext {
  readonly services: Services;
  readonly job: DetectorJob;
  readonly model: ModelRecord;
  /** Logs and anomalies of each model so far. */
  readonly counted: RunState['counted'];
  readonly signal: AbortSignal;
}

/**
 * Looks after the model of a detector: decides on a candidate whose time in shadow is over, takes back a promoted model
 * that breaks its limits, measures drift. Each only when it is due. What fails here is logged and tried again later:
 * scoring does not depend on it.
 */
export async function keepModelGood(context: UpkeepContext): Promise<void> {
  const { job, services, signal } = context;
  const { detectorId } = job.target;
  const upkeep = await job.status.readUpkeep(detectorId);
  for (const work of [decideOnCandidate, watchPromoted, seeToDrift]) {
    if (signal.aborted) return;
    try {
      // A step that has made another model active leaves the rest to the next run.
      if (await work(context, upkeep)) return;
    } catch (error) {
      if (error instanceof DetectionError && error.code === 'interrupted') return;
      services.log.warn(`Detector ${detectorId}: looking after its model: ${(error as Error).message}`);
    }
  }
}

/** @returns true where one of the steps of {@link keepModelGood} has something to do */
export async function isUpkeepDue(
  { clock }: Services,
  { status, stored, target }: DetectorJob,
  model: ModelRecord,
): Promise<boolean> {
  const { candidate, watch, drift } = await status.readUpkeep(target.detectorId);
  const now = clock.now();
  return (
    (candidate?.state === 'shadowing' &&
      candidate.until !== undefined &&
      now >= Date.parse(candidate.until)) ||
    (watch?.state === 'watching' && (watch.version !== model.version || isLookDue(watch, now))) ||
    isDriftDue(stored.detector.drift, drift, activeSince(model), now)
  );
}

const activeSince = (model: ModelRecord): number => Date.parse(model.promotedAt ?? model.createdAt);

/** @returns whether another model is active now */
async function decideOnCandidate(
  { services, job, model, signal }: UpkeepContext,
  { candidate }: StoredUpkeep,
): Promise<boolean> {
  if (candidate?.state !== 'shadowing' || candidate.until === undefined) return false;
  const { detectorId } = job.target;
  const now = services.clock.now();
  const since = Date.parse(candidate.since);
  const span = Date.parse(candidate.until) - since;
  if (now < since + span) return false;
  const logs = await job.source.count(recent(job, since, now));
  const isEnough = logs >= FEWEST_WATCHED_LOGS;
  if (!isEnough && now < since + LONGEST_SHADOW_FACTOR * span) return false;
  const settled = await settleCandidate(
    services,
    job,
    { version: candidate.version, active: model },
    {
      signal,
      ...(isEnough && { since }),
    },
  );
  if (settled.state === 'refused') await job.status.writePart(detectorId, 'candidate', undefined);
  const asked = await job.status.readPart(detectorId, 'training');
  if (asked?.version === candidate.version) {
    await job.status.writePart(detectorId, 'training', {
      ...asked,
      ...settled,
      finished_at: new Date(now).toISOString(),
    });
  }
  return settled.state === 'promoted';
}

/** @returns whether another model is active now */
async function watchPromoted(context: UpkeepContext, { watch }: StoredUpkeep): Promise<boolean> {
  const { services, job, model, signal } = context;
  if (watch?.state !== 'watching') return false;
  const { detectorId } = job.target;
  const now = services.clock.now();
  if (watch.version !== model.version) {
    await job.status.writePart(detectorId, 'watch', { ...watch, state: 'ended' });
    return false;
  }
  if (!isLookDue(watch, now)) return false;
  const since = Date.parse(watch.since);
  const logs = await job.source.count(recent(job, since, now));
  const gate =
    logs < FEWEST_WATCHED_LOGS
      ? undefined
      : await compareOver(
          services,
          job,
          { version: watch.version, other: watch.previous },
          { since, signal },
        );
  const alertRate = await alertRateOf(context, watch.previous, since);
  const after = afterLook({ watch, gate, alertRate, now });
  if (after.state === 'taken_back') {
    await promoteAndWatch(services, job, watch.previous, {
      note: `${watch.version} was taken back: ${after.reasons?.join('; ')}`,
      action: 'model_reverted',
      watched: false,
      ...(gate && { gate }),
    });
  }
  await job.status.writePart(detectorId, 'watch', after);
  return after.state === 'taken_back';
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

/** @returns false: drift only asks for a new model */
async function seeToDrift(
  { services, job, model, signal }: UpkeepContext,
  { drift: before, candidate }: StoredUpkeep,
): Promise<boolean> {
  const { detector } = job.stored;
  const { detectorId } = job.target;
  const { drift: settings } = detector;
  const now = services.clock.now();
  if (!isDriftDue(settings, before, activeSince(model), now)) return false;
  const snapshot = withCurrentSettings(await services.models.load(job.models, detectorId, model), job.stored);
  const range = recent(job, now - durationToMilliseconds(settings.window), now);
  const sample = await job.sourceOf(snapshot.detector).sample(range, {
    size: settings.sample,
    seed: detector.forest.seed,
    fields: snapshot.encoder.fields,
    signal,
  });
  const dirt: DirtReport = {};
  const measurement = await measureDrift({
    snapshot,
    documents: sample.logs.map((log) => log.document),
    window: range,
    limit: settings.limit,
    dirt,
  });
  // A candidate that is tried in shadow is the new model that drift asks for.
  const mayAsk = settings.retrain && candidate?.state !== 'shadowing';
  const { state, retrain } = afterMeasurement(before, measurement, { retrain: mayAsk }, now);
  if (measurement !== undefined) {
    const every = durationToMilliseconds(settings.every);
    await job.drift.write(
      { id: detectorId, name: detector.name },
      measurement,
      Math.floor(now / every) * every,
    );
  }
  await job.status.writePart(detectorId, 'drift', state);
  await noteReadiness(job, snapshot, { dirt, logs: sample.logs.length, measurement, now });
  if (retrain && measurement !== undefined) {
    await requestTraining(services, job, 'drift');
    await job.audit.append([
      {
        detectorId,
        at: new Date(now).toISOString(),
        action: 'retraining_requested',
        from: model.version,
        reason: driftSentence(measurement),
        details: { score_drift: measurement.score_drift, features: measurement.features.slice(0, 10) },
      },
    ]);
  }
  return false;
}

/** Stores findings: those of the training sample stay, those of recent logs replace earlier ones. */
async function noteReadiness(
  job: DetectorJob,
  snapshot: ModelSnapshot,
  seen: {
    readonly dirt: DirtReport;
    readonly logs: number;
    readonly measurement: Awaited<ReturnType<typeof measureDrift>>;
    readonly now: number;
  },
): Promise<void> {
  const { detectorId, space } = job.target;
  const { dirt, logs, measurement, now } = seen;
  const { encoder } = snapshot;
  const columnsOf = (feature: number): number =>
    encoder.featureOfColumn.filter((each) => each === feature).length;
  const anomalies = await countAnomalies(job.client, {
    space,
    detectorId,
    from: now - DAY,
    to: now,
  });
  const earlier = (await job.status.readPart(detectorId, 'readiness'))?.findings ?? [];
  await job.status.writePart(detectorId, 'readiness', {
    at: new Date(now).toISOString(),
    findings: [
      ...readinessOf({
        features: encoder.featureNames.map((name, feature) => ({ name, columns: columnsOf(feature) })),
        dirt: { report: dirt, logs },
        drift: measurement,
        anomalies,
      }),
      // Seen by the training alone.
      ...earlier.filter(({ kind }) => kind === 'sparse_hours' || kind === 'odd_times'),
    ],
  });
}

function recent({ stored: { detector } }: DetectorJob, from: number, now: number): LogRange {
  return rangeOf(detector.source, from, now - durationToMilliseconds(detector.schedule.query_delay));
}
