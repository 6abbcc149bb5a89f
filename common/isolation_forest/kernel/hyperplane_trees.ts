// The way for extended splits. Which side of a hyperplane a row lies on is told by a sum in 32 bits, four columns at once, and
// only where that sum is so near to zero that its rounding could matter by the sum in 64 bits that defines the side. Rows are
// centred and scaled, and hyperplanes divided by the sum of their weights, so that one margin fits all hyperplanes.

// Fields of a node, before its weights: one float32 for each column of the row, in groups of four.
/** The threshold, with its sign turned (float32). */
const OFFSET: u32 = 0;
/** Address of the left child, the right one lies behind it; that of the node itself where it is a leaf. */
const LEFT: u32 = 4;
/** Split: address of the hyperplane as it was grown. */
const EXACT: u32 = 8;
/** Leaf: path length (float64). */
const LENGTH: u32 = 8;
const FIELD_BYTES: u32 = 16;
const GROUP_BYTES: u32 = 16;

/** Rows that are taken at once: their first groups lie side by side, then their second ones. */
const ROWS: u32 = 8;
const ROWS_BYTES: u32 = ROWS * GROUP_BYTES;

const LARGEST_FLOAT: f64 = f64(f32.MAX_VALUE);

/**
 * Centres and scales the rows.
 *
 * @param values float32, column by column
 * @param centres float32, one a column
 * @param scales float32 that the distance from the centre is multiplied with, one a column; 0 where no hyperplane has it
 * @param rows where to write them, eight rows behind eight others, in groups of four columns
 * @param margins where to write for each row how far from 0 a sum has to be (float32)
 * @param margin that of a row whose values are all within 1
 */
export function centreRows(
  values: u32,
  columnBytes: u32,
  columnCount: u32,
  centres: u32,
  scales: u32,
  rows: u32,
  groups: u32,
  margins: u32,
  margin: f32,
  rowCount: i32,
): void {
  const leap: u32 = (groups - 1) * ROWS_BYTES;
  for (let row: i32 = 0; row < rowCount; row++) {
    let value: u32 = values;
    let largest: f32 = 1;
    for (let column: u32 = 0; column < columnCount; column++) {
      const at: u32 = column << 2;
      const scaled: f32 = (load<f32>(value) - load<f32>(centres + at)) * load<f32>(scales + at);
      store<f32>(rows + (column >> 2) * ROWS_BYTES + (at & 15), scaled);
      largest = max<f32>(largest, abs<f32>(scaled));
      value += columnBytes;
    }
    store<f32>(margins, largest * margin);
    values += 4;
    rows += GROUP_BYTES;
    if ((row & 7) == 7) rows += leap;
    margins += 4;
  }
}

/**
 * The products of a row and the weights of a node, and the threshold, in four parts that are still to be added.
 *
 * @param row its first group; the next one lies ROWS_BYTES behind
 * @inline
 */
function partsOf(node: u32, row: u32, groups: u32): v128 {
  let parts = v128.load32_zero(node, OFFSET);
  parts = f32x4.add(parts, f32x4.mul(v128.load(node, FIELD_BYTES), v128.load(row)));
  if (groups > 1)
    parts = f32x4.add(parts, f32x4.mul(v128.load(node, FIELD_BYTES + 16), v128.load(row, ROWS_BYTES)));
  if (groups > 2)
    parts = f32x4.add(parts, f32x4.mul(v128.load(node, FIELD_BYTES + 32), v128.load(row, ROWS_BYTES * 2)));
  if (groups > 3) {
    const end: u32 = node + groups * GROUP_BYTES;
    node += 48;
    row += ROWS_BYTES * 3;
    for (; node < end; node += GROUP_BYTES) {
      parts = f32x4.add(parts, f32x4.mul(v128.load(node, FIELD_BYTES), v128.load(row)));
      row += ROWS_BYTES;
    }
  }
  return parts;
}

/**
 * The four sums of the parts of four rows.
 *
 * @inline
 */
function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/**
 * The four sums of parts that were stored.
 *
 * @inline
 */
function storedSumsOf(parts: u32): v128 {
  return sumsOf(v128.load(parts), v128.load(parts, 16), v128.load(parts, 32), v128.load(parts, 48));
}

/** 1 where a row goes right, as `childOf` in ../scoring/row_path.ts says. @param values of the row, column by column */
function goesRight(node: u32, values: u32, width: u32): u32 {
  if (load<u32>(node, LEFT) == node) return 0;
  let entry = load<u32>(node, EXACT);
  const threshold = load<f32>(entry);
  entry += 4;
  let projection: f64 = 0;
  for (let i: u32 = 0; i < width; i++) {
    projection += f64(load<f32>(entry)) * f64(load<f32>(values + load<u32>(entry, 4)));
    entry += 8;
  }
  return u32(f32(max<f64>(-LARGEST_FLOAT, min<f64>(LARGEST_FLOAT, projection))) > threshold);
}

/** For each of four rows 1 where it goes right, the first in the lowest bit. */
function exactSides(n0: u32, n1: u32, n2: u32, n3: u32, values: u32, width: u32): u32 {
  return (
    goesRight(n0, values, width) |
    (goesRight(n1, values + 4, width) << 1) |
    (goesRight(n2, values + 8, width) << 2) |
    (goesRight(n3, values + 12, width) << 3)
  );
}

/**
 * The child of a node. @param side 0 left, else right
 *
 * @inline
 */
