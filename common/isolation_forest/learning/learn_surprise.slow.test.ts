import { averagePathLength } from '../forest/average_path_length';
import { attributeRow } from '../scoring/attribution';
import { decodeForest, encodeForest } from '../codec/forest_codec';
import { growForest } from '../growing/grow_forest';
import { learnSurprise, type ColumnWatch } from './learn_surprise';
import { createReferenceScorer, createScorer } from '../scoring/scorer';
import { surpriseOfRow } from '../scoring/surprise';
import { bellMatrix, everyKind, testOptions } from '../forest/test_matrices';
import type { Matrix } from '../forest/types';

/** Bell-shaped numbers in three columns, and a fourth that is 0 throughout. */
const bell = bellMatrix(5_000, 3);
const rows: Matrix = {
  values: Float32Array.from({ length: 20_000 }, (_none, i) =>
    i % 4 === 3 ? 0 : bell.values[(i >> 2) * 3 + (i % 4)],
  ),
  rowCount: 5_000,
  columnCount: 4,
};
const watches = (probability: number): ColumnWatch[] => [
  { column: 0, feature: 0, kind: 'beyond', direction: 'both', probability: 0.0001 },
  { column: 1, feature: 1, kind: 'beyond', direction: 'high', probability: 0.0001 },
  { column: 3, feature: 2, kind: 'unseen', probability },
];
const only = (...values: number[]): Matrix => ({
  values: Float32Array.from(values),
  rowCount: 1,
  columnCount: 4,
});

describe.each(everyKind)('surprise ($splits, $trainer)', (kind) => {
  const grown = growForest(rows, { ...testOptions, ...kind });
  const forest = learnSurprise(grown, rows, watches(0.0001), 1);
  const scorer = createScorer(forest);
  const scoreOf = (...values: number[]): number => scorer.score(only(...values))[0];
  const sorted = scorer.score(rows).sort();
  const threshold = sorted[Math.floor(0.99 * sorted.length)];

  it('leaves rows of training as they were', () => {
    expect(scorer.score(rows)).toEqual(createScorer(grown).score(rows));
  });

  it('lifts an ordinary row with something never seen over the threshold', () => {
    expect(scoreOf(0, 0, 0, 0)).toBeLessThan(threshold);
    expect(scoreOf(0, 0, 0, 1)).toBeGreaterThan(threshold);
  });

  it('ranks numbers higher the further out they lie, at the ends that are watched', () => {
    const out = [2, 3, 5, 20, 1e3, 1e6, 1e9];
    const scores = out.map((far) => scoreOf(far, 0, 0, 0));
    expect(scores.every((score, i) => score > (scores[i - 1] ?? 0) && score <= 1)).toBe(true);
    expect(scoreOf(10, 0, 0, 0)).toBeGreaterThan(threshold);
    expect(scoreOf(-9, 0, 0, 0)).toBeGreaterThan(scoreOf(-3, 0, 0, 0));
    if (kind.splits !== 'extended') expect(scoreOf(0, -9, 0, 0)).toBe(scoreOf(0, -1e9, 0, 0));
    expect(scoreOf(Infinity, 0, 0, 0)).toBeLessThanOrEqual(1);
  });

  it('adds features up', () => {
    expect(scoreOf(9, 0, 0, 1)).toBeGreaterThan(Math.max(scoreOf(9, 0, 0, 0), scoreOf(0, 0, 0, 1)));
  });

  it('says nothing of a missing value, nor where new values come all the time', () => {
    expect(scoreOf(0, 0, 0, NaN)).toBe(scoreOf(0, 0, 0, 0));
    const unstable = createScorer(learnSurprise(grown, rows, watches(0.05), 1));
    expect(unstable.score(only(0, 0, 0, 1))[0]).toBe(scoreOf(0, 0, 0, 0));
  });

  it('is the same in every scorer, to the last bit, and read back as it was written', () => {
    const strange: Matrix = {
      values: rows.values.map((value, i) => (i % 11 === 0 ? value * (i % 50) : i % 97 === 0 ? NaN : value)),
      rowCount: 5_000,
      columnCount: 4,
    };
    const decoded = decodeForest(encodeForest(forest));
    expect(decoded).toEqual(forest);
    expect(createScorer(decoded).score(strange)).toEqual(createReferenceScorer(forest).score(strange));
    const damaged = {
      ...forest,
      surprise: { ...forest.surprise!, jump: forest.surprise!.jump.map(() => -1) },
    };
    expect(() => decodeForest(encodeForest(damaged))).toThrow(/surprise is -1/);
  });

  it('is given to the columns that surprise', () => {
    const shares = attributeRow(forest, only(0, 0, 0, 1).values);
    expect(shares[3]).toBeGreaterThan(0.3);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });
});

