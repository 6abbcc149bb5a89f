export { anomalyScore, averagePathLength, heightLimit } from './forest/average_path_length';
export { attributeRow } from './scoring/attribution';
export { decodeForest, encodeForest } from './codec/forest_codec';
export { growAutoForest, type AutoForestOptions } from './learning/grow_auto_forest';
export { growForest } from './growing/grow_forest';
export { FEWEST_VERDICTS, learnFromVerdicts } from './learning/learn_from_verdicts';
export { learnSurprise, type ColumnWatch } from './learning/learn_surprise';
export { layOutForest, type KernelImage } from './scoring/kernel_image';
export { compileKernel } from './scoring/kernel_scorer';
export { checkFits, createReferenceScorer, createScorer, type Scorer } from './scoring/scorer';
export { treeShapeFor, USUAL_SUBSAMPLE_SIZE, type TreeShape } from './growing/tree_shape';
export {
  SPLIT_METHODS,
  TRAINERS,
  type ForestOptions,
  type IsolationForest,
  type Matrix,
  type SplitMethod,
  type Trainer,
} from './forest/types';
