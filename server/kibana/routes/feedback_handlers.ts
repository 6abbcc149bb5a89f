import type { feedbackEndpoints } from '../../../common/api/feedback';
import { contradictionsOf, type Contradiction } from '../../../common/suppressions';
import { forgetJudgement, judgeResult, previewJudgement } from '../../detection/feedback/judge_results';
import type { Feedback } from '../../detection/ports';
import { replayBodyOf } from '../../detection/feedback/replay_body';
import { authorOf, checkDetectors, feedbackBodyOf, hidingStoresOf } from '../detectors/suppression_service';
import type { Handlers } from './handler';

const contradictionBodyOf = ({ pattern, real, not_an_anomaly }: Contradiction<Feedback>) => ({
  pattern,
  real: real.map(feedbackBodyOf),
  not_an_anomaly: not_an_anomaly.map(feedbackBodyOf),
});

/** The detector must be one of this space. */
export const feedbackHandlers: Handlers<keyof typeof feedbackEndpoints> = {
  listFeedback: async ({ params }, { services, scope }) => {
    await checkDetectors(scope, [params.id]);
    const feedback = await hidingStoresOf(services, scope).feedback.list(params.id);
    return {
      feedback: feedback.map(feedbackBodyOf),
      contradictions: contradictionsOf(feedback).map(contradictionBodyOf),
    };
  },
  previewFeedback: async ({ params, body }, { services, scope }) => {
    await checkDetectors(scope, [params.id]);
    const { source, scope: reach, expires_at: expiresAt } = body;
    const { suppression, ...preview } = await previewJudgement(
      hidingStoresOf(services, scope),
      { detectorId: params.id, source, scope: reach, ...(expiresAt !== undefined && { expiresAt }) },
      authorOf(scope),
    );
    return { ...replayBodyOf(preview), suppression };
  },
  saveFeedback: async ({ params, body }, { services, scope }) => {
    await checkDetectors(scope, [params.id]);
    const { source, verdict, scope: reach, expires_at: expiresAt, comment, accept } = body;
    const { feedback, hidden, shown, contradictions } = await judgeResult(
      hidingStoresOf(services, scope),
      {
        detectorId: params.id,
        source,
        verdict,
        scope: reach,
        ...(expiresAt !== undefined && { expiresAt }),
        ...(comment !== undefined && { comment }),
      },
      authorOf(scope),
      accept,
    );
    return {
      ...feedbackBodyOf(feedback),
      hidden,
      shown,
      contradictions: contradictions.map(contradictionBodyOf),
    };
  },
  removeFeedback: async ({ params, query }, { services, scope }) => {
    await checkDetectors(scope, [params.id]);
    const { shown } = await forgetJudgement(
      hidingStoresOf(services, scope),
      params.id,
      query,
      authorOf(scope),
    );
    return { acknowledged: true, shown };
  },
};
