/** Coefficients of Lanczos (1964) for g = 7 and nine terms, as Godfrey computed them. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const LANCZOS_G = 7;

/**
 * Natural logarithm of the gamma function (Lanczos 1964, "A Precision Approximation of the Gamma Function").
 *
 * @param x above 0.5
 * @returns to about 14 significant digits
 * @example logGamma(5) // ln 24
 */
export function logGamma(x: number): number {
  const z = x - 1;
  let sum: number = LANCZOS[0];
  for (let term = 1; term < LANCZOS.length; term++) sum += LANCZOS[term] / (z + term);
  const t = z + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Coefficients of the Chebyshev fit of Numerical Recipes, 2nd edition, section 6.2, `erfcc`. */
const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
] as const;

/**
 * Probability that a chi-square variable of one degree of freedom is as large, `erfc(sqrt(x / 2))` (Press et al. 1992).
 *
 * @param statistic 0 or more
 * @returns in [0, 1], with a relative error of at most 1.2e-7; 0 where it is below the smallest number
 */
export function chiSquareTail(statistic: number): number {
  const z = Math.sqrt(Math.max(0, statistic) / 2);
  const t = 1 / (1 + 0.5 * z);
  const polynomial = ERFC.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  return Math.min(1, t * Math.exp(-z * z + polynomial));
}
