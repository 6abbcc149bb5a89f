export {
  attachPipeline,
  attachmentsOf,
  detachPipeline,
  planAttachment,
  type AttachmentPlan,
  type PlannedRequest,
} from './attachment';
export {
  backfillProgress,
  cancelBackfill,
  followBackfill,
  refreshScored,
  startBackfill,
  type BackfillProgress,
} from './backfill';
export { componentTemplatesOf } from './component_template';
export { formerPipelineName, pipelineName } from './names';
export {
  deletePipeline,
  deployPipeline,
  livePipeline,
  namesOfPipeline,
  renamePipeline,
  revertPipeline,
  tryPipeline,
  type DeployPipelineOptions,
  type LivePipeline,
  type PipelineDeployment,
} from './pipelines';
export { SCORED_FIELDS } from './scored_fields';
