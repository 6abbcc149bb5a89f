import { HOUR } from '../../../common/duration';
import type { LogAnomalyParams } from '../../../common/rules';
import type { ResultGroup, ResultGroups } from './result_groups';

/** Results in the hour before an alert began, by its id: what it is measured against for as long as it goes on. */
export type CountsBefore = ReadonlyMap<string, number>;

/** Alerts whose counts are kept in the state of a rule. */
const MOST_KEPT = 1_000;

/** @param kept of the state of a rule, whatever an earlier version has left there */
export function countsBeforeIn(kept: unknown): CountsBefore {
  if (typeof kept !== 'object' || kept === null) return new Map();
  return new Map(
    Object.entries(kept).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** @returns counts of the alerts that go on, for the state of the rule */
export const keptCounts = (counts: CountsBefore, alertIds: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    alertIds.slice(0, MOST_KEPT).flatMap((id) => {
      const count = counts.get(id);
      return count === undefined ? [] : [[id, count]];
    }),
  );

interface Rise {
  readonly times: number | null;
  /** Milliseconds in which the results of a group came. */
  readonly window: number;
  /** Of alerts that go on: the hour before the window is full of what they tell of. */
  readonly kept: CountsBefore;
}

/**
 * Returns those groups that have so many times as many results a minute as in the hour before: before all that was looked at, or before the
 * alert began.
 *
 * @param lookBefore counts the hour before all that was looked at
 */
export async function risen(
  groups: readonly ResultGroup[],
  { times, window, kept }: Rise,
  lookBefore: () => Promise<Pick<ResultGroups, 'countOf'>>,
): Promise<{ readonly groups: readonly ResultGroup[]; readonly countsBefore: CountsBefore }> {
  if (times === null) return { groups, countsBefore: new Map() };
  const isAsked = groups.some(({ id }) => !kept.has(id));
  const earlier = isAsked ? await lookBefore() : undefined;
  const countsBefore = new Map(groups.map(({ id }) => [id, kept.get(id) ?? earlier?.countOf(id) ?? 0]));
  return {
    groups: groups.filter(
      ({ id, count, peak = count }) => peak / window >= (times * (countsBefore.get(id) as number)) / HOUR,
    ),
    countsBefore,
  };
}

/** Says why a group with results makes no alert any more; undefined where it has too few. */
export function shortfallOf(
  found: Pick<ResultGroup, 'count' | 'entityCount'> | undefined,
  params: Pick<LogAnomalyParams, 'count' | 'min_entities' | 'times_before' | 'window'>,
): string | undefined {
  if (found === undefined || found.count < params.count) return undefined;
  const logs = `${found.count} anomalous logs in ${params.window}`;
  if (found.entityCount < params.min_entities) {
    return `${logs} are of ${found.entityCount} of the ${params.min_entities} entities that the rule asks for`;
  }
  if (params.times_before === null) return undefined;
  return `${logs} are not ${params.times_before} times as many as in the hour before the alert began`;
}
