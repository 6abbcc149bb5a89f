import type { estypes } from '@elastic/elasticsearch';
import type { ApiRequest, ApiResponse, Endpoints, LogPatternBody } from '../../../common/api';
import type { Detector } from '../../../common/detector';
import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { DAY, HOUR } from '../../../common/duration';
import {
  ALL_ENTITIES,
  Exposures,
  hourOfWeek,
  kqlOfForms,
  localTimeIn,
  NO_ENTITY,
  OTHER_ENTITIES,
  OTHER_PATTERNS,
  PATTERN_STATES,
  patternText,
  profileInZone,
  UsualRates,
  type MessageSearch,
} from '../../../common/patterns';
import { patternsIndex } from '../indices/names';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { pageStart } from '../transport/page_start';
import { messageSearchOf } from './message_search';
import type { Query } from './pattern_documents';
import { frameOf, readTrends, type Frame, type Search, type Trends } from './pattern_trends';
import { dayOf, modelOf, type EventDocument, type PatternDocument } from './stored_pattern';

type ListQuery = ApiRequest<Endpoints['listLogPatterns']>['query'];

const DEFAULT_SPAN = 7 * DAY;
const EVENTS_SHOWN = 50;
const ENTITIES_SHOWN = 100;
/** Patterns that are put in the order of their counts, those that became a part of others among them. */
const MOST_COUNTED = 10_000;

const iso = (time: number): string => new Date(time).toISOString();
/** Names for people: an entity that is none has no name. */
const isShown = (entity: string): boolean => ![ALL_ENTITIES, OTHER_ENTITIES, NO_ENTITY].includes(entity);

/** A detector whose patterns are shown. */
export interface PatternOwner {
  readonly space: string;
  readonly id: string;
  readonly detector: Detector;
}

interface FoundAggregations {
  readonly listed: {
    readonly doc_count: number;
    readonly patterns: { buckets: { key: string; time?: { value: number | null } }[] };
  };
  readonly changed: { readonly patterns: { buckets: { key: string }[] } };
  readonly states: { buckets: { key: string; doc_count: number }[] };
  readonly entities: { buckets: { key: string }[] };
  readonly since: { patterns?: { first: { value_as_string?: string } } };
}

/**
 * Patterns of a detector with counts and trend.
 *
 * @param now epoch milliseconds
 * @throws DetectionError `invalid_input` for a page beyond the first 10,000, or a time that ends before it begins
 */
