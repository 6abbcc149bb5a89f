import { ALL_ENTITIES, PATTERN_LIMITS, type PatternModel } from './pattern';
import { halfLifeWeight } from './usual_rate';

/**
 * Finds the patterns beyond the bound: those with the fewest logs, older ones counting for less, ignored ones last. One that has just
 * vanished was frequent, and is kept.
 *
 * @param counts logs by bucket, pattern and entity that the patterns have not learned yet
 */
export function patternsToForget(
  patterns: readonly PatternModel[],
  counts: ReadonlyMap<number, ReadonlyMap<string, ReadonlyMap<string, number>>>,
  most: number = PATTERN_LIMITS.patterns,
): PatternModel[] {
  if (patterns.length <= most) return [];
  const now = Math.max(...patterns.map(({ profile }) => profile.at));
  const logs = new Map<string, number>();
  for (const bucket of counts.values()) {
    for (const [id, entities] of bucket)
      logs.set(id, (logs.get(id) ?? 0) + (entities.get(ALL_ENTITIES) ?? 0));
  }
  const weighed = patterns.map((pattern) => {
    const { id, profile, ignored, members } = pattern;
    let weight = profile.hours.reduce((sum, count) => sum + count, 0) * halfLifeWeight(now - profile.at);
    for (const each of new Set([id, ...members])) weight += logs.get(each) ?? 0;
    return { pattern, weight, isIgnored: ignored !== undefined };
  });
  weighed.sort(
    (one, other) =>
      Number(other.isIgnored) - Number(one.isIgnored) ||
      other.weight - one.weight ||
      other.pattern.lastSeen - one.pattern.lastSeen ||
      (one.pattern.id < other.pattern.id ? -1 : 1),
  );
  return weighed.slice(most).map(({ pattern }) => pattern);
}
