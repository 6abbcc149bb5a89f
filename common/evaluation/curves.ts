/** Points of a curve that are kept. */
const MOST_POINTS = 200;

type Point = readonly [number, number];

export interface Curves {
  readonly roc: readonly Point[];
  readonly precisionRecall: readonly Point[];
}

/**
 * The ROC curve and the precision-recall curve, one point for each distinct score (equal scores are one step), thinned
 * evenly along the curve.
 *
 * @param ranked rows in order of falling score
 * @param labels 0 for normal, anything else for anomalous; both occur
 */
export function curvesOf(scores: Float64Array, labels: Uint8Array, ranked: Uint32Array): Curves {
  const anomalies = labels.reduce((sum, label) => sum + (label === 0 ? 0 : 1), 0);
  const normal = labels.length - anomalies;
  const roc: Point[] = [[0, 0]];
  const precisionRecall: Point[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let rank = 0; rank < ranked.length; rank++) {
    if (labels[ranked[rank]] === 0) falsePositives++;
    else truePositives++;
    const isLastOfScore = rank === ranked.length - 1 || scores[ranked[rank + 1]] !== scores[ranked[rank]];
    if (!isLastOfScore) continue;
    const recall = truePositives / anomalies;
    roc.push([falsePositives / normal, recall]);
    precisionRecall.push([recall, truePositives / (truePositives + falsePositives)]);
  }
  return { roc: thin(roc), precisionRecall: thin(precisionRecall) };
}

/** Keeps the ends and points at about equal distances along the curve. */
function thin(points: readonly Point[]): Point[] {
  if (points.length <= MOST_POINTS) return [...points];
  const length = (i: number): number =>
    Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
  let total = 0;
  for (let i = 1; i < points.length; i++) total += length(i);
  const spacing = total / (MOST_POINTS - 2);
  const kept: Point[] = [points[0]];
  let passed = 0;
  for (let i = 1; i < points.length - 1; i++) {
    passed += length(i);
    if (passed < spacing) continue;
    kept.push(points[i]);
    passed = 0;
  }
  kept.push(points[points.length - 1]);
  return kept;
}
