import { z } from 'zod';
import type { LogDocument } from '../../log_document';
import { printable } from '../../printable';
import { compileField } from './field_access';
import { DirtCounter, textOf } from '../columns/field_value';
import { leafFields } from './leaf_fields';

/** - `number`, `time`; - `value`: whole values that can be counted and grouped by; - `text`: can only be searched. */
const LOG_FIELD_KINDS = ['number', 'value', 'time', 'text'] as const;

export const logFieldSchema = z.object({
  field: z.string(),
  kind: z.enum(LOG_FIELD_KINDS),
  share: z.number().describe('Share of the sampled logs that have a value, in (0, 1]'),
  distinct: z.number().describe('Different values in the sample'),
  examples: z.array(z.string()).describe('Up to three frequent values'),
});
export type LogField = z.infer<typeof logFieldSchema>;

/** Mapping of a field in Elasticsearch: by type, since indices of a pattern may differ. */
export type MappedTypes = Readonly<Record<string, { readonly aggregatable: boolean }>>;

const NUMBERS =
  /^(long|integer|short|byte|double|float|half_float|scaled_float|unsigned_long|aggregate_metric_double)$/;
const EXAMPLES = 3;
const EXAMPLE_CHARACTERS = 60;

function kindOf(types: MappedTypes | undefined): LogField['kind'] | undefined {
  const found = Object.entries(types ?? {}).filter(([type]) => type !== 'unmapped');
  if (found.length === 0) return undefined;
  if (!found.every(([, { aggregatable }]) => aggregatable)) return 'text';
  if (found.every(([type]) => NUMBERS.test(type))) return 'number';
  return found.every(([type]) => type.startsWith('date')) ? 'time' : 'value';
}

/**
 * The fields that a sample of logs has, by name; of a text also its part `.keyword`, where it is mapped.
 *
 * @param typesOf what the indices map; a field that none does is left out
 */
export function logFieldsOf(
  documents: readonly LogDocument[],
  typesOf: (field: string) => MappedTypes | undefined,
): LogField[] {
  const fields: LogField[] = [];
  const dirt = new DirtCounter();
  for (const name of leafFields(documents)) {
    const kinds = [name, `${name}.keyword`].map((field) => ({ field, kind: kindOf(typesOf(field)) }));
    if (kinds.every(({ kind }) => kind === undefined)) continue;
    const read = compileField(name);
    const counts = new Map<string, number>();
    let present = 0;
    for (const document of documents) {
      const text = textOf(read(document), EXAMPLE_CHARACTERS + 1, dirt);
      if (text === undefined) continue;
      present++;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    if (present === 0) continue;
    const examples = [...counts]
      .sort((one, other) => other[1] - one[1])
      .slice(0, EXAMPLES)
      .map(([value]) => printable(value, EXAMPLE_CHARACTERS));
    for (const { field, kind } of kinds) {
      if (kind === undefined) continue;
      fields.push({ field, kind, share: present / documents.length, distinct: counts.size, examples });
    }
  }
  return fields.sort((one, other) => (one.field < other.field ? -1 : 1));
}
