export { createModelScorer, type ModelScorer } from './model_scorer';
export {
  createModelSnapshot,
  decodeModelSnapshot,
  encodeModelSnapshot,
  encodeTrainedModel,
  readModel,
  snapshotOf,
  type ModelParts,
} from './snapshot_codec';
export { type ModelSnapshot } from './types';
export type { ScoreQuantiles } from '../threshold';
