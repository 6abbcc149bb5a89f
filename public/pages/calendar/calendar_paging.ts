export const PAGE_SIZE = 25;
/** The server pages no further. */
export const MOST_LISTED = 10_000;

/**
 * Returns how far a list can be paged, and the page that stands in the place of one that is no longer there.
 *
 * @param page from 0
 */
export function pagingOf(total: number, page: number): { readonly listed: number; readonly page: number } {
  const listed = Math.min(total, MOST_LISTED);
  return { listed, page: Math.min(page, Math.max(0, Math.ceil(listed / PAGE_SIZE) - 1)) };
}