export async function listLogPatterns(
  client: ElasticsearchClient,
  { space, id: detectorId, detector }: PatternOwner,
  query: ListQuery,
  now: number,
): Promise<ApiResponse<Endpoints['listLogPatterns']>> {
  const first = pageStart(query, 'patterns');
  const to = query.to ?? now;
  const from = query.from ?? to - DEFAULT_SPAN;
  if (from >= to) {
    throw new DetectionError('invalid_input', `from is ${iso(from)}, which is not before to, ${iso(to)}.`);
  }
  const span = durationToMilliseconds(detector.patterns?.span ?? '15m');
  const frame = frameOf({ from, to }, query.intervals, span);
  const base: Query[] = [{ term: { detector_id: detectorId } }];
  const search: Search = (request) =>
    attempt(
      () =>
        client.search({
          index: patternsIndex(space),
          ignore_unavailable: true,
          allow_no_indices: true,
          ...request,
        }),
      { what: 'list patterns' },
    );
  const days: Query[] = [
    ...base,
    { term: { kind: 'counts' } },
    { range: { day: { gte: dayOf(frame.from), lt: to, format: 'epoch_millis' } } },
  ];
  const chosen = patternFilter(base, query);
  const [found, merged, events, counted, search_] = await Promise.all([
    search<never>(patternsRequest({ base, chosen }, query)),
    search<never>(membersRequest(base)),
    search<EventDocument>(eventsRequest(base, frame, query.entity)),
    search<never>(totalsRequest(days, query)),
    detector.patterns === undefined
      ? ('words' as const)
      : messageSearchOf(client, { index: detector.source.index, field: detector.patterns.field }),
  ]);
  const totals = totalsOf(counted);
  const membersOf = membersByPattern(merged);
  const totalOf = ({ id }: ListedPattern): number =>
    [id, ...(membersOf.get(id) ?? [])].reduce((sum, each) => sum + (totals.get(each) ?? 0), 0);
  const aggregations = found.aggregations as FoundAggregations | undefined;
  const since = aggregations?.since.patterns?.first.value_as_string;
  const page = sorted(listedOf(aggregations), query, totalOf).slice(first, first + query.size);
  const ids = page.map(({ id }) => id);
  const { documents, trends } = await readPage(search, { base, days, ids, entity: query.entity, frame });
  const field = detector.patterns?.field;
  return {
    total: aggregations?.listed.doc_count ?? 0,
    patterns: ids.flatMap((id) => {
      const document = documents.get(id);
      return document === undefined
        ? []
        : [bodyOf(document, trends, { now: to, span, detector, search: search_ })];
    }),
    interval_ms: frame.interval,
    from: iso(frame.from),
    to: iso(to),
    states: Object.fromEntries(
      (aggregations?.states.buckets ?? []).map(({ key, doc_count }) => [key, doc_count]),
    ),
    entities: (aggregations?.entities.buckets ?? []).map(({ key }) => key).filter(isShown),
    other_logs: totals.get(OTHER_PATTERNS) ?? 0,
    events: events.hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [eventOf(_source)])),
    ...(field !== undefined && { field }),
    ...(since !== undefined && { counting_since: since }),
  };
}

function patternFilter(base: readonly Query[], { ignored, entity, text }: ListQuery): Query[] {
  return [
    ...base,
    { term: { kind: 'pattern' } },
    { bool: { must_not: [{ exists: { field: 'merged_into' } }] } },
    ...(ignored === 'show' ? [] : [{ term: { is_ignored: ignored === 'only' } }]),
    ...(entity === undefined ? [] : [{ term: { entities: entity } }]),
    ...(text === undefined ? [] : [{ match: { text: { query: text, operator: 'and' as const } } }]),
  ];
}

function stateFilter({ state }: ListQuery): Query {
  if (state === 'all') return { match_all: {} };
  if (state === 'usual') return { term: { state } };
  const states = state === 'changed' ? PATTERN_STATES.filter((each) => each !== 'usual') : [state];
  return { terms: { states: [...states] } };
}

function sorted(
  patterns: readonly ListedPattern[],
  { sort, order }: ListQuery,
  totalOf: (pattern: ListedPattern) => number,
): ListedPattern[] {
  const keyOf = (pattern: ListedPattern): readonly number[] => {
    switch (sort) {
      case 'logs':
        return [totalOf(pattern)];
      case 'recent':
      case 'first':
        return [pattern.time];
      case 'state':
        return [Number(pattern.isChanged), pattern.time, totalOf(pattern)];
    }
  };
  const sign = order === 'asc' ? 1 : -1;
  return patterns
    .map((pattern) => ({ pattern, key: keyOf(pattern) }))
    .sort((one, other) => {
      for (let place = 0; place < one.key.length; place++) {
        const difference = one.key[place] - other.key[place];
        if (difference !== 0) return sign * difference;
      }
      return one.pattern.id < other.pattern.id ? -1 : 1;
    })
    .map(({ pattern }) => pattern);
}

/** A pattern as it takes to put it in its place. */
interface ListedPattern {
  readonly id: string;
  readonly isChanged: boolean;
  /** Time that it is sorted by, epoch milliseconds; 0 where it is sorted by none. */
  readonly time: number;
}

function columnOf({ fields }: estypes.SearchHit<unknown>, name: string): string {
  const [value] = (fields?.[name] ?? []) as readonly unknown[];
  return String(value ?? '');
}

