import type { DetectorStatus, ReadinessFinding } from '../../../common/api';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { Checkpoint, ModelRecord } from '../../detection/ports';
import {
  byLevel,
  closedIndicesFindingOf,
  lagFindingOf,
  putAsideFindingOf,
} from '../../detection/upkeep/readiness';
import { withGoneFeatures, withoutSeldomFeatures } from '../../detection/upkeep/gone_features';
import {
  createCheckpointStore,
  createSnapshotStore,
  faultText,
  findIndexFaults,
  readActiveModels,
  readCheckpoints,
} from '../../elasticsearch';
import type { DetectionTaskState } from '../tasks/detection_task';
import { createDetectorRepository, type StoredDetector } from '../records/detector_repository';
import { statusOf, type RunState } from '../records/detector_state';
import { renewOwnKey } from './detector_service';
import { API_KEY_TYPE, detectionTaskId, type TaskTarget } from '../contracts/identifiers';
import { allowedSchedule, type UsageLimits } from '../limits/usage_limits';
import { usesApiKeys } from '../keys/api_key';
import { expiryFindings, missingKeyFindings } from '../records/key_age';
import type { ApiKeyAttributes } from '../contracts/saved_object_types';
import type { RequestScope, Services } from '../contracts/services';
import type { TaskInstance } from '../contracts/task_contracts';
import { kibanaFindings, KIBANAS_OF_SPACE } from '../records/known_kibanas';
import { untrainedEditFinding } from '../records/untrained_edit';
import { waitingTrainings, withPlace } from './training_queue';
import { createStatusStore, type KnownKibana, type StoredStatus } from '../records/status_store';

export async function readStatus(
  services: Services,
  scope: RequestScope,
  id: string,
): Promise<DetectorStatus> {
  const stored = await createDetectorRepository(scope.savedObjects).get(id);
  const key = await keyOf(scope, stored);
  if (key !== undefined) await renewOwnKey(services, scope, stored, key);
  const status = createStatusStore(scope.elasticsearch, scope);
  const [faults, found, kibanas, upkeep, model] = await Promise.all([
    mappingFindings(scope),
    status.read([id]),
    status.readPart(KIBANAS_OF_SPACE, 'kibanas'),
    status.readUpkeep(id),
    createSnapshotStore(scope.elasticsearch, { space: scope.space }).active(id),
  ]);
  const runs = found.get(id)?.runs.history;
  const waiting = await queueFor(services, [found.get(id)]);
  const facts = { status: found.get(id), model };
  const target = { space: scope.space, detectorId: id };
  const [task, checkpoint] = await Promise.all([
    stored.enabled ? services.taskManager.get(detectionTaskId(target)).catch(() => undefined) : undefined,
    createCheckpointStore(scope.elasticsearch, { space: scope.space }).read(id),
  ]);
  const known = complete(services, target, stored, {
    ...{ ...facts, waiting, task },
    checkpoint: checkpoint?.checkpoint,
  });
  const { candidate, watch, drift } = upkeep;
  return {
    ...known,
    ...(runs && { runs: [...runs] }),
    ...(candidate && { candidate }),
    ...(watch && { watch }),
    ...(drift?.latest && { drift: drift.latest }),
    readiness: [
      ...faults,
      ...((await worksWithKeys(services)) ? missingKeyFindings(stored) : []),
      ...(key === undefined
        ? []
        : expiryFindings(
            (await keyOf(scope, await createDetectorRepository(scope.savedObjects).get(id))) ?? key,
            services.clock.now(),
            services.keys.warnBefore,
          )),
      ...readinessFor(known, stored.detector, facts, {
        kibanas: kibanas?.known,
        now: services.clock.now(),
        usage: services.usage,
      }),
    ].sort(byLevel),
  };
}

/** Returns findings of our indices that have lost their mapping; none where the caller may not see mappings. */
async function mappingFindings({ elasticsearch, space }: RequestScope): Promise<ReadinessFinding[]> {
  const faults = await findIndexFaults(elasticsearch, { space }).catch(() => []);
  return faults.map((fault) => ({
    kind: 'index_mapping',
    level: fault.fields.length > 0 ? 'blocking' : 'warning',
    message: faultText(fault),
    next_step:
      fault.fields.length > 0
        ? 'Somebody with all rights on log-anomalies-* repairs it, as docs/elasticsearch.md says; detectors then go on where they were.'
        : 'Nothing, if a detector runs: its next write gives the mapping back.',
  }));
}

/** Returns false where the state of security is unknown: saving and starting report that. */
const worksWithKeys = ({ apiKeys }: Services): Promise<boolean> => usesApiKeys(apiKeys).catch(() => false);

/** Returns the facts of the key that the caller may see; undefined for callers without the right. */
async function keyOf(
  { savedObjects }: RequestScope,
  { apiKeyObject }: StoredDetector,
): Promise<ApiKeyAttributes | undefined> {
  if (apiKeyObject === undefined) return undefined;
  return savedObjects.get<ApiKeyAttributes>(API_KEY_TYPE, apiKeyObject).then(
    ({ attributes }) => attributes,
    () => undefined,
  );
}

/** Records of a detector that are stored beside its settings. */
interface StoredFacts {
  readonly status: StoredStatus | undefined;
  /** The active one. */
  readonly model: ModelRecord | undefined;
}

