import { MINUTE } from '../duration';
import { FAILURE_KINDS, type FailureKind } from './failure_kinds';
import { INCIDENT_LIMITS, type IncidentScope } from './incident';
import type { ResultLinks } from './result_links';

/** Logs of a service that fails are one incident across patterns and routes where at most so long, and no quiet time, lies between them. */
const FAILING_APART = 5 * MINUTE;

interface Span {
  readonly from: number;
  readonly to: number;
}

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
  readonly buckets?: Span;
  /** Times at which the service fails, in order, by the way; absent in what earlier versions stored, and where nothing says which service it is. */
  readonly failures?: Readonly<Partial<Record<FailureKind, readonly Span[]>>>;
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
  ...(!links.isBucket &&
    links.failures !== undefined &&
    links.scope.kind !== 'detector' && {
      failures: Object.fromEntries(
        links.failures.map((kind) => [kind, [{ from: links.from, to: links.to }]]),
      ),
    }),
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
 * share a pattern, a route or a source, or both hold buckets; or if one is at most the quiet time from the buckets of the other; or
 * if logs that say that the service fails in the same way are at most {@link FAILING_APART} apart.
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
    const swept = united(united(current, sweep), joinFailures);
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
      if (front === undefined) fronts.set(key, (front = new Front()));
      front.pass({ index, ...spanOf(given[index].group) }, unite);
    }
  }
}

const spanOf = ({ from, to, quiet }: Group): Reaching => ({ from, to, quiet });

const failingApart = (quiet: number): number => Math.min(quiet, FAILING_APART);

/** Joins groups that fail in the same way at nearly the same time. */
function joinFailures(given: readonly Joined[], unite: Unite): void {
  for (const kind of FAILURE_KINDS) {
    const front = new Front();
    given
      .flatMap(({ group: { failures, quiet } }, index) =>
        (failures?.[kind] ?? []).map((span) => ({ index, ...span, quiet: failingApart(quiet) })),
      )
      .sort((one, other) => one.from - other.from)
      .forEach((each) => front.pass(each, unite));
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

interface Reaching extends Span {
  readonly quiet: number;
}
interface Passed extends Reaching {
  readonly index: number;
}

/** Of the groups passed so far those that reach furthest: if any is near a later one, one of these two is. */
class Front {
  private furthest: Passed | undefined;
  private last: Passed | undefined;

  /** Passes the next one by its beginning, and joins it to one of those before that it touches. */
  public pass(next: Passed, unite: Unite): void {
    const { furthest, last } = this;
    if (furthest !== undefined && next.from <= reachOf(furthest)) unite(next.index, furthest.index);
    else if (last !== undefined && next.from <= last.to + next.quiet) unite(next.index, last.index);
    if (furthest === undefined || reachOf(next) > reachOf(furthest)) this.furthest = next;
    if (last === undefined || next.to > last.to) this.last = next;
  }
}

const reachOf = ({ to, quiet }: Reaching): number => to + quiet;

/** Several groups as one, whatever they share. The scope is that of the first. */
export function joinMany(groups: readonly Group[]): Group {
  const all = (pick: (group: Group) => readonly string[]): string[] =>
    [...new Set(groups.flatMap(pick))].sort().slice(0, INCIDENT_LIMITS.keys);
  const quiet = groups.reduce((most, group) => Math.max(most, group.quiet), 0);
  const buckets = groups.flatMap((group) => group.buckets ?? []);
  const failures = FAILURE_KINDS.flatMap((kind) => {
    const spans = groups.flatMap((group) => group.failures?.[kind] ?? []);
    return spans.length === 0 ? [] : [[kind, unionOf(spans, failingApart(quiet))] as const];
  });
  return {
    scope: groups[0].scope,
    ...hullOf(groups),
    quiet,
    patterns: all(({ patterns }) => patterns),
    routes: all(({ routes }) => routes),
    sources: all(({ sources }) => sources),
    bucketDetectors: all(({ bucketDetectors }) => bucketDetectors),
    ...(buckets.length > 0 && { buckets: hullOf(buckets) }),
    ...(failures.length > 0 && { failures: Object.fromEntries(failures) }),
  };
}

const hullOf = (spans: readonly Span[]): Span => ({
  from: spans.reduce((least, { from }) => Math.min(least, from), Infinity),
  to: spans.reduce((most, { to }) => Math.max(most, to), -Infinity),
});

/** Returns the spans in order, those that are at most so far apart as one; of too many the last. */
function unionOf(spans: readonly Span[], apart: number): Span[] {
  const union: Span[] = [];
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const last = union.at(-1);
    if (last !== undefined && from <= last.to + apart)
      union[union.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else union.push({ from, to });
  }
  return union.slice(-INCIDENT_LIMITS.keys);
}
