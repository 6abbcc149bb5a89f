import { INCIDENT_LIMITS, type IncidentScope } from './incident';
import type { ResultLinks } from './result_links';

/**
 * Anomalies that belong together, by all that decides about others: where, from when to when (epoch milliseconds), and what they
 * share. Sorted lists without doubles.
 */
export interface Group {
  readonly scope: IncidentScope;
  readonly from: number;
  readonly to: number;
  /** Milliseconds: the longest quiet time of the detectors in it. */
  readonly quiet: number;
  readonly patterns: readonly string[];
  readonly routes: readonly string[];
  /** Sources as `field=value`. */
  readonly sources: readonly string[];
  /** Ids of detectors that judge buckets. */
  readonly bucketDetectors: readonly string[];
  /** Time of the buckets in it, which tell of all logs of the entity. */
  readonly buckets?: { readonly from: number; readonly to: number };
}

/** @example sourceKey({ field: 'client.ip', value: '203.0.113.9' }) // 'client.ip=203.0.113.9' */
const sourceKey = ({ field, value }: { field: string; value: string }): string => `${field}=${value}`;

/** A group of one result. @param quiet milliseconds */
export const groupOf = (links: ResultLinks, quiet: number): Group => ({
  scope: links.scope,
  from: links.from,
  to: links.to,
  quiet,
  // A bucket tells of everything, so the pattern made of its figures ties it to nothing.
  patterns: links.isBucket && !links.isChange ? [] : [links.pattern],
  routes: links.isBucket || links.route === undefined ? [] : [links.route],
  sources: links.isBucket || links.source === undefined ? [] : [sourceKey(links.source)],
  bucketDetectors: links.isBucket && !links.isChange ? [links.detectorId] : [],
  ...(links.isBucket && { buckets: { from: links.from, to: links.to } }),
});

export const scopeKey = ({ kind, value }: IncidentScope): string => `${kind}:${value}`;

/** Keys of which two groups need to share one. */
const keysOf = ({ patterns, routes, sources, buckets }: Group): string[] => [
  ...(buckets === undefined ? [] : ['b']),
  ...patterns.map((pattern) => `p${pattern}`),
  ...routes.map((route) => `r${route}`),
  ...sources.map((source) => `s${source}`),
];

/**
 * Puts groups together that belong together. Two are one if they are of the same scope, at most the quiet time of either apart, and
 * share a pattern, a route or a source, or both hold buckets; or if one is at most the quiet time from the buckets of the other.
 * So on with what comes out, until no two are left that are one. Joining only ever adds times and keys, so the outcome is the
 * same in whatever order, in whatever portions and however often the anomalies are given.
 *
 * @returns places in the list, of each outcome those it is made of, in ascending order, by the first of them
 */
export function joinAll(groups: readonly Group[]): { readonly group: Group; readonly places: number[] }[] {
  const byScope = new Map<string, number[]>();
  groups.forEach(({ scope }, place) => {
    const key = scopeKey(scope);
    const places = byScope.get(key);
    if (places === undefined) byScope.set(key, [place]);
    else places.push(place);
  });
  return [...byScope.values()]
    .flatMap((places) => joinInScope(places.map((place) => ({ group: groups[place], places: [place] }))))
    .sort((one, other) => one.places[0] - other.places[0]);
}

interface Joined {
  readonly group: Group;
  readonly places: number[];
}

function joinInScope(given: Joined[]): Joined[] {
  let current = given;
  for (;;) {
    const swept = united(current, sweep);
    const next = swept.length === current.length ? united(swept, joinToBuckets) : swept;
    if (next.length === current.length) return next;
    current = next;
  }
}

type Unite = (one: number, other: number) => void;

