import type { estypes } from '@elastic/elasticsearch';
import type { Hit } from './field_plan';
import type { Page, Place } from './hit_reader';

/**
 * A search cut by the first value of its sort, a time, into stretches that follow one another: each hit lies in exactly one, and the
 * hits of the stretches, one after the other, are those of the search in its order.
 */
export interface StretchesOfSearch {
  /** Epoch milliseconds after the last hit. */
  readonly end: number;
  /** Returns false where the order of these hits has no times that can be cut. */
  canFollow(hits: readonly Hit[]): boolean;
  /** Returns the first value of the sort of a hit as epoch milliseconds, rounded down. */
  timeOf(hit: Hit): number;
  /**
   * Returns hits of the time [from, to), both epoch milliseconds.
   *
   * @param after sort values after which they begin, in place of `from`
   */
  placeOf(from: number, to: number, after?: estypes.SortResults): Place;
}

/** Fetches pages of one search. */
export interface PageReader {
  /** Hits of the next page. */
  readonly pageSize: number;
  fetchPage(place: Place): Promise<Page>;
}

/** Stretches under way at once. Elasticsearch takes a thread for each where an index has one shard. */
const AT_ONCE = 2;
/** Part of a page that a stretch is meant to fill: one that holds more than a page takes another request. */
const FILLING = 0.8;
/** A stretch is at most so many times as long as the one before, since logs may come back after a lull. */
const LENGTHENING = 8;

/** A part of the search. Of each, one page at most is fetched and not yet handed on. */
class Stretch {
  public hits = 0;
  private place: Place;
  private page: Promise<Page>;

  constructor(
    private readonly reader: PageReader,
    public readonly from: number,
    public readonly to: number,
    place: Place,
  ) {
    this.place = place;
    this.page = this.fetch();
  }

  public async next(): Promise<Page> {
    const page = await this.page;
    this.hits += page.hits.length;
    if (!page.last) {
      this.place = { ...this.place, after: page.hits[page.hits.length - 1].sort };
      this.page = this.fetch();
    }
    return page;
  }

  private fetch(): Promise<Page> {
    const page = this.reader.fetchPage(this.place);
    page.catch(() => {});
    return page;
  }
}

/**
 * Reads on after the last of these hits, to the end of the search. Two pages at most are fetched ahead of the caller; where a stretch
 * holds far more than a page, its pages are fetched one after the other, and the following stretch waits with its first.
 *
 * @param read the page before
 */
export async function* readStretches(
  reader: PageReader,
  search: StretchesOfSearch,
  read: readonly Hit[],
): AsyncGenerator<Hit[], void, undefined> {
  const last = read[read.length - 1];
  let from = search.timeOf(last);
  let length = lengthOf(read.length, from - search.timeOf(read[0]) + 1, reader.pageSize);
  let after = last.sort;
  const line: Stretch[] = [];
  const begin = (): void => {
    while (line.length < AT_ONCE && from < search.end) {
      const to = Math.min(search.end, from + length);
      line.push(new Stretch(reader, from, to, search.placeOf(from, to, after)));
      after = undefined;
      from = to;
    }
  };
  for (begin(); line.length > 0;) {
    const [stretch] = line;
    const { hits, last: isRead } = await stretch.next();
    if (isRead) {
      line.shift();
      const spent = stretch.to - stretch.from;
      length = Math.min(lengthOf(stretch.hits, spent, reader.pageSize), spent * LENGTHENING);
      begin();
    }
    if (hits.length > 0) yield hits;
  }
}

/** @returns whole milliseconds, at least 1, in which about as many hits lie as a stretch is meant to hold */
const lengthOf = (hits: number, milliseconds: number, pageSize: number): number =>
  hits === 0
    ? milliseconds * LENGTHENING
    : Math.max(1, Math.floor((milliseconds / hits) * pageSize * FILLING));
