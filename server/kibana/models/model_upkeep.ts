import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { DAY } from '../../../common/duration';
import type { DirtReport } from '../../../common/log_features/columns/types';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { ModelRecord } from '../../detection/ports';
import {
  afterMeasurement,
  driftSentence,
  isDriftDue,
  measureDrift,
} from '../../detection/upkeep/measure_drift';
import { gapsOfTraining, withGoneFeatures } from '../../detection/upkeep/gone_features';
import { byLevel, readinessOf } from '../../detection/upkeep/readiness';
import { countAnomalies } from '../../elasticsearch';
import type { Services } from '../contracts/services';
import { requestTraining, type DetectorJob } from '../records/detector_job';
import { withCurrentSettings } from '../records/effective_snapshot';
import type { StoredUpkeep } from '../records/status_store';
import type { LivePipeline } from '../../elasticsearch/ingest';
import { isPipelineAstray, seeToPipeline } from './pipeline_repair';
import { decideOnCandidate, isCandidateDue } from './decide_on_candidate';
import { recent, type UpkeepContext } from './upkeep_context';
import { isWatchDue, watchPromoted } from './watch_promoted';

/**
 * Looks after the model of a detector: decides on a candidate whose time in shadow is over, takes back a promoted model
 * that breaks its limits, puts a pipeline right that was put and never saved, measures drift. Each only when it is due. What fails here is logged and tried again later:
 * scoring does not depend on it.
 */
export async function keepModelGood(context: UpkeepContext): Promise<void> {
  const { job, services, signal } = context;
  const { detectorId } = job.target;
  const upkeep = await job.status.readUpkeep(detectorId);
  for (const work of [decideOnCandidate, watchPromoted, seeToPipeline, seeToDrift]) {
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

/**
 * @param options `mayMeasure`: the detector has logs, and time for a measurement of drift; `live`: its pipeline
 * @returns true where one of the steps of {@link keepModelGood} has something to do
 */
export async function isUpkeepDue(
  services: Services,
  job: DetectorJob,
  model: ModelRecord,
  options: { readonly mayMeasure: boolean; readonly live?: LivePipeline },
): Promise<boolean> {
  const { status, stored, target } = job;
  const { candidate, watch, drift } = await status.readUpkeep(target.detectorId);
  const now = services.clock.now();
  return (
    isCandidateDue(candidate, model.version, now) ||
    isWatchDue(watch, model.version, now) ||
    (options.mayMeasure && isDriftDue(stored.detector.drift, drift, activeSince(model), now)) ||
    (await isPipelineAstray(services, job, model, options.live))
  );
}

const activeSince = (model: ModelRecord): number => Date.parse(model.promotedAt ?? model.createdAt);

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
  const isAsked = retrain && measurement !== undefined;
  // Not asked for until it is: one that fails, or finds a training under way, is asked for by the next measurement.
  const asked = before?.retraining_requested_at;
  const { retraining_requested_at: _now, ...measured } = state;
  const unasked = { ...measured, ...(asked !== undefined && { retraining_requested_at: asked }) };
  await job.status.writePart(detectorId, 'drift', isAsked ? unasked : state);
  await noteReadiness(job, snapshot, { dirt, logs: sample.logs.length, measurement, now });
  if (!isAsked || (await requestTraining(services, job, 'drift')) === 'under_way') return false;
  await job.status.writePart(detectorId, 'drift', state);
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
  return false;
}

/** Stores findings: those of the training sample stay, and those of recent logs replace earlier ones and are compared with these. */
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
  const features = encoder.featureNames.map((name, feature) => ({
    name,
    columns: encoder.featureOfColumn.filter((each) => each === feature).length,
  }));
  const constant = features.flatMap(({ name, columns }) => (columns === 0 ? [name] : []));
  const anomalies = await countAnomalies(job.client, {
    space,
    detectorId,
    from: now - DAY,
    to: now,
  });
  const earlier = (await job.status.readPart(detectorId, 'readiness'))?.findings ?? [];
  const known = [
    ...readinessOf({ features, dirt: { report: dirt, logs }, drift: measurement, anomalies }).filter(
      ({ said }) => said?.code !== 'feature_missing',
    ),
    // Seen by the training alone.
    ...earlier.filter(({ kind }) => kind === 'sparse_hours' || kind === 'odd_times'),
    ...gapsOfTraining(earlier, constant),
  ];
  await job.status.writePart(detectorId, 'readiness', {
    at: new Date(now).toISOString(),
    findings: withGoneFeatures(known, { dirt, logs }).sort(byLevel),
  });
}
