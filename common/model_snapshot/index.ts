export { createModelScorer, type Explanation, type ModelScorer } from './model_scorer';
export {
  createModelSnapshot,
  decodeModelSnapshot,
  encodeModelSnapshot,
  readModel,
  snapshotOf,
  LARGEST_MODEL_TEXT,
  type ModelParts,
  type ReadOptions,
} from './snapshot_codec';
export { MODEL_FORMAT, MODEL_SCHEMA_VERSION, type ModelSnapshot, type TrainingRecord } from './types';
export type { ScoreQuantiles } from '../threshold';
