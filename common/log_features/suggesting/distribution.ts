import { z } from 'zod';
import type { LogDocument } from '../../log_document';
import { getField } from '../fields/field_access';
import { DirtCounter, scalarOf } from '../columns/field_value';
import { tokeniseMessage } from '../template/message_tokens';
import { readableRoute, routeOf } from '../fields/routes';
import { maskedTextOf } from '../template/template_matcher';
import { FEATURE_TYPES, type FeatureType } from '../../detector/feature_schema';

/** Bars of a histogram, and values that are listed by name. */
export const DISTRIBUTION_BINS = 20;
const DISTRIBUTION_VALUES = 6;
const VALUE_CHARACTERS = 80;
/** From this ratio of largest to median value on, bins have equal widths of log(1 + x). */
const SKEWED = 20;

/**
 * Distribution of a field in a sample of logs, small enough to be drawn beside its name: a histogram of numbers, of text
 * lengths or of hours and days, or the most frequent values.
 */
export const distributionSchema = z.object({
  type: z.enum(FEATURE_TYPES),
  field: z.string(),
  logs: z.number().describe('Logs of the sample'),
  missing: z.number().describe('Logs without a value'),
  distinct: z.number().describe('Different values'),
  of: z.enum(['number', 'length', 'time', 'value']).describe('Quantity that bins or values count'),
  bins: z.array(z.object({ from: z.number(), to: z.number(), logs: z.number() })),
  values: z.array(z.object({ value: z.string(), logs: z.number() })),
  is_mapped: z
    .boolean()
    .optional()
    .describe('Indices have a field of this name: a detector may read it where the sample has it not'),
});
export type Distribution = z.infer<typeof distributionSchema>;

/**
 * Returns true where neither a sampled log has a value of any type, nor an index the field: the sample has no runtime fields,
 * aliases, multi-fields and copies, and `missing` counts values of another type as well.
 */
export const isOfNoLog = ({
  logs,
  distinct,
  is_mapped: isMapped,
}: Pick<Distribution, 'logs' | 'distinct' | 'is_mapped'>): boolean =>
  logs > 0 && distinct === 0 && isMapped === false;

export interface DistributedFeature {
  readonly type: FeatureType;
  readonly field: string;
  readonly time_zone?: string;
}

/** @param documents a uniform sample of the logs */
export function distributionOf(feature: DistributedFeature, documents: readonly LogDocument[]): Distribution {
  const { type, field } = feature;
  const dirt = new DirtCounter();
  const scalars = documents.map((document) => scalarOf(getField(document, field), dirt));
  const present = scalars.filter((value): value is NonNullable<typeof value> => value !== undefined);
  const texts = present.map(String);
  const base = {
    type,
    field,
    logs: documents.length,
    distinct: new Set(texts).size,
    missing: documents.length - present.length,
    bins: [],
    values: [],
  };
  switch (type) {
    case 'number':
    case 'deviation': {
      const numbers = texts.map(Number).filter(Number.isFinite);
      return { ...base, of: 'number', missing: documents.length - numbers.length, bins: histogram(numbers) };
    }
    case 'text':
    case 'attack_signs':
      return { ...base, of: 'length', bins: histogram(texts.map((text) => text.length)) };
    case 'template':
    case 'message_numbers':
      return {
        ...base,
        of: 'value',
        values: mostFrequent(texts.map((text) => maskedTextOf(tokeniseMessage(text)))),
      };
    case 'route':
      return {
        ...base,
        of: 'value',
        values: mostFrequent(texts.map((text) => readableRoute(routeOf(text, true)))),
      };
    case 'category':
    case 'severity':
    case 'combination':
    case 'event_counts':
      return { ...base, of: 'value', values: mostFrequent(texts) };
    case 'hour_of_day':
    case 'day_of_week': {
      const places = placesInTime(type, texts, feature.time_zone ?? 'UTC');
      const count = type === 'hour_of_day' ? 24 : 7;
      const bins = Array.from({ length: count }, (_none, from) => ({
        from,
        to: from + 1,
        logs: places.filter((place) => place === from).length,
      }));
      return { ...base, of: 'time', missing: documents.length - places.length, bins };
    }
  }
}

function histogram(numbers: readonly number[]): Distribution['bins'] {
  if (numbers.length === 0) return [];
  const sorted = [...numbers].sort((left, right) => left - right);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  if (low === high) return [{ from: low, to: high, logs: sorted.length }];
  const median = sorted[sorted.length >> 1];
  const isSkewed = low >= 0 && high > SKEWED * Math.max(median, 1e-9);
  const squeeze = isSkewed ? Math.log1p : (value: number) => value;
  const stretch = isSkewed ? Math.expm1 : (value: number) => value;
  const [start, end] = [squeeze(low), squeeze(high)];
  const width = (end - start) / DISTRIBUTION_BINS;
  const counts = new Array<number>(DISTRIBUTION_BINS).fill(0);
  for (const value of sorted) {
    counts[Math.min(DISTRIBUTION_BINS - 1, Math.floor((squeeze(value) - start) / width))]++;
  }
  return counts.map((logs, bin) => ({
    from: stretch(start + bin * width),
    to: bin === DISTRIBUTION_BINS - 1 ? high : stretch(start + (bin + 1) * width),
    logs,
  }));
}

function mostFrequent(texts: readonly string[]): Distribution['values'] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1))
    .slice(0, DISTRIBUTION_VALUES)
    .map(([value, logs]) => ({ value: value.slice(0, VALUE_CHARACTERS), logs }));
}

/** Hours 0 to 23, or days 0 (Monday) to 6, of the times that can be read. */
function placesInTime(
  type: 'hour_of_day' | 'day_of_week',
  texts: readonly string[],
  timeZone: string,
): number[] {
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hour: '2-digit',
      hourCycle: 'h23',
      weekday: 'short',
    });
  } catch {
    return [];
  }
  return texts.flatMap((text) => {
    const time = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return [];
    const parts = format.formatToParts(time);
    const part = (name: string): string => parts.find((each) => each.type === name)?.value ?? '';
    return [type === 'hour_of_day' ? Number(part('hour')) : days.indexOf(part('weekday'))];
  });
}
