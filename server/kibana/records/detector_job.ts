import { anomalousEntities } from '../../elasticsearch/results/anomalous_entities';
import type { TrainingReason, TrainingReport } from '../../../common/api';
import type { Detector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import {
  withRetries,
  createAuditTrail,
  createCheckpointStore,
  createDetectorSource,
  createDriftStore,
  createFeedbackStore,
  createResultStore,
  createScoredLogs,
  createSnapshotStore,
  createSuppressionStore,
  type ElasticsearchClient,
  type RetryPolicy,
} from '../../elasticsearch';
import { DEFAULT_RETRY_POLICY } from '../../elasticsearch';
import { createAnnotationStore } from '../../elasticsearch/annotations';
import type {
  AuditTrail,
  CheckpointStore,
  DriftStore,
  FeedbackStore,
  LogSource,
  ResultStore,
  ScoredLogs,
  SnapshotStore,
  SuppressionStore,
} from '../../detection/ports';
import type { AnnotationReader } from '../../detection/ports/annotations';
import { createIncidentStore } from '../../elasticsearch/incidents';
import type { IncidentStore } from '../../detection/ports/incidents';
import type { CountingPlace, PatternStore } from '../../detection/ports/patterns';
import { createCountingPlace, createPatternStore } from '../../elasticsearch/patterns';
import { openApiKey, usesApiKeys } from '../keys/api_key';
import { inSpace, recordOf, type StoredDetector } from './detector_repository';
import { DETECTOR_TYPE, trainingTaskId, TRAINING_TASK_TYPE, type TaskTarget } from '../contracts/identifiers';
import type { SavedObject } from '../contracts/saved_object_contracts';
import type { DetectorAttributes } from '../contracts/saved_object_types';
import type { Services } from '../contracts/services';
import { LONGEST_TRAINING_MILLISECONDS } from './detector_state';
import { waitUntil } from './find_task';
import { createStatusStore, type StatusStore } from './status_store';
import { ensureUpgraded } from './upgrade_service';

/** A task waits this long at most for Elasticsearch: what then still fails is tried again by the next run. */
const JOB_RETRY_POLICY: RetryPolicy = { ...DEFAULT_RETRY_POLICY, attempts: 4, maximumDelayMs: 4_000 };

/** Everything that work on one detector needs, with the rights of its owner or of whoever ordered it. */
export interface DetectorJob {
  readonly target: TaskTarget;
  readonly stored: StoredDetector;
  readonly client: ElasticsearchClient;
  readonly status: StatusStore;
  readonly checkpoints: CheckpointStore;
  readonly models: SnapshotStore;
  readonly source: LogSource;
  /** As an earlier version of the detector would read it: what a model was trained on. */
  readonly sourceOf: (detector: Detector) => LogSource;
  readonly scored: ScoredLogs;
  readonly results: ResultStore;
  readonly incidents: IncidentStore;
  readonly patterns: PatternStore;
  readonly counting: CountingPlace;
  readonly drift: DriftStore;
  readonly feedback: FeedbackStore;
  readonly suppressions: SuppressionStore;
  readonly annotations: AnnotationReader;
  readonly audit: AuditTrail;
}

/** The key that a job works with, and what it must have been granted for. */
export interface JobKey {
  /** Id of its saved object. */
  readonly object: string | undefined;
  readonly steering: string;
}
const ownKeyOf = ({ apiKeyObject, steering }: StoredDetector): JobKey => ({ object: apiKeyObject, steering });

/**
 * @param keyOf the key to work with; default: that of the detector's owner
 * @returns undefined when the detector is gone
 * @throws DetectionError `unauthenticated` when its API key is gone or was granted for something else; as {@link ensureUpgraded} does
 */
export async function openDetectorJob(
  services: Services,
  target: TaskTarget,
  signal?: AbortSignal,
  keyOf: (stored: StoredDetector) => JobKey = ownKeyOf,
): Promise<DetectorJob | undefined> {
  const stored = await findDetector(services, target, signal);
  if (stored === undefined) return undefined;
  const client = services.clientFor(await authorization(services, target, keyOf(stored), signal));
  await ensureUpgraded(services, client, target, signal);
  const options = { space: target.space, policy: JOB_RETRY_POLICY, signal };
  const anomalous = anomalousEntities(client, target.space, target.detectorId);
  return {
    target,
    stored,
    client,
    status: createStatusStore(client, target),
    checkpoints: createCheckpointStore(client, options),
    models: createSnapshotStore(client, { ...options, now: () => services.clock.now() }),
    source: createDetectorSource(client, stored.detector, { ...options, anomalous }),
    sourceOf: (detector) => createDetectorSource(client, detector, { ...options, anomalous }),
    scored: createScoredLogs(client, options),
    incidents: createIncidentStore(client, options),
    patterns: createPatternStore(client, target.detectorId, options),
    counting: createCountingPlace(client, target.detectorId, options),
    results: createResultStore(client, {
      ...options,
      refreshResults: true,
      warn: (message) => services.log.warn(`Detector ${target.detectorId}: ${message}`),
    }),
    drift: createDriftStore(client, options),
    feedback: createFeedbackStore(client, options),
    suppressions: createSuppressionStore(client, { ...options, now: () => services.clock.now() }),
    annotations: createAnnotationStore(client, options),
    audit: createAuditTrail(client, options),
  };
}

/** @returns false of one that is stopped or gone */
export const isDetectorEnabled = async (services: Services, target: TaskTarget): Promise<boolean> =>
  (await findDetector(services, target, undefined))?.enabled === true;

async function findDetector(
  services: Services,
  { space, detectorId }: TaskTarget,
  signal: AbortSignal | undefined,
): Promise<StoredDetector | undefined> {
  const savedObjects = inSpace(services.internalSavedObjects, space);
  const object = await withRetries(
    () =>
      savedObjects.get<DetectorAttributes>(DETECTOR_TYPE, detectorId).catch((error: unknown) => {
        if ((error as { output?: { statusCode?: number } }).output?.statusCode === 404) return undefined;
        throw error;
      }),
    { what: 'read the detector', policy: JOB_RETRY_POLICY, signal },
  );
  return object && readByThis(services, object);
}

/** @throws DetectionError `invalid_input` for a detector with settings that this version does not know: it is left as it is */
function readByThis({ self }: Services, object: SavedObject<DetectorAttributes>): StoredDetector {
  try {
    return recordOf(object);
  } catch (error) {
    throw new DetectionError(
      'invalid_input',
      `The Kibana "${self.name}" cannot read this detector, as where one with a newer version of the plugin has saved it; the detector waits for one that can. ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function authorization(
  services: Services,
  { space, detectorId }: TaskTarget,
  { object, steering }: JobKey,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!(await usesApiKeys(services.apiKeys))) return undefined;
  if (services.encrypted === undefined) {
    throw new DetectionError(
      'refused',
      'The plugin encryptedSavedObjects is switched off, so the API key of the detector cannot be read.',
    );
  }
  const use = { detectorId, space, steering };
  const key = await openApiKey(services.encrypted, object, use, { policy: JOB_RETRY_POLICY, signal });
  return key.authorization;
}

/** Answer to whoever asks for a training: `under_way` leaves the one that is waiting or running as it is. */
export type RequestedTraining = 'queued' | 'under_way' | 'taken_up';

/** Asks for a new model. One that is waiting or running goes on; one that has died is begun anew. */
export async function requestTraining(
  services: Services,
  { target, status }: Pick<DetectorJob, 'target' | 'status'>,
  reason: TrainingReason,
  by?: string,
): Promise<RequestedTraining> {
  const report: TrainingReport = {
    state: 'queued',
    requested_at: new Date(services.clock.now()).toISOString(),
    ...(by !== undefined && { requested_by: by }),
    reason,
  };
  const before = await status.readPart(target.detectorId, 'training');
  const life = await trainingLife(services, target, before);
  if (life === 'alive') return 'under_way';
  if (life === 'dead') await services.taskManager.removeIfExists(trainingTaskId(target));
  else await taskToBeOver(services, target);
  // First: what is on record has a task then, which looks for it for a while.
  await services.taskManager.ensureScheduled({
    id: trainingTaskId(target),
    taskType: TRAINING_TASK_TYPE,
    params: { space: target.space, detectorId: target.detectorId },
    state: {},
    scope: ['logAnomalies'],
  });
  await status.writePart(target.detectorId, 'training', report);
  return life === 'dead' ? 'taken_up' : 'queued';
}

/** A training without a sign of life for so long has died with its Kibana; it gives one every few seconds. */
const SILENT_MILLISECONDS = 30_000;

/**
 * Tells whether the training that was asked for last is waiting or running, or was cut off.
 *
 * @returns `over`: there is none to wait for
 */
export async function trainingLife(
  { taskManager, clock }: Services,
  target: TaskTarget,
  training: TrainingReport | undefined,
): Promise<'over' | 'alive' | 'dead'> {
  if (training?.state !== 'queued' && training?.state !== 'running') return 'over';
  const now = clock.now();
  if (training.state === 'running' && training.beat_at !== undefined) {
    return now - Date.parse(training.beat_at) > SILENT_MILLISECONDS ? 'dead' : 'alive';
  }
  const task = await taskManager.get(trainingTaskId(target)).catch(() => undefined);
  // One whose Kibanas died again and again stays as it is.
  if (task === undefined || task.status === 'failed') return 'dead';
  // A task that was claimed gives its first sign at once; one of an earlier version gives none.
  const startedAt = task.startedAt === undefined || task.startedAt === null ? NaN : +new Date(task.startedAt);
  const isStuck = task.status === 'running' && now - startedAt > SILENT_MILLISECONDS;
  if (training.state === 'queued') return isStuck ? 'dead' : 'alive';
  return now - Date.parse(training.requested_at) > LONGEST_TRAINING_MILLISECONDS ? 'dead' : 'alive';
}

const LONGEST_END_MILLISECONDS = 5_000;

/**
 * A training is over a moment before Task Manager takes its task away: one that is asked for meanwhile would go with it. A task
 * that was given up stays, and is removed.
 */
function taskToBeOver({ taskManager, clock }: Services, target: TaskTarget): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    const task = await taskManager.get(trainingTaskId(target)).catch(() => undefined);
    if (task?.status === 'failed') await taskManager.removeIfExists(task.id);
    return task?.status !== 'running';
  };
  return waitUntil(clock, isOver, LONGEST_END_MILLISECONDS);
}
