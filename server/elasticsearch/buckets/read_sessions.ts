import { z } from 'zod';
import { spanOf } from '../../../common/buckets';
import type { Detector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import { parseWith } from '../../../common/validation';
import type { LogPage, LogRange } from '../../detection/ports';
import { attempt, throwIfAborted, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { entityTerms, type EntityKey } from '../transport/entity_terms';
import { queryOf, timeSort } from '../transport/log_query';
import { searchWhole } from '../transport/whole_answer';
import { closedSessions, sessionsOf, type SessionRow } from './closed_sessions';
import { openMemory, wholeRange } from './memory';
import { sourceLogs, type BucketReadOptions } from './read_buckets';
import { longSessions } from './session_candidates';
import { sessionSettings } from './session_chains';

/** Sessions of one page, about. */
const SESSIONS_A_PAGE = 2_000;
/** Steps without a session after which a run can stop, and where logs go on is looked for. */
const EMPTY_STEPS = 20;
/** Ids with late logs that are looked at together. */
const LATE_IDS = 200;

const positionSchema = z.strictObject({ v: z.literal(1), next: z.number() });

/** Of what a reader of buckets remembers sessions need the common values alone: none of them is expected again. */
const withoutSilence = (detector: Detector): Detector => ({
  ...detector,
  bucket: detector.bucket && { ...detector.bucket, silence: false },
});

/**
 * The sessions that are over within the range, in the order in which they were; see `LogSource.read`. A page replaces what
 * is stored of its sessions: late logs may have opened one again. In time without sessions pages come without rows, for their position.
 */
export async function* readSessions(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: BucketReadOptions,
): AsyncGenerator<LogPage, void, undefined> {
  const { signal, policy } = options;
  const step = spanOf(detector);
  const logOf = sourceLogs(detector);
  let next =
    options.after === undefined
      ? Math.floor(range.from / step) * step
      : parseWith(positionSchema, options.after, 'The reading position').next;
  const to = Math.floor(range.to / step) * step;
  if (next >= to) return;
  const memory = await openMemory(
    client,
    withoutSilence(detector),
    { ...range, from: next, to },
    {
      stored: options.memory,
      options: {
        signal,
        policy,
      },
    },
  );
  // Within a gap the cluster can tell which sessions are over.
  const { gap } = sessionSettings(detector);
  const longest = Math.max(MINUTE, Math.floor(gap / MINUTE) * MINUTE);
  const wanted = Math.min(options.pageSize ?? SESSIONS_A_PAGE, SESSIONS_A_PAGE);
  const most = detector.bucket?.max_entities ?? Infinity;
  let length = MINUTE;
  let empty = 0;
  while (next < to) {
    const end = Math.min(to, next + length);
    const request = { range, common: memory.common };
    const { rows, bound } = await closedSessions(client, detector, request, {
      within: { from: next, to: end },
      most,
      options: {
        signal,
        policy,
      },
    });
    throwIfAborted(signal, `read sessions of "${range.index}"`);
    next = end;
    if (rows.length < wanted / 2) length = Math.min(longest, 2 * length);
    else if (rows.length > wanted) length = Math.max(MINUTE, Math.floor(length / 2 / MINUTE) * MINUTE);
    empty = rows.length === 0 ? empty + 1 : 0;
    if (empty % EMPTY_STEPS !== 0) continue;
    if (empty > 0 && next < to) {
      const first = await firstBegin(client, detector, { ...range, from: next, to }, { signal, policy });
      // None that begins then is over earlier than a gap later.
      next = Math.max(next, Math.min(to, Math.floor((first + gap) / step) * step));
    }
    yield {
      logs: rows.map(logOf),
      position: { v: 1, next },
      memory: memory.toJSON(),
      replaces: true,
      ...(bound && { bound }),
    };
  }
}

/** Time of the first log with an id that a session may have which is over within the range; infinite where there is none. */
async function firstBegin(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: RequestOptions,
): Promise<number> {
  const found = await timeSort(client, range, 'timestamp', options);
  if (found === undefined) return Infinity;
  const field = detector.bucket?.session?.field ?? '';
  const from = range.from - sessionSettings(detector).longest;
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        {
          index: range.index,
          size: 1,
          track_total_hits: false,
          allow_no_indices: true,
          _source: false,
          query: { bool: { filter: [queryOf({ ...range, from }), { exists: { field } }] } },
          sort: [found.sort],
        },
        { signal: options.signal },
      ),
    { what: `find where logs of "${range.index}" go on`, ...options },
  );
  const [time] = answer.hits.hits[0]?.sort ?? [];
  if (time === undefined) return Infinity;
  return found.isOfMilliseconds ? Number(time) : Date.parse(String(time));
}

