import { xoroshiro128plus } from 'pure-rand';
import { DetectionError } from '../detection_error';
import { decodeForest, encodeForest } from './forest_codec';
import { growForest } from './grow_forest';
import { learnFromVerdicts } from './learn_from_verdicts';
import { createReferenceScorer, createScorer } from './scorer';
import { drawFraction } from './subsample';
import { bellMatrix, everyKind, testOptions } from './test_matrices';
import type { Matrix } from './types';

/** Rows around a place in three columns. */
function cloud(rowCount: number, at: readonly number[], spread: number, seed: number): Matrix {
  const random = xoroshiro128plus(seed);
  const values = Float32Array.from(
    { length: rowCount * 3 },
    (_, i) => at[i % 3] + spread * (drawFraction(random) - 0.5),
  );
  return { values, rowCount, columnCount: 3 };
}

const joined = (...parts: readonly Matrix[]): Matrix => ({
  values: Float32Array.from(parts.flatMap(({ values }) => [...values])),
  rowCount: parts.reduce((sum, { rowCount }) => sum + rowCount, 0),
  columnCount: 3,
});

/** Ordinary rows, rows that are rare and harmless, and rows that are rare and matter. */
const ordinary = bellMatrix(4_000, 3);
const harmless = cloud(60, [4, 0, 0], 1, 7);
const real = cloud(60, [0, -6, 4], 1, 8);
const head = (rows: Matrix, count: number): Matrix => ({
  ...rows,
  values: rows.values.slice(0, count * 3),
  rowCount: count,
});
const tail = (rows: Matrix, count: number): Matrix => ({
  ...rows,
  values: rows.values.slice(-count * 3),
  rowCount: count,
});

describe.each(everyKind)('learning from verdicts ($splits, $trainer)', (kind) => {
  const forest = growForest(joined(ordinary, harmless, real), { ...testOptions, ...kind });
  const threshold = 0.6;
  const verdicts = [...new Array<boolean>(12).fill(false), ...new Array<boolean>(12).fill(true)];
  const learned = learnFromVerdicts(forest, joined(head(harmless, 12), head(real, 12)), verdicts, threshold);
  const flagged = (rows: Matrix, of = learned): number =>
    createScorer(of)
      .score(rows)
      .filter((score) => score >= threshold).length;

  it('carries much of what is like the harmless ones below the threshold and keeps what is like the real ones above', () => {
    expect(flagged(tail(harmless, 48), forest)).toBeGreaterThan(40);
    expect(flagged(tail(real, 48), forest)).toBeGreaterThan(40);
    expect(flagged(tail(harmless, 48))).toBeLessThan(36);
    expect(flagged(tail(real, 48))).toBeGreaterThanOrEqual(flagged(tail(real, 48), forest));
  });

  it('leaves ordinary rows where they were', () => {
    const before = createScorer(forest).score(ordinary);
    const after = createScorer(learned).score(ordinary);
    const moved = before.reduce((sum, score, row) => sum + Math.abs(score - after[row]), 0) / before.length;
    expect(moved).toBeLessThan(0.01);
  });

  it('is stored and read back, and every scorer agrees', () => {
    const read = decodeForest(encodeForest(learned));
    expect(read).toEqual(learned);
    const rows = joined(harmless, real, ordinary);
    const scores = createScorer(read).score(rows);
    expect(scores).toEqual(createScorer(learned).score(rows));
    expect(scores).toEqual(createReferenceScorer(learned).score(rows));
    expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
  });
});

describe('learning from verdicts', () => {
  const forest = growForest(joined(ordinary, harmless, real), testOptions);
  const scoreOf = (of: typeof forest, rows: Matrix) => createScorer(of).score(rows)[0];

  it('does not move a row that was judged both ways', () => {
    const one = head(harmless, 1);
    const before = scoreOf(forest, one);
    const threshold = before;
    const after = scoreOf(learnFromVerdicts(forest, joined(one, one), [true, false], threshold), one);
    expect(Math.abs(after - before)).toBeLessThan(0.01);
  });

  it('is not silenced by a flood of one verdict on what is real', () => {
    const flood = joined(...new Array<Matrix>(40).fill(head(real, 12)));
    const verdicts = [...new Array<boolean>(480).fill(false), ...new Array<boolean>(12).fill(true)];
    const learned = learnFromVerdicts(forest, joined(flood, cloud(12, [6, 6, 6], 1, 3)), verdicts, 0.6);
    const far = cloud(1, [-9, 9, -9], 0, 1);
    expect(scoreOf(learned, far)).toBeGreaterThan(0.6);
    expect(Math.max(...learned.lengthAdjustment!)).toBeLessThanOrEqual(4);
  });

  it('changes nothing without verdicts, and starts afresh rather than on top of earlier ones', () => {
    const none = { values: new Float32Array(0), rowCount: 0, columnCount: 3 };
    expect(learnFromVerdicts(forest, none, [], 0.55)).toBe(forest);
    const once = learnFromVerdicts(forest, head(harmless, 12), new Array<boolean>(12).fill(false), 0.55);
    const twice = learnFromVerdicts(once, head(harmless, 12), new Array<boolean>(12).fill(false), 0.55);
    expect(twice.lengthAdjustment).toEqual(once.lengthAdjustment);
  });

  it('refuses what does not fit', () => {
    expect(() => learnFromVerdicts(forest, head(real, 2), [true], 0.5)).toThrow(DetectionError);
    expect(() => learnFromVerdicts(forest, head(real, 1), [true], 0)).toThrow('threshold: is 0');
  });

  it('refuses a stored forest whose adjustments learning never gives', () => {
    const lengthAdjustment = new Float32Array(forest.splitColumn.length);
    const leaf = forest.splitColumn.indexOf(-1);
    lengthAdjustment[leaf] = 40;
    expect(() => decodeForest(encodeForest({ ...forest, lengthAdjustment }))).toThrow(
      'adjusted path length is 40',
    );
  });
});
