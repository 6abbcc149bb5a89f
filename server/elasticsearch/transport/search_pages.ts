import type { estypes } from '@elastic/elasticsearch';
import { throwIfAborted } from './attempt';
import type { ElasticsearchClient } from './client';
import type { Hit } from './field_plan';
import { HitReader, type HitSearch, type Page } from './hit_reader';
import { readStretches, type StretchesOfSearch } from './stretches';

export interface PagedSearch extends HitSearch {
  readonly query: estypes.QueryDslQueryContainer;
  readonly after?: estypes.SortResults;
  /** Requests a first page without a point in time, as it often holds all there is. */
  readonly isUsuallySmall?: boolean;
  /** Cuts what is left of a long search into stretches, of which two are read at once. Without it one page is fetched after the other. */
  readonly stretches?: StretchesOfSearch;
  readonly signal?: AbortSignal;
}

/** Pages of full size after which a search is long. */
const LONG_PAGES = 3;

/**
 * All hits of a search in its order, page by page, in one point in time. The next page is fetched while the caller works on the
 * current one; in long searches, the next two. Leaving the loop early cancels and cleans up.
 */
export async function* searchPages(
  client: ElasticsearchClient,
  search: PagedSearch,
): AsyncGenerator<Hit[], void, undefined> {
  const { what, query, stretches } = search;
  const ended = new AbortController();
  const abort = (): void => ended.abort();
  search.signal?.addEventListener('abort', abort);
  if (search.signal?.aborted) abort();
  const reader = new HitReader(client, search, ended.signal);
  try {
    const all = search.isUsuallySmall
      ? await reader.fetchAllAtOnce({ query, after: search.after })
      : undefined;
    if (all !== undefined) {
      throwIfAborted(search.signal, what);
      if (all.length > 0) yield all;
      return;
    }
    let next: Promise<Page> | undefined = reader.fetchPage({ query, after: search.after });
    let fullPages = 0;
    while (next !== undefined) {
      const { hits, last }: Page = await next;
      throwIfAborted(search.signal, what);
      if (hits.length === 0) return;
      if (reader.hasRoom) fullPages++;
      if (!last && stretches !== undefined && fullPages > LONG_PAGES && stretches.canFollow(hits)) {
        // They are under way while the caller works on this page.
        const rest = readStretches(reader, stretches, hits);
        const first = rest.next();
        first.catch(() => {});
        yield hits;
        for (let step = await first; step.done !== true; step = await rest.next()) {
          throwIfAborted(search.signal, what);
          yield step.value;
        }
        return;
      }
      next = last ? undefined : reader.fetchPage({ query, after: hits[hits.length - 1].sort });
      next?.catch(() => {});
      yield hits;
    }
  } finally {
    search.signal?.removeEventListener('abort', abort);
    abort();
    await reader.close();
  }
}
