export {
  attachPipeline,
  attachmentsOf,
  detachPipeline,
  isAttached,
  planAttachment,
  type AttachmentPlan,
  type AttachOptions,
  type PlannedRequest,
} from './attachment';
export {
  backfillProgress,
  cancelBackfill,
  followBackfill,
  refreshScored,
  startBackfill,
  type BackfillOptions,
  type BackfillProgress,
} from './backfill';
export { componentTemplateName, formerPipelineName, pipelineName } from './names';
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
export { SCORE_TOLERANCE, simulatePipeline, type SimulationOptions, type SimulationReport } from './simulate';
