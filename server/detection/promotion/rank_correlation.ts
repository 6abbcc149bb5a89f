/**
 * Spearman's rank correlation of two lists of equal length; equal values share their middle rank.
 *
 * @returns -1 to 1; 1 where both lists are constant or empty, 0 where one of them is
 */
export function rankCorrelation(left: Float64Array, right: Float64Array): number {
  const ranks = [ranksOf(left), ranksOf(right)] as const;
  const middle = (left.length - 1) / 2;
  let [product, leftSquares, rightSquares] = [0, 0, 0];
  for (let row = 0; row < left.length; row++) {
    const [x, y] = [ranks[0][row] - middle, ranks[1][row] - middle];
    product += x * y;
    leftSquares += x * x;
    rightSquares += y * y;
  }
  if (leftSquares === 0 && rightSquares === 0) return 1;
  if (leftSquares === 0 || rightSquares === 0) return 0;
  return product / Math.sqrt(leftSquares * rightSquares);
}

function ranksOf(values: Float64Array): Float64Array {
  const order = [...values.keys()].sort((left, right) => values[left] - values[right]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let place = start; place < end; place++) ranks[order[place]] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
