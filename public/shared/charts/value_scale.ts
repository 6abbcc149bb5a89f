/** Axis of values: linear, or logarithmic from a smallest value on, below which all values are drawn at the edge. */
export type ValueScale =
  { readonly kind: 'linear' } | { readonly kind: 'log'; readonly smallest: number; readonly times: number };

/** Largest value from so many times the largest usual one on, the usual range is a line at the edge of a linear axis. */
const FLATTENED = 20;
/** Zero is drawn so many times below the smallest value above it. */
const BELOW_SMALLEST = 10;

/** Below so many times the smallest value a logarithmic axis has labels between the powers of ten. */
const FEW_POWERS = 100;

/**
 * Tells whether a place of a logarithmic axis has a label: powers of ten, on a short axis twice and five times them as well. The chart
 * proposes nine places for each power, which stand over one another.
 *
 * @param times largest value of the axis as so many times its smallest
 */
export function isLabelled(value: number, times: number): boolean {
  const leading = Number(value.toExponential(3).split('e')[0]);
  return leading === 1 || (times < FEW_POWERS && (leading === 2 || leading === 5));
}

/**
 * Chooses the axis for values beside their usual range, so that both can be seen.
 *
 * @param usual upper ends of the usual range, or typical values where there is none
 * @param all everything that is drawn
 */
export function valueScaleOf(usual: readonly number[], all: readonly number[]): ValueScale {
  const [highest, largest] = [Math.max(0, ...usual), Math.max(0, ...all)];
  const above = all.filter((value) => value > 0);
  if (highest <= 0 || largest < FLATTENED * highest || all.some((value) => value < 0)) {
    return { kind: 'linear' };
  }
  const smallest = Math.min(...above);
  return {
    kind: 'log',
    smallest: all.includes(0) ? smallest / BELOW_SMALLEST : smallest,
    times: largest / highest,
  };
}