/** Sweeps over the groups in the order of their beginnings, once for each key, and joins those that touch. */
function sweep(given: readonly Joined[], unite: Unite): void {
  const order = given.map((_, index) => index).sort((a, b) => given[a].group.from - given[b].group.from);
  const fronts = new Map<string, Front>();
  for (const index of order) {
    for (const key of keysOf(given[index].group)) {
      let front = fronts.get(key);
      if (front === undefined) fronts.set(key, (front = new Front(given)));
      const neighbour = front.neighbourOf(index);
      if (neighbour !== undefined) unite(index, neighbour);
      front.add(index);
    }
  }
}

/** Joins what is near the buckets of a group to it. Few groups are left that hold any when it is asked. */
function joinToBuckets(given: readonly Joined[], unite: Unite): void {
  given.forEach(({ group: { buckets, quiet } }, index) => {
    if (buckets === undefined) return;
    given.forEach(({ group }, other) => {
      const gap = Math.max(buckets.from, group.from) - Math.min(buckets.to, group.to);
      if (gap <= Math.max(quiet, group.quiet)) unite(index, other);
    });
  });
}

function united(given: readonly Joined[], join: (given: readonly Joined[], unite: Unite) => void): Joined[] {
  const parents = given.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root];
    for (let each = index; parents[each] !== root;) [parents[each], each] = [root, parents[each]];
    return root;
  };
  join(given, (one, other) => {
    const [a, b] = [rootOf(one), rootOf(other)];
    if (a !== b) parents[Math.max(a, b)] = Math.min(a, b);
  });
  const outcomes = new Map<number, Joined[]>();
  given.forEach((each, index) => {
    const root = rootOf(index);
    const members = outcomes.get(root);
    if (members === undefined) outcomes.set(root, [each]);
    else members.push(each);
  });
  return [...outcomes.values()].map((members) =>
    members.length === 1
      ? members[0]
      : {
          group: joinMany(members.map(({ group }) => group)),
          places: members.flatMap(({ places }) => places).sort((a, b) => a - b),
        },
  );
}

/** Of the groups passed so far those that reach furthest: if any is near a later one, one of these two is. */
class Front {
  private furthest: number | undefined;
  private last: number | undefined;

  constructor(private readonly groups: readonly Joined[]) {}

  neighbourOf(index: number): number | undefined {
    if (this.furthest === undefined || this.last === undefined) return undefined;
    const { from, quiet } = this.groups[index].group;
    if (from <= this.reachOf(this.furthest)) return this.furthest;
    return from <= this.groups[this.last].group.to + quiet ? this.last : undefined;
  }

  add(index: number): void {
    const { to } = this.groups[index].group;
    if (this.furthest === undefined || this.reachOf(index) > this.reachOf(this.furthest))
      this.furthest = index;
    if (this.last === undefined || to > this.groups[this.last].group.to) this.last = index;
  }

  private reachOf(index: number): number {
    const { to, quiet } = this.groups[index].group;
    return to + quiet;
  }
}

/** Several groups as one, whatever they share. The scope is that of the first. */
export function joinMany(groups: readonly Group[]): Group {
  const all = (pick: (group: Group) => readonly string[]): string[] =>
    [...new Set(groups.flatMap(pick))].sort().slice(0, INCIDENT_LIMITS.keys);
  return {
    scope: groups[0].scope,
    from: groups.reduce((least, { from }) => Math.min(least, from), Infinity),
    to: groups.reduce((most, { to }) => Math.max(most, to), -Infinity),
    quiet: groups.reduce((most, { quiet }) => Math.max(most, quiet), 0),
    patterns: all(({ patterns }) => patterns),
    routes: all(({ routes }) => routes),
    sources: all(({ sources }) => sources),
    bucketDetectors: all(({ bucketDetectors }) => bucketDetectors),
    ...hullOf(groups.flatMap(({ buckets }) => buckets ?? [])),
  };
}

const hullOf = (spans: readonly { from: number; to: number }[]): Pick<Group, 'buckets'> =>
  spans.length === 0
    ? {}
    : {
        buckets: {
          from: spans.reduce((least, { from }) => Math.min(least, from), Infinity),
          to: spans.reduce((most, { to }) => Math.max(most, to), -Infinity),
        },
      };
