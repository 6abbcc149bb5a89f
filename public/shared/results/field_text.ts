import { compileField } from '../../../common/log_features/fields/field_access';
import { leafFields } from '../../../common/log_features/fields/leaf_fields';
import type { LogDocument } from '../../../common/log_document';

/** @returns the value of a field as text; undefined where the document has none */
export function fieldText(document: object, field: string): string | undefined {
  const value: unknown = compileField(field)(document);
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Names of the fields that any of the documents has, sorted. */
export const fieldNames = (documents: readonly object[]): string[] =>
  leafFields(documents as LogDocument[]).sort();