/** Returns the patterns that were counted, in no order. */
function listedOf({ listed, changed }: Partial<FoundAggregations> = {}): ListedPattern[] {
  const areChanged = new Set(changed?.patterns.buckets.map(({ key }) => key));
  return (listed?.patterns.buckets ?? []).map(({ key: id, time }) => ({
    ...{ id, isChanged: areChanged.has(id), time: time?.value ?? 0 },
  }));
}

/**
 * Ids of what became a part of each pattern, by way of others as well. They tell its place; which logs
 * are its own its document says, since what became a part of it may have been forgotten, or taken apart, and been seen again.
 */
function membersByPattern(merged: estypes.SearchResponse<unknown>): ReadonlyMap<string, readonly string[]> {
  const into = new Map(
    merged.hits.hits.map((hit) => [columnOf(hit, 'pattern_id'), columnOf(hit, 'merged_into')] as const),
  );
  const members = new Map<string, string[]>();
  for (const id of into.keys()) {
    let end = id;
    for (let steps = 0; into.has(end) && steps < into.size; steps++) end = into.get(end)!;
    const of = members.get(end) ?? [];
    of.push(id);
    members.set(end, of);
  }
  return members;
}

function bodyOf(
  document: PatternDocument,
  trends: Trends,
  {
    now,
    span,
    detector: { patterns, time_zone: zone },
    search,
  }: { now: number; span: number; detector: Detector; search: MessageSearch },
): LogPatternBody {
  const model = modelOf(document);
  const parts = model.members.map((id) => trends(id));
  const trend = trends(model.id).map((logs, place) => parts.reduce((sum, each) => sum + each[place], logs));
  const time = Math.max(now, model.profile.at);
  const local = localTimeIn(zone);
  const exposures = new Exposures(time, span, local).since(model.since);
  const rates = new UsualRates(profileInZone(model.profile, zone), exposures, time);
  return {
    id: model.id,
    text: document.text,
    state: document.state,
    state_since: iso(document.state_since),
    entity_states: [...model.series].flatMap(([entity, { state, stateSince }]) =>
      isShown(entity) && state !== 'usual' ? [{ entity, state, since: iso(stateSince) }] : [],
    ),
    entities: document.entities.filter(isShown),
    first_seen: iso(document.first_seen),
    last_seen: iso(document.last_seen),
    ...(document.level !== undefined && { level: document.level }),
    example: document.example,
    ...(document.ignored != null && { ignored: document.ignored }),
    logs: trend.reduce((sum, logs) => sum + logs, 0),
    trend,
    usual_per_hour: (rates.at(hourOfWeek(local(time)), 0.05).mean * HOUR) / span,
    kql: kqlOfForms(model, patterns?.field ?? 'message', search),
    ...(model.forms !== undefined && { forms: model.forms.map(patternText) }),
    ...(model.isToBeTakenApart === true && { is_to_be_taken_apart: true as const }),
  };
}

const eventOf = ({
  kind: _kind,
  detector_id: _detector,
  '@timestamp': time,
  ...event
}: EventDocument): ApiResponse<Endpoints['listLogPatterns']>['events'][number] => ({
  time: iso(time),
  ...event,
});

/** Field of the time that patterns are sorted by. */
const TIME_FIELDS = {
  logs: undefined,
  recent: 'last_seen',
  first: 'first_seen',
  state: 'state_since',
} as const satisfies Record<ListQuery['sort'], string | undefined>;

