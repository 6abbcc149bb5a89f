import type { ApiResponse, CandidateGate, Endpoints, ModelRecordBody } from '../../../common/api';
import { MODEL_NOTES } from '../../../common/model_snapshot/model_notes';
import type { Detector } from '../../../common/detector';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { readsOfModel } from '../../../common/model_snapshot/model_reads';
import { evaluationSchema, summaryOf } from '../../../common/evaluation';
import { earlierVersion } from '../../detection/promotion/earlier_version';
import type { ModelRecord, SnapshotStore } from '../../detection/ports';
import {
  createAuditTrail,
  createCheckpointStore,
  createDetectorSource,
  createFeedbackStore,
  createSnapshotStore,
} from '../../elasticsearch';
import { forgetCandidate, gateModel, promoteAndWatch, SOMEBODY } from './candidate_promotion';
import { createDetectorRepository } from '../records/detector_repository';
import { checkReads } from '../records/effective_snapshot';
import { pipelineWorkOf } from './pipeline_swap';
import type { RequestScope, Services } from '../contracts/services';
import { checkModelSize } from '../limits/usage_limits';
import { createStatusStore } from '../records/status_store';

export const storeOf = (services: Services, scope: RequestScope): SnapshotStore =>
  createSnapshotStore(scope.elasticsearch, { space: scope.space, now: () => services.clock.now() });

export function modelBodyOf(record: ModelRecord): ModelRecordBody {
  const evaluation = summaryOf(record.evaluation);
  return {
    version: record.version,
    detector_id: record.detectorId,
    status: record.status,
    created_at: record.createdAt,
    ...(record.promotedAt && { promoted_at: record.promotedAt }),
    threshold: record.threshold,
    rows: record.rows,
    ...(evaluation !== undefined && { evaluation }),
    ...(record.note && { note: record.note }),
    ...(record.gate && { gate: record.gate }),
  };
}

/** The detector must be one of this space, whoever asks for its models. */
async function models(services: Services, scope: RequestScope, detectorId: string): Promise<SnapshotStore> {
  await createDetectorRepository(scope.savedObjects).get(detectorId);
  return storeOf(services, scope);
}

export async function listModels(
  services: Services,
  scope: RequestScope,
  detectorId: string,
): Promise<ModelRecordBody[]> {
  return (await (await models(services, scope, detectorId)).list(detectorId)).map(modelBodyOf);
}

export async function getModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  version: string,
): Promise<ApiResponse<Endpoints['getModel']>> {
  const store = await models(services, scope, detectorId);
  const record = await store.record(detectorId, version);
  const snapshot = await services.models.load(store, detectorId, record);
  // An earlier version may have stored any content of an imported file.
  const { data: evaluation } = evaluationSchema.safeParse(record.evaluation);
  const { evaluation: _summary, ...body } = modelBodyOf(record);
  return {
    ...body,
    ...(evaluation && { evaluation }),
    detector: { ...snapshot.detector },
    training: { ...snapshot.training },
    columns: [...snapshot.encoder.columnNames],
    trees: snapshot.forest.treeCount,
    subsample_size: snapshot.forest.subsampleSize,
  };
}

export async function exportModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  version: string,
): Promise<string> {
  return (await models(services, scope, detectorId)).load(detectorId, version);
}

/**
 * @param file bytes of a model file: it is checked as a whole before anything is kept
 * @throws DetectionError `refused` for a damaged file, and for a model that reads what was never saved in the detector
 */
