import type { Attribution } from '../anomaly';
import type { Comparison } from '../anomaly/comparison';
import type { ValueUnit } from '../detector/feature_schema';
import { namedIn } from '../explanations';
import { directionOfName } from '../log_features/columns/directions';

/** Ways in which a service fails on all of its routes at once: it answers with errors of its own, or late. */
export const FAILURE_KINDS = ['server_error', 'slow'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

const STATUS = /status([_-]?code)?$/i;
const TIMES: ReadonlySet<ValueUnit> = new Set(['ns', 'us', 'ms', 's', 'min', 'h']);

function isServerError(field: string, { value }: Comparison): boolean {
  const code = Number(value);
  return STATUS.test(field) && code >= 500 && code < 600;
}

const isSlow = (field: string, { kind, value, high, unit }: Comparison): boolean =>
  kind === 'number' &&
  typeof value === 'number' &&
  high !== undefined &&
  value > high &&
  unit !== undefined &&
  TIMES.has(unit) &&
  directionOfName(field) === 'high';

/**
 * Returns how the service of a log fails, by the reason of the log: its leading feature has to say so, then others that the reason names
 * count as well. Nothing for a log with signs of an attack: who attacks is then what it tells of, not the service.
 */
export function failuresOf(attribution: readonly Attribution[]): FailureKind[] {
  if (attribution.some(({ comparison }) => (comparison?.signs ?? []).length > 0)) return [];
  const kinds = namedIn(attribution).map(({ field, comparison }): FailureKind | undefined => {
    if (comparison === undefined) return undefined;
    return isServerError(field, comparison) ? 'server_error' : isSlow(field, comparison) ? 'slow' : undefined;
  });
  return kinds[0] === undefined ? [] : FAILURE_KINDS.filter((kind) => kinds.includes(kind));
}
