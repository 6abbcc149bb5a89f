import type { suppressionEndpoints } from '../../../common/api/suppressions';
import { isExpired } from '../../../common/suppressions';
import {
  addSuppression,
  previewSuppression,
  removeSuppression,
  suppressionOf,
} from '../../detection/hide_results';
import { replayBodyOf } from '../../detection/replay_body';
import { authorOf, checkDetectors, hidingStoresOf } from '../suppression_service';
import type { Handlers } from './handler';

export const suppressionHandlers: Handlers<keyof typeof suppressionEndpoints> = {
  listSuppressions: async ({ query }, { services, scope }) => {
    const { suppressions, results } = hidingStoresOf(services, scope);
    const found = (await suppressions.list(query.detector_id)).filter(
      ({ origin }) => query.origin === undefined || origin === query.origin,
    );
    const hidden = await results.hiddenBy(found.map(({ id }) => id));
    const now = services.clock.now();
    return {
      suppressions: found.map((suppression) => ({
        ...suppression,
        expired: isExpired(suppression, now),
        hidden: hidden.get(suppression.id) ?? 0,
      })),
    };
  },
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
