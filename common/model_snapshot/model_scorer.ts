import { finishSteps } from '../finish_steps';
import type { Attribution, Verdict } from '../anomaly';
import { reasonOf } from '../explanations';
import { attributeRow, createScorer, type Matrix } from '../isolation_forest';
import type { DirtReport } from '../log_features/columns/types';
import type { LogDocument } from '../log_document';
import { verdictOf } from '../threshold';
import type { ModelSnapshot } from './types';

export interface Explanation {
  /** One entry for each feature, the largest share first. */
  readonly attribution: Attribution[];
  /** Sentence for people. */
  readonly reason: string;
}

export interface ModelScorer {
  /**
   * Scores any documents; dirt is added to `dirt`.
   *
   * @returns one score in (0, 1] for each document, and the rows as encoded, for {@link explain}
   */
  score(documents: readonly LogDocument[], dirt?: DirtReport): { scores: Float64Array; matrix: Matrix };
  /** {@link score} with pauses, so that a log that takes long does not keep others waiting. */
  scoreInSteps(
    documents: readonly LogDocument[],
    dirt?: DirtReport,
  ): Generator<void, { scores: Float64Array; matrix: Matrix }>;
  /** @param threshold default: the model's own */
  verdict(score: number, threshold?: number): Verdict;
  /**
   * Explains the score of a document.
   *
   * @param matrix with `row`: where `score` has encoded the document, which saves doing it again
   */
  explain(document: LogDocument, matrix?: Matrix, row?: number): Explanation;
  /** {@link explain} with pauses. */
  explainInSteps(document: LogDocument, matrix: Matrix, row: number): Generator<void, Explanation>;
}

/** Rows scored in one step: a row takes a microsecond with 100 trees, some ten with 1,000 large ones. */
const ROWS_A_STEP = 500;

/** Prepares a model for scoring. Keep it: it holds working memory of the forest. Not for use from several threads. */
export function createModelScorer(snapshot: ModelSnapshot): ModelScorer {
  const { encoder, forest, quantiles } = snapshot;
  const scorer = createScorer(forest);
  const explainInSteps: ModelScorer['explainInSteps'] = function* (document, { values, columnCount }, row) {
    const columns = attributeRow(forest, values.slice(row * columnCount, (row + 1) * columnCount));
    const shares = new Float64Array(encoder.featureNames.length);
    columns.forEach((share, column) => (shares[encoder.featureOfColumn[column]] += share));
    const attribution: Attribution[] = [];
    for (const { type: _type, ...seen } of encoder.explainInSteps(document)) {
      attribution.push({ ...seen, share: shares[attribution.length] });
      yield;
    }
    attribution.sort((a, b) => b.share - a.share);
    return { attribution, reason: reasonOf(attribution) };
  };
  return {
    score(documents, dirt) {
      const matrix = encoder.encode(documents, dirt);
      return { scores: scorer.score(matrix), matrix };
    },
    *scoreInSteps(documents, dirt) {
      const matrix = yield* encoder.encodeInSteps(documents, dirt);
      const { values, rowCount, columnCount } = matrix;
      const scores = new Float64Array(rowCount);
      for (let start = 0; start < rowCount; start += ROWS_A_STEP) {
        const end = Math.min(start + ROWS_A_STEP, rowCount);
        const rows = values.subarray(start * columnCount, end * columnCount);
        scores.set(scorer.score({ values: rows, rowCount: end - start, columnCount }), start);
        yield;
      }
      return { scores, matrix };
    },
    verdict: (score, threshold = snapshot.threshold) => verdictOf(score, threshold, quantiles),
    explain: (document, matrix = encoder.encode([document]), row = 0) =>
      finishSteps(explainInSteps(document, matrix, row)),
    explainInSteps,
  };
}
