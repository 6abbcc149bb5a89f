import type { detectorEndpoints } from '../../../common/api/detectors';
import { createDetectorRepository, publicRecordOf } from '../records/detector_repository';
import { deleteDetector } from '../detectors/delete_detector';
import {
  cloneDetector,
  createDetector,
  startDetector,
  stopDetector,
  trainDetectorNow,
  updateDetector,
} from '../detectors/detector_service';
import { describeLogs, previewDetector, suggest, validateDetector } from '../detectors/preview';
import type { Handlers } from './handler';

export const detectorHandlers: Handlers<keyof typeof detectorEndpoints> = {
  listDetectors: async ({ query }, { scope }) => {
    const { total, detectors } = await createDetectorRepository(scope.savedObjects).list({
      page: query.page,
      perPage: query.per_page,
      search: query.search,
    });
    return { total, detectors: detectors.map(publicRecordOf) };
  },
  createDetector: ({ body }, { services, scope }) =>
    createDetector(services, scope, body.detector, { start: body.start, scorePast: body.score_past }),
  getDetector: async ({ params }, { scope }) =>
    publicRecordOf(await createDetectorRepository(scope.savedObjects).get(params.id)),
  updateDetector: ({ params, body }, { services, scope }) =>
    updateDetector(services, scope, params.id, { detector: body.detector, version: body.version }),
  deleteDetector: async ({ params, query }, { services, scope }) => ({
    acknowledged: true,
    warnings: await deleteDetector(services, scope, params.id, query.delete_results),
  }),
  cloneDetector: ({ params, body }, { services, scope }) =>
    cloneDetector(services, scope, params.id, body.name),
  validateDetector: ({ body }, { services, scope }) => validateDetector(services, scope, body.detector),
  suggestFeatures: ({ body }, { services, scope }) => suggest(services, scope, body.source, body.window),
  describeLogs: ({ body }, { services, scope }) => describeLogs(services, scope, body),
  previewDetector: ({ body }, { services, scope, signal }) =>
    previewDetector(services, scope, body.detector, { ...body, signal }),
  startDetector: ({ params }, { services, scope }) => startDetector(services, scope, params.id),
  stopDetector: ({ params }, { services, scope }) => stopDetector(services, scope, params.id),
  trainDetector: async ({ params }, { services, scope }) => ({
    acknowledged: true,
    training: await trainDetectorNow(services, scope, params.id),
  }),
};
