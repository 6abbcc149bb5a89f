// The fast way for trees of at most 256 leaves (after QuickScorer, Lucchese et al. 2015, but with one mask for each
// interval of a column instead of one for each split). Where a row ends in a tree depends only on which interval
// between the thresholds of that tree each of its values falls into. For each such interval there is a mask of the
// leaves that remain possible; the masks of all columns have exactly one leaf in common.

/** Bytes of the path lengths of 64 leaves, and a 0 for "none of these". */
const LENGTHS_BYTES: u32 = 65 * 8;

/**
 * Replaces each value of a column by how many thresholds of the batch it exceeds.
 *
 * @param values float32, one a row
 * @param thresholds a complete search tree in the order of a binary heap from node 1 on, padded with infinity
 * @param ranks uint16, one a row
 */
export function rankColumn(values: u32, thresholds: u32, depth: i32, ranks: u32, rowCount: i32): void {
  for (let row: i32 = 0; row < rowCount; row += 4) {
    let node0: u32 = 1;
    let node1: u32 = 1;
    let node2: u32 = 1;
    let node3: u32 = 1;
    const value0 = load<f32>(values);
    const value1 = load<f32>(values, 4);
    const value2 = load<f32>(values, 8);
    const value3 = load<f32>(values, 12);
    for (let level: i32 = 0; level < depth; level++) {
      node0 = node0 + node0 + u32(value0 > load<f32>(thresholds + (node0 << 2)));
      node1 = node1 + node1 + u32(value1 > load<f32>(thresholds + (node1 << 2)));
      node2 = node2 + node2 + u32(value2 > load<f32>(thresholds + (node2 << 2)));
      node3 = node3 + node3 + u32(value3 > load<f32>(thresholds + (node3 << 2)));
    }
    const first: u32 = 1 << depth;
    store<u16>(ranks, <u16>(node0 - first));
    store<u16>(ranks, <u16>(node1 - first), 2);
    store<u16>(ranks, <u16>(node2 - first), 4);
    store<u16>(ranks, <u16>(node3 - first), 6);
    values += 16;
    ranks += 8;
  }
}

/** The path length behind a mask with one leaf of 128. */
function lengthOf128(mask: v128, lengths: u32): f64 {
  return (
    load<f64>(lengths + ((<u32>ctz(v128.extract_lane<u64>(mask, 0))) << 3)) +
    load<f64>(lengths + ((<u32>ctz(v128.extract_lane<u64>(mask, 1))) << 3), LENGTHS_BYTES)
  );
}

/**
 * Adds the path lengths of one tree with at most 128 leaves.
 *
 * @param columns for each column that the tree uses three uint32: address of the ranks of the rows, of the interval
 *   (one byte, times two) for each rank, and of the masks (16 bytes each) for each interval
 * @param rowCount a multiple of 8
 */
export function addTreeOf128(columns: u32, columnCount: i32, lengths: u32, rowCount: i32, sums: u32): void {
  for (let row: i32 = 0; row < rowCount; row += 8) {
    let mask0 = i64x2.splat(-1);
    let mask1 = mask0;
    let mask2 = mask0;
    let mask3 = mask0;
    let mask4 = mask0;
    let mask5 = mask0;
    let mask6 = mask0;
    let mask7 = mask0;
    let column = columns;
    for (let i: i32 = 0; i < columnCount; i++) {
      const ranks: u32 = load<u32>(column) + row * 2;
      const intervals: u32 = load<u32>(column, 4);
      const masks: u32 = load<u32>(column, 8);
      mask0 = v128.and(mask0, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks)) << 3)));
      mask1 = v128.and(mask1, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 2)) << 3)));
      mask2 = v128.and(mask2, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 4)) << 3)));
      mask3 = v128.and(mask3, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 6)) << 3)));
      mask4 = v128.and(mask4, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 8)) << 3)));
      mask5 = v128.and(mask5, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 10)) << 3)));
      mask6 = v128.and(mask6, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 12)) << 3)));
      mask7 = v128.and(mask7, v128.load(masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 14)) << 3)));
      column += 12;
    }
    store<f64>(sums, load<f64>(sums) + lengthOf128(mask0, lengths));
    store<f64>(sums, load<f64>(sums, 8) + lengthOf128(mask1, lengths), 8);
    store<f64>(sums, load<f64>(sums, 16) + lengthOf128(mask2, lengths), 16);
    store<f64>(sums, load<f64>(sums, 24) + lengthOf128(mask3, lengths), 24);
    store<f64>(sums, load<f64>(sums, 32) + lengthOf128(mask4, lengths), 32);
    store<f64>(sums, load<f64>(sums, 40) + lengthOf128(mask5, lengths), 40);
    store<f64>(sums, load<f64>(sums, 48) + lengthOf128(mask6, lengths), 48);
    store<f64>(sums, load<f64>(sums, 56) + lengthOf128(mask7, lengths), 56);
    sums += 64;
  }
}

/** The same for at most 256 leaves: intervals are not doubled, masks have 32 bytes. `rowCount` a multiple of 4. */
export function addTreeOf256(columns: u32, columnCount: i32, lengths: u32, rowCount: i32, sums: u32): void {
  const upperLengths = lengths + 2 * LENGTHS_BYTES;
  for (let row: i32 = 0; row < rowCount; row += 4) {
    let lower0 = i64x2.splat(-1);
    let lower1 = lower0;
    let lower2 = lower0;
    let lower3 = lower0;
    let upper0 = lower0;
    let upper1 = lower0;
    let upper2 = lower0;
    let upper3 = lower0;
    let column = columns;
    for (let i: i32 = 0; i < columnCount; i++) {
      const ranks: u32 = load<u32>(column) + row * 2;
      const intervals: u32 = load<u32>(column, 4);
      const masks: u32 = load<u32>(column, 8);
      const at0: u32 = masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks)) << 5);
      const at1: u32 = masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 2)) << 5);
      const at2: u32 = masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 4)) << 5);
      const at3: u32 = masks + (<u32>load<u8>(intervals + <u32>load<u16>(ranks, 6)) << 5);
      lower0 = v128.and(lower0, v128.load(at0));
      upper0 = v128.and(upper0, v128.load(at0, 16));
      lower1 = v128.and(lower1, v128.load(at1));
      upper1 = v128.and(upper1, v128.load(at1, 16));
      lower2 = v128.and(lower2, v128.load(at2));
      upper2 = v128.and(upper2, v128.load(at2, 16));
      lower3 = v128.and(lower3, v128.load(at3));
      upper3 = v128.and(upper3, v128.load(at3, 16));
      column += 12;
    }
    store<f64>(sums, load<f64>(sums) + (lengthOf128(lower0, lengths) + lengthOf128(upper0, upperLengths)));
    store<f64>(sums, load<f64>(sums, 8) + (lengthOf128(lower1, lengths) + lengthOf128(upper1, upperLengths)), 8);
    store<f64>(sums, load<f64>(sums, 16) + (lengthOf128(lower2, lengths) + lengthOf128(upper2, upperLengths)), 16);
    store<f64>(sums, load<f64>(sums, 24) + (lengthOf128(lower3, lengths) + lengthOf128(upper3, upperLengths)), 24);
    sums += 32;
  }
}
