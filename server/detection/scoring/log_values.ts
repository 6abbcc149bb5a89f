import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';

/** @returns epoch milliseconds, or undefined when the field holds no usable time */
export function timestampOf(document: LogDocument, field: string): number | undefined {
  const value = getField(document, field);
  const scalar: unknown = Array.isArray(value) ? value[0] : value;
  const time =
    typeof scalar === 'number'
      ? scalar
      : typeof scalar === 'string'
        ? /^-?\d+$/.test(scalar)
          ? Number(scalar)
          : Date.parse(scalar)
        : NaN;
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? time : undefined;
}

/** @returns the first value of the field as text, cut to `longest` characters; undefined without a field or a scalar in it */
export function textOf(
  document: LogDocument,
  field: string | undefined,
  longest: number,
): string | undefined {
  if (field === undefined) return undefined;
  const value = getField(document, field);
  const scalar: unknown = Array.isArray(value) ? value[0] : value;
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean'
    ? String(scalar).slice(0, longest)
    : undefined;
}

/** Characters of an entity that a result holds. */
export const LONGEST_ENTITY = 256;

/** @returns what results are grouped by, at most 256 characters; undefined without a field or a scalar in it */
export const entityOf = (document: LogDocument, field: string | undefined): string | undefined =>
  textOf(document, field, LONGEST_ENTITY);
