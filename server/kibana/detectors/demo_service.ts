import type { DetectorRecord, SampleReport } from '../../../common/api';
import { demoDetector } from '../../../common/demo_logs';
import { parseDetector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import {
  createDemoIndex,
  deleteDemoIndex,
  demoIndexExists,
  missingDemoPrivileges,
} from '../../elasticsearch/logs/demo_index';
import { demoIndex } from '../../elasticsearch/indices/names';
import { usesApiKeys } from '../keys/api_key';
import { DEMO_LOGS, scheduleDemo } from '../tasks/demo_task';
import { createDetectorRepository } from '../records/detector_repository';
import { createDetector, deleteDetector } from './detector_service';
import { failureOf } from '../records/failure_advice';
import { demoTaskId } from '../contracts/identifiers';
import type { RequestScope, Services } from '../contracts/services';
import {
  claimSample,
  createStatusStore,
  SAMPLE_OF_SPACE,
  type StoredSample,
  type StatusStore,
} from '../records/status_store';

const NONE: StoredSample = { state: 'none', written: 0, total: 0 };

const statusOf = (scope: RequestScope): StatusStore => createStatusStore(scope.elasticsearch, scope);

/** Returns the progress of the sample logs: as their task has recorded it, and then of scoring. */
export async function readDemo(services: Services, scope: RequestScope): Promise<SampleReport> {
  const status = statusOf(scope);
  const stored = (await status.readPart(SAMPLE_OF_SPACE, 'sample')) ?? NONE;
  const report = {
    index: demoIndex(scope.space),
    ...(stored.detector_id && { detector_id: stored.detector_id }),
    ...(stored.requested_at && { requested_at: stored.requested_at }),
    ...(stored.failure && { failure: stored.failure }),
    state: stored.state,
    done: stored.written,
    total: stored.total,
  };
  if (stored.detector_id === undefined || stored.state === 'none') return report;
  if (!(await hasDetector(scope, stored.detector_id))) {
    const failure = failureOf(
      new DetectionError(
        'not_found',
        'The detector of the sample logs was deleted; the logs are still there.',
      ),
      services.clock.now(),
      false,
    );
    return {
      ...report,
      state: 'failed',
      failure: { ...failure, next_step: 'Remove the sample logs, and try again.' },
    };
  }
  if (stored.state !== 'scoring') return report;
  const backfill = await status.readPart(stored.detector_id, 'backfill');
  if (backfill === undefined) return report;
  const progress = { ...report, done: backfill.logs, total: backfill.total ?? stored.total };
  switch (backfill.state) {
    case 'done':
      return { ...progress, state: 'ready' };
    case 'failed':
      return { ...progress, state: 'failed', ...(backfill.failure && { failure: backfill.failure }) };
    case 'cancelled':
    case 'queued':
    case 'running':
      // Whoever has stopped the scoring looks at what there is.
      return { ...progress, state: backfill.state === 'cancelled' ? 'ready' : 'scoring' };
  }
}

async function hasDetector(scope: RequestScope, id: string): Promise<boolean> {
  return createDetectorRepository(scope.savedObjects)
    .get(id)
    .then(() => true)
    .catch((error: unknown) => {
      if (error instanceof DetectionError && error.code === 'not_found') return false;
      throw error;
    });
}

/**
 * Makes index and detector with the rights of the caller; a task with the same rights does the rest. What a failed
 * attempt has left behind is removed first.
 *
 * @throws DetectionError `forbidden` naming every missing right, `conflict` when the sample logs are there
 */
export async function installDemo(services: Services, scope: RequestScope): Promise<SampleReport> {
  const before = await readDemo(services, scope);
  if (before.state !== 'none' && before.state !== 'failed') {
    throw isThere();
  }
  if (await usesApiKeys(services.apiKeys)) {
    const missing = await missingDemoPrivileges(scope.elasticsearch, scope.space);
    if (missing.length > 0) {
      throw new DetectionError(
        'forbidden',
        `The sample logs are made with your rights, and you lack: ${missing.join('; ')}. Ask for a role that has them.`,
        { details: { missing_privileges: missing } },
      );
    }
  }
  if (before.state === 'failed') await removeDemo(services, scope);
  const sample: StoredSample = {
    state: 'writing',
    requested_at: new Date(services.clock.now()).toISOString(),
    written: 0,
    total: DEMO_LOGS,
  };
  // Of several who ask at once one alone makes a detector.
  if (!(await claimSample(scope.elasticsearch, scope, sample))) throw isThere();
  let made: MadeSample | undefined;
  try {
    made = await makeDetectorAndIndex(services, scope);
    const { id } = made.detector;
    await statusOf(scope).writePart(SAMPLE_OF_SPACE, 'sample', { ...sample, detector_id: id });
    await scheduleDemo(services, { space: scope.space, detectorId: id });
  } catch (error) {
    await made?.undo();
    await statusOf(scope)
      .writePart(SAMPLE_OF_SPACE, 'sample', NONE)
      .catch(() => undefined);
    throw error;
  }
  return readDemo(services, scope);
}

const isThere = (): DetectionError =>
  new DetectionError('conflict', 'The sample logs of this space are there already; remove them first.');

interface MadeSample {
  readonly detector: DetectorRecord;
  /** Removes what was made; it never fails, and logs what is left. */
  readonly undo: () => Promise<void>;
}

/** Makes both at once; one without the other is taken back. An index that was there already is left alone. */
async function makeDetectorAndIndex(services: Services, scope: RequestScope): Promise<MadeSample> {
  const { elasticsearch, space } = scope;
  const [detector, index] = await Promise.allSettled([
    createDetector(services, scope, parseDetector(demoDetector(demoIndex(space))), false),
    createDemoIndex(elasticsearch, space),
  ]);
  const undo = async (): Promise<void> => {
    const undone = await Promise.allSettled([
      detector.status === 'fulfilled' ? deleteDetector(services, scope, detector.value.id, true) : [],
      index.status === 'fulfilled' && index.value ? deleteDemoIndex(elasticsearch, space) : undefined,
    ]);
    const left = undone.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as Error).message] : (each.value ?? []),
    );
    for (const text of left) services.log.warn(`Sample logs of the space ${space}: ${text}`);
  };
  if (detector.status === 'fulfilled' && index.status === 'fulfilled')
    return { detector: detector.value, undo };
  await undo();
  throw detector.status === 'rejected' ? detector.reason : (index as PromiseRejectedResult).reason;
}

/** @returns what could not be removed, a sentence for each */
export async function removeDemo(services: Services, scope: RequestScope): Promise<string[]> {
  const status = statusOf(scope);
  const stored = (await status.readPart(SAMPLE_OF_SPACE, 'sample')) ?? NONE;
  const warnings: string[] = [];
  const { detector_id: id } = stored;
  if (id !== undefined) {
    await services.taskManager.removeIfExists(demoTaskId({ space: scope.space, detectorId: id }));
    if (await hasDetector(scope, id)) warnings.push(...(await deleteDetector(services, scope, id, true)));
  }
  if (await demoIndexExists(scope.elasticsearch, scope.space)) {
    await deleteDemoIndex(scope.elasticsearch, scope.space);
  }
  if (stored.state !== 'none') await status.writePart(SAMPLE_OF_SPACE, 'sample', NONE);
  return warnings;
}
