import type { DetectorInput } from '../../../common/detector';
import { newSourceSchema } from '../../../common/detector/query_limits';
import { DAY } from '../../../common/duration';

/** Logs that another page of Kibana shows, for a new detector. */
export interface HandedSource {
  readonly source: DetectorInput['source'];
  /** Window of training; absent: the default. */
  readonly window?: string;
}

/** Trained on by default, and at most when the page shows a longer time. */
const DEFAULT_WINDOW_DAYS = 7;
const LONGEST_WINDOW_DAYS = 90;

/**
 * The query of the form's address that fills it in.
 *
 * @param shown milliseconds that the page shows; a shorter time than the default window teaches too little of what is usual
 */
export function handedQuery(
  { index, timestamp_field: timestampField, kql, query }: DetectorInput['source'],
  shown: number | undefined,
): Record<string, string | undefined> {
  const days = Math.min(LONGEST_WINDOW_DAYS, Math.ceil((shown ?? 0) / DAY));
  return {
    index,
    ...(timestampField !== undefined && timestampField !== '@timestamp' && { time_field: timestampField }),
    ...(kql
      ? { kql }
      : typeof query === 'string'
        ? { lucene: query }
        : query && { query: JSON.stringify(query) }),
    ...(days > DEFAULT_WINDOW_DAYS && { window: `${days}d` }),
  };
}

/**
 * Reads what an address hands over. Anybody may have written it, so that it is checked as the API does, and left alone where it is not
 * allowed.
 *
 * @returns undefined where nothing is handed over, or nothing that a detector may have
 */
export function handedSource(query: Readonly<Record<string, string | undefined>>): HandedSource | undefined {
  const { index, time_field: timeField, kql, lucene, query: dsl, window } = query;
  if (index === undefined || index === '') return undefined;
  try {
    const source: DetectorInput['source'] = {
      index,
      ...(timeField && { timestamp_field: timeField }),
      ...(dsl ? { query: JSON.parse(dsl) as Record<string, unknown> } : lucene ? { query: lucene } : {}),
    };
    newSourceSchema.parse(source);
    const days = Number(/^(\d{1,3})d$/.exec(window ?? '')?.[1] ?? 0);
    const isWindow = days > 0 && days <= LONGEST_WINDOW_DAYS;
    return {
      // KQL is turned into a query when the form is checked.
      source: { ...source, ...(source.query === undefined && { kql: kql ?? '' }) },
      ...(isWindow && { window }),
    };
  } catch {
    return undefined;
  }
}
