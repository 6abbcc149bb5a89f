import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DetectorRecord, Failure, SampleReport } from '../../../common/api';
import { demoDetector } from '../../../common/demo_logs';
import { parseDetector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
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
import { deleteDetector } from './delete_detector';
import { createDetector } from './detector_service';
import { failureOf } from '../records/failure_advice';
import { findTask } from '../records/find_task';
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

/** Whoever claims the sample logs makes their detector and the task within seconds; a claim that is older was cut off. */
const LONGEST_CLAIM_MILLISECONDS = 2 * 60_000;

const statusOf = (scope: RequestScope): StatusStore => createStatusStore(scope.elasticsearch, scope);

const storedSample = async (scope: RequestScope): Promise<StoredSample> =>
  (await statusOf(scope).readPart(SAMPLE_OF_SPACE, 'sample')) ?? NONE;

/** Returns the progress of the sample logs: as their task has recorded it, and then of scoring. */
export const readDemo = async (services: Services, scope: RequestScope): Promise<SampleReport> =>
  reportOf(services, scope, await storedSample(scope));

async function reportOf(
  services: Services,
  scope: RequestScope,
  stored: StoredSample,
): Promise<SampleReport> {
  const status = statusOf(scope);
  const report = {
    index: demoIndex(scope.space),
    ...(stored.detector_id && { detector_id: stored.detector_id }),
    ...(stored.requested_at && { requested_at: stored.requested_at }),
    ...(stored.failure && { failure: stored.failure }),
    state: stored.state,
    done: stored.written,
    total: stored.total,
  };
  const failed = (error: DetectionError, nextStep: string): SampleReport => {
    const failure: Failure = {
      ...failureOf(error, services.clock.now(), false),
      next_step: nextStep,
    };
    return { ...report, state: 'failed', failure };
  };
  if (stored.state === 'none') return report;
  const cutOff = (before: string): SampleReport =>
    failed(
      new DetectionError('interrupted', `Kibana was stopped, or lost Elasticsearch, before ${before}.`),
      'Begin again.',
    );
  if (stored.detector_id === undefined) {
    return isOld(services, stored) ? cutOff('it had made the detector of the sample logs') : report;
  }
  if (!(await hasDetector(scope, stored.detector_id))) {
    return failed(
      new DetectionError(
        'not_found',
        'The detector of the sample logs was deleted; the logs are still there.',
      ),
      'Remove the sample logs, and try again.',
    );
  }
  if (stored.state !== 'scoring') {
    return (await isLeftBehind(services, scope, stored)) ? cutOff('the sample logs were made') : report;
  }
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

const isOld = ({ clock }: Services, { state, requested_at: at }: StoredSample): boolean =>
  (state === 'writing' || state === 'training') &&
  clock.now() - Date.parse(at ?? '') > LONGEST_CLAIM_MILLISECONDS;

/** @returns true where no task makes the sample logs any more, and none has put their end on record */
async function isLeftBehind(services: Services, scope: RequestScope, stored: StoredSample): Promise<boolean> {
  const { detector_id: detectorId } = stored;
  if (detectorId === undefined || !isOld(services, stored)) return false;
  const task = await findTask(services, demoTaskId({ space: scope.space, detectorId }));
  if (task !== undefined && task.status !== 'failed') return false;
  // The task goes once it has put its end on record, which may have happened since it was read.
  return isDeepStrictEqual(await storedSample(scope), stored);
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
  const { elasticsearch, space } = scope;
  const stored = await storedSample(scope);
  const before = await reportOf(services, scope, stored);
  if (before.state !== 'none' && before.state !== 'failed') {
    throw isThere();
  }
  if (await usesApiKeys(services.apiKeys)) {
    const missing = await missingDemoPrivileges(elasticsearch, space);
    if (missing.length > 0) {
      throw sentenceError(
        'forbidden',
        'sample_rights_missing',
        { rights: missing.join('; ') },
        { details: { missing_privileges: missing } },
      );
    }
  }
  const failedDetectors = detectorsOf(stored);
  const claim: Claim = {
    state: 'writing',
    claim_id: randomUUID(),
    requested_at: new Date(services.clock.now()).toISOString(),
    written: 0,
    total: DEMO_LOGS,
    ...(failedDetectors.length > 0 && { failed_detector_ids: failedDetectors }),
  };
  // Of several who ask at once one alone removes what is left, and makes a detector.
  const isClaimed = await claimSample(elasticsearch, scope, claim, (known = NONE) =>
    isDeepStrictEqual(known, stored),
  );
  if (!isClaimed) throw isThere();
  let made: MadeSample | undefined;
  let left = stored;
  try {
    if (before.state === 'failed') await removeParts(services, scope, failedDetectors);
    left = NONE;
    made = await makeDetectorAndIndex(services, scope, claim);
    const { id } = made.detector;
    const { failed_detector_ids: _removed, ...own } = claim;
    const sample = { ...own, detector_id: id };
    if (!(await claimSample(elasticsearch, scope, sample, isOf(claim)))) {
      throw new DetectionError('conflict', 'Somebody has removed the sample logs while they were made.');
    }
    await scheduleDemo(services, { space, detectorId: id });
  } catch (error) {
    await made?.undo();
    // A detector that could not be removed is found by the claim.
    if (!(await hasDetector(scope, claim.claim_id).catch(() => true)))
      await claimSample(elasticsearch, scope, left, isOf(claim)).catch(() => undefined);
    throw error;
  }
  return readDemo(services, scope);
}

type Claim = StoredSample & Required<Pick<StoredSample, 'claim_id'>>;

const isOf =
  ({ claim_id: id }: Claim) =>
  (known: StoredSample | undefined): boolean =>
    known?.claim_id === id;

/** Returns the detectors that may be there: also one that was saved by a Kibana that has noted no more than its claim. */
const detectorsOf = ({
  detector_id: id,
  claim_id: claimed,
  failed_detector_ids: failed = [],
}: StoredSample): string[] => [...new Set([id, claimed, ...failed].filter((each) => each !== undefined))];

const isThere = (): DetectionError => sentenceError('conflict', 'sample_there');

interface MadeSample {
  readonly detector: DetectorRecord;
  /** Removes what was made; it never fails, and logs what is left. */
  readonly undo: () => Promise<void>;
}

/** Makes both at once; one without the other is taken back. An index that was there already, or that others have claimed since, is left alone. */
async function makeDetectorAndIndex(
  services: Services,
  scope: RequestScope,
  claim: Claim,
): Promise<MadeSample> {
  const { elasticsearch, space } = scope;
  const [detector, index] = await Promise.allSettled([
    createDetector(services, scope, parseDetector(demoDetector(demoIndex(space))), {
      start: false,
      id: claim.claim_id,
    }),
    createDemoIndex(elasticsearch, space),
  ]);
  const removeIndex = async (): Promise<void> => {
    const known = await storedSample(scope);
    if (known.state === 'none' || isOf(claim)(known)) await deleteDemoIndex(elasticsearch, space);
  };
  const undo = async (): Promise<void> => {
    const undone = await Promise.allSettled([
      // An error of saving it may be no more than an answer that was lost.
      removeDetector(services, scope, claim.claim_id),
      index.status === 'fulfilled' && index.value ? removeIndex() : undefined,
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

/**
 * Removes the sample logs, also those that somebody has begun to make meanwhile.
 *
 * @returns what could not be removed, a sentence for each
 */
export async function removeDemo(services: Services, scope: RequestScope): Promise<string[]> {
  const { elasticsearch } = scope;
  const warnings: string[] = [];
  for (;;) {
    const stored = await storedSample(scope);
    const detectors = detectorsOf(stored);
    if (stored.state === 'none') return [...warnings, ...(await removeParts(services, scope, detectors))];
    // Their task writes no more once they are claimed; a removal that is cut off leaves what finds the rest.
    const claim: Claim = {
      ...{ state: 'writing', claim_id: randomUUID(), failed_detector_ids: detectors },
      requested_at: new Date(services.clock.now()).toISOString(),
      written: stored.written,
      total: stored.total,
    };
    const isSame = (known: StoredSample = NONE): boolean =>
      known.claim_id === stored.claim_id && known.detector_id === stored.detector_id;
    if (!(await claimSample(elasticsearch, scope, claim, isSame))) continue;
    try {
      warnings.push(...(await removeParts(services, scope, detectors)));
    } catch (error) {
      await claimSample(elasticsearch, scope, stored, isOf(claim)).catch(() => undefined);
      throw error;
    }
    if (await claimSample(elasticsearch, scope, NONE, isOf(claim))) return warnings;
  }
}

/** Removes detectors and index, and leaves the status as it is. @returns what could not be removed, a sentence for each */
async function removeParts(
  services: Services,
  scope: RequestScope,
  detectorIds: readonly string[],
): Promise<string[]> {
  const { elasticsearch, space } = scope;
  const warnings: string[] = [];
  for (const id of detectorIds) warnings.push(...(await removeDetector(services, scope, id)));
  if (await demoIndexExists(elasticsearch, space)) await deleteDemoIndex(elasticsearch, space);
  return warnings;
}

/** @returns what could not be removed, a sentence for each */
async function removeDetector(services: Services, scope: RequestScope, id: string): Promise<string[]> {
  if (await hasDetector(scope, id)) return deleteDetector(services, scope, id, true);
  await services.taskManager.removeIfExists(demoTaskId({ space: scope.space, detectorId: id }));
  return [];
}
