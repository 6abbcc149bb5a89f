import {
  INCIDENT_LIMITS,
  joinAll,
  joinMany,
  scopeKey,
  type Group,
  type IncidentScope,
} from '../../../common/incidents';
import type { StoredIncident } from '../ports/incidents';

/** Results that belong together, and the first of them, which the incident is named after if it is new. */
export interface NewGroup {
  readonly group: Group;
  readonly firstOf: { readonly index: string; readonly id: string };
  /** The highest of its results. */
  readonly confidence: number;
}

/** One incident as it comes out: of what is stored the oldest first, whose id stays. */
export interface Assigned {
  readonly group: Group;
  readonly stored: readonly StoredIncident[];
  readonly added: readonly NewGroup[];
}

const isOthers = ({ scope }: Group): boolean => scope.kind === 'others';

/** The older comes first; of two of the same age the one with the smaller id. */
const byAge = (one: StoredIncident, other: StoredIncident): number =>
  one.incident.start < other.incident.start
    ? -1
    : one.incident.start > other.incident.start
      ? 1
      : one.incident.id < other.incident.id
        ? -1
        : 1;

const touches = (one: Group, other: Group): boolean =>
  Math.max(one.from, other.from) - Math.min(one.to, other.to) <= Math.max(one.quiet, other.quiet);

/**
 * Puts new groups to the stored incidents that they belong to, and stored ones together. A detector has at most
 * {@link INCIDENT_LIMITS.open} incidents at a time; of new ones beyond that the less certain become a part of its incident "others".
 *
 * @returns what is new or changes; what stays as it is, is left out
 */
export function assignGroups(
  stored: readonly StoredIncident[],
  added: readonly NewGroup[],
  detectorId: string,
): Assigned[] {
  const named = stored.filter(({ group }) => !isOthers(group));
  const outcomes = joinAll([...named, ...added].map(({ group }) => group)).map(
    ({ group, places }): Assigned => ({
      group,
      stored: places
        .filter((place) => place < named.length)
        .map((place) => named[place])
        .sort(byAge),
      added: places.filter((place) => place >= named.length).map((place) => added[place - named.length]),
    }),
  );
  const changed = outcomes.filter((each) => each.added.length > 0 || each.stored.length > 1);
  const isNew = ({ stored: before }: Assigned): boolean => before.length === 0;
  const atATime = outcomes
    .filter((each) => !isNew(each) && each.stored.some(({ incident }) => foundBy(incident, detectorId)))
    .map(({ group }) => group);
  const overflow: Assigned[] = [];
  const kept = changed.filter((each) => !isNew(each));
  for (const each of changed.filter(isNew).sort(moreCertainFirst)) {
    if (atATime.filter((group) => touches(group, each.group)).length < INCIDENT_LIMITS.open) {
      atATime.push(each.group);
      kept.push(each);
    } else overflow.push(each);
  }
  return overflow.length === 0 ? kept : [...kept, othersOf(stored, overflow, detectorId)];
}

const foundBy = ({ detectors }: StoredIncident['incident'], id: string): boolean =>
  detectors.some((detector) => detector.id === id);

const certaintyOf = ({ added }: Assigned): number => Math.max(...added.map(({ confidence }) => confidence));

const moreCertainFirst = (one: Assigned, other: Assigned): number =>
  certaintyOf(other) - certaintyOf(one) ||
  one.group.from - other.group.from ||
  (scopeKey(one.group.scope) < scopeKey(other.group.scope) ? -1 : 1);

function othersOf(
  stored: readonly StoredIncident[],
  overflow: readonly Assigned[],
  detectorId: string,
): Assigned {
  const scope: IncidentScope = { kind: 'others', value: detectorId };
  const { bucketDetectors, ...hull } = joinMany(overflow.map(({ group }) => group));
  const { from, to, quiet } = hull;
  const group: Group = { scope, from, to, quiet, patterns: [], routes: [], sources: [], bucketDetectors };
  const before = stored
    .filter(
      (each) => isOthers(each.group) && each.group.scope.value === detectorId && touches(each.group, group),
    )
    .sort(byAge);
  return {
    group: before.length === 0 ? group : joinMany([...before.map((each) => each.group), group]),
    stored: before,
    added: overflow.flatMap((each) => each.added),
  };
}
