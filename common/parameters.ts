import { z } from 'zod';

const ISO_TIME =
  /^(\d{4}|[+-]\d{6})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(?: ?(?:Z|([+-]\d{2})(?::?(\d{2}))?))?)?)?)?$/i;

/**
 * Reads a time that people give. One without an offset is UTC, as that of a log is, wherever the machine stands.
 *
 * @param text ISO 8601: a date, or a date and a time with or without an offset, which a space may stand before
 * @returns epoch milliseconds, NaN for anything else, also for a day that its month does not have
 */
export function parseInstant(text: string): number {
  const match = ISO_TIME.exec(text);
  if (match === null) return NaN;
  const [, year, month = '01', day = '01', clock = '00:00', hours = '+00', minutes = '00'] = match;
  const midnight = new Date(`${year}-${month}-${day}T00:00Z`);
  if (midnight.getUTCDate() !== Number(day)) return NaN;
  return Date.parse(`${year}-${month}-${day}T${clock.replace(',', '.')}${hours}:${minutes}`);
}

/** A point in time: ISO 8601, UTC without an offset, or milliseconds since 1970. Converted to milliseconds. */
export const timeSchema = z
  .union([z.number().int(), z.string().max(40)])
  .transform((value, context): number => {
    const time =
      typeof value === 'number' ? value : /^-?\d{1,15}$/.test(value) ? Number(value) : parseInstant(value);
    if (Number.isFinite(time) && Math.abs(time) <= 8.64e15) return time;
    context.addIssue({ code: 'custom', message: 'must be ISO 8601 or milliseconds since 1970' });
    return z.NEVER;
  })
  .describe('ISO 8601, or milliseconds since 1970');

/** Id of a detector: made by Kibana, a UUID. */
export const detectorIdSchema = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}$/, 'must be the id of a detector')
  .describe('Id of a detector');
export const detectorParams = z.strictObject({ id: detectorIdSchema });
/** Version of a model; also a part of a document id. */
export const modelVersionSchema = z
  .string()
  .regex(/^[^/\\\s]{1,256}$/, 'must be the version of a model')
  .describe('Version of a model');
export const modelParams = z.strictObject({ id: detectorIdSchema, version: modelVersionSchema });

/** Labels of what is kept as files. */
export const labelsSchema = z
  .array(
    z
      .string()
      .min(1)
      .max(100)
      .regex(/^[\w.:/@-]+$/, 'must hold letters, digits and . : / @ _ - only'),
  )
  .max(20)
  .optional();
