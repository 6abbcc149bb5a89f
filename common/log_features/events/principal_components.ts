/** Share of the variance that the components account for; the others are the residual subspace (Xu et al. 2009, section 5.1). */
const EXPLAINED = 0.95;
/** Rotations over all pairs of columns; a symmetric matrix of some dozens of columns needs about ten. */
const MOST_SWEEPS = 60;
const CONVERGED = 1e-12;
const SIGNIFICANT_DIGITS = 7;

/** Directions in which the rows of training differ from each other. */
export interface PrincipalComponents {
  /** Mean of each column. */
  readonly centre: number[];
  /** Orthonormal, the one with the most variance first; none where all rows are alike. */
  readonly components: number[][];
}

const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));

/**
 * Learns the subspace that holds nearly all that differs between rows. The outcome depends on the order of `rows`, in the last
 * digits of sums, so give them sorted.
 *
 * @param rows distinct rows of equal length, each with how often it comes
 */
export function learnComponents(
  rows: readonly { readonly values: readonly number[]; readonly times: number }[],
): PrincipalComponents {
  const width = rows[0]?.values.length ?? 0;
  const total = rows.reduce((sum, { times }) => sum + times, 0);
  const centre = new Array<number>(width).fill(0);
  for (const { values, times } of rows) values.forEach((value, i) => (centre[i] += (value * times) / total));
  const covariance = Array.from({ length: width }, () => new Float64Array(width));
  for (const { values, times } of rows) {
    for (let i = 0; i < width; i++) {
      const weighted = ((values[i] - centre[i]) * times) / total;
      if (weighted === 0) continue;
      for (let j = 0; j < width; j++) covariance[i][j] += weighted * (values[j] - centre[j]);
    }
  }
  const { values, vectors } = eigenOf(covariance);
  const order = [...values.keys()].sort((one, other) => values[other] - values[one]);
  const variance = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const components: number[][] = [];
  let explained = 0;
  for (const place of order) {
    if (explained >= EXPLAINED * variance || values[place] <= CONVERGED) break;
    explained += values[place];
    components.push(vectors.map((row) => rounded(row[place])));
  }
  return { centre: centre.map(rounded), components };
}

/**
 * Distance of a row from the subspace of what is usual: the root of its squared prediction error (Jackson & Mudholkar 1979; Xu,
 * Huang, Fox, Patterson & Jordan 2009, "Detecting large-scale system problems by mining console logs").
 */
export function residualOf({ centre, components }: PrincipalComponents, row: Float64Array): number {
  let left = 0;
  for (let i = 0; i < centre.length; i++) left += (row[i] - centre[i]) ** 2;
  for (const component of components) {
    let along = 0;
    for (let i = 0; i < centre.length; i++) along += component[i] * (row[i] - centre[i]);
    left -= along * along;
  }
  return Math.sqrt(Math.max(0, left));
}

/** Eigenvalues and, in the columns of `vectors`, eigenvectors of a symmetric matrix: cyclic Jacobi (Golub & Van Loan, section 8.5). */
function eigenOf(matrix: Float64Array[]): { values: number[]; vectors: Float64Array[] } {
  const width = matrix.length;
  const vectors = matrix.map((_row, i) =>
    Float64Array.from({ length: width }, (_none, j) => (i === j ? 1 : 0)),
  );
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        all += matrix[i][j] ** 2;
        if (i !== j) off += matrix[i][j] ** 2;
      }
    }
    if (off <= CONVERGED * CONVERGED * all) break;
    for (let p = 0; p < width; p++) {
      for (let q = p + 1; q < width; q++) if (matrix[p][q] !== 0) rotate(matrix, vectors, p, q);
    }
  }
  return { values: matrix.map((row, i) => row[i]), vectors };
}

function rotate(matrix: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (const row of matrix) {
    const [left, right] = [row[p], row[q]];
    row[p] = cosine * left - sine * right;
    row[q] = sine * left + cosine * right;
  }
  const [upper, lower] = [matrix[p], matrix[q]];
  for (let i = 0; i < matrix.length; i++) {
    const [left, right] = [upper[i], lower[i]];
    upper[i] = cosine * left - sine * right;
    lower[i] = sine * left + cosine * right;
  }
  for (const row of vectors) {
    const [left, right] = [row[p], row[q]];
    row[p] = cosine * left - sine * right;
    row[q] = sine * left + cosine * right;
  }
}
