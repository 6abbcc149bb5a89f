import { DetectionError } from '../../detection_error';
import { heightLimit } from '../forest/average_path_length';
import { ByteReader, ByteWriter, crc32 } from './byte_stream';
import { ForestBuilder, LEAF } from '../forest/forest_builder';
import { isPossibleAdjustment } from '../learning/learn_from_verdicts';
import {
  LARGEST_COLUMN_COUNT,
  LARGEST_SUBSAMPLE_SIZE,
  LARGEST_SURPRISE,
  LARGEST_TAIL_PARTS,
  LARGEST_TREE_COUNT,
} from '../forest/limits';
import { SPLIT_METHODS, type IsolationForest, type PathDamping, type SurpriseTable } from '../forest/types';

/*
 * The stored form, little-endian, whole numbers as LEB128:
 *
 *   "LAIF", version (1 byte), split method (1 byte: place in SPLIT_METHODS)
 *   tree count, subsample size, column count, hyperplane width (0 unless extended)
 *   version 3 alone: which of the parts below follow, the sum of their numbers (1 byte)
 *   one float32 fill value a column
 *   the nodes of each tree in preorder
 *   with version 2 or part 1: how many leaves have an adjusted path length, and for each, in the order of the leaves, how many
 *   leaves lie between it and the one before, and the adjustment as a float32
 *   with part 2: how many columns are watched, and for each its number, that of its feature, and six float32 (`SurpriseTable`)
 *   with part 4: two float32 (`PathDamping`)
 *   CRC-32 of all bytes before it
 *
 * A node with at most one row is a leaf and takes no byte at all. Any other starts with 0 for a leaf, or 1 + column
 * (1 for a hyperplane) followed by: a float32 threshold, how many of its rows went left, and for a hyperplane its
 * columns and float32 weights. Everything else follows: the rows of the root are the subsample, those on the right
 * are the rest, and children lie where preorder puts them, so a file cannot describe a cycle.
 */
const MAGIC = 0x4649414c; // "LAIF"
const VERSION = 1;
/** Of a forest that has learned from verdicts. */
const ADJUSTED_VERSION = 2;
/** Of a forest with more parts, which are named. */
const PARTS_VERSION = 3;
const ADJUSTED = 1;
const SURPRISE = 2;
const DAMPED = 4;
const CHECKSUM_BYTES = 4;

/**
 * @returns the forest in its compact stored form. For 100 trees of psi 256 45 to 60 kB with axis splits, 110 kB with
 *   fair cuts; extended splits take 5 bytes more for each column of each hyperplane, 170 kB with 4, 390 kB with 10
 */
export function encodeForest(forest: IsolationForest): Uint8Array {
  const { treeCount, treeStart, splitColumn, threshold, leftChild, nodeRowCount, hyperplanes } = forest;
  const writer = new ByteWriter();
  writer.uint32(MAGIC);
  const parts =
    (forest.lengthAdjustment === undefined ? 0 : ADJUSTED) +
    (forest.surprise === undefined ? 0 : SURPRISE) +
    (forest.damping === undefined ? 0 : DAMPED);
  writer.byte(parts > ADJUSTED ? PARTS_VERSION : parts === ADJUSTED ? ADJUSTED_VERSION : VERSION);
  writer.byte(SPLIT_METHODS.indexOf(forest.splits));
  writer.count(treeCount);
  writer.count(forest.subsampleSize);
  writer.count(forest.columnCount);
  writer.count(hyperplanes?.width ?? 0);
  if (parts > ADJUSTED) writer.byte(parts);
  forest.fillValues.forEach((value) => writer.float32(value));
  const leaves: number[] = [];
  for (let tree = 0; tree < treeCount; tree++) {
    const open = [treeStart[tree]];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (splitColumn[node] === LEAF) {
        leaves.push(node);
        if (nodeRowCount[node] >= 2) writer.count(0);
        continue;
      }
      const left = leftChild[node];
      writer.count(hyperplanes === undefined ? splitColumn[node] + 1 : 1);
      writer.float32(threshold[node]);
      writer.count(nodeRowCount[left]);
      if (hyperplanes !== undefined) {
        const { width, columns, weights } = hyperplanes;
        for (let i = splitColumn[node] * width; i < (splitColumn[node] + 1) * width; i++) {
          writer.count(columns[i]);
          writer.float32(weights[i]);
        }
      }
      open.push(left + 1, left);
    }
  }
  if (forest.lengthAdjustment !== undefined) writeAdjustments(writer, leaves, forest.lengthAdjustment);
  if (forest.surprise !== undefined) writeSurprise(writer, forest.surprise);
  if (forest.damping !== undefined) writeDamping(writer, forest.damping);
  const checksum = crc32(writer.finish());
  writer.uint32(checksum);
  return writer.finish();
}

