// AssemblyScript, compiled to ../kernel.wasm.ts by `npm run build:kernel`. ../kernel_image.ts lays out the memory;
// nothing is checked again here. All addresses and counts in the memory are uint32.
import { addBlockTree, narrowRanks } from './block_trees';
import { addHyperplaneTree, centreRows } from './hyperplane_trees';
import { addMaskedTree, rankColumn } from './mask_trees';
import { dampShortSums, divideBySurprise } from './surprise';
import { walkTree } from './walk_trees';

// Fields of the header at address 0.
const INPUT = 0;
const COLUMN_COUNT = 4;
const FILL_VALUES = 8;
const VALUES = 12;
const RANKS = 16;
const SUMS = 20;
const BLOCK_ROWS = 24;
const BATCHES = 28;
const BATCH_COUNT = 32;
const SURPRISE = 36;
const SURPRISE_COUNT = 40;
const SURPRISE_SUMS = 44;
const ROW_RANKS = 48;
/** Of 16 columns. */
const COLUMN_GROUPS = 52;
const COLUMN_RANKS = 56;
const TURNS = 60;
/** Of extended splits: centred rows (0 without), margins, scales, columns of a hyperplane, margin of an ordinary row (float32). */
const CENTRED_ROWS = 64;
const MARGINS = 68;
const SCALES = 72;
const HYPERPLANE_WIDTH = 76;
const MARGIN = 80;
/** Of short paths; 0 where they count in full. */
const DAMPING = 84;

// Fields of a batch of trees that share their ranks.
const BATCH_COLUMNS = 0;
const BATCH_TREES = 4;
const BATCH_TREE_COUNT = 8;
const BATCH_BYTES = 12;

// Fields of a tree.
const TREE_KIND = 0;
/** Masks: columns. Walk, blocks, hyperplanes: nodes. Narrow: columns. */
const TREE_TABLE = 4;
/** Masks, narrow: how many columns. Walk, hyperplanes: depth. */
const TREE_SIZE = 8;
/** Narrow: bytes of a row. */
const TREE_LENGTHS = 12;
const TREE_BYTES = 16;

const KIND_WALK = 0;
const KIND_MASKS = 1;
const KIND_BLOCKS = 2;
const KIND_HYPERPLANES = 4;

// Fields of a column whose ranks are narrowed.
const NARROW_RANKS = 0;
const NARROW_TABLE = 4;
const NARROW_ROWS = 8;
const NARROW_COLUMN = 12;
const NARROW_BYTES = 16;

/** Turns row-major rows into columns; a missing value becomes its fill value, an infinity the largest float. */
function loadRows(rowCount: i32): void {
  const columnCount: u32 = load<u32>(COLUMN_COUNT);
  const columnBytes: u32 = load<u32>(BLOCK_ROWS) * 4;
  const fillValues: u32 = load<u32>(FILL_VALUES);
  let input: u32 = load<u32>(INPUT);
  let rowValues: u32 = load<u32>(VALUES);
  for (let row: i32 = 0; row < rowCount; row++) {
    let target = rowValues;
    for (let column: u32 = 0; column < columnCount; column++) {
      let value = load<f32>(input);
      if (value - value != 0) {
        if (value != value) value = load<f32>(fillValues + column * 4);
        else value = value > 0 ? f32.MAX_VALUE : -f32.MAX_VALUE;
      }
      store<f32>(target, value);
      input += 4;
      target += columnBytes;
    }
    rowValues += 4;
  }
}

/** Ranks every column of which the batch has thresholds: two uint32 each, address and depth of the search tree. */
function rankRows(columns: u32, rowCount: i32): void {
  const columnCount: u32 = load<u32>(COLUMN_COUNT);
  const blockRows: u32 = load<u32>(BLOCK_ROWS);
  for (let column: u32 = 0; column < columnCount; column++) {
    const depth: i32 = load<i32>(columns, 4);
    const values: u32 = load<u32>(VALUES) + column * blockRows * 4;
    const ranks: u32 = load<u32>(RANKS) + column * blockRows * 2;
    if (depth > 0) rankColumn(values, load<u32>(columns), depth, ranks, rowCount);
    columns += 8;
  }
}

