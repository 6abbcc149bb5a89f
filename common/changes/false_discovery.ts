/**
 * Adjusts p-values for the number of tests, so that at most that share of what is called a change is none (Benjamini & Hochberg 1995,
 * "Controlling the False Discovery Rate").
 *
 * @param pValues in any order
 * @param tests tests that were made in all, those whose p-values are larger and not given among them
 * @returns in the order of the p-values, each in [0, 1]
 */
export function adjustedPValues(pValues: readonly number[], tests = pValues.length): number[] {
  const count = Math.max(tests, pValues.length);
  const order = pValues.map((_, place) => place).sort((one, other) => pValues[other] - pValues[one]);
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  order.forEach((place, behind) => {
    least = Math.min(least, (pValues[place] * count) / (pValues.length - behind));
    adjusted[place] = least;
  });
  return adjusted;
}
