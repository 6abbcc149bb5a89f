import type { estypes } from '@elastic/elasticsearch';
import type { BucketRow, EntityBound } from '../../../common/buckets';
import { DetectionError } from '../../../common/detection_error';
import type { Detector } from '../../../common/detector';
import { getField } from '../../../common/log_features';
import { EventCounter, SharedTexts } from '../../../common/log_features/events/event_tally';
import type { LogRange } from '../../detection/ports';
import { scalarIn, timestampOf } from '../../detection/scoring/log_values';
import { readLogs } from '../logs/read_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { entityTerms, type EntityKey, type EntitySources } from '../transport/entity_terms';
import { queryOf, queryOfSource } from '../transport/log_query';
import { measures, rowOf, type Cell } from './aggregate_rows';
import { eventOfLog } from './count_events';
import type { LabelFields } from './label_fields';
import { EarlierBeginnings } from './earlier_beginnings';
import { countOf, KeptLogs, type SessionLog } from './kept_logs';
import { candidatesOf, chosenOf, IDS_A_REQUEST, spansWithinGap, type Candidate } from './session_candidates';
import { chainsOf, sessionSettings, type Chain, type Span } from './session_chains';

/** Sessions with other logs of the same id around them, of one request: a clause each, of which Elasticsearch takes 1,024. */
const CLAUSES_A_REQUEST = 200;
/** Logs that are held at a time. */
export const MOST_LOGS = 300_000;

export interface SessionRequest {
  /** Of the logs; its times do not matter. */
  readonly range: LogRange;
  readonly common: Readonly<Record<string, readonly string[]>>;
  readonly labels?: LabelFields;
  /** Messages of rows that memory holds beside those of this request. */
  readonly texts?: SharedTexts;
  /** With late logs: what was indexed before, epoch milliseconds, has been looked at. */
  readonly since?: number;
}

export interface ClosedSessions {
  /** In the order in which they were over. */
  readonly rows: readonly SessionRow[];
  readonly bound?: EntityBound;
}

export interface SessionRow extends BucketRow {
  readonly closedAt: number;
}

/**
 * The sessions that are over within a span of time. First the cluster names the ids that may have one, then their logs are read, their
 * message and time alone, as far back as a session may reach, and cut into sessions.
 *
 * @param most sessions of one minute; of more a choice by their id, which is the same each time
 */
export async function closedSessions(
  client: ElasticsearchClient,
  detector: Detector,
  request: SessionRequest,
  { within: { from, to }, most, options }: { within: Span; most: number; options: RequestOptions },
): Promise<ClosedSessions> {
  const settings = sessionSettings(detector);
  const candidates: Candidate[] = [];
  for (const span of spansWithinGap({ from, to }, settings)) {
    const found = await candidatesOf(client, detector, request.range, { within: span, settings, options });
    for (const candidate of found) candidates.push(candidate);
  }
  const { ids, bound } = chosenOf(candidates, most);
  const within = { from: from - settings.longest - settings.gap, to };
  const rows = await sessionsOf(client, detector, request, {
    ids,
    within,
    options,
    isWanted: ({ closedAt }) => closedAt >= from && closedAt < to,
  });
  rows.sort((one, other) => one.closedAt - other.closedAt || (one.entity < other.entity ? -1 : 1));
  return { rows, ...(bound && { bound }) };
}

type RequestWithTexts = SessionRequest & { readonly texts: SharedTexts };

interface LogsOfId {
  readonly kept: KeptLogs;
  /** With `since`. */
  readonly earlier?: EarlierBeginnings;
}

interface SessionOfId {
  readonly id: string;
  readonly chain: Chain<SessionLog>;
}

interface HeldLogs {
  readonly byId: ReadonlyMap<string, LogsOfId>;
  readonly held: number;
}

/**
 * Reads the logs of ids within a span of time and makes rows of their sessions. Of ids with many logs fewer are read together, so that
 * no more than {@link MOST_LOGS} are held.
 *
 * @param isWanted of those that are cut from these logs; one that begins at the very start of the span may have begun before
 * @param told with `since`: of each id its sessions, and where such may have begun before
 */
