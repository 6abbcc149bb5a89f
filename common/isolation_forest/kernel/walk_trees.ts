// The way for any other tree: twelve rows walk through it together, so that one waits while the others compute.

/**
 * Adds the path lengths of one tree to the sums of `rowCount` rows.
 *
 * The tree is complete: node i has the children 2i and 2i + 1, the root is node 1, and a leaf that lies higher sends
 * its rows left down to the last level. So every row takes `depth` steps without a branch.
 *
 * @param nodes float32 threshold and uint32 byte offset of the column, for each node
 * @param lengths float64 path length for each place in the last level
 * @param values float32, column by column
 * @param rowCount a multiple of 12
 */
export function walkTree(nodes: u32, lengths: u32, depth: i32, values: u32, rowCount: i32, sums: u32): void {
  // After the last step the numbers of nodes run from 2^depth on.
  const leaves: u32 = lengths - (1 << (depth + 3));
  for (let row: i32 = 0; row < rowCount; row += 12) {
    let node0: u32 = 1;
    let node1: u32 = 1;
    let node2: u32 = 1;
    let node3: u32 = 1;
    let node4: u32 = 1;
    let node5: u32 = 1;
    let node6: u32 = 1;
    let node7: u32 = 1;
    let node8: u32 = 1;
    let node9: u32 = 1;
    let node10: u32 = 1;
    let node11: u32 = 1;
    for (let level: i32 = 0; level < depth; level++) {
      const at0: u32 = nodes + (node0 << 3);
      const at1: u32 = nodes + (node1 << 3);
      const at2: u32 = nodes + (node2 << 3);
      const at3: u32 = nodes + (node3 << 3);
      const at4: u32 = nodes + (node4 << 3);
      const at5: u32 = nodes + (node5 << 3);
      const at6: u32 = nodes + (node6 << 3);
      const at7: u32 = nodes + (node7 << 3);
      const at8: u32 = nodes + (node8 << 3);
      const at9: u32 = nodes + (node9 << 3);
      const at10: u32 = nodes + (node10 << 3);
      const at11: u32 = nodes + (node11 << 3);
      node0 = node0 + node0 + u32(load<f32>(values + load<u32>(at0, 4)) > load<f32>(at0));
      node1 = node1 + node1 + u32(load<f32>(values + load<u32>(at1, 4), 4) > load<f32>(at1));
      node2 = node2 + node2 + u32(load<f32>(values + load<u32>(at2, 4), 8) > load<f32>(at2));
      node3 = node3 + node3 + u32(load<f32>(values + load<u32>(at3, 4), 12) > load<f32>(at3));
      node4 = node4 + node4 + u32(load<f32>(values + load<u32>(at4, 4), 16) > load<f32>(at4));
      node5 = node5 + node5 + u32(load<f32>(values + load<u32>(at5, 4), 20) > load<f32>(at5));
      node6 = node6 + node6 + u32(load<f32>(values + load<u32>(at6, 4), 24) > load<f32>(at6));
      node7 = node7 + node7 + u32(load<f32>(values + load<u32>(at7, 4), 28) > load<f32>(at7));
      node8 = node8 + node8 + u32(load<f32>(values + load<u32>(at8, 4), 32) > load<f32>(at8));
      node9 = node9 + node9 + u32(load<f32>(values + load<u32>(at9, 4), 36) > load<f32>(at9));
      node10 = node10 + node10 + u32(load<f32>(values + load<u32>(at10, 4), 40) > load<f32>(at10));
      node11 = node11 + node11 + u32(load<f32>(values + load<u32>(at11, 4), 44) > load<f32>(at11));
    }
    store<f64>(sums, load<f64>(sums) + load<f64>(leaves + (node0 << 3)));
    store<f64>(sums, load<f64>(sums, 8) + load<f64>(leaves + (node1 << 3)), 8);
    store<f64>(sums, load<f64>(sums, 16) + load<f64>(leaves + (node2 << 3)), 16);
    store<f64>(sums, load<f64>(sums, 24) + load<f64>(leaves + (node3 << 3)), 24);
    store<f64>(sums, load<f64>(sums, 32) + load<f64>(leaves + (node4 << 3)), 32);
    store<f64>(sums, load<f64>(sums, 40) + load<f64>(leaves + (node5 << 3)), 40);
    store<f64>(sums, load<f64>(sums, 48) + load<f64>(leaves + (node6 << 3)), 48);
    store<f64>(sums, load<f64>(sums, 56) + load<f64>(leaves + (node7 << 3)), 56);
    store<f64>(sums, load<f64>(sums, 64) + load<f64>(leaves + (node8 << 3)), 64);
    store<f64>(sums, load<f64>(sums, 72) + load<f64>(leaves + (node9 << 3)), 72);
    store<f64>(sums, load<f64>(sums, 80) + load<f64>(leaves + (node10 << 3)), 80);
    store<f64>(sums, load<f64>(sums, 88) + load<f64>(leaves + (node11 << 3)), 88);
    values += 48;
    sums += 96;
  }
}
