import { DetectionError } from '../../detection_error';
import { heightLimit } from '../forest/average_path_length';
import { splitChooserOf, type SplitChooser } from './choose_split';
import { ForestBuilder } from '../forest/forest_builder';
import {
  LARGEST_COLUMN_COUNT,
  LARGEST_DEPTH,
  LARGEST_SUBSAMPLE_SIZE,
  LARGEST_TREE_COUNT,
} from '../forest/limits';
import { medianOfColumns } from '../forest/missing_values';
import { growWithMlIsolationForest } from './ml_isolation_forest';
import { drawRows, randomStreams, type RandomStream } from '../forest/subsample';
import { TreeSample } from './tree_sample';
import {
  SPLIT_METHODS,
  TRAINERS,
  type ForestOptions,
  type IsolationForest,
  type Matrix,
  type SplitMethod,
} from '../forest/types';

/**
 * Grows an isolation forest (Liu, Ting & Zhou 2008): each tree splits a random subsample of psi rows, drawn without
 * replacement, by random cuts until every row stands alone or the height limit, ceil(log2(psi)) or what is asked for, is reached.
 *
 * Time and memory are O(treeCount x psi x columns), whatever the number of rows. The result depends on the seed and
 * the rows alone; with no more than psi rows not even on their order.
 *
 * @param matrix at least one row and one column; NaN is replaced by the median of its column
 * @throws DetectionError `invalid_input` for an option or shape out of range, `too_few_logs` for no row
 */
export function growForest(
  matrix: Matrix,
  options: ForestOptions,
  /** Told the share of the trees that are grown, after each. */
  tell?: (share: number) => void,
): IsolationForest {
  checkMatrix(matrix);
  checkOptions(options);
  checkColumnWeights(options.columnWeights, matrix.columnCount);
  if (matrix.rowCount === 0) {
    throw new DetectionError('too_few_logs', 'rowCount: is 0, a forest needs at least 1 row');
  }
  const { columnCount, rowCount } = matrix;
  const { trainer } = options;
  const splits = trainer === 'ml-isolation-forest' ? 'axis' : options.splits;
  const subsampleSize = Math.min(options.subsampleSize, rowCount);
  const fillValues = medianOfColumns(matrix, options.seed);
  const hyperplaneWidth = Math.min((options.extensionLevel ?? columnCount - 1) + 1, columnCount);
  const builder = new ForestBuilder({
    subsampleSize,
    columnCount,
    splits,
    fillValues,
    ...(splits === 'extended' && { hyperplaneWidth }),
  });
  const sample = new TreeSample(subsampleSize, columnCount);
  const chooseSplit = splitChooserOf(splits, sample, hyperplaneWidth, options.columnWeights);
  const streams = randomStreams(options.seed);
  for (let tree = 0; tree < options.treeCount; tree++) {
    const random = streams.next().value;
    sample.load(matrix, drawRows(rowCount, subsampleSize, random), fillValues);
    if (trainer === 'ml-isolation-forest') growWithMlIsolationForest(sample, builder, random);
    else growTree(sample, builder, random, { chooseSplit, maxDepth: options.maxDepth });
    tell?.((tree + 1) / options.treeCount);
  }
  return builder.build();
}

function growTree(
  sample: TreeSample,
  builder: ForestBuilder,
  random: RandomStream,
  { chooseSplit, maxDepth = Infinity }: { readonly chooseSplit: SplitChooser; readonly maxDepth?: number },
): void {
  const limit = Math.min(maxDepth, heightLimit(sample.size));
  const open = [{ node: builder.addTree(sample.size), from: 0, to: sample.size, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, from, to, depth } = next;
    if (to - from < 2 || depth === limit) continue;
    const split = chooseSplit(from, to, random);
    if (split === undefined) continue;
    const middle = sample.partition(from, to, split.threshold);
    const left = builder.split(node, split, middle - from, to - middle);
    open.push({ node: left + 1, from: middle, to, depth: depth + 1 });
    open.push({ node: left, from, to: middle, depth: depth + 1 });
  }
}

/** @throws DetectionError unless `values` holds rowCount x columnCount numbers */
export function checkMatrix({ values, rowCount, columnCount }: Matrix): void {
  checkInteger('columnCount', columnCount, 1, LARGEST_COLUMN_COUNT);
  checkInteger('rowCount', rowCount, 0, Number.MAX_SAFE_INTEGER);
  if (values.length < rowCount * columnCount) {
    throw new DetectionError(
      'invalid_input',
      `values: has ${values.length} numbers, must have at least ${rowCount} rows x ${columnCount} columns`,
    );
  }
}

/** Split methods that the trainer ml-isolation-forest supports: it draws all cuts uniformly. */
const OWN_CUTS: readonly SplitMethod[] = ['axis', 'mixed'];

function checkOptions(options: ForestOptions): void {
  checkInteger('treeCount', options.treeCount, 1, LARGEST_TREE_COUNT);
  checkInteger('subsampleSize', options.subsampleSize, 1, LARGEST_SUBSAMPLE_SIZE);
  if (options.maxDepth !== undefined) checkInteger('maxDepth', options.maxDepth, 1, LARGEST_DEPTH);
  checkInteger('seed', options.seed, 0, 0xffffffff);
  checkOneOf('splits', options.splits, SPLIT_METHODS);
  checkOneOf('trainer', options.trainer, TRAINERS);
  if (options.extensionLevel !== undefined) {
    checkInteger('extensionLevel', options.extensionLevel, 0, LARGEST_COLUMN_COUNT);
  }
  if (options.trainer === 'ml-isolation-forest' && options.maxDepth !== undefined) {
    throw new DetectionError(
      'invalid_input',
      `maxDepth: is ${options.maxDepth}, must be left out with the trainer ml-isolation-forest, which grows its trees by itself`,
    );
  }
  if (options.trainer === 'ml-isolation-forest' && !OWN_CUTS.includes(options.splits)) {
    throw new DetectionError(
      'invalid_input',
      `splits: is ${options.splits}, must be ${OWN_CUTS.join(' or ')} with the trainer ml-isolation-forest, which draws its own cuts`,
    );
  }
}

function checkColumnWeights(weights: readonly number[] | undefined, columnCount: number): void {
  if (weights === undefined) return;
  if (weights.length !== columnCount) {
    throw new DetectionError(
      'invalid_input',
      `columnWeights: has ${weights.length} entries, must have ${columnCount}, one for each column`,
    );
  }
  const column = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (column !== -1) {
    throw new DetectionError(
      'invalid_input',
      `columnWeights: is ${weights[column]} for column ${column}, must be a number of at least 0`,
    );
  }
}

function checkInteger(name: string, value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new DetectionError(
      'invalid_input',
      `${name}: is ${value}, must be an integer from ${minimum} to ${maximum}`,
    );
  }
}

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw new DetectionError('invalid_input', `${name}: is ${value}, must be one of ${allowed.join(', ')}`);
  }
}
