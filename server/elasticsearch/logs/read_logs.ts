import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import { parseWith } from '../../../common/validation';
import type { LogPage, LogRange, ReadOptions } from '../../detection/ports';
import type { RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import {
  queryOf,
  refuseVanished,
  timeFieldOf,
  timeSort,
  type ClockOfLogs,
  type TimeSort,
} from '../transport/log_query';
import { planFields, type Hit } from '../transport/field_plan';
import { searchPages } from '../transport/search_pages';
import type { StretchesOfSearch } from '../transport/stretches';
import { toSourceLogs } from './source_logs';

/** Sorts after every document of a shard. */
const END_OF_SHARD = Number.MAX_SAFE_INTEGER;

/**
 * Position at which reading stopped, valid beyond the point in time: time, index and sequence number of the last log.
 * Shards of one index number independently, so at the most one log a shard shares all three: `seen` has their ids.
 */
const positionSchema = z.strictObject({
  v: z.literal(1),
  by: z.enum(['timestamp', 'ingested']),
  last: z.tuple([z.union([z.string(), z.number()]), z.string(), z.number()]),
  seen: z.array(z.string()).max(10_000),
});
type Position = z.output<typeof positionSchema>;

type Place = Position['last'];

const placeOf = (sort: estypes.SortResults | undefined): Place => (sort ?? []).slice(0, 3) as Place;
const isSame = (one: Place, other: Place): boolean => one.every((value, level) => value === other[level]);

/** Returns the place with its time as this search sorts by it: earlier versions wrote ISO 8601, and so do ranges of nanoseconds. */
function sameKindOf([time, ...rest]: Place, { isOfMilliseconds }: Pick<TimeSort, 'isOfMilliseconds'>): Place {
  if (isOfMilliseconds === (typeof time === 'number')) return [time, ...rest];
  return [isOfMilliseconds ? Date.parse(String(time)) : new Date(time).toISOString(), ...rest];
}

/** Sort values just before all logs at that place. */
const before = ([time, index, sequence]: Place): estypes.SortResults => [
  time,
  index,
  sequence - 1,
  END_OF_SHARD,
];

/** Last time that ISO 8601 writes with a year of four digits. */
const LAST_TIME = Date.UTC(9999, 11, 31);

/**
 * Returns stretches of a range. A log may have several times: the range and the stretch hold it by any of them, and it is sorted by its
 * first. Where a stretch begins is therefore a place in the order, and its end a bound of the query: a log that has a time before the
 * end, and whose first is not before the beginning, has its first time in the stretch.
 */
function stretchesOf(
  range: LogRange,
  by: ClockOfLogs,
  { isOfMilliseconds }: Pick<TimeSort, 'isOfMilliseconds'>,
): StretchesOfSearch {
  const timeOf = ({ sort }: Hit): number =>
    isOfMilliseconds ? Number(sort?.[0]) : Date.parse(String(sort?.[0]));
  const isCut = (time: number): boolean => time >= Math.max(0, range.from) && time <= LAST_TIME;
  return {
    end: range.to,
    timeOf,
    canFollow: (hits) => isCut(timeOf(hits[0])) && isCut(timeOf(hits[hits.length - 1])),
    placeOf: (from, to, after) => {
      const time = { gte: from, lt: to, format: 'epoch_millis' };
      return {
        query: { bool: { filter: [queryOf(range, by), { range: { [timeFieldOf(range, by)]: time } }] } },
        after: after ?? [isOfMilliseconds ? from : new Date(from).toISOString(), '', -1, -1],
      };
    },
  };
}

/** All logs of the range in the order of the chosen clock; see `LogSource.read`. */
export async function* readLogs(
  client: ElasticsearchClient,
  range: LogRange,
  options: ReadOptions & { policy?: RetryPolicy } = {},
): AsyncGenerator<LogPage, void, undefined> {
  const { by = 'timestamp', fields, pageSize, signal, policy } = options;
  const start =
    options.after === undefined
      ? undefined
      : parseWith(positionSchema, options.after, 'The reading position');
  if (range.to <= range.from) return;
  const found = await timeSort(client, range, by, { signal, policy });
  if (found === undefined) return;
  const { index, timestampField } = range;
  const plan = await planFields(client, index, { fields, timestampField }, { signal, policy });
  let last = start && sameKindOf(start.last, found);
  let seen = new Set(start?.seen);
  const pages = searchPages(client, {
    index,
    query: queryOf(range, by),
    sort: [found.sort, { _index: 'asc' }, { _seq_no: 'asc' }, { _shard_doc: 'asc' }],
    asked: plan.request,
    pageSize,
    after: last && before(last),
    isUsuallySmall: true,
    stretches: stretchesOf(range, by, found),
    resumeFrom: (lost) => ({ after: before(placeOf(lost)) }),
    whenLost: () => refuseVanished(client, index, found.indices, { signal, policy }),
    what: `read logs of "${index}"`,
    signal,
    policy,
  });
  for await (const page of pages) {
    const hits = last === undefined ? page : withoutSeen(page, last, seen);
    if (hits.length === 0) continue;
    const place = placeOf(hits[hits.length - 1].sort);
    const tied = new Set<string>(last !== undefined && isSame(last, place) ? seen : []);
    for (let position = hits.length - 1; position >= 0; position--) {
      if (!isSame(placeOf(hits[position].sort), place)) break;
      tied.add(hits[position]._id as string);
    }
    last = place;
    seen = tied;
    const position: Position = { v: 1, by, last, seen: [...seen] };
    yield { logs: await toSourceLogs(client, index, plan, { hits, options: { signal, policy } }), position };
  }
}

/** Only logs at the very place where reading stopped can have been seen: they come first. */
function withoutSeen(hits: Hit[], last: Place, seen: ReadonlySet<string>): Hit[] {
  let position = 0;
  while (position < hits.length && isSame(placeOf(hits[position].sort), last)) position++;
  if (position === 0) return hits;
  return [...hits.slice(0, position).filter((hit) => !seen.has(hit._id as string)), ...hits.slice(position)];
}
