import type { estypes } from '@elastic/elasticsearch';
import { attempt, throwIfAborted, type RetryPolicy } from './attempt';
import type { ElasticsearchClient } from './client';
import { errorBodyOf, errorTypes, reasonOf } from './errors';
import type { FieldPlan, Hit } from './field_plan';
import { openWhole, searchWhole } from './whole_answer';

const KEEP_ALIVE = '5m';
export const MAXIMUM_PAGE = 10_000;
/** Parsed pages of this size die young in V8's heap: larger ones are no faster and triple the peak memory of a run. */
const DEFAULT_PAGE = 2_500;
/** The size of the logs is not known before the first page; later pages follow from it. */
const FIRST_PAGE = 500;
const GROWTH = 5;
/** JSON of one page. Two pages are held, parsed, which takes about twice as much: 64 MB in all. */
const PAGE_BYTES = 12_000_000;
const LARGEST_PAGE_BYTES = 24_000_000;
const MEASURED_HITS = 20;

export interface PagedSearch {
  readonly index: string;
  readonly query: estypes.QueryDslQueryContainer;
  /** Total order: ends with `_shard_doc`. */
  readonly sort: estypes.SortCombinations[];
  /** Parts of a log that come with each hit; default: all of `_source`. */
  readonly asked?: FieldPlan['request'];
  readonly pageSize?: number;
  /** Largest growth factor from one page to the next; more where documents come in no order of size. */
  readonly growth?: number;
  readonly after?: estypes.SortResults;
  /** Sort values to go on from in a new point in time, given the last ones of the lost one. Without it that fails. */
  readonly resumeFrom?: (last: estypes.SortResults) => { after: estypes.SortResults };
  /** Requests a first page without a point in time, as it often holds all there is. */
  readonly isUsuallySmall?: boolean;
  readonly what: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

function bytesOf(hits: readonly Hit[]): number {
  const step = Math.max(1, Math.floor(hits.length / MEASURED_HITS));
  let bytes = 0;
  let measured = 0;
  for (let position = 0; position < hits.length; position += step) {
    bytes += JSON.stringify(hits[position]).length;
    measured++;
  }
  return measured === 0 ? 0 : bytes / measured;
}

interface Page {
  readonly hits: Hit[];
  readonly last: boolean;
}

const isPointInTimeLost = (error: unknown): boolean =>
  errorTypes(errorBodyOf(error)).includes('search_context_missing_exception');
const isTooLarge = (error: unknown): boolean =>
  (error as Error)?.name === 'RequestAbortedError' && /content length/i.test((error as Error).message);

/** @returns `index.max_result_window` where a page is larger (10,000 by default); else Infinity */
export function mostHitsOf(error: unknown): number {
  const told = /must be less than or equal to: \[(\d+)\].*\[index\.max_result_window\]/s.exec(
    reasonOf(errorBodyOf(error)),
  );
  return told === null ? Infinity : Math.max(1, Number(told[1]));
}

/**
 * All hits of a search, page by page, in one point in time. The next page is fetched while the caller works on the
 * current one; pages shrink where documents are large. Leaving the loop early cancels and cleans up.
 */
export async function* searchPages(
  client: ElasticsearchClient,
  search: PagedSearch,
): AsyncGenerator<Hit[], void, undefined> {
  const { what, policy, index, query, sort, resumeFrom } = search;
  let limit = Math.min(search.pageSize ?? DEFAULT_PAGE, MAXIMUM_PAGE);
  const ended = new AbortController();
  const abort = (): void => ended.abort();
  search.signal?.addEventListener('abort', abort);
  if (search.signal?.aborted) abort();
  const { signal } = ended;
  let pointInTime: string | undefined;
  let size = Math.min(limit, FIRST_PAGE);

  /** All hits when they fit into the first page, which then takes no point in time. */
  const fetchAllAtOnce = async (): Promise<Hit[] | undefined> => {
    const answer = await attempt(
      () =>
        searchWhole<Record<string, unknown>>(
          client,
          {
            index,
            size,
            query,
            sort: sort.slice(0, -1),
            ...(search.asked ?? { _source: true }),
            track_total_hits: false,
            ...(search.after === undefined ? {} : { search_after: search.after.slice(0, sort.length - 1) }),
          },
          { signal, maxResponseSize: LARGEST_PAGE_BYTES },
        ).catch((error: unknown) => {
          if (isTooLarge(error) || mostHitsOf(error) < size) return undefined;
          throw error;
        }),
      { what, policy, signal },
    );
    const hits = answer?.hits.hits;
    return hits !== undefined && hits.length < size ? hits : undefined;
  };

  const fetchPage = async (from: estypes.SortResults | undefined): Promise<Page> => {
    let after = from;
    for (;;) {
      pointInTime ??= await openWhole(client, index, KEEP_ALIVE, { what, policy, signal });
      const request = {
        pit: { id: pointInTime, keep_alive: KEEP_ALIVE },
        size,
        query,
        sort,
        ...(search.asked ?? { _source: true }),
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: after }),
      };
      let problem: 'lost' | 'large' | 'many' | undefined;
      const answer = await attempt(
        () =>
          searchWhole<Record<string, unknown>>(client, request, {
            signal,
            ...(size > 1 ? { maxResponseSize: LARGEST_PAGE_BYTES } : {}),
          }).catch((error: unknown) => {
            if (isPointInTimeLost(error) && (after === undefined || resumeFrom)) problem = 'lost';
            else if (isTooLarge(error)) problem = 'large';
            else if (mostHitsOf(error) < size) {
              limit = mostHitsOf(error);
              problem = 'many';
            } else throw error;
            return undefined;
          }),
        { what, policy, signal },
      );
      if (answer !== undefined) {
        pointInTime = answer.pit_id ?? pointInTime;
        const { hits } = answer.hits;
        const last = hits.length < size;
        if (hits.length > 0) {
          size = Math.max(
            1,
            Math.min(limit, size * (search.growth ?? GROWTH), Math.floor(PAGE_BYTES / bytesOf(hits))),
          );
        }
        return { hits, last };
      }
      if (problem === 'many') size = Math.min(size, limit);
      else if (problem === 'large') size = Math.max(1, Math.floor(size / 4));
      else {
        pointInTime = undefined;
        if (after !== undefined && resumeFrom) after = resumeFrom(after).after;
      }
    }
  };

  try {
    const all = search.isUsuallySmall ? await fetchAllAtOnce() : undefined;
    if (all !== undefined) {
      throwIfAborted(search.signal, what);
      if (all.length > 0) yield all;
      return;
    }
    let next: Promise<Page> | undefined = fetchPage(search.after);
    while (next !== undefined) {
      const { hits, last }: Page = await next;
      throwIfAborted(search.signal, what);
      if (hits.length === 0) return;
      next = last ? undefined : fetchPage(hits[hits.length - 1].sort);
      next?.catch(() => {});
      yield hits;
    }
  } finally {
    search.signal?.removeEventListener('abort', abort);
    abort();
    if (pointInTime !== undefined) await client.closePointInTime({ id: pointInTime }).catch(() => {});
  }
}
