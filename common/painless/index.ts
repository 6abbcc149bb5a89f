export {
  compilePipeline,
  definitionBytes,
  PIPELINE_FAILED,
  type IngestPipeline,
  type PipelineMeta,
} from './compile_pipeline';
