import { DetectionError } from '../../../common/detection_error';

/** Elasticsearch pages no further without a point in time. */
const DEEPEST = 10_000;

/**
 * Returns the number of hits before a page.
 *
 * @param what is listed, in the plural
 * @throws DetectionError `invalid_input` for a page beyond the first 10,000 hits
 */
export function pageStart({ page, size }: { page: number; size: number }, what: string): number {
  const start = (page - 1) * size;
  if (start + size <= DEEPEST) return start;
  throw new DetectionError(
    'invalid_input',
    `page ${page} of ${size} reaches beyond the first ${DEEPEST} ${what}; narrow the time range.`,
  );
}
