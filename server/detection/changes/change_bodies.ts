import type { ChangeExplanation } from '../../../common/changes/explanation_schema';
import type { BySpan, FactChange, MessagePatterns, NumberShift } from '../../../common/changes';
import type { ValueUnit } from '../../../common/detector/feature_schema';
import { unitOf } from '../../../common/detector/value_units';

type Value = ChangeExplanation['groups'][number]['values'][number];

/** Logs of both times. */
export interface Logs {
  readonly window: number;
  readonly baseline: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Returns a ratio as JSON has it; null where there was nothing before. */
export const finite = (ratio: number): number | null => (Number.isFinite(ratio) ? ratio : null);

/**
 * Describes one change.
 *
 * @param logs all logs of both times, where the change was counted in a part of them
 */
export function changeBody(
  { fact, counts, totals, test, adjustedPValue }: FactChange,
  { lengths, patterns, logs }: { lengths: BySpan; patterns: readonly MessagePatterns[]; logs?: Logs },
): Value {
  const [w, b] = [counts.window, sum(counts.pieces)];
  const [window, baseline] = [totals.window, sum(totals.pieces)];
  const scale = {
    window: logs === undefined ? 1 : logs.window / Math.max(1, window),
    baseline: logs === undefined ? 1 : logs.baseline / Math.max(1, baseline),
  };
  const usual = counts.pieces.map(
    (count, piece) => (count * scale.baseline * lengths.window) / Math.max(1, lengths.pieces[piece]),
  );
  const example =
    fact.kind === 'pattern'
      ? patterns.find(({ field }) => field === fact.field)?.exampleOf(fact.pattern)
      : undefined;
  return {
    kind: fact.kind,
    field: fact.field,
    ...(fact.kind === 'value' && { value: fact.value }),
    ...(fact.kind === 'pattern' && { value: fact.text }),
    ...(example !== undefined && { example }),
    window: { logs: Math.round(w * scale.window), share: w / window },
    baseline: { logs: Math.round(b * scale.baseline), share: b / baseline },
    usual: { low: Math.round(Math.min(...usual)), high: Math.round(Math.max(...usual)) },
    lift: finite(test.lift),
    rate_ratio: finite(test.rateRatio),
    p_value: test.pValue,
    adjusted_p_value: adjustedPValue,
    // A part of the logs that holds none does not say that there are none.
    is_new: b === 0 && scale.baseline <= 1,
    is_gone: w === 0 && scale.window <= 1,
    estimated: logs !== undefined,
  };
}

/** Describes a number that shifted. @param units of fields that a detector names */
export const shiftBody = (
  { field, direction, window, baseline, distance, usualDistance, pValue, adjustedPValue, group }: NumberShift,
  units: ReadonlyMap<string, ValueUnit> | undefined,
): ChangeExplanation['numbers'][number] => ({
  field,
  unit: units?.get(field) ?? unitOf({ field }),
  direction,
  window: { ...window },
  baseline: { ...baseline },
  distance,
  usual_distance: usualDistance,
  p_value: pValue,
  adjusted_p_value: adjustedPValue,
  ...(group !== undefined && { group }),
});