function narrowColumns(columns: u32, count: i32, rowBytes: u32, rowCount: i32): void {
  for (let i: i32 = 0; i < count; i++) {
    narrowRanks(
      load<u32>(columns, NARROW_RANKS),
      load<u32>(columns, NARROW_TABLE),
      load<u32>(columns, NARROW_ROWS),
      rowBytes,
      load<u32>(columns, NARROW_COLUMN),
      rowCount,
    );
    columns += NARROW_BYTES;
  }
}

/** Groups of four columns of a centred row. */
function centredGroups(): u32 {
  return (load<u32>(COLUMN_COUNT) + 3) >> 2;
}

/** Centres the rows where the forest has hyperplanes. */
function centre(rowCount: i32): void {
  const rows: u32 = load<u32>(CENTRED_ROWS);
  if (rows == 0) return;
  centreRows(
    load<u32>(VALUES),
    load<u32>(BLOCK_ROWS) * 4,
    load<u32>(COLUMN_COUNT),
    load<u32>(FILL_VALUES),
    load<u32>(SCALES),
    rows,
    centredGroups(),
    load<u32>(MARGINS),
    load<f32>(MARGIN),
    rowCount,
  );
}

/** Sums the path lengths of the first `count` rows of the input over all trees, damps short ones and divides by 1 + surprise. */
export function sumPathLengths(count: i32): void {
  loadRows(count);
  // Rows are taken 8, 12 or 16 at a time; those behind the last one are computed and never read.
  const rowCount = ((count + 47) / 48) * 48;
  const sums: u32 = load<u32>(SUMS);
  memory.fill(sums, 0, rowCount * 8);
  centre(rowCount);
  let batch: u32 = load<u32>(BATCHES);
  for (let i: u32 = load<u32>(BATCH_COUNT); i > 0; i--) {
    const columns: u32 = load<u32>(batch, BATCH_COLUMNS);
    if (columns != 0) rankRows(columns, rowCount);
    let tree: u32 = load<u32>(batch, BATCH_TREES);
    for (let j: u32 = load<u32>(batch, BATCH_TREE_COUNT); j > 0; j--) {
      const kind: u32 = load<u32>(tree, TREE_KIND);
      const table: u32 = load<u32>(tree, TREE_TABLE);
      const size: i32 = load<i32>(tree, TREE_SIZE);
      const lengths: u32 = load<u32>(tree, TREE_LENGTHS);
      if (kind == KIND_WALK) walkTree(table, lengths, size, load<u32>(VALUES), rowCount, sums);
      else if (kind == KIND_MASKS) addMaskedTree(table, size, lengths, rowCount, sums);
      else if (kind == KIND_BLOCKS)
        addBlockTree(
          table,
          load<u32>(COLUMN_GROUPS),
          lengths,
          load<u32>(ROW_RANKS),
          load<u32>(COLUMN_RANKS),
          load<u32>(TURNS),
          rowCount,
          sums,
        );
      else if (kind == KIND_HYPERPLANES)
        addHyperplaneTree(
          table,
          size,
          centredGroups(),
          load<u32>(CENTRED_ROWS),
          load<u32>(MARGINS),
          load<u32>(VALUES),
          load<u32>(HYPERPLANE_WIDTH),
          rowCount,
          sums,
        );
      else narrowColumns(table, size, lengths, rowCount);
      tree += TREE_BYTES;
    }
    batch += BATCH_BYTES;
  }
  const damping: u32 = load<u32>(DAMPING);
  if (damping != 0) dampShortSums(damping, rowCount, sums);
  const entries: u32 = load<u32>(SURPRISE_COUNT);
  if (entries > 0) {
    const columnBytes: u32 = load<u32>(BLOCK_ROWS) * 4;
    divideBySurprise(
      load<u32>(SURPRISE),
      entries,
      load<u32>(VALUES),
      columnBytes,
      load<u32>(SURPRISE_SUMS),
      rowCount,
      sums,
    );
  }
}
