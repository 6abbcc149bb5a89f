import type { logPatternEndpoints } from '../../../common/api/patterns';
import { ignorePattern } from '../../detection/patterns/ignore_pattern';
import { mergePatternInto, takePatternApart } from '../../detection/patterns/regroup_pattern';
import { createAuditTrail } from '../../elasticsearch';
import { createPatternStore, listLogPatterns } from '../../elasticsearch/patterns';
import { authorOf } from '../detectors/suppression_service';
import { createDetectorRepository } from '../records/detector_repository';
import type { Handlers } from './handler';

export const patternHandlers: Handlers<keyof typeof logPatternEndpoints> = {
  listLogPatterns: async ({ params, query }, { services, scope }) => {
    const { detector } = await createDetectorRepository(scope.savedObjects).get(params.id);
    const { elasticsearch, space } = scope;
    return listLogPatterns(elasticsearch, { space, id: params.id, detector }, query, services.clock.now());
  },
  updateLogPattern: async ({ params, body }, { services, scope }) => {
    // Of a detector of this space.
    await createDetectorRepository(scope.savedObjects).get(params.id);
    const { elasticsearch, space } = scope;
    const stores = {
      patterns: createPatternStore(elasticsearch, params.id, { space }),
      audit: createAuditTrail(elasticsearch, { space }),
      clock: services.clock,
    };
    const pattern = { detectorId: params.id, patternId: params.pattern_id };
    const { ignored, merge_into: into, because } = body;
    const author = authorOf(scope);
    const signature = { ...author, ...(because !== undefined && { because }) };
    if (into !== undefined) await mergePatternInto(stores, pattern, into, signature);
    else if (ignored === undefined) await takePatternApart(stores, pattern, signature);
    else await ignorePattern(stores, pattern, { ...body, ignored }, author);
    const now = await stores.patterns.find(into ?? params.pattern_id);
    return { ignored: ignored ?? now?.ignored !== undefined };
  },
};
