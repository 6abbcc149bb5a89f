import type { PatternModel, Silence } from '../../../common/patterns';
import type { BucketCounts } from '../ports/patterns';

/** Times without a log that are remembered. */
const SILENCES_KEPT = 50;

/** Counts of patterns that became a part of another one are counts of that one. */
export function mappedCounts(
  counts: ReturnType<BucketCounts['get']>,
  patterns: readonly PatternModel[],
  unnamed: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlyMap<string, number>> | undefined {
  if (counts === undefined) return undefined;
  const named = patterns.flatMap(({ id, members }) => members.map((member) => [member, id] as const));
  const into = new Map([...unnamed, ...named]);
  const mapped = new Map<string, Map<string, number>>();
  for (const [id, entities] of counts) {
    const target = into.get(id) ?? id;
    let of = mapped.get(target);
    if (of === undefined) mapped.set(target, (of = new Map()));
    for (const [entity, logs] of entities) of.set(entity, (of.get(entity) ?? 0) + logs);
  }
  return mapped;
}

/** Counts of shorter buckets than those of now are counts of these. */
export function binned(counts: BucketCounts, span: number): BucketCounts {
  if ([...counts.keys()].every((bucket) => bucket % span === 0)) return counts;
  const found = new Map<number, Map<string, Map<string, number>>>();
  for (const [bucket, patterns] of counts) {
    const begin = Math.floor(bucket / span) * span;
    const into = found.get(begin) ?? new Map<string, Map<string, number>>();
    found.set(begin, into);
    for (const [id, entities] of patterns) {
      const of = into.get(id) ?? new Map<string, number>();
      into.set(id, of);
      for (const [entity, logs] of entities) of.set(entity, (of.get(entity) ?? 0) + logs);
    }
  }
  return found;
}

/** Adds a silence after those that are known, as far as it is not a part of the last. */
export function withSilence(silences: readonly Silence[], added: Silence): readonly Silence[] {
  const last = silences[silences.length - 1];
  const from = Math.max(added.from, last?.to ?? -Infinity);
  if (from >= added.to) return silences;
  const isJoined = last?.to === from && last.isUncounted === added.isUncounted;
  const joined = isJoined
    ? [...silences.slice(0, -1), { ...added, from: last.from }]
    : [...silences, { ...added, from }];
  return joined.slice(-SILENCES_KEPT);
}
