import type { estypes } from '@elastic/elasticsearch';
import { DAY, MINUTE } from '../../../common/duration';
import { BY_PATTERN_AND_DAY, type Query } from './pattern_documents';
import { dayOf, entityKey, type CountsDocument } from './stored_pattern';

/** Documents of counts in one answer: of some all that is in them is read. */
const PAGE = 1_000;

export type Search = <Document>(request: estypes.SearchRequest) => Promise<estypes.SearchResponse<Document>>;

/** Time that is shown, and the intervals of its trend, the first of which may begin before it. Epoch milliseconds. */
export interface Frame {
  readonly from: number;
  readonly to: number;
  readonly interval: number;
  readonly begin: number;
}

/** Returns intervals of whole buckets; those of more than half a day are whole days in UTC, of which sums are stored. */
export function frameOf(time: { from: number; to: number }, intervals: number, span: number): Frame {
  const { to } = time;
  const from = Math.floor(time.from / span) * span;
  const whole = (unit: number, begin: number): number =>
    Math.max(unit, Math.ceil((to - begin) / intervals / unit) * unit);
  const interval = whole(span, from);
  if (interval <= DAY / 2) return { from, to, interval, begin: from };
  const begin = dayOf(from);
  return { from, to, interval: whole(DAY, begin), begin };
}

const placesOf = ({ to, interval, begin }: Frame): number => Math.ceil((to - begin) / interval);

/** Logs of each interval. */
export type Trends = (id: string) => readonly number[];

/**
 * Reads the logs of patterns in each interval of a time, of an entity or of all together.
 *
 * @param filter counts of the time and of these patterns
 */
export async function readTrends(
  search: Search,
  filter: readonly Query[],
  frame: Frame,
  entity: string | undefined,
): Promise<Trends> {
  const trends = new Map<string, number[]>();
  const add = (id: string, time: number, logs: number): void => {
    let trend = trends.get(id);
    if (trend === undefined) trends.set(id, (trend = new Array<number>(placesOf(frame)).fill(0)));
    trend[Math.floor((time - frame.begin) / frame.interval)] += logs;
  };
  const addMinutes = ({ pattern_id: id, day }: CountsDocument, minutes: Minutes): void => {
    for (const [minute, logs] of Object.entries(minutes)) {
      const time = day + Number(minute) * MINUTE;
      if (time >= frame.from && time < frame.to) add(id, time, logs);
    }
  };
  if (entity !== undefined) await minutesOfEntity(search, filter, entityKey(entity), addMinutes);
  else if (frame.interval % DAY === 0) {
    await wholeDays(search, [...filter, daysWithin(frame)], add);
    await minutesOfAll(search, [...filter, { bool: { must_not: [daysWithin(frame)] } }], addMinutes);
  } else await minutesOfAll(search, filter, addMinutes);
  return (id) => trends.get(id) ?? new Array<number>(placesOf(frame)).fill(0);
}

/** Logs by minute of the day. */
type Minutes = Readonly<Record<string, number>>;
type AddMinutes = (counts: CountsDocument, minutes: Minutes) => void;

/** Days all of which are in the time that is shown. */
const daysWithin = ({ from, to }: Frame): Query => ({
  range: { day: { gte: from, lte: to - DAY, format: 'epoch_millis' } },
});

/** Reads documents of counts, whatever their number. */
async function* readCounts(
  search: Search,
  filter: readonly Query[],
  parts: Pick<estypes.SearchRequest, '_source' | 'docvalue_fields'>,
): AsyncGenerator<estypes.SearchHit<CountsDocument>> {
  let after: estypes.SortResults | undefined;
  for (;;) {
    const found = await search<CountsDocument>({
      ...parts,
      size: PAGE,
      track_total_hits: false,
      query: { bool: { filter: [...filter] } },
      sort: BY_PATTERN_AND_DAY,
      ...(after && { search_after: after }),
    });
    const { hits } = found.hits;
    yield* hits;
    if (hits.length < PAGE) return;
    after = hits[hits.length - 1].sort;
  }
}

/** Reads columns alone: a document of a hundred entities may take 100 kB. */
async function wholeDays(
  search: Search,
  filter: readonly Query[],
  add: (id: string, day: number, logs: number) => void,
): Promise<void> {
  const columns = [{ field: 'pattern_id' }, { field: 'day', format: 'epoch_millis' }, { field: 'logs' }];
  for await (const { fields } of readCounts(search, filter, { _source: false, docvalue_fields: columns })) {
    const [id, day, logs] = columns.map(({ field }) => (fields?.[field] as unknown[] | undefined)?.[0]);
    add(String(id), Number(day), Number(logs));
  }
}

/** Returns the sums of a day; undefined where an older version has counted and not summed up. */
const sumsOf = ({ sums, logs }: CountsDocument): CountsDocument['sums'] =>
  sums !== undefined && Object.values(sums).reduce((total, each) => total + each, 0) === logs
    ? sums
    : undefined;

/** Reads sums, a hundredth of what there is of a hundred entities; all of them only where an older version has not summed up. */
async function minutesOfAll(search: Search, filter: readonly Query[], add: AddMinutes): Promise<void> {
  const withoutSums: string[] = [];
  const source = ['pattern_id', 'day', 'logs', 'sums'];
  for await (const { _id, _source } of readCounts(search, filter, { _source: source })) {
    const sums = _source && sumsOf(_source);
    if (sums === undefined) withoutSums.push(_id!);
    else add(_source!, sums);
  }
  for (let first = 0; first < withoutSums.length; first += PAGE) {
    const ids: Query = { ids: { values: withoutSums.slice(first, first + PAGE) } };
    const whole = readCounts(search, [...filter, ids], { _source: ['pattern_id', 'day', 'cells'] });
    for await (const { _source } of whole) {
      for (const minutes of Object.values(_source?.cells ?? {})) add(_source!, minutes);
    }
  }
}

/** Keys that no filter of Elasticsearch finds: it takes the dot at the end for a separator, and that after a backslash for a letter. */
const isBeyondFilters = (key: string): boolean => key.endsWith('.') || key.includes('\\.');

async function minutesOfEntity(
  search: Search,
  filter: readonly Query[],
  key: string,
  add: AddMinutes,
): Promise<void> {
  // A name with a wildcard lets other entities through as well.
  const source = ['pattern_id', 'day', isBeyondFilters(key) ? 'cells' : `cells.${key}`];
  for await (const { _source } of readCounts(search, filter, { _source: source })) {
    if (_source !== undefined) add(_source, _source.cells?.[key] ?? {});
  }
}