function next(node: u32, nodeBytes: u32, side: u32): u32 {
  return load<u32>(node, LEFT) + ((0 - side) & nodeBytes);
}

/**
 * As `addHyperplaneTree`, compiled for each number of groups that is usual.
 *
 * @inline
 */
function addTree(
  tree: u32,
  depth: i32,
  groups: u32,
  rows: u32,
  margins: u32,
  values: u32,
  width: u32,
  rowCount: i32,
  sums: u32,
): void {
  const nodeBytes: u32 = groups * GROUP_BYTES + FIELD_BYTES;
  const zero = f32x4.splat(0);
  const scratch: u32 = margins + rowCount * 4;
  for (let row: i32 = 0; row < rowCount; row += 8) {
    let n0 = tree;
    let n1 = tree;
    let n2 = tree;
    let n3 = tree;
    let n4 = tree;
    let n5 = tree;
    let n6 = tree;
    let n7 = tree;
    for (let level: i32 = 0; level < depth; level++) {
      let first: v128;
      let second: v128;
      if (groups == 1) {
        first = sumsOf(
          partsOf(n0, rows, 1),
          partsOf(n1, rows + 16, 1),
          partsOf(n2, rows + 32, 1),
          partsOf(n3, rows + 48, 1),
        );
        second = sumsOf(
          partsOf(n4, rows + 64, 1),
          partsOf(n5, rows + 80, 1),
          partsOf(n6, rows + 96, 1),
          partsOf(n7, rows + 112, 1),
        );
      } else {
        // Through memory: V8 would load all that the eight rows need first, and run out of registers.
        v128.store(scratch, partsOf(n0, rows, groups), 0);
        v128.store(scratch, partsOf(n1, rows + 16, groups), 16);
        v128.store(scratch, partsOf(n2, rows + 32, groups), 32);
        v128.store(scratch, partsOf(n3, rows + 48, groups), 48);
        v128.store(scratch, partsOf(n4, rows + 64, groups), 64);
        v128.store(scratch, partsOf(n5, rows + 80, groups), 80);
        v128.store(scratch, partsOf(n6, rows + 96, groups), 96);
        v128.store(scratch, partsOf(n7, rows + 112, groups), 112);
        first = storedSumsOf(scratch);
        second = storedSumsOf(scratch + 64);
      }
      let sides: u32 = <u32>i32x4.bitmask(f32x4.gt(first, zero));
      let otherSides: u32 = <u32>i32x4.bitmask(f32x4.gt(second, zero));
      const isSure = v128.and(
        f32x4.gt(f32x4.abs(first), v128.load(margins)),
        f32x4.gt(f32x4.abs(second), v128.load(margins, 16)),
      );
      if (!i32x4.all_true(isSure)) {
        sides = exactSides(n0, n1, n2, n3, values, width);
        otherSides = exactSides(n4, n5, n6, n7, values + 16, width);
      }
      n0 = next(n0, nodeBytes, sides & 1);
      n1 = next(n1, nodeBytes, (sides >> 1) & 1);
      n2 = next(n2, nodeBytes, (sides >> 2) & 1);
      n3 = next(n3, nodeBytes, sides >> 3);
      n4 = next(n4, nodeBytes, otherSides & 1);
      n5 = next(n5, nodeBytes, (otherSides >> 1) & 1);
      n6 = next(n6, nodeBytes, (otherSides >> 2) & 1);
      n7 = next(n7, nodeBytes, otherSides >> 3);
    }
    store<f64>(sums, load<f64>(sums) + load<f64>(n0 + LENGTH));
    store<f64>(sums, load<f64>(sums, 8) + load<f64>(n1 + LENGTH), 8);
    store<f64>(sums, load<f64>(sums, 16) + load<f64>(n2 + LENGTH), 16);
    store<f64>(sums, load<f64>(sums, 24) + load<f64>(n3 + LENGTH), 24);
    store<f64>(sums, load<f64>(sums, 32) + load<f64>(n4 + LENGTH), 32);
    store<f64>(sums, load<f64>(sums, 40) + load<f64>(n5 + LENGTH), 40);
    store<f64>(sums, load<f64>(sums, 48) + load<f64>(n6 + LENGTH), 48);
    store<f64>(sums, load<f64>(sums, 56) + load<f64>(n7 + LENGTH), 56);
    rows += groups * ROWS_BYTES;
    margins += 32;
    values += 32;
    sums += 64;
  }
}

/**
 * Adds the path lengths of one tree of hyperplanes.
 *
 * @param tree its root; the nodes of `depth` levels lie behind it
 * @param groups how many groups of four columns a row has
 * @param rows as `centreRows` writes them, with `margins`, behind which there is room for the parts of eight sums
 * @param values float32, column by column, as they are
 * @param width how many columns a hyperplane has
 * @param rowCount a multiple of 8
 */
export function addHyperplaneTree(
  tree: u32,
  depth: i32,
  groups: u32,
  rows: u32,
  margins: u32,
  values: u32,
  width: u32,
  rowCount: i32,
  sums: u32,
): void {
  if (groups == 1) addTree(tree, depth, 1, rows, margins, values, width, rowCount, sums);
  else if (groups == 2) addTree(tree, depth, 2, rows, margins, values, width, rowCount, sums);
  else if (groups == 3) addTree(tree, depth, 3, rows, margins, values, width, rowCount, sums);
  else addTree(tree, depth, groups, rows, margins, values, width, rowCount, sums);
}
