import type { LogDocument } from '../../../common/log_document';
import { timestampOf } from '../scoring/log_values';

/**
 * The time of the first log of a uniform sample, which is about that of the first log of all.
 *
 * @returns epoch milliseconds; undefined where no log has a time
 */
export function firstTimeOf(documents: readonly LogDocument[], timestampField: string): number | undefined {
  let first: number | undefined;
  for (const document of documents) {
    const time = timestampOf(document, timestampField);
    if (time !== undefined && (first === undefined || time < first)) first = time;
  }
  return first;
}
