import type { PatternChange, PatternFinding } from '../../../common/patterns';
import type { PlantedChange } from './pattern_month';

/** Buckets within which a change counts as found. */
export const BUCKETS_TO_FIND = 2;
/** Buckets after the end of a change in which what it leaves behind is told as well. */
const AFTERWARDS = 4;

/** Finding of a bucket, with the pattern of the month that it is of; undefined for a pattern that several became. */
export interface Told extends PatternFinding {
  readonly bucket: number;
  readonly pattern?: number;
}

/** Kinds that belong to a change: a pattern without a log is told as either of two, and told again once it is back. */
const KINDS: Readonly<Record<PlantedChange['change'], readonly PatternChange[]>> = {
  new: ['new'],
  surging: ['surging'],
  dropping: ['dropping', 'vanished', 'returned'],
  vanished: ['dropping', 'vanished'],
  returned: ['dropping', 'vanished', 'returned'],
};

const isOfKind = (told: PatternChange, change: PatternChange): boolean =>
  told === change || (['dropping', 'vanished'].includes(told) && ['dropping', 'vanished'].includes(change));

/** @param after buckets by which the time to find it begins later */
export const isFound = (
  told: readonly Told[],
  { pattern, change, from }: PlantedChange,
  after = 0,
): boolean =>
  told.some(
    (each) =>
      each.pattern === pattern &&
      isOfKind(each.change, change) &&
      each.bucket >= from &&
      each.bucket < from + after + BUCKETS_TO_FIND,
  );

/**
 * Finds what was told of nothing: of patterns that have not changed, of another kind than the change, or again, after the time
 * to find it: a change is told once in each kind that belongs to it.
 */
export function toldOfNothing(told: readonly Told[], planted: readonly PlantedChange[]): Told[] {
  const changes = new Map(planted.map((change) => [change.pattern, change]));
  const known = new Set<string>();
  return told.filter(({ pattern, change: kind, bucket }) => {
    const change = pattern === undefined ? undefined : changes.get(pattern);
    if (change === undefined) return true;
    const { from, to, silentFrom } = change;
    if (bucket < (silentFrom ?? from) || bucket > to + AFTERWARDS) return true;
    if (!KINDS[change.change].includes(kind)) return true;
    const key = `${pattern} ${kind}`;
    const isAgain = known.has(key);
    known.add(key);
    return isAgain && bucket >= from + BUCKETS_TO_FIND;
  });
}
