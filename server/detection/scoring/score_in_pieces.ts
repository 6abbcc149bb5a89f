import type { Matrix } from '../../../common/isolation_forest';
import type { LogDocument } from '../../../common/log_document';
import type { DirtReport } from '../../../common/log_features/columns/types';
import { createModelScorer, type ModelSnapshot } from '../../../common/model_snapshot';
import { createTurns } from '../ports/in_turns';

/** Number of logs for one measurement of time. */
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
  const turns = createTurns(now);
  const scorer = createModelScorer(snapshot);
  const columnCount = snapshot.encoder.columnNames.length;
  const scores = new Float64Array(documents.length);
  const values = new Float32Array(documents.length * columnCount);
  const milliseconds: number[] = [];
  for (let start = 0; start < documents.length; start += SCORED_AT_ONCE) {
    const before = turns.spent();
    const piece = await turns.finish(
      scorer.scoreInSteps(documents.slice(start, start + SCORED_AT_ONCE), dirt),
    );
    milliseconds.push(turns.spent() - before);
    scores.set(piece.scores, start);
    values.set(piece.matrix.values, start * columnCount);
    await turns.next();
  }
  return { scores, matrix: { values, rowCount: documents.length, columnCount }, milliseconds };
}
