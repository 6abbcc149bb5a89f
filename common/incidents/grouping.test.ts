import fc from 'fast-check';
import { groupOf, joinAll, type Group } from './grouping';
import type { ResultLinks } from './result_links';

const MINUTE = 60_000;
const QUIET = 30 * MINUTE;

const links = (minute: number, more: Partial<ResultLinks> & { entity?: string } = {}): ResultLinks => {
  const { entity = 'checkout', ...rest } = more;
  return {
    detectorId: 'logs',
    scope: { kind: 'entity', value: entity },
    from: minute * MINUTE,
    to: minute * MINUTE,
    pattern: 'GET /a 500',
    isBucket: false,
    isChange: false,
    ...rest,
  };
};
const placesOf = (...given: ResultLinks[]): number[][] =>
  joinAll(given.map((each) => groupOf(each, QUIET))).map(({ places }) => places);

describe('anomalies that belong together', () => {
  it('makes one of a flood of one client over many paths', () => {
    const client = { field: 'client.ip', value: '203.0.113.9' };
    const flood = Array.from({ length: 25 }, (_, i) =>
      links(i / 10, { pattern: `GET /probe${i} 404`, source: client }),
    );
    expect(placesOf(...flood)).toHaveLength(1);
    // Without the client they are as many things.
    expect(placesOf(...flood.map(({ source: _source, ...rest }) => rest))).toHaveLength(25);
  });

  it('ties changes of patterns of one entity together, and logs near them', () => {
    const change = (minute: number, pattern: string) =>
      links(minute, { to: (minute + 15) * MINUTE, pattern, isBucket: true, isChange: true });
    expect(placesOf(change(0, 'Disk <*> is full'), links(40), change(30, 'Retry'), links(200))).toEqual([
      [0, 1, 2],
      [3],
    ]);
    expect(groupOf(change(0, 'Retry'), QUIET)).toMatchObject({ patterns: ['Retry'], bucketDetectors: [] });
  });

  it('makes one of a service that fails in one way on several routes within minutes', () => {
    const failing = (minute: number, route: string, more: Parameters<typeof links>[1] = {}) =>
      links(minute, { pattern: route, route, failures: ['server_error'], ...more });
    expect(placesOf(failing(0, 'a'), failing(0.2, 'b'), failing(5.2, 'c'))).toEqual([[0, 1, 2]]);
    expect(placesOf(failing(0, 'a'), failing(5.1, 'b'))).toHaveLength(2);
    expect(placesOf(failing(0, 'a'), links(0.2, { pattern: 'b' }))).toHaveLength(2);
    expect(placesOf(failing(0, 'a'), failing(0.2, 'b', { failures: ['slow'] }))).toHaveLength(2);
    expect(placesOf(failing(0, 'a'), failing(0, 'b', { entity: 'search' }))).toHaveLength(2);
    // Nothing says that two logs without entity and host are of one service.
    const scope = { kind: 'detector', value: 'logs' } as const;
    expect(placesOf(failing(0, 'a', { scope }), failing(0.2, 'b', { scope }))).toHaveLength(2);
    // One route that fails now and then all day holds nothing but its own.
    const day = Array.from({ length: 48 }, (_, i) => failing(i * 30, 'a'));
    expect(placesOf(...day, failing(15, 'b'), failing(92, 'c'))).toEqual([
      [...day.map((_, i) => i), 49],
      [48],
    ]);
  });

  it('does not wait longer than the quiet time for a service that fails', () => {
    const failing = (minute: number, pattern: string): Group =>
      groupOf(links(minute, { pattern, failures: ['slow'] }), MINUTE);
    expect(joinAll([failing(0, 'a'), failing(1, 'b')])).toHaveLength(1);
    expect(joinAll([failing(0, 'a'), failing(1.1, 'b')])).toHaveLength(2);
  });

  it('keeps two hosts apart', () => {
    expect(placesOf(links(0, { entity: 'web-1' }), links(0, { entity: 'web-2' }))).toEqual([[0], [1]]);
    const onHost = (value: string) => links(0, { scope: { kind: 'host', value } });
    expect(placesOf(onHost('web-1'), onHost('web-2'), onHost('web-1'))).toEqual([[0, 2], [1]]);
  });

  it('joins one route with several statuses, and the same pattern up to the quiet time', () => {
    const route = 'POST /charge';
    expect(placesOf(links(0, { pattern: 'a', route }), links(1, { pattern: 'b', route }))).toHaveLength(1);
    expect(placesOf(links(0), links(30))).toHaveLength(1);
    expect(placesOf(links(0), links(30.01))).toHaveLength(2);
  });

  it('lets a bucket stand for all logs of its entity near it, and its end count', () => {
    const bucket = links(0, { to: 5 * MINUTE, pattern: 'logs: 12', isBucket: true });
    const other = { pattern: 'b' };
    expect(placesOf(bucket, links(35, other), links(36, { pattern: 'c' }))).toEqual([[0, 1], [2]]);
    expect(placesOf(bucket, links(2, { ...other, entity: 'search' }))).toHaveLength(2);
    // Two buckets are one as two of the same pattern are.
    expect(placesOf(bucket, { ...bucket, from: 35 * MINUTE, to: 40 * MINUTE })).toHaveLength(1);
    expect(placesOf(bucket, { ...bucket, from: 36 * MINUTE, to: 40 * MINUTE })).toHaveLength(2);
  });

  it('joins two that a late log ties together', () => {
    const [first, second] = [links(0), links(50)];
    expect(placesOf(first, second)).toHaveLength(2);
    expect(placesOf(first, second, links(25))).toHaveLength(1);
  });

  it('takes the longer of two quiet times', () => {
    const given = [groupOf(links(0), QUIET), groupOf(links(50), 2 * QUIET)];
    expect(joinAll(given)).toHaveLength(1);
  });
});

