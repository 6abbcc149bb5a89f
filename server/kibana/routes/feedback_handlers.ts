import type { feedbackEndpoints } from '../../../common/api/feedback';
import type { Feedback, FeedbackStore } from '../../detection/ports';
import { createFeedbackStore } from '../../elasticsearch';
import { createDetectorRepository } from '../detector_repository';
import type { RequestScope } from '../services';
import type { Handlers } from './handler';

/** The detector must be one of this space. */
async function storeOf(scope: RequestScope, detectorId: string): Promise<FeedbackStore> {
  await createDetectorRepository(scope.savedObjects).get(detectorId);
  return createFeedbackStore(scope.elasticsearch, { space: scope.space });
}

const bodyOf = ({ detectorId, ...feedback }: Feedback) => ({
  detector_id: detectorId,
  ...feedback,
  source: { ...feedback.source },
});

export const feedbackHandlers: Handlers<keyof typeof feedbackEndpoints> = {
  listFeedback: async ({ params }, { scope }) => ({
    feedback: (await (await storeOf(scope, params.id)).list(params.id)).map(bodyOf),
  }),
  saveFeedback: async ({ params, body }, { services, scope }) => {
    const feedback: Feedback = {
      detectorId: params.id,
      ...body,
      ...(scope.user && { by: scope.user }),
      at: new Date(services.clock.now()).toISOString(),
    };
    await (await storeOf(scope, params.id)).save(feedback);
    return bodyOf(feedback);
  },
  removeFeedback: async ({ params, query }, { scope }) => {
    await (await storeOf(scope, params.id)).remove(params.id, query);
    return { acknowledged: true };
  },
};
