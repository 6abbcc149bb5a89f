import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RetryPolicy } from './attempt';
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
/** JSON of one page. Three pages are held, parsed, which takes about twice as much: 48 MB in all. */
const PAGE_BYTES = 8_000_000;
const LARGEST_PAGE_BYTES = 24_000_000;
/** JSON of a page of which four may be held instead of three: 32 MB, parsed. */
const SMALL_PAGE_BYTES = 4_000_000;
const MEASURED_HITS = 20;

export interface HitSearch {
  readonly index: string;
  /** Total order: ends with `_shard_doc`. */
  readonly sort: estypes.SortCombinations[];
  /** Parts of a log that come with each hit; default: all of `_source`. */
  readonly asked?: FieldPlan['request'];
  readonly pageSize?: number;
  /** Largest growth factor from one page to the next; more where documents come in no order of size. */
  readonly growth?: number;
  /** Sort values to go on from in a new point in time, given the last ones of the lost one. Without it that fails. */
  readonly resumeFrom?: (last: estypes.SortResults) => { after: estypes.SortResults };
  /** Called before another point in time is opened in place of one that was lost; its error ends the reading. */
  readonly whenLost?: () => Promise<void>;
  readonly what: string;
  readonly policy?: RetryPolicy;
}

/** The hits of a query that come after a place in the order of the search. */
export interface Place {
  readonly query: estypes.QueryDslQueryContainer;
  readonly after?: estypes.SortResults;
}

export interface Page {
  readonly hits: Hit[];
  /** Nothing follows it. */
  readonly last: boolean;
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

const isPointInTimeLost = (error: unknown): boolean =>
  errorTypes(errorBodyOf(error)).includes('search_context_missing_exception');
/** True where an answer has more bytes than were allowed. */
export const isTooLarge = (error: unknown): boolean =>
  (error as Error)?.name === 'RequestAbortedError' && /content length/i.test((error as Error).message);

/** @returns `index.max_result_window` where a page is larger (10,000 by default); else Infinity */
export function mostHitsOf(error: unknown): number {
  const told = /must be less than or equal to: \[(\d+)\].*\[index\.max_result_window\]/s.exec(
    reasonOf(errorBodyOf(error)),
  );
  return told === null ? Infinity : Math.max(1, Number(told[1]));
}

/**
 * Fetches pages of one search, all of them from one point in time. Pages shrink where documents are large. Several may be under way
 * at once.
 */
export class HitReader {
  private limit: number;
  private size: number;
  private bytes = Infinity;
  private pointInTime: Promise<string> | undefined;

  /** @param signal ends what is under way */
  constructor(
    private readonly client: ElasticsearchClient,
    private readonly search: HitSearch,
    private readonly signal: AbortSignal,
  ) {
    this.limit = Math.min(search.pageSize ?? DEFAULT_PAGE, MAXIMUM_PAGE);
    this.size = Math.min(this.limit, FIRST_PAGE);
  }

  /** Hits of the next page, unless their documents turn out large. */
  public get pageSize(): number {
    return this.size;
  }

  /** True once pages are as large as they may be and small enough for another one to be held. */
  public get hasRoom(): boolean {
    return this.size === this.limit && this.size * this.bytes <= SMALL_PAGE_BYTES;
  }

  /** Returns all hits when they fit into the first page, which then takes no point in time. */
  public async fetchAllAtOnce({ query, after }: Place): Promise<Hit[] | undefined> {
    const { index, sort, asked, what, policy } = this.search;
    const { size, signal } = this;
    const answer = await attempt(
      () =>
        searchWhole<Record<string, unknown>>(
          this.client,
          {
            index,
            size,
            query,
            sort: sort.slice(0, -1),
            ...(asked ?? { _source: true }),
            track_total_hits: false,
            ...(after === undefined ? {} : { search_after: after.slice(0, sort.length - 1) }),
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
  }

  /** Returns the first hits of the place, from a new point in time where the former one is lost. */
  public async fetchPage({ query, after: from }: Place): Promise<Page> {
    const { sort, asked, resumeFrom, what, policy } = this.search;
    const { signal } = this;
    let after = from;
    for (;;) {
      const opened = this.open();
      const id = await opened;
      const { size } = this;
      const request = {
        pit: { id, keep_alive: KEEP_ALIVE },
        size,
        query,
        sort,
        ...(asked ?? { _source: true }),
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: after }),
      };
      let problem: 'lost' | 'large' | 'many' | undefined;
      const answer = await attempt(
        () =>
          searchWhole<Record<string, unknown>>(this.client, request, {
            signal,
            ...(size > 1 ? { maxResponseSize: LARGEST_PAGE_BYTES } : {}),
          }).catch((error: unknown) => {
            if (isPointInTimeLost(error) && (after === undefined || resumeFrom)) problem = 'lost';
            else if (isTooLarge(error)) problem = 'large';
            else if (mostHitsOf(error) < size) {
              this.limit = Math.min(this.limit, mostHitsOf(error));
              problem = 'many';
            } else throw error;
            return undefined;
          }),
        { what, policy, signal },
      );
      if (answer !== undefined) {
        if (this.pointInTime === opened && answer.pit_id !== undefined && answer.pit_id !== id)
          this.pointInTime = Promise.resolve(answer.pit_id);
        const { hits } = answer.hits;
        this.learnSize(hits);
        return { hits, last: hits.length < size };
      }
      if (problem === 'many') this.size = Math.min(this.size, this.limit);
      else if (problem === 'large') this.size = Math.max(1, Math.min(this.size, Math.floor(size / 4)));
      else {
        await this.search.whenLost?.();
        // Another page may have opened one since.
        if (this.pointInTime === opened) this.pointInTime = undefined;
        if (after !== undefined && resumeFrom) after = resumeFrom(after).after;
      }
    }
  }

  public async close(): Promise<void> {
    const id = await this.pointInTime?.catch(() => undefined);
    if (id !== undefined) await this.client.closePointInTime({ id }).catch(() => {});
  }

  private open(): Promise<string> {
    const { index, what, policy } = this.search;
    if (this.pointInTime === undefined) {
      const opened = openWhole(this.client, index, KEEP_ALIVE, { what, policy, signal: this.signal });
      this.pointInTime = opened;
      opened.catch(() => {
        if (this.pointInTime === opened) this.pointInTime = undefined;
      });
    }
    return this.pointInTime;
  }

  private learnSize(hits: readonly Hit[]): void {
    if (hits.length === 0) return;
    this.bytes = bytesOf(hits);
    this.size = Math.max(
      1,
      Math.min(this.limit, this.size * (this.search.growth ?? GROWTH), Math.floor(PAGE_BYTES / this.bytes)),
    );
  }
}
