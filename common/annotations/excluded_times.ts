import type { Annotation, AnnotationKind } from './annotation';

/** Kinds during which logs are not as usual: no model learns from them. */
export const EXCLUDED_KINDS: readonly AnnotationKind[] = ['incident', 'maintenance'];

/** Half-open time, epoch milliseconds, of the entities that are known by one of these names, or of all where none is given. */
interface ExcludedTime {
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