function writeAdjustments(writer: ByteWriter, leaves: readonly number[], adjustments: Float32Array): void {
  const adjusted = leaves.flatMap((node, place) => (adjustments[node] === 0 ? [] : [place]));
  writer.count(adjusted.length);
  adjusted.forEach((place, i) => {
    writer.count(i === 0 ? place : place - adjusted[i - 1] - 1);
    writer.float32(adjustments[leaves[place]]);
  });
}

const floatsOf = (table: SurpriseTable): Float32Array[] => [
  ...[table.low, table.lowScale, table.high, table.highScale, table.jump, table.growth],
];

function writeSurprise(writer: ByteWriter, table: SurpriseTable): void {
  writer.count(table.columns.length);
  table.columns.forEach((column, i) => {
    writer.count(column);
    writer.count(table.features[i]);
    for (const floats of floatsOf(table)) writer.float32(floats[i]);
  });
}

function readSurprise(reader: ByteReader, columnCount: number): SurpriseTable {
  const count = reader.count('the number of watched columns', 1, columnCount * LARGEST_TAIL_PARTS);
  const table: SurpriseTable = {
    columns: new Uint16Array(count),
    features: new Uint16Array(count),
    low: new Float32Array(count),
    lowScale: new Float32Array(count),
    high: new Float32Array(count),
    highScale: new Float32Array(count),
    jump: new Float32Array(count),
    growth: new Float32Array(count),
  };
  for (let i = 0; i < count; i++) {
    table.columns[i] = reader.count('a watched column', 0, columnCount - 1);
    table.features[i] = reader.count('the feature of a watched column', 0, LARGEST_COLUMN_COUNT);
    for (const floats of floatsOf(table)) floats[i] = readFinite(reader, 'a number of a watched column');
    if (i > 0 && table.features[i] < table.features[i - 1]) {
      reader.refuse('watched columns are not in the order of their features');
    }
    if (!(table.low[i] <= table.high[i])) reader.refuse('a watched column ends before it begins');
    if (!(table.lowScale[i] > 0 && table.highScale[i] > 0)) reader.refuse('a scale is not above 0');
    for (const surprise of [table.jump[i], table.growth[i]]) {
      if (!(surprise >= 0 && surprise <= LARGEST_SURPRISE)) {
        reader.refuse(`a surprise is ${surprise}, must be from 0 to ${LARGEST_SURPRISE}`);
      }
    }
  }
  return table;
}

function writeDamping(writer: ByteWriter, { below, share }: PathDamping): void {
  writer.float32(below);
  writer.float32(share);
}

function readDamping(reader: ByteReader): PathDamping {
  const below = readFinite(reader, 'the path length that is damped');
  if (!(below > 0)) reader.refuse(`the path length that is damped is ${below}, must be above 0`);
  const share = readFinite(reader, 'the share that counts of short paths');
  if (!(share > 0 && share <= 1)) {
    reader.refuse(`the share that counts of short paths is ${share}, must be in (0, 1]`);
  }
  return { below, share };
}

function readAdjustments(
  reader: ByteReader,
  leaves: readonly number[],
  nodeCount: number,
  subsampleSize: number,
): Float32Array {
  const adjustments = new Float32Array(nodeCount);
  const count = reader.count('the number of adjusted leaves', 0, leaves.length);
  let place = -1;
  for (let i = 0; i < count; i++) {
    place += 1 + reader.count('the gap between adjusted leaves', 0, leaves.length - place - 2);
    const adjustment = readFinite(reader, 'an adjusted path length');
    if (!isPossibleAdjustment(adjustment, subsampleSize)) {
      reader.refuse(`an adjusted path length is ${adjustment}, which learning never gives`);
    }
    adjustments[leaves[place]] = adjustment;
  }
  return adjustments;
}

/**
 * Reads a stored forest from bytes that are not trusted. Every number is checked before it is used; memory and time
 * grow with the number of bytes only.
 *
 * @returns a forest that equals the one written, so that it scores bit-identically
 * @throws DetectionError `invalid_input` with the reason and its place
 */