/** Returns findings of the last training and measurement of drift, and those of the status itself. */
function readinessFor(
  {
    lag_ms: lag,
    enabled,
    consecutive_failures: failures,
    last_error: lastError,
    last_run: lastRun,
  }: DetectorStatus,
  { schedule, unit }: Detector,
  { status, model }: StoredFacts,
  {
    kibanas,
    now,
    usage,
  }: {
    readonly kibanas: readonly KnownKibana[] | undefined;
    readonly now: number;
    readonly usage: UsageLimits;
  },
): ReadinessFinding[] {
  // A detector that was saved with a shorter interval than is allowed runs as often as is allowed.
  const interval = durationToMilliseconds(allowedSchedule(schedule, usage).interval);
  const idleInterval = durationToMilliseconds(schedule.idle_interval);
  const behind = lagFindingOf({
    lag,
    usual:
      durationToMilliseconds(schedule.query_delay) +
      // A run without logs may be followed by a longer pause, and so may the time that it has reached.
      (lastRun?.logs === 0 ? Math.max(interval, idleInterval) : interval),
    enabled,
    failures,
    ...(lastError && { lastError: lastError.message }),
    ...(model && { sinceModel: now - Date.parse(model.promotedAt ?? model.createdAt) }),
    ...(lastRun && { complete: lastRun.complete, sinceLastRun: now - Date.parse(lastRun.finished_at) }),
  });
  const aside = putAsideFindingOf(status?.runs.put_aside, now);
  const closed = closedIndicesFindingOf(lastRun?.closed_indices);
  const known = status?.readiness?.findings ?? [];
  const differing = kibanaFindings(kibanas ?? [], status?.withheld, now);
  return [
    ...(behind ? [behind] : []),
    ...aside,
    ...closed,
    ...untrainedEditFinding(status?.edited, { enabled, hasModel: model !== undefined }),
    ...differing,
    // Rows of silent entities have no latency, by right.
    ...withoutSeldomFeatures(unit === 'bucket' ? known : withGoneFeatures(known, lastRun)),
  ].sort(byLevel);
}

/** Returns the status of all detectors of the space, with a number of requests that does not depend on theirs. */
export async function listStatus(services: Services, scope: RequestScope): Promise<DetectorStatus[]> {
  const { elasticsearch, space } = scope;
  const { detectors } = await createDetectorRepository(scope.savedObjects).list();
  const ids = detectors.map(({ id }) => id);
  const store = createStatusStore(elasticsearch, scope);
  const [faults, found, kibanas, active, checkpoints, tasks] = await Promise.all([
    mappingFindings(scope),
    store.read(ids),
    store.readPart(KIBANAS_OF_SPACE, 'kibanas'),
    readActiveModels(elasticsearch, ids, { space }),
    readCheckpoints(elasticsearch, ids, { space }),
    tasksOf(services, space, detectors),
  ]);
  const hasKeys = await worksWithKeys(services);
  const waiting = await queueFor(services, found.values());
  return detectors.map((stored) => {
    const { id } = stored;
    const target = { space, detectorId: id };
    const facts = { status: found.get(id), model: active.get(id) };
    const known = complete(services, target, stored, {
      ...{ ...facts, waiting },
      checkpoint: checkpoints.get(id),
      task: tasks.get(detectionTaskId(target)),
    });
    const [worst] = [
      ...faults,
      ...(hasKeys ? missingKeyFindings(stored) : []),
      ...readinessFor(known, stored.detector, facts, {
        kibanas: kibanas?.known,
        now: services.clock.now(),
        usage: services.usage,
      }),
    ].sort(byLevel);
    return { ...known, ...(worst && { readiness: [worst] }) };
  });
}

/** Returns the tasks of the detectors that are started, by their ids; none where they cannot be looked up. */
async function tasksOf(
  { taskManager }: Services,
  space: string,
  detectors: readonly StoredDetector[],
): Promise<ReadonlyMap<string, TaskInstance>> {
  const started = detectors.filter(({ enabled }) => enabled);
  if (started.length === 0) return new Map();
  // Task Manager stores a task under its id with this in front.
  const values = started.map(({ id }) => `task:${detectionTaskId({ space, detectorId: id })}`);
  const found = await taskManager
    .fetch({
      query: { ids: { values } },
      sort: [{ 'task.runAt': { order: 'asc' } }],
      size: values.length,
    })
    .catch(() => ({ docs: [] }));
  return new Map(found.docs.map((task) => [task.id, task]));
}

/** Returns the queue of trainings, where one of these waits in it; a place is no reason to fail. */
async function queueFor(
  services: Services,
  statuses: Iterable<StoredStatus | undefined>,
): Promise<readonly string[]> {
  if (![...statuses].some((status) => status?.training?.state === 'queued')) return [];
  return waitingTrainings(services).catch(() => []);
}

/** Records of a detector, and what is known of its work. */
interface CompleteFacts extends StoredFacts {
  readonly waiting: readonly string[];
  readonly task: TaskInstance | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

function complete(
  services: Services,
  target: TaskTarget,
  { id, detector, enabled }: StoredDetector,
  { status, model, waiting, task, checkpoint }: CompleteFacts,
): DetectorStatus {
  const runs = status?.runs ?? { consecutive_failures: 0 };
  return statusOf({
    id,
    name: detector.name,
    enabled,
    runs: withTaskState(runs, task?.state),
    training: withPlace(status?.training, target, waiting),
    backfill: status?.backfill,
    pipeline: status?.pipeline,
    model,
    checkpoint,
    nextRunAt: task?.runAt && new Date(task.runAt).getTime(),
    queryDelay: durationToMilliseconds(detector.schedule.query_delay),
    now: services.clock.now(),
  });
}

/** A detector that may not write its status any more still has its task: the later word counts. */
function withTaskState(runs: RunState, state: DetectionTaskState | undefined): RunState {
  if (!state?.last_error || !state.failures) return runs;
  const lastGood = runs.last_run?.finished_at ?? '';
  if (state.last_error.at <= lastGood) return runs;
  return {
    ...runs,
    consecutive_failures: Math.max(runs.consecutive_failures, state.failures),
    last_error: state.last_error,
  };
}
