// The way for trees of at most eight levels, whatever their leaves. The upper four levels are the same fifteen splits for all
// rows: sixteen rows are compared with each, one lane of a vector a row. Below, each row is in one of sixteen blocks of fifteen
// splits: they are all compared with one row, one lane a split, and a table says which exit they lead to.

/** Bytes of a split of the upper levels: offset of its column (uint16), then its threshold (int8). */
const NODE_BYTES: u32 = 4;
/** Lanes of a vector: splits of a block, columns of a group, rows taken at once. */
const LANES: u32 = 16;

/**
 * For each of sixteen rows all ones where it goes right at a split of the upper levels, counted from 0.
 *
 * @inline
 */
function goesRight(nodes: u32, node: u32, columns: u32): v128 {
  const at: u32 = nodes + node * NODE_BYTES;
  return i8x16.gt_s(v128.load(columns + <u32>load<u16>(at)), v128.load_splat<i8>(at, 2));
}

/**
 * For each lane the first where the condition is all ones, else the second.
 *
 * @inline
 */
function choose(condition: v128, right: v128, left: v128): v128 {
  return v128.bitselect(right, left, condition);
}

/**
 * Writes to `exits` which of the sixteen blocks, from left to right, each of sixteen rows comes to.
 *
 * @inline
 */
function walkUpperLevels(nodes: u32, columns: u32, exits: u32): void {
  const first = goesRight(nodes, 0, columns);
  const second = choose(first, goesRight(nodes, 2, columns), goesRight(nodes, 1, columns));
  const third = choose(
    first,
    choose(second, goesRight(nodes, 6, columns), goesRight(nodes, 5, columns)),
    choose(second, goesRight(nodes, 4, columns), goesRight(nodes, 3, columns)),
  );
  const fourth = choose(
    first,
    choose(
      second,
      choose(third, goesRight(nodes, 14, columns), goesRight(nodes, 13, columns)),
      choose(third, goesRight(nodes, 12, columns), goesRight(nodes, 11, columns)),
    ),
    choose(
      second,
      choose(third, goesRight(nodes, 10, columns), goesRight(nodes, 9, columns)),
      choose(third, goesRight(nodes, 8, columns), goesRight(nodes, 7, columns)),
    ),
  );
  const upper = v128.or(v128.and(first, i8x16.splat(8)), v128.and(second, i8x16.splat(4)));
  const lower = v128.or(v128.and(third, i8x16.splat(2)), v128.and(fourth, i8x16.splat(1)));
  v128.store(exits, v128.or(upper, lower));
}

/**
 * The path length of a row that has come to a block.
 *
 * @param row its ranks, one byte a column
 * @param blocks for each group of 16 columns which of them each lane reads, then the thresholds of the lanes
 * @param turns which of the eight splits of the fourth level follows from those of the first three
 * @inline
 */
function lengthBelow(row: u32, groups: u32, blocks: u32, exit: u32, lengths: u32, turns: u32): f64 {
  let block: u32;
  let values: v128;
  if (groups == 1) {
    block = blocks + (exit << 5);
    values = v128.swizzle(v128.load(row), v128.load(block));
    block += LANES;
  } else {
    block = blocks + exit * (groups + 1) * LANES;
    values = v128.swizzle(v128.load(row), v128.load(block));
    for (let group: u32 = 1; group < groups; group++) {
      block += LANES;
      row += LANES;
      values = v128.or(values, v128.swizzle(v128.load(row), v128.load(block)));
    }
    block += LANES;
  }
  const bits: u32 = <u32>i8x16.bitmask(i8x16.gt_s(values, v128.load(block)));
  const turn: u32 = load<u8>(turns + (bits & 255));
  // Turns are numbered from 8 on, so places in the block from 16 on.
  const place: u32 = turn + turn + ((bits >> turn) & 1) - 16;
  return load<f64>(lengths + (exit << 7) + (place << 3));
}

