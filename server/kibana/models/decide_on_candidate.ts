import type { CandidateState } from '../../../common/api';
import { MODEL_NOTES } from '../../../common/model_snapshot/model_notes';
import { FEWEST_WATCHED_LOGS } from '../../detection/promotion/promotion_watch';
import type { StoredUpkeep } from '../records/status_store';
import {
  promoteAndWatch,
  refuseCandidate,
  settleCandidate,
  waitForPerson,
  type Settled,
} from './candidate_promotion';
import { isWorthAnotherTry, recent, whyLost, type UpkeepContext } from './upkeep_context';

/** A candidate in shadow waits so many times its time for enough logs, then the recent ones decide. */
const LONGEST_SHADOW_FACTOR = 2;

/** @returns true where {@link decideOnCandidate} has something to do */
export const isCandidateDue = (candidate: CandidateState | undefined, active: string, now: number): boolean =>
  candidate !== undefined &&
  (candidate.version === active ||
    (candidate.state === 'shadowing' && candidate.until !== undefined && now >= Date.parse(candidate.until)));

/** @returns whether another model is active now */
export async function decideOnCandidate(
  context: UpkeepContext,
  { candidate }: StoredUpkeep,
): Promise<boolean> {
  const { services, job, model } = context;
  const now = services.clock.now();
  if (candidate === undefined || !isCandidateDue(candidate, model.version, now)) return false;
  if (candidate.version === model.version) {
    // It was promoted, and what comes after that was cut off.
    await promoteAndWatch(services, job, model.version, {
      note: model.note ?? MODEL_NOTES.passed,
      ...(model.gate && { gate: model.gate }),
    });
    return false;
  }
  const settled = await settledAfterShadow(context, candidate);
  if (settled === undefined) return false;
  const { detectorId } = job.target;
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

/**
 * Settles a candidate whose time in shadow is over. It cannot be in shadow for good, which would keep the detector from any
 * other training: a model that is lost is refused, and one that cannot be compared waits for a person in the end.
 *
 * @returns undefined where it stays in shadow for now
 */
async function settledAfterShadow(
  { services, job, model, signal }: UpkeepContext,
  { version, since: began, until }: CandidateState,
): Promise<Settled | undefined> {
  const now = services.clock.now();
  const since = Date.parse(began);
  const span = Date.parse(until ?? began) - since;
  const end = since + LONGEST_SHADOW_FACTOR * span;
  const isLast = now >= end;
  const names = { version, active: model.version };
  try {
    const lost = await whyLost(services, job, version);
    if (lost !== undefined) {
      return await refuseCandidate(services, job, names, {
        because: `it cannot be compared: ${lost}`,
      });
    }
    const logs = await job.source.count(recent(job, since, now));
    const isEnough = logs >= FEWEST_WATCHED_LOGS;
    if (!isEnough && !isLast) return undefined;
    const lostActive = await whyLost(services, job, model.version);
    if (lostActive !== undefined) {
      return await waitForPerson(services, job, names, {
        because: `It cannot be compared with the active one: ${lostActive}`,
      });
    }
    return await settleCandidate(
      services,
      job,
      { version, active: model },
      { signal, ...(isEnough && { since }) },
    );
  } catch (error) {
    if (!isLast || isWorthAnotherTry(error, { end, span, now })) throw error;
    return waitForPerson(services, job, names, {
      because: `Its gate has failed: ${(error as Error).message}`,
    });
  }
}