it('takes the largest surprise of a feature, not the sum of its columns', () => {
  const grown = growForest(rows, testOptions);
  const apart = learnSurprise(grown, rows, watches(0.0001), 1).surprise!;
  const together = learnSurprise(
    grown,
    rows,
    watches(0.0001).map((watch) => ({ ...watch, feature: 0 })),
    1,
  );
  const row = Float32Array.of(9, 0, 0, 1);
  const both = [Float32Array.of(9, 0, 0, 0), Float32Array.of(0, 0, 0, 1)].map((one) =>
    surpriseOfRow(apart, one, 0),
  );
  expect(surpriseOfRow(apart, row, 0)).toBe(both[0] + both[1]);
  expect(surpriseOfRow(together.surprise!, row, 0)).toBe(Math.max(...both));
});

it('ranks what was never seen as high as it is rare, among rows that are far out in a column as well', () => {
  const far: Matrix = { ...rows, values: Float32Array.from(rows.values) };
  // One row in 250, as failing requests are.
  for (let row = 0; row < 20; row++) far.values[row * 4 + 1] = 8 + row;
  const tail: ColumnWatch = { column: 1, feature: 1, kind: 'tail', direction: 'high', probability: 1e-4 };
  const grown = growForest(far, testOptions);
  const rankOf = (probability: number, seldom?: number): number => {
    const scorer = createScorer(
      learnSurprise(grown, far, [tail, { column: 3, feature: 2, kind: 'unseen', probability, seldom }], 1),
    );
    const [score] = scorer.score(only(0, 0, 0, 1));
    return scorer.score(far).filter((other) => other >= score).length;
  };
  const [often, seldom, hardlyEver] = [0.004, 0.002, 1e-4].map((probability) => rankOf(probability, 0));
  expect(hardlyEver).toBeLessThanOrEqual(5);
  expect(seldom).toBeGreaterThan(hardlyEver);
  expect(seldom).toBeLessThanOrEqual(20);
  expect(often).toBeGreaterThan(seldom);
  // Where values come that hardly ever came before, a new one is one more of these.
  expect(rankOf(1e-4, 0.02)).toBeGreaterThan(2 * hardlyEver);
  expect(rankOf(1e-4)).toBe(rankOf(1e-4, 0.02));
});

