import type { Found } from './results_table';
import { fieldText } from './field_text';
import { lineOf } from './results_table';
import { reasonText } from './sentence_text';

/** Columns that every export begins and ends with, under the names of the fields. */
const FIRST: readonly [name: string, of: (found: Found) => unknown][] = [
  ['time', ({ result }) => result['@timestamp']],
  ['anomaly.severity', ({ result }) => result.anomaly.severity],
  ['anomaly.confidence', ({ result }) => result.anomaly.confidence],
  ['anomaly.score', ({ result }) => result.anomaly.score],
  ['anomaly.entity', ({ result }) => result.anomaly.entity],
  ['log', ({ result }) => lineOf(result)],
  ['reason', ({ result }) => reasonText(result.anomaly)],
];
const LAST: typeof FIRST = [
  ['detector.name', ({ result }) => fieldText(result, 'detector.name')],
  ['source.index', ({ result }) => result.source.index],
  ['source.id', ({ result }) => result.source.id],
  ['id', ({ id }) => id],
];

/**
 * Writes results as CSV with a line of names (RFC 4180). What a spreadsheet would take for a formula is written as text: a log
 * line may come from an attacker.
 *
 * @param columns more fields of the logs
 */
export async function resultsCsv(results: readonly Found[], columns: readonly string[]): Promise<string> {
  const { unparse } = await import('./csv_writer');
  const all = [
    ...FIRST,
    ...columns.map((field): (typeof FIRST)[number] => [field, ({ result }) => fieldText(result, field)]),
    ...LAST,
  ];
  return unparse(
    {
      fields: all.map(([name]) => name),
      data: results.map((found) => all.map(([, of]) => of(found) ?? '')),
    },
    { escapeFormulae: true, newline: '\r\n' },
  );
}