export async function sessionsOf(
  client: ElasticsearchClient,
  detector: Detector,
  given: SessionRequest,
  {
    ids,
    within,
    options,
    isWanted,
    told,
  }: {
    ids: readonly string[];
    within: Span;
    options: RequestOptions;
    isWanted: (chain: Chain<SessionLog>, id: string) => boolean;
    told?: (id: string, chains: readonly Chain<SessionLog>[], earlier: ReadonlySet<number>) => void;
  },
): Promise<SessionRow[]> {
  const settings = sessionSettings(detector);
  const entity = await entityTerms(client, detector, options);
  const request: RequestWithTexts = { ...given, texts: given.texts ?? new SharedTexts() };
  const rows: SessionRow[] = [];
  let many = IDS_A_REQUEST;
  for (let first = 0; first < ids.length;) {
    const part = ids.slice(first, first + many);
    const read = await readLogsOf(client, detector, request, { entity, ids: part, within, options });
    if (read === undefined) {
      many = Math.ceil(part.length / 2);
      continue;
    }
    first += part.length;
    if (read.held < MOST_LOGS / 2) many = Math.min(IDS_A_REQUEST, 2 * many);
    const alone: SessionOfId[] = [];
    const others: SessionOfId[] = [];
    for (const [id, { kept, earlier }] of read.byId) {
      const { logs } = kept;
      const chains = chainsOf(logs, settings);
      if (earlier !== undefined) told?.(id, chains, earlier.times);
      const wanted = chains.filter((chain) => isWanted(chain, id));
      for (const chain of wanted) {
        const isAlone = chain.logs.length === logs.length;
        (isAlone ? alone : others).push({ id, chain });
      }
    }
    const rowsOf = (own: readonly SessionOfId[], queries: estypes.QueryDslQueryContainer[]) =>
      measuredRows(client, detector, request, {
        entity,
        sessions: own,
        queries: [queryOf({ ...request.range, ...within }), ...queries],
        options,
      });
    if (alone.length > 0) {
      const selection = selectionOf(
        entity,
        alone.map(({ id }) => id),
        detector,
      );
      rows.push(...(await rowsOf(alone, selection)));
    }
    for (const batch of batchesOf(others)) {
      const should = batch.map(({ id, chain }): estypes.QueryDslQueryContainer => ({
        bool: {
          filter: [
            ...selectionOf(entity, [id], detector),
            {
              range: {
                [request.range.timestampField]: { gte: chain.start, lte: chain.end, format: 'epoch_millis' },
              },
            },
          ],
        },
      }));
      rows.push(...(await rowsOf(batch, [{ bool: { should, minimum_should_match: 1 } }])));
    }
  }
  return rows;
}

/** Batches with one session of each id: the cluster tells sessions apart by their id. */
function batchesOf<Item extends { readonly id: string }>(items: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  const nextOf = new Map<string, number>();
  for (const item of items) {
    let place = nextOf.get(item.id) ?? 0;
    while ((batches[place]?.length ?? 0) >= CLAUSES_A_REQUEST) place++;
    (batches[place] ??= []).push(item);
    nextOf.set(item.id, place + 1);
  }
  return batches.filter((batch) => batch.length > 0);
}

function selectionOf(
  entity: EntitySources,
  ids: readonly string[],
  { bucket, source }: Detector,
): estypes.QueryDslQueryContainer[] {
  const selection = entity.filterOf(ids);
  if (selection.length === 0) {
    throw new DetectionError(
      'invalid_input',
      `bucket.session.field is "${bucket?.session?.field}", which the indices of "${source.index}" map to different types; allowed: a field with one type`,
    );
  }
  return selection;
}

