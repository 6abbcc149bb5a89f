import { setImmediate } from 'node:timers/promises';
import type { Matrix } from '../../common/isolation_forest';
import type { LogDocument } from '../../common/log_document';
import type { DirtReport } from '../../common/log_features/types';
import { createModelScorer, type ModelSnapshot } from '../../common/model_snapshot';

/** Scored in one go, so that whoever else runs on this thread gets a turn in between. */
const SCORED_AT_ONCE = 500;

export interface ScoredSample {
  readonly scores: Float64Array;
  /** The documents as encoded. */
  readonly matrix: Matrix;
  /** Milliseconds that each piece of at most 500 logs took, the pauses left out. */
  readonly milliseconds: readonly number[];
}

/**
 * Scores a sample on a thread that has other things to do.
 *
 * @param options `dirt` is added to; `now` in milliseconds, by default of the machine
 */
export async function scoreInPieces(
  snapshot: ModelSnapshot,
  documents: readonly LogDocument[],
  options: { readonly dirt?: DirtReport; readonly now?: () => number } = {},
): Promise<ScoredSample> {
  const { dirt, now = () => performance.now() } = options;
  const scorer = createModelScorer(snapshot);
  const columnCount = snapshot.encoder.columnNames.length;
  const scores = new Float64Array(documents.length);
  const values = new Float32Array(documents.length * columnCount);
  const milliseconds: number[] = [];
  for (let start = 0; start < documents.length; start += SCORED_AT_ONCE) {
    const startedAt = now();
    const piece = scorer.score(documents.slice(start, start + SCORED_AT_ONCE), dirt);
    milliseconds.push(now() - startedAt);
    scores.set(piece.scores, start);
    values.set(piece.matrix.values, start * columnCount);
    await setImmediate();
  }
  return { scores, matrix: { values, rowCount: documents.length, columnCount }, milliseconds };
}