export async function importModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  file: Uint8Array,
): Promise<ModelRecordBody> {
  const stored = await createDetectorRepository(scope.savedObjects).get(detectorId);
  const store = storeOf(services, scope);
  checkModelSize(file.byteLength, 'file', services.usage);
  const { snapshot, text } = await services.decoder.read(file);
  checkReads(snapshot, stored);
  // On record first: where Kibana ends between the two there is an entry too many, and never one too few.
  await createAuditTrail(scope.elasticsearch, { space: scope.space }).append([
    {
      detectorId,
      at: new Date(services.clock.now()).toISOString(),
      by: scope.user ?? SOMEBODY,
      action: 'model_imported',
      to: snapshot.version,
      reason: 'A model file was imported as a candidate.',
      details: { source: snapshot.training.source, reads: readsOfModel(snapshot, stored.detector) },
    },
  ]);
  await store.save(detectorId, snapshot.version, text, {
    createdAt: snapshot.training.finished_at,
    threshold: snapshot.threshold,
    rows: snapshot.training.rows,
    evaluation: snapshot.evaluation,
    note: MODEL_NOTES.imported,
  });
  return modelBodyOf(await store.record(detectorId, snapshot.version));
}

interface ModelName {
  readonly detectorId: string;
  readonly version: string;
}

interface PromotionByHand {
  readonly note: string | undefined;
  /** `model_promoted` where it is absent. */
  readonly action?: 'model_promoted' | 'model_reverted';
}

/**
 * With `scoring: ingest` the pipeline is swapped first, with the rights of whoever promotes, who has chosen what it is made
 * of: what its trial refuses is not promoted.
 *
 * @throws DetectionError `refused` for a model that reads what was never saved in the detector
 */
export async function promoteModel(
  services: Services,
  scope: RequestScope,
  { detectorId, version }: ModelName,
  { note, action = 'model_promoted' }: PromotionByHand,
): Promise<{ active: string; previous?: string }> {
  const store = await models(services, scope, detectorId);
  const record = await store.record(detectorId, version);
  const { gate } = record;
  const stored = await createDetectorRepository(scope.savedObjects).get(detectorId);
  checkReads(await services.models.load(store, detectorId, record), stored);
  const { previous } = await promoteAndWatch(services, pipelineWorkOf(services, scope, stored), version, {
    note: note ?? MODEL_NOTES.by_hand,
    by: scope.user ?? SOMEBODY,
    action,
    watched: action === 'model_promoted',
    ...(gate && { gate }),
  });
  return { active: version, ...(previous !== undefined && { previous }) };
}

export async function revertModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  note: string | undefined,
): Promise<{ active: string; previous?: string }> {
  const store = await models(services, scope, detectorId);
  const version = earlierVersion(await store.list(detectorId));
  if (version === undefined) {
    throw sentenceError('not_found', 'no_earlier_model');
  }
  const model = { detectorId, version };
  return promoteModel(services, scope, model, {
    note: note ?? MODEL_NOTES.reverted,
    action: 'model_reverted',
  });
}

export async function deleteModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  version: string,
): Promise<void> {
  await (await models(services, scope, detectorId)).delete(detectorId, version);
  await forgetCandidate(createStatusStore(scope.elasticsearch, scope), detectorId, version, {
    state: 'refused',
    message: 'The new model was deleted. The active one stays.',
  });
  await createAuditTrail(scope.elasticsearch, { space: scope.space }).append([
    {
      detectorId,
      at: new Date(services.clock.now()).toISOString(),
      by: scope.user ?? SOMEBODY,
      action: 'model_deleted',
      from: version,
      reason: 'deleted by hand',
    },
  ]);
}

/** Compares a model with the active one over recent logs, with the rights of whoever asks. */
export async function gateByHand(
  services: Services,
  scope: RequestScope,
  { detectorId, version }: ModelName,
  signal: AbortSignal,
): Promise<CandidateGate> {
  const store = await models(services, scope, detectorId);
  await store.record(detectorId, version);
  const { elasticsearch: client, space } = scope;
  const work = {
    stored: await createDetectorRepository(scope.savedObjects).get(detectorId),
    models: store,
    checkpoints: createCheckpointStore(client, { space }),
    feedback: createFeedbackStore(client, { space }),
    sourceOf: (detector: Detector) => createDetectorSource(client, detector),
  };
  return gateModel(services, work, version, { signal });
}
