import { joinWindows, lengthOf, type TimeWindow } from '../suppressions/time_windows';
import type { Annotation, AnnotationKind } from './annotation';

/** Kinds during which logs are not as usual: no model learns from them. */
export const EXCLUDED_KINDS: readonly AnnotationKind[] = ['incident', 'maintenance'];

/** Half-open time, epoch milliseconds, of the entities that are known by one of these names, or of all where none is given. */
export interface ExcludedTime {
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

/**
 * Returns the times that incidents and maintenance keep out of training samples. One without an end keeps
 * nothing out.
 *
 * @param range epoch milliseconds, half-open; all that is returned lies within
 */
export function excludedTimesOf(
  annotations: readonly Annotation[],
  range: { readonly from: number; readonly to: number },
): ExcludedTime[] {
  return annotations.flatMap(({ kind, at, ends_at: endsAt, entities }): ExcludedTime[] => {
    if (endsAt === undefined || !EXCLUDED_KINDS.includes(kind)) return [];
    const time = { from: Math.max(range.from, Date.parse(at)), to: Math.min(range.to, Date.parse(endsAt)) };
    // Not `>=`: a time that is no number keeps nothing out either.
    if (!(time.from < time.to)) return [];
    return [entities.length === 0 ? time : { ...time, names: entities }];
  });
}

/** Largest part of a training window that annotations may keep out, as that which suppressions may cover. */
const LARGEST_SHARE = 0.5;

/**
 * Bounds what annotations keep out of a training: whoever may note them must not leave it without logs. Times of all count for
 * each name as well; where these alone are more than half they are not followed, and count for none.
 *
 * @param window epoch milliseconds, half-open
 * @returns what is kept out still, and the names whose times, together with those of all more than half of the window, are not;
 *   `*`: those of all
 */
export function withinShare(
  excluded: readonly ExcludedTime[],
  window: TimeWindow,
): { readonly excluded: ExcludedTime[]; readonly ignored: string[] } {
  const times = new Map<string, TimeWindow[]>();
  for (const { from, to, names = [ALL] } of excluded) {
    for (const name of names) times.set(name, [...(times.get(name) ?? []), { from, to }]);
  }
  const most = LARGEST_SHARE * (window.to - window.from);
  const isTooLong = (each: readonly TimeWindow[]): boolean => lengthOf(joinWindows(each, window)) > most;
  const ofAll = times.get(ALL) ?? [];
  const followed = isTooLong(ofAll) ? [] : ofAll;
  const ignored = [...times].flatMap(([name, each]) =>
    isTooLong(name === ALL ? each : [...each, ...followed]) ? [name] : [],
  );
  return {
    excluded: excluded.flatMap(({ names, ...time }): ExcludedTime[] => {
      if (names === undefined) return ignored.includes(ALL) ? [] : [time];
      const left = names.filter((name) => !ignored.includes(name));
      return left.length === 0 ? [] : [{ ...time, names: left }];
    }),
    ignored,
  };
}

/** Stands for all entities. */
const ALL = '*';
