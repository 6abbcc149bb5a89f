import { z } from 'zod';
import { binCounts, binEdges } from '../evaluation/stability_index';
import type { Matrix } from '../isolation_forest/forest/types';

/** Significant digits of an edge: the counts belong to the edges as they are stored. */
const EDGE_DIGITS = 6;
const MOST_BINS = 11;
/** Rows that are looked at, the first: enough for deciles however many there are. */
const MOST_ROWS = 50_000;

const columnSchema = z
  .strictObject({
    edges: z
      .array(z.number())
      .max(MOST_BINS - 1)
      .refine((list) => list.every((edge, i) => i === 0 || edge > list[i - 1]), 'must rise strictly'),
    counts: z.array(z.number().int().nonnegative()).max(MOST_BINS + 1),
  })
  .refine(({ edges, counts }) => counts.length === edges.length + 2, 'counts must be two more than edges');

/** A reference as a model file holds it; columns are those of the encoder, in their order. */
export const referenceSchema = z.strictObject({
  columns: z.array(columnSchema).min(1).max(10_000),
  /** Likewise of the scores that the forest gives to logs that it was not grown on. */
  scores: columnSchema.optional(),
});

/**
 * Distribution of each column in training: lower edges of all bins but the first (deciles, or middles
 * between the values where these are few), and the rows in each bin, the last one being the missing values.
 */
export type ReferenceDistributions = Readonly<z.infer<typeof referenceSchema>>;

/**
 * Sums up the rows that a model learned from, in random order: about 150 bytes a column.
 *
 * @param scores that the model gives to logs of the same kind
 */
export function learnReference(whole: Matrix, scores?: Float64Array): ReferenceDistributions {
  const matrix = { ...whole, rowCount: Math.min(whole.rowCount, MOST_ROWS) };
  return {
    columns: Array.from({ length: matrix.columnCount }, (_none, column) =>
      distributionOf(columnOf(matrix, column)),
    ),
    ...(scores && { scores: distributionOf(scores) }),
  };
}

function distributionOf(values: Float64Array): ReferenceDistributions['columns'][number] {
  const edges = [...new Set(binEdges(values).map((edge) => Number(edge.toPrecision(EDGE_DIGITS))))];
  return { edges, counts: binCounts(values, edges) };
}

/** The values of one column, row by row. */
export const columnOf = ({ values, columnCount, rowCount }: Matrix, column: number): Float64Array =>
  Float64Array.from({ length: rowCount }, (_none, row) => values[row * columnCount + column]);
