import { createHash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import type { EntityBound } from '../../../common/buckets';
import { type Detector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import type { LogRange } from '../../detection/ports';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { entityTerms, type EntityKey } from '../transport/entity_terms';
import { queryOf } from '../transport/log_query';
import { sessionSettings, type SessionSettings, type Span } from './session_chains';

/** Ids that one request may select by; Elasticsearch takes 65,536 values. */
export const IDS_A_REQUEST = 1_000;

export interface Candidate {
  readonly id: string;
  /** Time at which the session is over, as far as it can be told. */
  readonly closedAt: number;
  readonly logs: number;
}

/** Parts of a span that are asked for one by one, where a gap is short. */
const MOST_PARTS = 6;

/**
 * Parts of a span in which the cluster can tell which sessions are over, each at most a gap long. Of spans of many gaps, as a sample
 * has, all that log in them are read instead.
 */
export function spansWithinGap({ from, to }: Span, { gap }: Pick<SessionSettings, 'gap'>): Span[] {
  const parts = Math.ceil((to - from) / gap);
  if (parts > MOST_PARTS) return [{ from, to }];
  return Array.from({ length: parts }, (_none, place) => ({
    from: from + place * gap,
    to: Math.min(to, from + (place + 1) * gap),
  }));
}

/** Ids of which a session may be over within the span; each of those that are is among them. */
export async function candidatesOf(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  {
    within: { from, to },
    settings: { gap, longest },
    options,
  }: { within: Span; settings: SessionSettings; options: RequestOptions },
): Promise<Candidate[]> {
  const entity = await entityTerms(client, detector, options);
  const { timestampField } = range;
  const found: Candidate[] = [];
  const open = new Map<string, number>();
  const active = compositePages<Sides & { key: EntityKey; doc_count: number; last: { value: number } }>(
    client,
    {
      index: range.index,
      query: { bool: { filter: [queryOf({ ...range, from: from - gap, to }), ...entity.filter] } },
      sources: entity.sources,
      aggs: {
        last: { max: { field: timestampField } },
        ...sidesOf(from, timestampField),
      },
      requestCache: false,
      what: `find sessions of "${range.index}"`,
    },
    options,
  );
  for await (const { buckets } of active) {
    for (const { key, doc_count: logs, last, before, after } of buckets) {
      const id = entity.entityOf(key);
      if (id === undefined) continue;
      // Within a gap two logs can lie on either side of a silence only if it began before the span.
      const silentFrom = before.last.value ?? Infinity;
      const isOver =
        last.value < to - gap ||
        (silentFrom < to - gap && (after.first.value ?? Infinity) - silentFrom >= gap) ||
        to - from > gap;
      if (isOver) found.push({ id, logs, closedAt: Math.min(last.value, silentFrom) + gap });
      else open.set(id, logs);
    }
  }
  for (const [id, begin] of await longSessions(client, detector, range, {
    within: { from, to },
    ids: [...open.keys()],
    options,
  })) {
    found.push({ id, logs: open.get(id) ?? 0, closedAt: begin + longest });
  }
  return found;
}

interface Sides {
  readonly before: { readonly last: { readonly value: number | null } };
  readonly after: { readonly first: { readonly value: number | null } };
}

/** Last log before a time, epoch milliseconds, and first from then on. */
function sidesOf(time: number, field: string): Record<string, estypes.AggregationsAggregationContainer> {
  const within = (bounds: { gte?: number; lt?: number }): estypes.QueryDslQueryContainer => ({
    range: { [field]: { ...bounds, format: 'epoch_millis' } },
  });
  return {
    before: { filter: within({ lt: time }), aggs: { last: { max: { field } } } },
    after: { filter: within({ gte: time }), aggs: { first: { min: { field } } } },
  };
}

/**
 * Those of the ids of which a session reaches its longest time within a span of at most a gap, with its begin: it came after a silence,
 * not in the midst of more logs.
 */
export async function longSessions(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  { within: { from, to }, ids, options }: { within: Span; ids: readonly string[]; options: RequestOptions },
): Promise<Map<string, number>> {
  const begins = new Map<string, number>();
  if (ids.length === 0) return begins;
  const { gap, longest } = sessionSettings(detector);
  const entity = await entityTerms(client, detector, options);
  const wanted = new Set(ids);
  const pages = compositePages<Sides & { key: EntityKey }>(
    client,
    {
      index: range.index,
      query: {
        bool: {
          filter: [
            queryOf({ ...range, from: from - longest - gap, to: to - longest }),
            ...entity.filter,
            ...(ids.length <= IDS_A_REQUEST ? entity.filterOf(ids) : []),
          ],
        },
      },
      sources: entity.sources,
      aggs: sidesOf(from - longest, range.timestampField),
      requestCache: false,
      what: `find long sessions of "${range.index}"`,
    },
    options,
  );
  for await (const { buckets } of pages) {
    for (const { key, before, after } of buckets) {
      const id = entity.entityOf(key);
      const begin = after.first.value;
      if (id === undefined || begin === null || !wanted.has(id)) continue;
      if (begin - (before.last.value ?? -Infinity) >= gap) begins.set(id, begin);
    }
  }
  return begins;
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');

/** Of more sessions in a minute than places a uniform choice: neither long nor failing ones are learned from more than they come. */
export function chosenOf(
  candidates: readonly Candidate[],
  most: number,
): { ids: readonly string[]; bound?: EntityBound } {
  const byMinute = new Map<number, Map<string, Candidate>>();
  for (const candidate of candidates) {
    const minute = Math.floor(candidate.closedAt / MINUTE);
    let own = byMinute.get(minute);
    if (own === undefined) byMinute.set(minute, (own = new Map()));
    // An id may come in several parts of a span.
    if (!own.has(candidate.id)) own.set(candidate.id, candidate);
  }
  const ids: string[] = [];
  let bound: EntityBound | undefined;
  const sumOf = (some: readonly Candidate[]): number => some.reduce((sum, { logs }) => sum + logs, 0);
  for (const ofMinute of byMinute.values()) {
    const own = [...ofMinute.values()];
    if (own.length <= most) {
      for (const { id } of own) ids.push(id);
      continue;
    }
    const kept = own
      .map((candidate) => ({ candidate, hash: hashOf(candidate.id) }))
      .sort((one, other) => (one.hash < other.hash ? -1 : 1))
      .slice(0, most)
      .map(({ candidate }) => candidate);
    for (const { id } of kept) ids.push(id);
    if (bound === undefined || own.length > bound.of) {
      const logs = sumOf(own);
      bound = { kept: kept.length, of: own.length, left_out_logs: logs - sumOf(kept), logs };
    }
  }
  return { ids: [...new Set(ids)], ...(bound && { bound }) };
}