export function decodeForest(bytes: Uint8Array): IsolationForest {
  const reader = new ByteReader(bytes.subarray(0, bytes.length - CHECKSUM_BYTES), 'The stored forest');
  if (bytes.length < CHECKSUM_BYTES || reader.uint32() !== MAGIC) {
    throw new DetectionError(
      'invalid_input',
      'The stored forest is not valid: it does not start with "LAIF"',
    );
  }
  const version = reader.byte();
  if (version < VERSION || version > PARTS_VERSION) {
    reader.refuse(`its version is ${version}, must be from ${VERSION} to ${PARTS_VERSION}`);
  }
  const checksum = new ByteReader(bytes.subarray(bytes.length - CHECKSUM_BYTES), 'The checksum').uint32();
  if (checksum !== crc32(bytes.subarray(0, bytes.length - CHECKSUM_BYTES))) {
    reader.refuse('its checksum does not match, it is damaged or cut short');
  }
  const splits = SPLIT_METHODS[reader.byte()] ?? reader.refuse('its split method is unknown');
  const treeCount = reader.count('the tree count', 1, LARGEST_TREE_COUNT);
  const subsampleSize = reader.count('the subsample size', 1, LARGEST_SUBSAMPLE_SIZE);
  const columnCount = reader.count('the column count', 1, LARGEST_COLUMN_COUNT);
  const extended = splits === 'extended';
  const width = reader.count('the hyperplane width', extended ? 1 : 0, extended ? columnCount : 0);
  const parts = version === PARTS_VERSION ? reader.byte() : version === ADJUSTED_VERSION ? ADJUSTED : 0;
  if (parts > ADJUSTED + SURPRISE + DAMPED) {
    reader.refuse(`its parts are ${parts}, which this program does not know`);
  }
  if (reader.remaining < columnCount * 4) reader.refuse(`it is too short for ${columnCount} columns`);
  const fillValues = Float32Array.from({ length: columnCount }, () => readFinite(reader, 'a fill value'));
  const builder = new ForestBuilder({
    subsampleSize,
    columnCount,
    splits,
    fillValues,
    ...(extended && { hyperplaneWidth: width }),
  });
  const leaves: number[] = [];
  for (let tree = 0; tree < treeCount; tree++) {
    for (const leaf of readTree(reader, builder, { subsampleSize, columnCount, width })) leaves.push(leaf);
  }
  const built = builder.build();
  const forest: IsolationForest = {
    ...built,
    ...(parts & ADJUSTED && {
      lengthAdjustment: readAdjustments(reader, leaves, built.splitColumn.length, subsampleSize),
    }),
    ...(parts & SURPRISE && { surprise: readSurprise(reader, columnCount) }),
    ...(parts & DAMPED && { damping: readDamping(reader) }),
  };
  if (reader.remaining > 0) reader.refuse(`${reader.remaining} bytes follow the last tree`);
  return forest;
}

interface TreeShape {
  readonly subsampleSize: number;
  readonly columnCount: number;
  /** Columns of a hyperplane, 0 for cuts along one column. */
  readonly width: number;
}

/** Reads a tree into the builder. @returns its leaves, in the order in which they are stored */
function readTree(
  reader: ByteReader,
  builder: ForestBuilder,
  { subsampleSize, columnCount, width }: TreeShape,
): number[] {
  const leaves: number[] = [];
  // ml-isolation-forest lets its trees grow one level deeper than the paper.
  const deepest = heightLimit(subsampleSize) + 1;
  const open = [{ node: builder.addTree(subsampleSize), rows: subsampleSize, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, rows, depth } = next;
    const code = rows < 2 ? 0 : reader.count('the split column', 0, width > 0 ? 1 : columnCount);
    if (code === 0) {
      leaves.push(node);
      continue;
    }
    if (depth === deepest) reader.refuse(`a tree is deeper than ${deepest} levels`);
    const threshold = reader.float32();
    if (Number.isNaN(threshold)) reader.refuse('a threshold is not a number');
    const leftRows = reader.count('the rows on the left', 0, rows);
    const columns = [code - 1];
    let weights: number[] | undefined;
    if (width > 0) {
      weights = [];
      for (let i = 0; i < width; i++) {
        columns[i] = reader.count('a hyperplane column', 0, columnCount - 1);
        weights.push(readFinite(reader, 'a hyperplane weight'));
      }
    }
    const left = builder.split(node, { columns, weights, threshold }, leftRows, rows - leftRows);
    open.push({ node: left + 1, rows: rows - leftRows, depth: depth + 1 });
    open.push({ node: left, rows: leftRows, depth: depth + 1 });
  }
  return leaves;
}

function readFinite(reader: ByteReader, name: string): number {
  const value = reader.float32();
  return Number.isFinite(value) ? value : reader.refuse(`${name} is ${value}, must be finite`);
}
