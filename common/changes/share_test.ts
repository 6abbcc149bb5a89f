/**
 * Tests of one share of logs in a window against the time before. Sources: the G-test of Sokal & Rohlf (1981, "Biometry", ch. 17) as
 * Dunning (1993) uses it for rare events; the exact test of Fisher (1922) for small counts; the dispersion of quasi-likelihood
 * (McCullagh & Nelder 1989, "Generalized Linear Models", section 4.5), since logs come in bursts and are not independent.
 */
import { chiSquareTail, logGamma } from './special_functions';

/** One number for the window and one for each piece of the baseline: logs, or milliseconds. */
export interface BySpan {
  readonly window: number;
  readonly pieces: readonly number[];
}

export interface ShareTest {
  readonly direction: 'more' | 'fewer';
  /** Share in the window by share in the baseline; Infinity where the baseline holds none. */
  readonly lift: number;
  /** Logs by time in the window by those in the baseline; Infinity where the baseline holds none. */
  readonly rateRatio: number;
  /** Size of the change, 1 or more: the lesser of the changes of share and rate, since a flood thins out all other shares. */
  readonly factor: number;
  /** G divided by the dispersion: what changes are ranked by. */
  readonly statistic: number;
  /** Variance between the pieces of the baseline by that of independent logs, 1 or more. */
  readonly dispersion: number;
  readonly pValue: number;
}

/** Below it in any cell, the exact test decides (Cochran 1954). */
const LEAST_EXPECTED = 5;
/** Pieces that the dispersion of independent logs counts for: a few pieces by themselves tell little of it. */
const PRIOR_PIECES = 2;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Returns the logarithm of a binomial coefficient. */
const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/**
 * Two-sided exact test of a table of two by two: the probability of all tables with the same margins that are no more likely.
 *
 * @param inWindow logs with the value among `window` logs
 * @param inBaseline those among `baseline` logs
 */
export function fisherExact(inWindow: number, window: number, inBaseline: number, baseline: number): number {
  const drawn = inWindow + inBaseline;
  const least = Math.max(0, drawn - baseline);
  const most = Math.min(drawn, window);
  const all = logChoose(window + baseline, drawn);
  const logOf = (k: number): number => logChoose(window, k) + logChoose(baseline, drawn - k) - all;
  const observed = logOf(inWindow) + 1e-7;
  let total = 0;
  for (let k = least; k <= most; k++) {
    const each = logOf(k);
    if (each <= observed) total += Math.exp(each);
  }
  return Math.min(1, total);
}

/** Returns G, twice the log likelihood ratio of a table of two by two; 0 where both shares are the same. */
export function gStatistic(inWindow: number, window: number, inBaseline: number, baseline: number): number {
  const total = window + baseline;
  const cell = (observed: number, row: number, column: number): number =>
    observed === 0 ? 0 : observed * Math.log((observed * total) / (row * column));
  const holding = inWindow + inBaseline;
  const lacking = total - holding;
  const g =
    cell(inWindow, holding, window) +
    cell(inBaseline, holding, baseline) +
    cell(window - inWindow, lacking, window) +
    cell(baseline - inBaseline, lacking, baseline);
  return Math.max(0, 2 * g);
}

/**
 * Pearson's chi-square between the pieces of the baseline by its degrees of freedom, drawn towards 1.
 *
 * @returns 1 or more; 1 for a value that the baseline holds nowhere or everywhere
 */
export function dispersionOf(counts: readonly number[], totals: readonly number[]): number {
  const share = sum(counts) / Math.max(1, sum(totals));
  if (share <= 0 || share >= 1) return 1;
  let chiSquare = 0;
  let used = 0;
  counts.forEach((count, piece) => {
    if (totals[piece] === 0) return;
    used++;
    chiSquare += (count - totals[piece] * share) ** 2 / (totals[piece] * share * (1 - share));
  });
  return Math.max(1, (chiSquare + PRIOR_PIECES) / (Math.max(0, used - 1) + PRIOR_PIECES));
}

/** Returns a by b; 1 where both are 0. */
const ratio = (a: number, b: number): number => (b > 0 ? a / b : a > 0 ? Infinity : 1);

/**
 * Compares how often a value comes in the window with how often in the baseline.
 *
 * @param counts logs with the value
 * @param totals all logs
 * @param lengths milliseconds of the spans
 * @returns `pValue` 1 where the window or the baseline holds no log
 */
export function testShare(counts: BySpan, totals: BySpan, lengths: BySpan): ShareTest {
  const [w, b] = [counts.window, sum(counts.pieces)];
  const [window, baseline] = [totals.window, sum(totals.pieces)];
  const lift = ratio(w * baseline, b * window);
  const rateRatio = ratio(w * sum(lengths.pieces), b * lengths.window);
  const direction = lift >= 1 ? 'more' : 'fewer';
  const factor = direction === 'more' ? Math.min(lift, rateRatio) : 1 / Math.max(lift, rateRatio);
  const rest = { direction, lift, rateRatio, factor: Math.max(1, factor) } as const;
  if (window === 0 || baseline === 0) return { ...rest, statistic: 0, dispersion: 1, pValue: 1 };
  const dispersion = dispersionOf(counts.pieces, totals.pieces);
  const statistic = gStatistic(w, window, b, baseline) / dispersion;
  const share = (w + b) / (window + baseline);
  const fewest = Math.min(window, baseline) * Math.min(share, 1 - share);
  const approximate = chiSquareTail(statistic);
  const pValue =
    fewest >= LEAST_EXPECTED ? approximate : Math.max(approximate, fisherExact(w, window, b, baseline));
  return { ...rest, statistic, dispersion, pValue };
}