describe('paths of rows that are short', () => {
  const forestOf = (kind: ColumnWatch['kind']): ReturnType<typeof learnSurprise> => {
    const watch: ColumnWatch = {
      ...{ column: 1, feature: 1, kind, direction: 'high', probability: 1e-4 },
      ...(kind === 'tail' && { leastDecay: 0.3 }),
    };
    return learnSurprise(growForest(rows, testOptions), rows, [watch], 1);
  };
  const lengthsOf = (forest: ReturnType<typeof learnSurprise>): number[] =>
    [...createScorer(forest).score(rows)].map(
      (score) => -averagePathLength(forest.subsampleSize) * Math.log2(score),
    );

  it('count in part where a column says how rare it is, since the forest says the same', () => {
    const forest = forestOf('tail');
    const plain = lengthsOf({ ...forest, surprise: undefined, damping: undefined });
    const counted = lengthsOf({ ...forest, surprise: undefined });
    const isShort = plain.map((length) => length < forest.damping!.below);
    expect(isShort.filter(Boolean)).toHaveLength(rows.rowCount / 100);
    counted.forEach((length, row) => {
      if (isShort[row]) expect(length).toBeGreaterThan(plain[row]);
      else expect(length).toBe(plain[row]);
    });
  });

  it('count in full where the forest alone tells rows apart', () => {
    expect(forestOf('beyond').damping).toBeUndefined();
    expect(forestOf('beyond').surprise).toBeDefined();
    const watch: ColumnWatch = { column: 1, feature: 1, kind: 'beyond', probability: 1e-4 };
    const missing: ColumnWatch = { ...watch, column: 2, kind: 'rarity', isOfMissing: true };
    const forest = learnSurprise(growForest(rows, testOptions), rows, [watch, missing], 1);
    expect(forest.surprise).toBeDefined();
    expect(forest.damping).toBeUndefined();
  });

  it('count the more the fewer features say how rare they are', () => {
    const watches = [0, 1, 2].map((column): ColumnWatch => ({
      column,
      feature: column,
      ...(column < 2 ? { kind: 'beyond' } : { kind: 'tail', leastDecay: 0.3 }),
      probability: 1e-4,
    }));
    const { damping } = learnSurprise(growForest(rows, testOptions), rows, watches, 1);
    expect(damping!.share).toBeGreaterThan(forestOf('tail').damping!.share);
    expect(damping!.share).toBeLessThan(1);
  });

  it('count as they do without features that never differ', () => {
    const { rowCount, columnCount } = rows;
    const withConstant = new Float32Array(rowCount * (columnCount + 1));
    for (let row = 0; row < rowCount; row++)
      withConstant.set(
        rows.values.subarray(row * columnCount, (row + 1) * columnCount),
        row * (columnCount + 1),
      );
    const matrix = { values: withConstant, rowCount, columnCount: columnCount + 1 };
    const numbers: ColumnWatch = { column: 0, feature: 0, kind: 'beyond', probability: 1e-4 };
    const constant: ColumnWatch = {
      column: columnCount,
      feature: columnCount,
      kind: 'rarity',
      probability: 1e-4,
    };
    const forest = learnSurprise(growForest(matrix, testOptions), matrix, [numbers, constant], 1);
    expect(forest.surprise).toBeDefined();
    expect(forest.damping).toBeUndefined();
  });
});

it('stays finite where numbers are as large as 32 bits hold', () => {
  const rowCount = 4_000;
  const values = Float32Array.from(
    { length: rowCount },
    (_none, row) => (row % 2 === 0 ? 1 : -1) * 3e38 * (row / rowCount),
  );
  const matrix = { values, rowCount, columnCount: 1 };
  const forest = growForest(matrix, {
    treeCount: 10,
    subsampleSize: 256,
    seed: 1,
    splits: 'axis',
    trainer: 'built_in',
  });
  const { surprise } = learnSurprise(
    forest,
    matrix,
    [{ column: 0, feature: 0, kind: 'tail', direction: 'both', probability: 1e-4 }],
    1,
  );
  for (const part of [surprise!.low, surprise!.lowScale, surprise!.high, surprise!.highScale]) {
    expect([...part].every(Number.isFinite)).toBe(true);
  }
});

describe('features that are rare in the same rows', () => {
  /** Ones in the first rows of column 1, and in those of column 2, which are the same or others. */
  const forestOf = (from: number): ReturnType<typeof learnSurprise> => {
    const marked: Matrix = { ...rows, values: Float32Array.from(rows.values) };
    for (let row = 0; row < 20; row++) {
      marked.values[row * 4 + 1] = 40;
      marked.values[(from + row) * 4 + 2] = 40;
    }
    const rarity = [1, 2].map((column): ColumnWatch => ({
      column,
      feature: column,
      kind: 'rarity',
      probability: 0,
    }));
    return learnSurprise(growForest(marked, testOptions), marked, rarity, 1);
  };
  const surprise = ({ surprise: table }: ReturnType<typeof learnSurprise>, ...values: number[]): number =>
    surpriseOfRow(table!, Float32Array.from(values), 0);

  it('count once', () => {
    const forest = forestOf(0);
    expect(surprise(forest, 0, 40, 0, 0)).toBeGreaterThan(0);
    expect(surprise(forest, 0, 40, 40, 0)).toBeCloseTo(
      Math.max(surprise(forest, 0, 40, 0, 0), surprise(forest, 0, 0, 40, 0)),
      6,
    );
  });

  it('add up where they are rare in different rows', () => {
    const forest = forestOf(500);
    expect(surprise(forest, 0, 40, 40, 0)).toBeCloseTo(
      surprise(forest, 0, 40, 0, 0) + surprise(forest, 0, 0, 40, 0),
      6,
    );
  });
});

