// The fast way for trees of at most 128 leaves (after QuickScorer, Lucchese et al. 2015, but with one mask for each
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
function lengthOf(mask: v128, lengths: u32): f64 {
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
export function addMaskedTree(columns: u32, columnCount: i32, lengths: u32, rowCount: i32, sums: u32): void {
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
      mask0 = v128.and(mask0, v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks))) << 3)));
      mask1 = v128.and(
        mask1,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 2))) << 3)),
      );
      mask2 = v128.and(
        mask2,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 4))) << 3)),
      );
      mask3 = v128.and(
        mask3,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 6))) << 3)),
      );
      mask4 = v128.and(
        mask4,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 8))) << 3)),
      );
      mask5 = v128.and(
        mask5,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 10))) << 3)),
      );
      mask6 = v128.and(
        mask6,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 12))) << 3)),
      );
      mask7 = v128.and(
        mask7,
        v128.load(masks + ((<u32>load<u8>(intervals + <u32>load<u16>(ranks, 14))) << 3)),
      );
      column += 12;
    }
    store<f64>(sums, load<f64>(sums) + lengthOf(mask0, lengths));
    store<f64>(sums, load<f64>(sums, 8) + lengthOf(mask1, lengths), 8);
    store<f64>(sums, load<f64>(sums, 16) + lengthOf(mask2, lengths), 16);
    store<f64>(sums, load<f64>(sums, 24) + lengthOf(mask3, lengths), 24);
    store<f64>(sums, load<f64>(sums, 32) + lengthOf(mask4, lengths), 32);
    store<f64>(sums, load<f64>(sums, 40) + lengthOf(mask5, lengths), 40);
    store<f64>(sums, load<f64>(sums, 48) + lengthOf(mask6, lengths), 48);
    store<f64>(sums, load<f64>(sums, 56) + lengthOf(mask7, lengths), 56);
    sums += 64;
  }
}