const anyLinks = fc
  .record({
    minute: fc.integer({ min: 0, max: 400 }),
    entity: fc.constantFrom('a', 'b'),
    pattern: fc.constantFrom('p', 'q', 'r', 's', 't'),
    route: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    client: fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }),
    isBucket: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
    failures: fc.option(fc.subarray(['server_error' as const, 'slow' as const], { minLength: 1 }), {
      nil: undefined,
    }),
    quiet: fc.constantFrom(3, 10, 30),
  })
  .map(({ minute, entity, pattern, route, client, isBucket, failures, quiet }) =>
    groupOf(
      links(minute, {
        entity,
        pattern,
        isBucket,
        to: (minute + (isBucket ? 5 : 0)) * MINUTE,
        ...(route !== undefined && { route }),
        ...(failures !== undefined && { failures }),
        ...(client !== undefined && { source: { field: 'client.ip', value: client } }),
      }),
      quiet * MINUTE,
    ),
  );

const outcomeOf = (groups: readonly Group[]): string[] => groups.map((group) => JSON.stringify(group)).sort();

const near = (one: Group, other: Group): boolean =>
  Math.max(one.from, other.from) - Math.min(one.to, other.to) <= Math.max(one.quiet, other.quiet);
const nearBuckets = ({ buckets, quiet }: Group, other: Group): boolean =>
  buckets !== undefined && near({ ...other, ...buckets, quiet }, other);
const share = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((each) => other.includes(each));

const FAILING = ['server_error', 'slow'] as const;
const failNear = (one: Group, other: Group): boolean =>
  FAILING.some((kind) =>
    one.failures?.[kind]?.some((span) =>
      other.failures?.[kind]?.some(
        ({ from, to }) =>
          Math.max(span.from, from) - Math.min(span.to, to) <=
          Math.min(5 * MINUTE, Math.max(one.quiet, other.quiet)),
      ),
    ),
  );
