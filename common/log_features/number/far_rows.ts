import type { FeatureDefinition } from '../../detector';
import { medianOfColumns } from '../../isolation_forest/forest/missing_values';
import type { Matrix } from '../../isolation_forest/forest/types';
import { directionOf } from '../columns/directions';
import { compressed } from './deviation_encoding';
import type { FeatureEncoder } from '../columns/types';

/** Spreads from what is usual at which far rows lie, on either side. */
const FAR_SPREADS = [6, 12, 24, 48, 96];
/** Relative to the rows of the matrix, which are few and clean: with 0.02 floods rank as high, but nearer to the threshold. */
const FAR_SHARE = 0.2;

/** The sides of what is usual on which rows can lie: 1 above, -1 below. */
function sidesOf(definition: FeatureDefinition): readonly number[] {
  const direction = directionOf(definition);
  return direction === 'both' ? [-1, 1] : [direction === 'high' ? 1 : -1];
}

/** Returns the sides for a column on the scale of deviations; none for others. Counted events have one for each side of all. */
function sidesOfColumn(definition: FeatureDefinition, name: string): readonly number[] {
  if (definition.type === 'deviation') return name.endsWith('.missing') ? [] : sidesOf(definition);
  if (definition.type !== 'event_counts' || definition.by === undefined) return [];
  return name.endsWith('.largest') ? [1] : name.endsWith('.smallest') ? [-1] : [];
}

/**
 * Adds rows to those of buckets that a forest is grown on: usual in all columns but one of type deviation, where they lie far out.
 *
 * A forest splits only between the values it has seen, so a number beyond all of them scores like the largest of
 * training, however far out it is. Deviations have a known scale, on which far rows mark what lies beyond: the
 * artificial outliers of Steinwart, Hush & Scovel 2005 ("A classification framework for anomaly detection"), along the axes.
 * Quantiles and threshold come from rows of logs alone.
 *
 * @returns the matrix itself without features of that type
 */
export function withFarRows(
  matrix: Matrix,
  definitions: readonly FeatureDefinition[],
  encoder: FeatureEncoder,
  seed: number,
): Matrix {
  const { values, rowCount, columnCount } = matrix;
  const columns = encoder.featureOfColumn.flatMap((feature, column) =>
    sidesOfColumn(definitions[feature], encoder.columnNames[column]).length > 0 ? [column] : [],
  );
  if (columns.length === 0) return matrix;
  const usual = medianOfColumns(matrix, seed);
  const places = columns.flatMap((column) =>
    FAR_SPREADS.flatMap((spreads) =>
      sidesOfColumn(definitions[encoder.featureOfColumn[column]], encoder.columnNames[column]).map(
        (side) => ({
          column,
          value: compressed(side * spreads),
        }),
      ),
    ),
  );
  const copies = Math.max(1, Math.round((FAR_SHARE * rowCount) / places.length));
  const added = copies * places.length;
  const all = new Float32Array((rowCount + added) * columnCount);
  all.set(values);
  for (let row = 0; row < added; row++) {
    const { column, value } = places[row % places.length];
    const start = (rowCount + row) * columnCount;
    all.set(usual, start);
    all[start + column] = value;
  }
  return { values: all, rowCount: rowCount + added, columnCount };
}
