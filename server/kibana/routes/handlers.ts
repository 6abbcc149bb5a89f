import { annotationHandlers } from './annotation_handlers';
import { auditHandlers } from './audit_handlers';
import { channelHandlers } from './channel_handlers';
import { detectorHandlers } from './detector_handlers';
import { exchangeHandlers } from './exchange_handlers';
import { feedbackHandlers } from './feedback_handlers';
import type { Handlers } from './handler';
import { incidentHandlers } from './incident_handlers';
import { modelHandlers } from './model_handlers';
import { patternHandlers } from './pattern_handlers';
import { pipelineHandlers } from './pipeline_handlers';
import { resultHandlers } from './result_handlers';
import { sampleHandlers } from './sample_handlers';
import { setupHandlers } from './setup_handlers';
import { statusHandlers } from './status_handlers';
import { upkeepHandlers } from './upkeep_handlers';
import { suppressionHandlers } from './suppression_handlers';

/** A handler for every operation of the API; the compiler says which is missing. */
export const HANDLERS: Handlers = {
  ...detectorHandlers,
  ...exchangeHandlers,
  ...statusHandlers,
  ...upkeepHandlers,
  ...resultHandlers,
  ...incidentHandlers,
  ...annotationHandlers,
  ...channelHandlers,
  ...modelHandlers,
  ...patternHandlers,
  ...pipelineHandlers,
  ...feedbackHandlers,
  ...suppressionHandlers,
  ...auditHandlers,
  ...setupHandlers,
  ...sampleHandlers,
};
