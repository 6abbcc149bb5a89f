import type { HidingStores } from '../detection/hide_results';
import type { Feedback } from '../detection/ports';
import {
  createAuditTrail,
  createFeedbackStore,
  createResultMarks,
  createSuppressionStore,
} from '../elasticsearch';
import { createDetectorRepository } from './detector_repository';
import type { RequestScope, Services } from './services';

/** With the rights of whoever asks. */
export function hidingStoresOf({ clock }: Services, { elasticsearch, space }: RequestScope): HidingStores {
  return {
    suppressions: createSuppressionStore(elasticsearch, { space, now: () => clock.now() }),
    feedback: createFeedbackStore(elasticsearch, { space }),
    results: createResultMarks(elasticsearch, { space }),
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

/** Feedback as the HTTP API gives it. */
export const feedbackBodyOf = ({ detectorId, expiresAt, suppressionId, ...feedback }: Feedback) => ({
  detector_id: detectorId,
  ...feedback,
  source: { ...feedback.source },
  ...(expiresAt !== undefined && { expires_at: expiresAt }),
  ...(suppressionId !== undefined && { suppression_id: suppressionId }),
});