it('takes a rare value for as rare in a column that is seldom filled as in one that always is', () => {
  // Six rows of 5,000 hold 40: in column 1, which a tenth of the rows fill, and others in column 2.
  const marked: Matrix = { ...rows, values: Float32Array.from(rows.values) };
  for (let row = 0; row < rows.rowCount; row++) {
    marked.values[row * 4 + 1] = row % 10 > 0 ? NaN : row < 60 ? 40 : 0;
    marked.values[row * 4 + 2] = row >= 60 && row < 66 ? 40 : 0;
  }
  const watched = [1, 2].map((column): ColumnWatch => ({
    column,
    feature: column,
    kind: 'rarity',
    probability: 0,
  }));
  const { surprise } = learnSurprise(growForest(marked, testOptions), marked, watched, 1);
  const [seldom, always] = [1, 2].map((column) => {
    const row = new Float32Array(4);
    row[column] = 40;
    return surpriseOfRow(surprise!, row, 0);
  });
  expect(always).toBeGreaterThan(0);
  expect(seldom / always).toBeCloseTo(1, 1);
});

it('takes what is usual in a column for usual, however seldom the column is filled', () => {
  // One row of a hundred fills column 1, two fifths of these with the rarer of two values.
  const marked: Matrix = { ...rows, values: Float32Array.from(rows.values) };
  for (let row = 0; row < rows.rowCount; row++) {
    marked.values[row * 4 + 1] = row % 100 > 0 ? NaN : row % 500 < 200 ? 1 : 0;
  }
  const watch: ColumnWatch = { column: 1, feature: 1, kind: 'rarity', probability: 0 };
  const { surprise } = learnSurprise(growForest(marked, testOptions), marked, [watch], 1);
  const row = new Float32Array(4);
  row[1] = 1;
  expect(surprise === undefined ? 0 : surpriseOfRow(surprise, row, 0)).toBe(0);
});

describe('numbers that say by their own scale how rare they are', () => {
  /** Surprise of a row as far out as these, where a share of the training rows is, among four columns with tails. */
  const surpriseWith = (share: number, ownTail?: ColumnWatch['ownTail']): number => {
    const far: Matrix = { ...rows, values: Float32Array.from(rows.values) };
    for (let row = 0; row < share * rows.rowCount; row++) far.values[row * 4 + 1] = 9 + (row % 7);
    const tails = [0, 1, 2, 3].map((column): ColumnWatch => {
      return { column, feature: column, kind: 'tail', direction: 'high', probability: 1e-4, ownTail };
    });
    const { surprise } = learnSurprise(growForest(far, testOptions), far, tails, 1);
    return surpriseOfRow(surprise!, Float32Array.of(0, 12, 0, 0), 0);
  };
  /** Laplace's law, of any of so many numbers. */
  const ownTail = (share: number, tails: number): number => -Math.log((2 * share) / tails) / Math.SQRT2;

  it('surprise though training holds some that lie as far out', () => {
    expect(surpriseWith(0.008)).toBeLessThan(0.1);
    expect(surpriseWith(0.008, ownTail)).toBeGreaterThan(0.4);
    expect(surpriseWith(0.004, ownTail)).toBeGreaterThan(surpriseWith(0.008, ownTail));
  });
  it('say nothing where a forest sees by itself how many they are', () => {
    expect(surpriseWith(0.06, ownTail)).toBe(0);
  });
  it('are as surprising as ever where training holds none', () => {
    expect(surpriseWith(0, ownTail)).toBe(surpriseWith(0));
  });
});