/**
 * As `addBlockTree`, compiled for each number of groups that is usual.
 *
 * @inline
 */
function addTree(
  tree: u32,
  groups: u32,
  lengths: u32,
  rows: u32,
  columns: u32,
  turns: u32,
  rowCount: i32,
  sums: u32,
): void {
  const blocks: u32 = tree + 16 * NODE_BYTES;
  const exits: u32 = turns + 256;
  const rowBytes: u32 = groups * LANES;
  for (let row: i32 = 0; row < rowCount; row += 16) {
    walkUpperLevels(tree, columns, exits);
    for (let i: u32 = 0; i < 16; i += 4) {
      const at: u32 = exits + i;
      const length0 = lengthBelow(rows, groups, blocks, load<u8>(at), lengths, turns);
      rows += rowBytes;
      const length1 = lengthBelow(rows, groups, blocks, load<u8>(at, 1), lengths, turns);
      rows += rowBytes;
      const length2 = lengthBelow(rows, groups, blocks, load<u8>(at, 2), lengths, turns);
      rows += rowBytes;
      const length3 = lengthBelow(rows, groups, blocks, load<u8>(at, 3), lengths, turns);
      rows += rowBytes;
      store<f64>(sums, load<f64>(sums) + length0);
      store<f64>(sums, load<f64>(sums, 8) + length1, 8);
      store<f64>(sums, load<f64>(sums, 16) + length2, 16);
      store<f64>(sums, load<f64>(sums, 24) + length3, 24);
      sums += 32;
    }
    columns += LANES;
  }
}

/**
 * Adds the path lengths of one tree.
 *
 * @param tree fifteen splits of the upper levels in the order of a binary heap, then sixteen blocks
 * @param groups how many groups of 16 columns a row has
 * @param lengths float64 for each of 256 leaves, from left to right
 * @param rows ranks of the rows less 128 (int8), a row behind another
 * @param columns the same column by column
 * @param turns 256 bytes, see `lengthBelow`, and room for 16 more
 * @param rowCount a multiple of 16
 */
export function addBlockTree(
  tree: u32,
  groups: u32,
  lengths: u32,
  rows: u32,
  columns: u32,
  turns: u32,
  rowCount: i32,
  sums: u32,
): void {
  if (groups == 1) addTree(tree, 1, lengths, rows, columns, turns, rowCount, sums);
  else if (groups == 2) addTree(tree, 2, lengths, rows, columns, turns, rowCount, sums);
  else addTree(tree, groups, lengths, rows, columns, turns, rowCount, sums);
}

/**
 * Turns the ranks of one column in a batch of trees into those among the thresholds of a part of its trees, of which there are
 * at most 255: a byte each, less 128.
 *
 * @param ranks uint16, one a row
 * @param table the new rank for each old one
 * @param rows where the first row has its byte of this column; the next row is `rowBytes` further
 * @param column the same bytes side by side
 * @param rowCount a multiple of 4
 */
export function narrowRanks(
  ranks: u32,
  table: u32,
  rows: u32,
  rowBytes: u32,
  column: u32,
  rowCount: i32,
): void {
  for (let row: i32 = 0; row < rowCount; row += 4) {
    const rank0 = load<u8>(table + <u32>load<u16>(ranks));
    const rank1 = load<u8>(table + <u32>load<u16>(ranks, 2));
    const rank2 = load<u8>(table + <u32>load<u16>(ranks, 4));
    const rank3 = load<u8>(table + <u32>load<u16>(ranks, 6));
    store<u8>(column, rank0);
    store<u8>(column, rank1, 1);
    store<u8>(column, rank2, 2);
    store<u8>(column, rank3, 3);
    store<u8>(rows, rank0);
    rows += rowBytes;
    store<u8>(rows, rank1);
    rows += rowBytes;
    store<u8>(rows, rank2);
    rows += rowBytes;
    store<u8>(rows, rank3);
    rows += rowBytes;
    ranks += 8;
    column += 4;
  }
}
