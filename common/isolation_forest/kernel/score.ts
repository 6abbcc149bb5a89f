// AssemblyScript, compiled to ../kernel.wasm.ts by `npm run build:kernel`. The layout of the memory is that of
// ../kernel_layout.ts; nothing here is checked again.

/** Rows that go through a tree together, so that one waits for memory while the others compute. */
const LANES: i32 = 8;
/** A node: float32 threshold, then the byte offset of its column within a group of rows. */
const NODE_BYTES_LOG2: u32 = 3;
const LENGTH_BYTES_LOG2: u32 = 3;

/**
 * Turns `rowCount` row-major rows at `input` into groups of 8 rows, column by column, at `groups`. A missing value
 * is replaced by the one at `fillValues`, an infinity by the largest float.
 */
export function loadRows(input: u32, groups: u32, fillValues: u32, columnCount: i32, rowCount: i32): void {
  const groupBytes = columnCount * LANES * 4;
  for (let row: i32 = 0; row < rowCount; row++) {
    let target: u32 = groups + (row / LANES) * groupBytes + (row % LANES) * 4;
    for (let column: i32 = 0; column < columnCount; column++) {
      let value = load<f32>(input);
      if (value - value != 0) {
        if (value != value) value = load<f32>(fillValues + column * 4);
        else value = value > 0 ? f32.MAX_VALUE : -f32.MAX_VALUE;
      }
      store<f32>(target, value);
      input += 4;
      target += LANES * 4;
    }
  }
}

/**
 * Adds the path lengths of one tree to the sums of `groupCount` groups of 8 rows.
 *
 * The tree is complete: node i has the children 2i and 2i + 1, the root is node 1, and below a leaf that lies higher
 * its path length is repeated. So every row takes `depth` steps without a branch.
 */
export function addTree(
  nodes: u32,
  lengths: u32,
  depth: i32,
  groups: u32,
  groupBytes: u32,
  groupCount: i32,
  sums: u32,
): void {
  // After the last step the numbers of nodes run from 2^depth on.
  const leaves: u32 = lengths - ((1 << depth) << LENGTH_BYTES_LOG2);
  for (let group: i32 = 0; group < groupCount; group++) {
    let node0: u32 = 1;
    let node1: u32 = 1;
    let node2: u32 = 1;
    let node3: u32 = 1;
    let node4: u32 = 1;
    let node5: u32 = 1;
    let node6: u32 = 1;
    let node7: u32 = 1;
    for (let level: i32 = 0; level < depth; level++) {
      const at0: u32 = nodes + (node0 << NODE_BYTES_LOG2);
      const at1: u32 = nodes + (node1 << NODE_BYTES_LOG2);
      const at2: u32 = nodes + (node2 << NODE_BYTES_LOG2);
      const at3: u32 = nodes + (node3 << NODE_BYTES_LOG2);
      const at4: u32 = nodes + (node4 << NODE_BYTES_LOG2);
      const at5: u32 = nodes + (node5 << NODE_BYTES_LOG2);
      const at6: u32 = nodes + (node6 << NODE_BYTES_LOG2);
      const at7: u32 = nodes + (node7 << NODE_BYTES_LOG2);
      node0 = node0 + node0 + u32(load<f32>(groups + load<u32>(at0, 4)) > load<f32>(at0));
      node1 = node1 + node1 + u32(load<f32>(groups + load<u32>(at1, 4), 4) > load<f32>(at1));
      node2 = node2 + node2 + u32(load<f32>(groups + load<u32>(at2, 4), 8) > load<f32>(at2));
      node3 = node3 + node3 + u32(load<f32>(groups + load<u32>(at3, 4), 12) > load<f32>(at3));
      node4 = node4 + node4 + u32(load<f32>(groups + load<u32>(at4, 4), 16) > load<f32>(at4));
      node5 = node5 + node5 + u32(load<f32>(groups + load<u32>(at5, 4), 20) > load<f32>(at5));
      node6 = node6 + node6 + u32(load<f32>(groups + load<u32>(at6, 4), 24) > load<f32>(at6));
      node7 = node7 + node7 + u32(load<f32>(groups + load<u32>(at7, 4), 28) > load<f32>(at7));
    }
    store<f64>(sums, load<f64>(sums) + load<f64>(leaves + (node0 << LENGTH_BYTES_LOG2)));
    store<f64>(sums, load<f64>(sums, 8) + load<f64>(leaves + (node1 << LENGTH_BYTES_LOG2)), 8);
    store<f64>(sums, load<f64>(sums, 16) + load<f64>(leaves + (node2 << LENGTH_BYTES_LOG2)), 16);
    store<f64>(sums, load<f64>(sums, 24) + load<f64>(leaves + (node3 << LENGTH_BYTES_LOG2)), 24);
    store<f64>(sums, load<f64>(sums, 32) + load<f64>(leaves + (node4 << LENGTH_BYTES_LOG2)), 32);
    store<f64>(sums, load<f64>(sums, 40) + load<f64>(leaves + (node5 << LENGTH_BYTES_LOG2)), 40);
    store<f64>(sums, load<f64>(sums, 48) + load<f64>(leaves + (node6 << LENGTH_BYTES_LOG2)), 48);
    store<f64>(sums, load<f64>(sums, 56) + load<f64>(leaves + (node7 << LENGTH_BYTES_LOG2)), 56);
    groups += groupBytes;
    sums += 64;
  }
}

/**
 * Sums the path lengths of `rowCount` rows at `input` over all trees, into float64 at `sums`.
 *
 * @param trees for each tree three uint32: address of its nodes, address of its path lengths, depth
 */
export function sumPathLengths(
  input: u32,
  rowCount: i32,
  columnCount: i32,
  groups: u32,
  fillValues: u32,
  trees: u32,
  treeCount: i32,
  sums: u32,
): void {
  loadRows(input, groups, fillValues, columnCount, rowCount);
  const groupCount = (rowCount + LANES - 1) / LANES;
  memory.fill(sums, 0, groupCount * LANES * 8);
  for (let tree: i32 = 0; tree < treeCount; tree++) {
    addTree(
      load<u32>(trees),
      load<u32>(trees, 4),
      load<u32>(trees, 8),
      groups,
      columnCount * LANES * 4,
      groupCount,
      sums,
    );
    trees += 12;
  }
}
