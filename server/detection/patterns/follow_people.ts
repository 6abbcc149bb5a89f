import {
  mergePatterns,
  partsWithoutName,
  PATTERN_LIMITS,
  patternIdOf,
  takeApart,
  type PatternModel,
} from '../../../common/patterns';
import type { PatternStore } from '../ports/patterns';

type Joining = Awaited<ReturnType<PatternStore['joining']>>;

/** Merges and partings that people want and that no run has carried out. */
export interface Wishes {
  readonly joining: Joining;
  readonly apart: readonly PatternModel[];
}

/** @param patterns those that are a part of none */
export async function wishesOf(
  store: Pick<PatternStore, 'joining'>,
  patterns: readonly PatternModel[],
): Promise<Wishes | undefined> {
  const joining = await store.joining();
  const apart = patterns.filter(({ isToBeTakenApart }) => isToBeTakenApart === true);
  return joining.length + apart.length > 0 ? { joining, apart } : undefined;
}

/** @returns id of the last pattern of those that are to be a part of one another, from this one on */
export function endOfJoins(joining: Joining, id: string): string {
  const next = new Map(joining.map(({ into, pattern }) => [pattern.id, into]));
  let end = id;
  for (let steps = 0; next.has(end) && steps < joining.length; steps++) end = next.get(end)!;
  return end;
}

/** Patterns that people have merged into one: those of `pattern`, and itself. */
export const formsWith = ({ forms = [] }: { readonly forms?: readonly unknown[] }): number =>
  forms.length + 1;

/**
 * Carries out wishes, the partings first: what is merged into a pattern since it was to be taken apart stays a part of it. Where a
 * pattern has no room for another one, this one stays as it is. Doing it again changes nothing.
 *
 * @param patterns those that are a part of none
 * @param time from which all that is taken apart is learned, epoch milliseconds
 */
export async function followPeople(
  store: Pick<PatternStore, 'put' | 'merge'>,
  { joining, apart }: Wishes,
  patterns: readonly PatternModel[],
  time: number,
): Promise<void> {
  const byId = new Map(patterns.map((pattern) => [pattern.id, pattern]));
  for (const each of apart) {
    const { pattern, parts } = takeApart(each, time);
    await store.put([...parts, pattern]);
    for (const part of [...parts, pattern]) byId.set(part.id, part);
  }
  for (const { into, pattern } of joining) {
    const id = endOfJoins(joining, into);
    // The other one may have become a part of a third, or be forgotten.
    const target = byId.get(id) ?? [...byId.values()].find(({ members }) => members.includes(id));
    if (target === undefined || target.id === pattern.id) {
      await store.put([pattern]);
      continue;
    }
    const { forms = [] } = target;
    // A run that died has merged it, and has not said so of it.
    const isMerged = forms.some((tokens) => patternIdOf(tokens) === pattern.id);
    if (!isMerged && forms.length + formsWith(pattern) > PATTERN_LIMITS.forms) {
      await store.put([pattern]);
      continue;
    }
    const merged = isMerged ? target : mergePatterns(target.tokens, [target, pattern], { withForms: true });
    await store.merge(merged, [pattern], partsWithoutName(merged, [target, pattern]));
    byId.set(merged.id, merged);
  }
}
