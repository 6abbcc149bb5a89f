/**
 * Grouping accuracy of log parsers: share of messages whose group holds exactly the messages of their true event (Zhu,
 * He, Liu, He, Xie, Zheng & Lyu 2019, "Tools and Benchmarks for Automated Log Parsing", ICSE-SEIP).
 */
export function groupingAccuracy(
  groups: readonly (string | number)[],
  events: readonly (string | number)[],
): number {
  const sizes = new Map<string | number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const rowsOf = new Map<string | number, number[]>();
  events.forEach((event, row) => {
    const rows = rowsOf.get(event);
    if (rows === undefined) rowsOf.set(event, [row]);
    else rows.push(row);
  });
  let right = 0;
  for (const rows of rowsOf.values()) {
    const group = groups[rows[0]];
    if (sizes.get(group) === rows.length && rows.every((row) => groups[row] === group)) right += rows.length;
  }
  return right / events.length;
}
