import { DetectionError } from '../../detection_error';

/** Euler-Mascheroni constant: the limit of H(i) - ln(i), with H the harmonic number. */
const EULER_GAMMA = 0.5772156649015329;

/**
 * Path lengths are multiples of 2^-32. Sums of up to 2^15 of them are exact, so the order in which trees are added
 * does not matter, and rows that are all equal score exactly 0.5.
 */
const PATH_LENGTH_STEPS = 2 ** 32;

/**
 * Expected path length of an unsuccessful search among `sampleSize` points: the c(n) that makes path lengths
 * comparable between leaves of different sizes (Liu, Ting & Zhou 2008, eq. 1, with H(i) taken as ln(i) + gamma).
 *
 * @param sampleSize number of points, a non-negative integer
 * @returns rounded to 2^-32; 0 below two points: nothing is left to isolate; 1 for two
 * @example averagePathLength(256) // 10.2448
 */
export function averagePathLength(sampleSize: number): number {
  if (!(sampleSize >= 0)) {
    throw new DetectionError('invalid_input', `sampleSize: is ${sampleSize}, must be at least 0`);
  }
  return KNOWN[sampleSize] ?? compute(sampleSize);
}

function compute(sampleSize: number): number {
  if (sampleSize <= 1) return 0;
  if (sampleSize === 2) return 1;
  const exact = 2 * (Math.log(sampleSize - 1) + EULER_GAMMA) - (2 * (sampleSize - 1)) / sampleSize;
  return Math.round(exact * PATH_LENGTH_STEPS) / PATH_LENGTH_STEPS;
}

/** Explaining a row asks for it at each of its splits in each tree: kept for the sizes that trees are usually grown on. */
const KNOWN = Float64Array.from({ length: 16_385 }, (_none, sampleSize) => compute(sampleSize));

/**
 * The anomaly score s(x, psi) = 2^(-E(h(x)) / c(psi)) (Liu, Ting & Zhou 2008, eq. 2): near 1 for a row that is
 * isolated at once, 0.5 for a row that behaves as the average one, towards 0 for the most ordinary rows.
 *
 * @param pathLength E(h(x)), the mean path length of the row over all trees, at least 0
 * @param subsampleSize psi, rows that each tree was grown on
 * @returns in (0, 1]; 0.5 when psi is below 2, since a single row can be told apart from nothing
 */
export function anomalyScore(pathLength: number, subsampleSize: number): number {
  const expected = averagePathLength(subsampleSize);
  return expected === 0 ? 0.5 : Math.exp((-pathLength / expected) * Math.LN2);
}

/**
 * Returns the height limit of a tree over `subsampleSize` rows: ceil(log2(psi)), the height of a balanced tree. Rows that
 * lie deeper are ordinary anyway (Liu, Ting & Zhou 2008, section 4.1). Computed on integers, so the same everywhere.
 */
export function heightLimit(subsampleSize: number): number {
  return subsampleSize <= 1 ? 0 : 32 - Math.clz32(subsampleSize - 1);
}
