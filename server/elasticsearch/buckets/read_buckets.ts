import { z } from 'zod';
import { bucketDocuments, rowIdOf, silentRow, spanOf, type BucketRow } from '../../../common/buckets';
import { type Detector } from '../../../common/detector';
import { parseWith } from '../../../common/validation';
import type { SourceLog } from '../../../common/log_document';
import type { LogPage, LogRange, ReadOptions } from '../../detection/ports';
import { throwIfAborted, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { queryOf } from '../transport/log_query';
import { aggregateRows, bucketSources, MOST_SPANS_A_REQUEST } from './aggregate_rows';
import { entityTerms, type EntityKey } from '../transport/entity_terms';
import { rowsWithPlaces, type ListOptions } from './entities';
import { openMemory, wholeRange, type BucketMemory } from './memory';
import { ReadingPace } from './reading_pace';
import { joined } from './sample_buckets';

/** Rows of one page, about; a bucket is never torn apart. */
const ROWS_A_PAGE = 5_000;
/** Requests under way at a time: while one answer is read, the next are computed. */
const LANES = 2;
/** Requests under way where each log is read: how long one takes decides on the next. */
const LANES_OF_LOGS = 1;
/** Buckets of the first page, before it is known how many entities there are. */
const FIRST_BUCKETS = 12;

const positionSchema = z.strictObject({ v: z.literal(1), next: z.number() });

export type BucketReadOptions = ReadOptions & Pick<ListOptions, 'policy' | 'anomalous'>;

/** Makes rows into logs, each with an id that is the same whenever it is computed. */
export function sourceLogs(detector: Detector): (row: BucketRow) => SourceLog {
  const documentOf = bucketDocuments(detector);
  const { index } = detector.source;
  return (row) => ({ index, id: rowIdOf(detector, row), document: documentOf(row) });
}

/**
 * The rows of all buckets that lie in the range as a whole, in the order of time, silent entities included; see
 * `LogSource.read`. The position after a page is the start of the next bucket.
 */
export async function* readBuckets(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: BucketReadOptions,
): AsyncGenerator<LogPage, void, undefined> {
  const { signal, policy, anomalous } = options;
  const span = spanOf(detector);
  const logOf = sourceLogs(detector);
  const from =
    options.after === undefined
      ? Math.floor(range.from / span) * span
      : parseWith(positionSchema, options.after, 'The reading position').next;
  const to = Math.floor(range.to / span) * span;
  if (from >= to) return;
  const memory = await openMemory(
    client,
    detector,
    { ...range, from, to },
    {
      stored: options.memory,
      options: {
        signal,
        policy,
        anomalous,
      },
    },
  );
  const rowsWanted = Math.min(options.pageSize ?? ROWS_A_PAGE, ROWS_A_PAGE);
  let perBucket = memory.known(from).length;
  const pace = detector.bucket?.events === undefined ? undefined : new ReadingPace();
  const most = pace === undefined ? LANES : LANES_OF_LOGS;
  const lanes: { start: number; end: number; rows: Promise<BucketRow[]> }[] = [];
  let next = from;
  const launch = (): void => {
    const wanted =
      perBucket === 0 ? Math.min(FIRST_BUCKETS, rowsWanted) : Math.max(1, Math.floor(rowsWanted / perBucket));
    const buckets = Math.min(wanted, pace?.buckets ?? wanted);
    const [start, end] = [next, Math.min(to, next + buckets * span)];
    const entities = memory.places();
    const request = {
      range,
      spans: [{ from: start, to: end }],
      common: memory.common,
      ...(entities && { entities }),
    };
    const rows = aggregateRows(client, detector, { span, request, options: { signal, policy } });
    rows.catch(() => {}); // awaited in its turn
    lanes.push({ start, end, rows });
    next = end;
  };
  while (lanes.length > 0 || next < to) {
    const asked = performance.now();
    while (lanes.length < most && next < to) launch();
    const { start, end, rows } = lanes.shift() as (typeof lanes)[number];
    const found = await rows;
    pace?.took(performance.now() - asked, (end - start) / span);
    throwIfAborted(signal, `sum up "${range.index}"`);
    const complete = withSilence(found, { from: start, to: end, span, detector, memory });
    if (await memory.choose(end)) {
      // Rows under way were asked for with the places of before: entities that are new among them would look silent.
      lanes.length = 0;
      next = end;
    }
    perBucket = Math.max(perBucket, Math.ceil(complete.length / ((end - start) / span)));
    if (complete.length === 0) continue;
    yield {
      logs: complete.map(logOf),
      position: { v: 1, next: end },
      memory: memory.toJSON(),
      ...boundOf(memory),
    };
  }
}

const boundOf = (memory: BucketMemory): Pick<LogPage, 'bound'> => {
  const bound = memory.bound();
  return bound === undefined ? {} : { bound };
};

function withSilence(
  found: readonly BucketRow[],
  {
    from,
    to,
    span,
    detector,
    memory,
  }: { from: number; to: number; span: number; detector: Detector; memory: BucketMemory },
): BucketRow[] {
  const complete: BucketRow[] = [];
  let next = 0;
  for (let start = from; start < to; start += span) {
    const known = new Set(memory.known(start));
    const first = next;
    while (next < found.length && found[next].start === start) next++;
    const { rows, bound } = rowsWithPlaces(found.slice(first, next), detector);
    if (bound !== undefined) memory.leftOut(bound);
    for (const row of rows) {
      known.delete(row.entity);
      if (memory.saw(row.entity, start)) complete.push(row);
    }
    for (const entity of known) complete.push(silentRow(start, entity, detector));
    memory.tidy(start);
  }
  return complete;
}

/**
 * Rows that have changed since they were read: those with logs that were indexed within the range but happened in
 * buckets that the range's own query bounds. They are summed up anew, under the ids that they had. Those of entities that have no
 * place come by themselves: they only change what stands.
 */
export async function* rereadBuckets(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: BucketReadOptions,
): AsyncGenerator<LogPage, void, undefined> {
  const { signal, policy, anomalous } = options;
  const span = spanOf(detector);
  const logOf = sourceLogs(detector);
  const late = await lateKeys(client, detector, { range, span, options: { signal, policy } });
  if (late.size === 0) return;
  const starts = [...late.keys()].sort((one, other) => one - other);
  const whole = wholeRange(range, detector);
  const memory = await openMemory(client, detector, whole, {
    stored: options.memory,
    options: { signal, policy, anomalous },
  });
  for (let place = 0; place < starts.length; place += MOST_SPANS_A_REQUEST) {
    const chosen = starts.slice(place, place + MOST_SPANS_A_REQUEST);
    const entities = [...new Set(chosen.flatMap((start) => [...(late.get(start) ?? [])]))];
    const found = await aggregateRows(client, detector, {
      span,
      request: { range, spans: joined(chosen, span), entities, common: memory.common },
      options: { signal, policy },
    });
    const rows: BucketRow[] = [];
    const others: BucketRow[] = [];
    for (const row of found) {
      if (late.get(row.start)?.has(row.entity) !== true) continue;
      (memory.saw(row.entity, row.start) ? rows : others).push(row);
    }
    if (rows.length > 0) {
      yield { logs: rows.map(logOf), position: undefined, memory: memory.toJSON(), revises: true };
    }
    // An entity without a place may have had one: what was then told of it is no longer true.
    for (let first = 0; first < others.length; first += ROWS_A_PAGE) {
      const logs = others.slice(first, first + ROWS_A_PAGE).map(logOf);
      yield { logs, position: undefined, revises: true, onlyStanding: true };
    }
  }
}

/** Entities with late logs, by the start of the bucket. */
async function lateKeys(
  client: ElasticsearchClient,
  detector: Detector,
  { range, span, options }: { range: LogRange; span: number; options: RequestOptions },
): Promise<Map<number, Set<string>>> {
  const keys = new Map<number, Set<string>>();
  const entity = await entityTerms(client, detector, options);
  const pages = compositePages<{ key: EntityKey & { start: number } }>(
    client,
    {
      index: range.index,
      query: { bool: { filter: [queryOf(range, 'ingested'), ...entity.filter] } },
      sources: bucketSources(entity, range, span),
      what: `find late logs of "${range.index}"`,
    },
    options,
  );
  for await (const { buckets } of pages) {
    for (const { key } of buckets) {
      const entities = keys.get(key.start) ?? new Set();
      const name = entity.entityOf(key);
      if (name !== undefined) keys.set(key.start, entities.add(name));
    }
  }
  return keys;
}