/** All patterns with what puts them in their places, as sums, which take a fraction of the time of as many hits. */
function patternsRequest(
  { base, chosen: filter }: { base: readonly Query[]; chosen: Query[] },
  query: ListQuery,
): estypes.SearchRequest {
  const field = TIME_FIELDS[query.sort];
  const ids = { terms: { field: 'pattern_id', size: MOST_COUNTED } };
  const chosen = stateFilter(query);
  const isChanged: Query = { bool: { filter: [chosen], must_not: [{ term: { state: 'usual' } }] } };
  return {
    size: 0,
    track_total_hits: false,
    query: { bool: { filter } },
    aggs: {
      listed: {
        filter: chosen,
        aggs: {
          patterns: { ...ids, ...(field !== undefined && { aggs: { time: { max: { field } } } }) },
        },
      },
      changed: { filter: isChanged, aggs: { patterns: ids } },
      states: { terms: { field: 'states', size: PATTERN_STATES.length } },
      entities: { terms: { field: 'entities', size: ENTITIES_SHOWN, order: { _key: 'asc' } } },
      // Of all patterns of the detector, whichever are chosen.
      since: {
        global: {},
        aggs: {
          patterns: {
            filter: { bool: { filter: [...base, { term: { kind: 'pattern' } }] } },
            aggs: { first: { min: { field: 'first_seen' } } },
          },
        },
      },
    },
  };
}

/** Logs of each pattern; where none has its place by its logs, of those alone that are counted together. */
function totalsRequest(days: readonly Query[], { sort }: ListQuery): estypes.SearchRequest {
  const isByLogs = sort === 'logs' || sort === 'state';
  return {
    size: 0,
    query: {
      bool: { filter: isByLogs ? [...days] : [...days, { term: { pattern_id: OTHER_PATTERNS } }] },
    },
    aggs: {
      patterns: {
        terms: { field: 'pattern_id', size: MOST_COUNTED },
        aggs: { logs: { sum: { field: 'logs' } } },
      },
    },
  };
}

/** Patterns that became a part of others. */
const membersRequest = (base: readonly Query[]): estypes.SearchRequest => ({
  size: MOST_COUNTED,
  _source: false,
  docvalue_fields: ['pattern_id', 'merged_into'].map((field) => ({ field })),
  query: {
    bool: {
      filter: [...base, { term: { kind: 'pattern' } }, { exists: { field: 'merged_into' } }],
      must_not: [{ term: { is_joining: true } }],
    },
  },
});

function eventsRequest(
  base: readonly Query[],
  { from, to }: { from: number; to: number },
  entity: string | undefined,
): estypes.SearchRequest {
  return {
    size: EVENTS_SHOWN,
    query: {
      bool: {
        filter: [
          ...base,
          { term: { kind: 'event' } },
          { range: { '@timestamp': { gte: from, lt: to, format: 'epoch_millis' } } },
          ...(entity === undefined ? [] : [{ term: { entity } }]),
        ],
      },
    },
    sort: [{ '@timestamp': { order: 'desc', unmapped_type: 'date' } }],
  };
}

/** Logs by pattern. */
function totalsOf(counted: estypes.SearchResponse<unknown>): Map<string, number> {
  return new Map(
    (
      (
        counted.aggregations as
          { patterns?: { buckets: { key: string; logs: { value: number } }[] } } | undefined
      )?.patterns?.buckets ?? []
    ).map(({ key, logs }) => [key, logs.value]),
  );
}

/** Reads the patterns of a page, and then the counts of all that each says is a part of it. */
async function readPage(
  search: Search,
  page: {
    readonly base: readonly Query[];
    readonly days: readonly Query[];
    readonly ids: readonly string[];
    readonly entity: string | undefined;
    readonly frame: Frame;
  },
): Promise<{ readonly documents: ReadonlyMap<string, PatternDocument>; readonly trends: Trends }> {
  const { base, days, ids, entity, frame } = page;
  if (ids.length === 0) return { documents: new Map(), trends: () => [] };
  const whole = await search<PatternDocument>({
    size: ids.length,
    query: {
      bool: { filter: [...base, { term: { kind: 'pattern' } }, { terms: { pattern_id: [...ids] } }] },
    },
  });
  const patterns = whole.hits.hits.flatMap(({ _source }) => _source ?? []);
  const counted = new Set(patterns.flatMap(({ pattern_id: id, model }) => [id, ...model.members]));
  const filter: Query[] = [...days, { terms: { pattern_id: [...counted] } }];
  return {
    documents: new Map(patterns.map((pattern) => [pattern.pattern_id, pattern])),
    trends: await readTrends(search, filter, frame, entity),
  };
}
