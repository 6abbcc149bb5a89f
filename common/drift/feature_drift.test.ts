import { binCounts, binEdges, stabilityIndexOfCounts } from '../evaluation/stability_index';
import type { Matrix } from '../isolation_forest/forest/types';
import { columnOf, featureDrift, isComparable, learnReference, referenceSchema } from '.';

const ROWS = 2_000;

/** In [0, 1), the same for the same number. */
const noise = (i: number): number => ((Math.imul(i + 1, 2_654_435_761) >>> 8) % 100_000) / 100_000;

/** Columns: a spread number, one of two values, a constant, a number that is missing in a tenth of the rows. */
function matrixOf(seed: number, shift = 0, share = 0.3): Matrix {
  const rows = Array.from({ length: ROWS }, (_none, row) => {
    const i = seed * ROWS + row;
    return [
      noise(i) + shift,
      noise(i + 7_919) < share ? 1 : 0,
      5,
      noise(i + 104_729) < 0.1 ? NaN : noise(i + 31),
    ];
  });
  return { values: Float32Array.from(rows.flat()), rowCount: ROWS, columnCount: 4 };
}

const encoder = { featureNames: ['time', 'kind', 'constant'], featureOfColumn: [0, 1, 2, 0] };
const reference = learnReference(matrixOf(1));

it('keeps deciles, values where they are few, and a place for what is missing', () => {
  const [spread, two, constant, missing] = reference.columns;
  expect(spread.edges).toHaveLength(9);
  expect(spread.edges[4]).toBeCloseTo(0.5, 1);
  spread.counts.slice(0, 10).forEach((count) => expect(Math.abs(count - ROWS / 10)).toBeLessThan(5));
  expect(two.edges).toEqual([0.5]);
  expect(constant).toEqual({ edges: [], counts: [ROWS, 0] });
  expect(missing.counts[10] / ROWS).toBeCloseTo(0.1, 1);
});

it('takes little room and is read back by its schema', () => {
  const text = JSON.stringify(reference);
  expect(text.length).toBeLessThan(4 * 200);
  expect(referenceSchema.parse(JSON.parse(text))).toEqual(reference);
  const [column] = reference.columns;
  const falling = { columns: [{ ...column, edges: [...column.edges].reverse() }] };
  expect(() => referenceSchema.parse(falling)).toThrow('must rise strictly');
  expect(() => referenceSchema.parse({ columns: [{ ...column, counts: [1] }] })).toThrow('two more');
});

it('says of a feature what the index of its values says', () => {
  const recent = matrixOf(2, 0.2);
  const found = featureDrift(reference, encoder, recent);
  const before = columnOf(matrixOf(1), 0);
  const edges = binEdges(before);
  const index = stabilityIndexOfCounts(binCounts(before, edges), binCounts(columnOf(recent, 0), edges));
  expect(found.find(({ feature }) => feature === 'time')!.drift).toBeCloseTo(index, 2);
});

it('finds next to nothing in logs of the same kind, and puts first what has moved most', () => {
  const same = featureDrift(reference, encoder, matrixOf(2));
  same.forEach(({ drift }) => expect(drift).toBeLessThan(0.03));
  const moved = featureDrift(reference, encoder, matrixOf(2, 0, 0.7));
  expect(moved[0].feature).toBe('kind');
  expect(moved[0].drift).toBeGreaterThan(0.25);
  expect(moved[1].drift).toBeLessThan(0.03);
});

it('does not take the hour or the weekday of a short time for drift', () => {
  expect(isComparable('hour_of_day', 3_600_000)).toBe(false);
  expect(isComparable('hour_of_day', 86_400_000)).toBe(true);
  expect(isComparable('day_of_week', 86_400_000)).toBe(false);
  expect(isComparable('number', 3_600_000)).toBe(true);
});
