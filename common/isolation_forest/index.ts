export { anomalyScore, averagePathLength, heightLimit } from './average_path_length';
export { attributeRow } from './attribution';
export { decodeForest, encodeForest } from './forest_codec';
export { growAutoForest, type AutoForestOptions } from './grow_auto_forest';
export { growForest } from './grow_forest';
export { FEWEST_VERDICTS, learnFromVerdicts } from './learn_from_verdicts';
export { learnSurprise, type ColumnWatch } from './learn_surprise';
export { layOutForest, type KernelImage } from './kernel_image';
export { compileKernel } from './kernel_scorer';
export { checkFits, createReferenceScorer, createScorer, type Scorer } from './scorer';
export { treeShapeFor, USUAL_SUBSAMPLE_SIZE, type TreeShape } from './tree_shape';
export {
  SPLIT_METHODS,
  TRAINERS,
  type ForestOptions,
  type IsolationForest,
  type Matrix,
  type SplitMethod,
  type Trainer,
} from './types';
