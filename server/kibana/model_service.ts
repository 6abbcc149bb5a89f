import { setImmediate } from 'node:timers/promises';
import type { ApiResponse, Endpoints, ModelRecordBody } from '../../common/api';
import { durationToMilliseconds } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { createModelScorer, decodeModelSnapshot, type ModelSnapshot } from '../../common/model_snapshot';
import { scoreDrift } from '../detection/model_gate';
import type { ModelRecord, SnapshotStore } from '../detection/ports';
import { createDetectorSource, createSnapshotStore } from '../elasticsearch';
import { openDetectorJob } from './detector_job';
import { createDetectorRepository } from './detector_repository';
import { swapPipeline } from './pipeline_swap';
import type { RequestScope, Services } from './services';

const COMPARED_LOGS = 5_000;
/** Scored in one go, so that Kibana goes on answering in between. */
const SCORED_AT_ONCE = 500;

const storeOf = (services: Services, scope: RequestScope): SnapshotStore =>
  createSnapshotStore(scope.elasticsearch, { space: scope.space, now: () => services.clock.now() });

export function modelBodyOf(record: ModelRecord): ModelRecordBody {
  return {
    version: record.version,
    detector_id: record.detectorId,
    status: record.status,
    created_at: record.createdAt,
    ...(record.promotedAt && { promoted_at: record.promotedAt }),
    threshold: record.threshold,
    rows: record.rows,
    ...(record.evaluation !== undefined && { evaluation: record.evaluation }),
    ...(record.note && { note: record.note }),
  };
}

/** The detector must be one of this space, whoever asks for its models. */
async function models(services: Services, scope: RequestScope, detectorId: string): Promise<SnapshotStore> {
  await createDetectorRepository(scope.savedObjects).get(detectorId);
  return storeOf(services, scope);
}

async function recordOf(store: SnapshotStore, detectorId: string, version: string): Promise<ModelRecord> {
  const record = (await store.list(detectorId)).find((model) => model.version === version);
  if (record === undefined) {
    throw new DetectionError('not_found', `The detector "${detectorId}" has no model "${version}".`);
  }
  return record;
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
  const record = await recordOf(store, detectorId, version);
  const snapshot = decodeModelSnapshot(await store.load(detectorId, version));
  return {
    ...modelBodyOf(record),
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

/** @param file content of a model file: it is checked as a whole before anything is kept */
export async function importModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  file: Record<string, unknown>,
): Promise<ModelRecordBody> {
  const store = await models(services, scope, detectorId);
  const text = JSON.stringify(file);
  const snapshot = decodeModelSnapshot(text);
  await store.save(detectorId, snapshot.version, text, {
    createdAt: snapshot.training.finished_at,
    threshold: snapshot.threshold,
    rows: snapshot.training.rows,
    evaluation: snapshot.evaluation,
    note: 'imported',
  });
  return modelBodyOf(await recordOf(store, detectorId, snapshot.version));
}

/** With `scoring: ingest` the pipeline is swapped first, with the rights of the detector's owner: what its trial refuses is not promoted. */
export async function promoteModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  version: string,
  note: string | undefined,
): Promise<{ active: string; previous?: string }> {
  const store = await models(services, scope, detectorId);
  await recordOf(store, detectorId, version);
  const { detector } = await createDetectorRepository(scope.savedObjects).get(detectorId);
  if (detector.scoring === 'ingest') {
    const job = await openDetectorJob(services, { space: scope.space, detectorId });
    if (job !== undefined) await swapPipeline(services, job, version);
  }
  const { previous } = await store.promote(detectorId, version, note ?? 'promoted by hand');
  return { active: version, ...(previous !== undefined && { previous }) };
}

export async function revertModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  note: string | undefined,
): Promise<{ active: string; previous?: string }> {
  const store = await models(services, scope, detectorId);
  const [before] = (await store.list(detectorId))
    .filter((model) => model.status === 'retired')
    .sort((left, right) => ((right.promotedAt ?? '') < (left.promotedAt ?? '') ? -1 : 1));
  if (before === undefined) {
    throw new DetectionError('not_found', 'The detector has no earlier model to go back to.');
  }
  return promoteModel(services, scope, detectorId, before.version, note ?? 'reverted');
}

export async function deleteModel(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  version: string,
): Promise<void> {
  await (await models(services, scope, detectorId)).delete(detectorId, version);
}

/** Scores the same recent logs with both models. */
export async function compareModels(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  versions: { left: string; right: string },
): Promise<ApiResponse<Endpoints['compareModels']>> {
  const { detector } = await createDetectorRepository(scope.savedObjects).get(detectorId);
  const store = storeOf(services, scope);
  const load = async (version: string) => ({
    record: modelBodyOf(await recordOf(store, detectorId, version)),
    snapshot: decodeModelSnapshot(await store.load(detectorId, version)),
  });
  const left = await load(versions.left);
  const right = await load(versions.right);
  for (const { record, snapshot } of [left, right]) {
    if (snapshot.detector.unit === detector.unit) continue;
    throw new DetectionError(
      'refused',
      `The model ${record.version} scores by ${snapshot.detector.unit}, the detector by ${detector.unit} now; only models of the same unit can be compared.`,
    );
  }
  const to = services.clock.now();
  const { index, query, timestamp_field, ingested_field } = detector.source;
  const sample = await createDetectorSource(scope.elasticsearch, detector).sample(
    {
      index,
      query,
      timestampField: timestamp_field,
      ingestedField: ingested_field,
      from: to - durationToMilliseconds(detector.training.window),
      to,
    },
    {
      size: COMPARED_LOGS,
      seed: detector.forest.seed,
      fields: [...new Set([...left.snapshot.encoder.fields, ...right.snapshot.encoder.fields])],
    },
  );
  if (sample.logs.length === 0) {
    throw new DetectionError(
      'too_few_logs',
      `${index} holds no log in the last ${detector.training.window}.`,
    );
  }
  const documents = sample.logs.map((log) => log.document);
  const measure = async ({ record, snapshot }: typeof left) => {
    const scores = await scoreInPieces(snapshot, documents);
    const flagged = Array.from(scores, (score) => score >= snapshot.threshold);
    return {
      flagged,
      body: {
        record,
        alert_share: flagged.filter(Boolean).length / flagged.length,
        score_drift: scoreDrift(snapshot.quantiles, scores),
      },
    };
  };
  const [one, other] = [await measure(left), await measure(right)];
  const count = (isWanted: (row: number) => boolean): number =>
    documents.reduce((sum, _document, row) => sum + (isWanted(row) ? 1 : 0), 0);
  return {
    logs: documents.length,
    left: one.body,
    right: other.body,
    flagged_by_both: count((row) => one.flagged[row] && other.flagged[row]),
    flagged_by_left_only: count((row) => one.flagged[row] && !other.flagged[row]),
    flagged_by_right_only: count((row) => !one.flagged[row] && other.flagged[row]),
  };
}

async function scoreInPieces(
  snapshot: ModelSnapshot,
  documents: readonly LogDocument[],
): Promise<Float64Array> {
  const scorer = createModelScorer(snapshot);
  const scores = new Float64Array(documents.length);
  for (let start = 0; start < documents.length; start += SCORED_AT_ONCE) {
    scores.set(scorer.score(documents.slice(start, start + SCORED_AT_ONCE)).scores, start);
    await setImmediate();
  }
  return scores;
}
