import type { suppressionEndpoints } from '../../../common/api/suppressions';
import {
  addSuppression,
  previewSuppression,
  removeSuppression,
  suppressionOf,
} from '../../detection/feedback/suppress_stored_results';
import { listSuppressions } from '../../detection/feedback/list_suppressions';
import { replayBodyOf } from '../../detection/feedback/replay_body';
import { authorOf, checkDetectors, hidingStoresOf } from '../detectors/suppression_service';
import type { Handlers } from './handler';

export const suppressionHandlers: Handlers<keyof typeof suppressionEndpoints> = {
  listSuppressions: async ({ query }, { services, scope }) => ({
    suppressions: await listSuppressions(hidingStoresOf(services, scope), {
      ...(query.detector_id !== undefined && { detectorId: query.detector_id }),
      ...(query.origin !== undefined && { origins: [query.origin] }),
      calendars: query.calendars,
    }),
  }),
  previewSuppression: async ({ body }, { services, scope }) => {
    await checkDetectors(scope, body.suppression.detector_ids);
    const suppression = suppressionOf(body.suppression, authorOf(scope), services.clock.now());
    return replayBodyOf(await previewSuppression(hidingStoresOf(services, scope), suppression));
  },
  addSuppression: async ({ body }, { services, scope }) => {
    await checkDetectors(scope, body.suppression.detector_ids);
    return addSuppression(hidingStoresOf(services, scope), body.suppression, authorOf(scope), body.accept);
  },
  removeSuppression: ({ params }, { services, scope }) =>
    removeSuppression(hidingStoresOf(services, scope), params.suppression_id, authorOf(scope)),
};
