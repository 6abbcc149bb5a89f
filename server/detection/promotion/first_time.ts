import type { LogDocument } from '../../../common/log_document';
import { compileField } from '../../../common/log_features/fields/field_access';

/**
 * The time of the first log of a uniform sample, which is about that of the first log of all.
 *
 * @returns epoch milliseconds; undefined where no log has a time
 */
export function firstTimeOf(documents: readonly LogDocument[], timestampField: string): number | undefined {
  const read = compileField(timestampField);
  let first: number | undefined;
  for (const document of documents) {
    const value = [read(document)].flat()[0];
    const time = typeof value === 'number' ? value : Date.parse(String(value));
    if (Number.isFinite(time) && (first === undefined || time < first)) first = time;
  }
  return first;
}