/** @returns undefined where several ids have more logs than are held at a time */
async function readLogsOf(
  client: ElasticsearchClient,
  detector: Detector,
  { range, since, texts }: RequestWithTexts,
  {
    entity,
    ids,
    within,
    options,
  }: { entity: EntitySources; ids: readonly string[]; within: Span; options: RequestOptions },
): Promise<HeldLogs | undefined> {
  const field = detector.bucket?.session?.field ?? '';
  const settings = sessionSettings(detector);
  const { timestampField, ingestedField } = range;
  const eventOf = eventOfLog(detector);
  const wanted = new Set(ids);
  const byId = new Map<string, LogsOfId>();
  let held = 0;
  const filter = [...queryOfSource(range.query), ...selectionOf(entity, ids, detector)];
  const events = detector.bucket?.events?.field;
  const pages = readLogs(
    client,
    { ...range, ...within, query: { bool: { filter } } },
    {
      fields: [
        ...(since === undefined ? [] : [ingestedField]),
        ...[timestampField, field, ...(events === undefined ? [] : [events])],
      ],
      signal: options.signal,
      policy: options.policy,
    },
  );
  for await (const { logs } of pages) {
    for (const { document } of logs) {
      const time = timestampOf(document, timestampField);
      if (time === undefined) continue;
      const message = eventOf(document);
      const event = message === undefined ? undefined : texts.one(message);
      const others = message !== undefined && event === undefined ? 1 : 0;
      const log = { time, stated: scalarIn(getField(document, timestampField)), event, others };
      for (const value of new Set([getField(document, field)].flat(2).map(String))) {
        if (!wanted.has(value)) continue;
        let own = byId.get(value);
        if (own === undefined) {
          const earlier = since === undefined ? undefined : new EarlierBeginnings(settings.gap, since);
          own = { kept: new KeptLogs(settings), ...(earlier && { earlier }) };
          byId.set(value, own);
        }
        const before = own.kept.logs.length;
        own.kept.add(log, held < MOST_LOGS);
        held += own.kept.logs.length - before;
        own.earlier?.add({ time, ingested: timestampOf(document, ingestedField) });
      }
    }
    if (held >= MOST_LOGS && ids.length > 1) return undefined;
  }
  for (const { kept } of byId.values()) kept.logs.sort(inOrder);
  return { byId, held };
}

/** Logs of one moment come in whatever order they were indexed: their text decides, which is the same each time. */
function inOrder(one: SessionLog, other: SessionLog): number {
  if (one.time !== other.time) return one.time - other.time;
  const isSame =
    one.stated === other.stated || typeof one.stated !== 'string' || typeof other.stated !== 'string';
  if (!isSame) return one.stated < other.stated ? -1 : 1;
  const [text, otherText] = [one.event ?? '', other.event ?? ''];
  return text === otherText ? 0 : text < otherText ? -1 : 1;
}

/** Has the cluster sum up what it can of the sessions that `queries` select, one of each id. */
async function measuredRows(
  client: ElasticsearchClient,
  detector: Detector,
  request: RequestWithTexts,
  {
    entity,
    sessions,
    queries,
    options,
  }: {
    entity: EntitySources;
    sessions: readonly SessionOfId[];
    queries: readonly estypes.QueryDslQueryContainer[];
    options: RequestOptions;
  },
): Promise<SessionRow[]> {
  const { range } = request;
  const pages = compositePages<Omit<Cell, 'key'> & { key: EntityKey }>(
    client,
    {
      index: range.index,
      query: { bool: { filter: [...queries, ...entity.filter] } },
      sources: entity.sources,
      aggs: measures(detector, request),
      requestCache: false,
      what: `sum up sessions of "${range.index}"`,
    },
    options,
  );
  const chains = new Map(sessions.map(({ id, chain }) => [id, chain]));
  const rows: SessionRow[] = [];
  for await (const { buckets } of pages) {
    for (const cell of buckets) {
      const id = entity.entityOf(cell.key);
      const chain = id === undefined ? undefined : chains.get(id);
      if (id === undefined || chain === undefined) continue;
      const { start, end, logs, isCut, closedAt } = chain;
      const row = rowOf({ ...cell, key: { ...cell.key, start } } as Cell, id, detector, request);
      rows.push({
        ...row,
        count: countOf(logs),
        end,
        closedAt,
        ...(isCut && { isCut }),
        ...(detector.bucket?.events !== undefined && { events: tallyOf(logs, request.texts) }),
      });
    }
  }
  return rows;
}

function tallyOf(logs: readonly SessionLog[], texts: SharedTexts) {
  const counter = new EventCounter(true, texts);
  for (const { event, others = 0 } of logs) {
    counter.addOthers(others);
    if (event !== undefined) counter.add(event);
  }
  return counter.toTally();
}