/**
 * Sessions that late logs have changed: those of ids with logs that were indexed within the range. One that began later before, or
 * was two, comes as gone. Those that are not over yet come when they are.
 */
export async function* rereadSessions(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: BucketReadOptions,
): AsyncGenerator<LogPage, void, undefined> {
  const { signal, policy } = options;
  const { gap, longest } = sessionSettings(detector);
  const closedTo = range.closedTo ?? Infinity;
  const late = await changedIds(client, detector, range, options);
  if (late.size === 0) return;
  const logOf = sourceLogs(detector);
  const whole = wholeRange(range, detector);
  const memory = await openMemory(client, withoutSilence(detector), whole, {
    stored: options.memory,
    options: {
      signal,
      policy,
    },
  });
  const request = { range: whole, common: memory.common, since: range.from };
  const ids = [...late.keys()].sort((one, other) => late.get(one)!.first - late.get(other)!.first);
  for (let place = 0; place < ids.length; place += LATE_IDS) {
    const part = ids.slice(place, place + LATE_IDS);
    const times = part.map((id) => late.get(id) as Late);
    const within = {
      from: Math.min(...times.map(({ first }) => first)) - longest - gap,
      to: Math.max(...times.map(({ last }) => last)) + gap + longest,
    };
    const gone: SessionRow[] = [];
    const isNear = (id: string, start: number): boolean => {
      const { first, last } = late.get(id) as Late;
      return start >= first - longest && start <= last + gap;
    };
    const rows = await sessionsOf(client, detector, request, {
      ids: part,
      within,
      options: { signal, policy },
      isWanted: ({ start, closedAt }, id) => isNear(id, start) && closedAt < closedTo,
      told: (id, chains, earlier) => {
        const starts = new Set(chains.map(({ start }) => start));
        for (const start of earlier) {
          // One that was over has lasted for a gap at least.
          if (starts.has(start) || !isNear(id, start) || start + gap >= closedTo) continue;
          gone.push(goneRow(id, start));
        }
      },
    });
    for (let first = 0; first < gone.length; first += SESSIONS_A_PAGE) {
      const logs = gone.slice(first, first + SESSIONS_A_PAGE).map(logOf);
      yield { logs, position: undefined, revises: true, onlyStanding: true, areGone: true };
    }
    if (rows.length > 0) {
      yield { logs: rows.map(logOf), position: undefined, memory: memory.toJSON(), revises: true };
    }
  }
}

const goneRow = (entity: string, start: number): SessionRow => ({
  start,
  end: start,
  closedAt: start,
  entity,
  count: 0,
  errors: 0,
  distinct: {},
  rare: {},
});

/** Own times of the first and last late log of an id, epoch milliseconds. */
interface Late {
  readonly first: number;
  readonly last: number;
}

/**
 * Ids with late logs, without those that only have some from less than a gap before the end: no session that they belong to is over,
 * unless it has reached its longest time since. So ids that never fall silent are not read each time.
 */
async function changedIds(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: BucketReadOptions,
): Promise<Map<string, Late>> {
  const late = await lateIds(client, detector, range, options);
  const { gap } = sessionSettings(detector);
  const closedTo = range.closedTo ?? Infinity;
  const recent = [...late].flatMap(([id, { first }]) => (first >= closedTo - gap ? [{ id, first }] : []));
  if (recent.length === 0) return late;
  const { signal, policy } = options;
  const from = recent.reduce((least, { first }) => Math.min(least, first), Infinity);
  const ids = recent.map(({ id }) => id);
  const logs = wholeRange(range, detector);
  const long = await longSessions(client, detector, logs, {
    within: { from, to: closedTo },
    ids,
    options: { signal, policy },
  });
  for (const id of ids) if (!long.has(id)) late.delete(id);
  return late;
}

async function lateIds(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  { signal, policy }: BucketReadOptions,
): Promise<Map<string, Late>> {
  const entity = await entityTerms(client, detector, { signal, policy });
  const pages = compositePages<{ key: EntityKey; first: { value: number }; last: { value: number } }>(
    client,
    {
      index: range.index,
      query: { bool: { filter: [queryOf(range, 'ingested'), ...entity.filter] } },
      sources: entity.sources,
      aggs: {
        first: { min: { field: range.timestampField } },
        last: { max: { field: range.timestampField } },
      },
      what: `find late logs of "${range.index}"`,
    },
    { signal, policy },
  );
  const late = new Map<string, Late>();
  for await (const { buckets } of pages) {
    for (const { key, first, last } of buckets) {
      const id = entity.entityOf(key);
      if (id !== undefined) late.set(id, { first: first.value, last: last.value });
    }
  }
  return late;
}
