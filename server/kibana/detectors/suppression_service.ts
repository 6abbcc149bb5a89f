import { withRecounting } from '../../detection/incidents/recount_marked';
import { createIncidentStore } from '../../elasticsearch/incidents';
import type { HidingStores } from '../../detection/feedback/suppress_stored_results';
import type { Feedback } from '../../detection/ports';
import {
  createAuditTrail,
  createFeedbackStore,
  createResultMarks,
  createSuppressionStore,
} from '../../elasticsearch';
import { createDetectorRepository } from '../records/detector_repository';
import type { RequestScope, Services } from '../contracts/services';

/** With the rights of whoever asks. */
export function hidingStoresOf({ clock }: Services, { elasticsearch, space }: RequestScope): HidingStores {
  return {
    suppressions: createSuppressionStore(elasticsearch, { space, now: () => clock.now() }),
    feedback: createFeedbackStore(elasticsearch, { space }),
    results: withRecounting(
      createResultMarks(elasticsearch, { space }),
      createIncidentStore(elasticsearch, { space }),
      clock,
    ),
    audit: createAuditTrail(elasticsearch, { space }),
    clock,
  };
}

export const authorOf = ({ user }: RequestScope): { by?: string } => (user ? { by: user } : {});

/** @throws DetectionError `not_found` unless they are detectors of this space */
export async function checkDetectors({ savedObjects }: RequestScope, ids: readonly string[]): Promise<void> {
  const repository = createDetectorRepository(savedObjects);
  for (const id of ids) await repository.get(id);
}

/** Suppressions that are of one detector alone go with it; of several, the others keep them. */
export async function forgetDetector({ suppressions }: HidingStores, id: string): Promise<void> {
  for (const suppression of await suppressions.list(id)) {
    const others = suppression.detector_ids.filter((other) => other !== id);
    if (others.length === suppression.detector_ids.length) continue;
    if (others.length === 0) await suppressions.remove(suppression.id);
    else await suppressions.save({ ...suppression, detector_ids: others });
  }
}

/** Feedback as the HTTP API gives it. */
export const feedbackBodyOf = ({ detectorId, expiresAt, suppressionId, ...feedback }: Feedback) => ({
  detector_id: detectorId,
  ...feedback,
  source: { ...feedback.source },
  ...(expiresAt !== undefined && { expires_at: expiresAt }),
  ...(suppressionId !== undefined && { suppression_id: suppressionId }),
});