/** Points and spans of both in order; those that {@link failNear} would join are one span. */
function failuresOf(one: Group, other: Group): Pick<Group, 'failures'> {
  const apart = Math.min(5 * MINUTE, Math.max(one.quiet, other.quiet));
  const all = FAILING.flatMap((kind) => {
    const spans = [...(one.failures?.[kind] ?? []), ...(other.failures?.[kind] ?? [])]
      .map(({ from, to }) => [from, to])
      .sort(([a], [b]) => a - b);
    for (let i = 1; i < spans.length;) {
      if (spans[i][0] > spans[i - 1][1] + apart) i++;
      else spans.splice(i - 1, 2, [spans[i - 1][0], Math.max(spans[i - 1][1], spans[i][1])]);
    }
    return spans.length === 0 ? [] : [[kind, spans.map(([from, to]) => ({ from, to }))]];
  });
  return all.length === 0 ? {} : { failures: Object.fromEntries(all) as Group['failures'] };
}

/** The rule as it is said, by brute force. */
function joinedByHand(given: readonly Group[]): Group[] {
  const groups = [...given];
  for (let i = 0; i < groups.length; i++) {
    for (let j = i + 1; j < groups.length; j++) {
      const [one, other] = [groups[i], groups[j]];
      const isOne =
        one.scope.value === other.scope.value &&
        (nearBuckets(one, other) ||
          nearBuckets(other, one) ||
          failNear(one, other) ||
          (near(one, other) &&
            ((one.buckets && other.buckets) ||
              share(one.patterns, other.patterns) ||
              share(one.routes, other.routes) ||
              share(one.sources, other.sources))));
      if (!isOne) continue;
      const union = (pick: (group: Group) => readonly string[]) =>
        [...new Set([...pick(one), ...pick(other)])].sort();
      groups.splice(j, 1);
      groups[i] = {
        scope: one.scope,
        from: Math.min(one.from, other.from),
        to: Math.max(one.to, other.to),
        quiet: Math.max(one.quiet, other.quiet),
        patterns: union(({ patterns }) => patterns),
        routes: union(({ routes }) => routes),
        sources: union(({ sources }) => sources),
        bucketDetectors: union(({ bucketDetectors }) => bucketDetectors),
        ...((one.buckets ?? other.buckets) && {
          buckets: {
            from: Math.min(one.buckets?.from ?? Infinity, other.buckets?.from ?? Infinity),
            to: Math.max(one.buckets?.to ?? -Infinity, other.buckets?.to ?? -Infinity),
          },
        }),
        ...failuresOf(one, other),
      };
      return joinedByHand(groups);
    }
  }
  return groups;
}

describe('whatever the order, the portions and the repetitions', () => {
  it('comes out as the rule says', () => {
    fc.assert(
      fc.property(fc.array(anyLinks, { maxLength: 30 }), (given) => {
        expect(outcomeOf(joinAll(given).map(({ group }) => group))).toEqual(outcomeOf(joinedByHand(given)));
      }),
    );
  });

  it('comes out the same', () => {
    const shuffled = fc
      .array(anyLinks, { minLength: 1, maxLength: 40 })
      .chain((given) =>
        fc.tuple(
          fc.constant(given),
          fc.shuffledSubarray(given, { minLength: given.length }),
          fc.array(fc.nat(given.length - 1), { maxLength: 20 }),
          fc.integer({ min: 1, max: 10 }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([given, otherOrder, repeated, portion]) => {
        const expected = outcomeOf(joinAll(given).map(({ group }) => group));
        const all = [...otherOrder, ...repeated.map((place) => given[place])];
        let kept: Group[] = [];
        for (let start = 0; start < all.length; start += portion) {
          kept = joinAll([...kept, ...all.slice(start, start + portion)]).map(({ group }) => group);
        }
        expect(outcomeOf(kept)).toEqual(expected);
        expect(outcomeOf(joinAll([...kept, ...given]).map(({ group }) => group))).toEqual(expected);
      }),
    );
  });

  it('names each of the given exactly once', () => {
    fc.assert(
      fc.property(fc.array(anyLinks, { maxLength: 40 }), (given) => {
        const places = joinAll(given).flatMap(({ places: each }) => each);
        expect([...places].sort((a, b) => a - b)).toEqual(given.map((_, place) => place));
      }),
    );
  });
});
