export {
  compilePipeline,
  definitionBytes,
  LARGEST_DEFINITION,
  PIPELINE_FAILED,
  type CompileOptions,
  type IngestPipeline,
  type PipelineMeta,
} from './compile_pipeline';
