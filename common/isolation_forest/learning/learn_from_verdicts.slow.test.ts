import { xoroshiro128plus } from 'pure-rand';
import { DetectionError } from '../../detection_error';
import { averagePathLength } from '../forest/average_path_length';
import { decodeForest, encodeForest } from '../codec/forest_codec';
import { growForest } from '../growing/grow_forest';
import { learnFromVerdicts } from './learn_from_verdicts';
import { createReferenceScorer, createScorer } from '../scoring/scorer';
import { drawFraction } from '../forest/subsample';
import { bellMatrix, everyKind, testOptions } from '../forest/test_matrices';
import type { Matrix } from '../forest/types';

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

  /** Mean path lengths, in splits: what verdicts move (s = 2^(-h / c)). */
  const lengthsOf = (rows: Matrix, of = learned): number[] =>
    [...createScorer(of).score(rows)].map((score) => -averagePathLength(of.subsampleSize) * Math.log2(score));
  const limit = -averagePathLength(forest.subsampleSize) * Math.log2(threshold);
  const movesOf = (rows: Matrix): number[] => {
    const before = lengthsOf(rows, forest);
    return lengthsOf(rows).map((length, row) => length - before[row]);
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('carries each row that was judged harmless to the other side of the threshold', () => {
    const judged = head(harmless, 12);
    expect(flagged(judged, forest)).toBe(12);
    const beyond = lengthsOf(judged).map((length) => length - limit);
    expect(mean(beyond)).toBeGreaterThan(0);
    // Half a split, of which the limit of what moves a leaf may take a little more than all.
    expect(Math.min(...beyond)).toBeGreaterThan(-0.1);
    expect(Math.max(...beyond)).toBeLessThan(1);
  });

  it('moves what is alike and was not judged three quarters as far, on the average', () => {
    const judged = mean(movesOf(head(harmless, 12)));
    const alike = mean(movesOf(tail(harmless, 48)));
    expect(judged).toBeGreaterThan(1.2);
    expect(alike / judged).toBeGreaterThan(0.7);
    expect(alike / judged).toBeLessThan(1);
  });

  it('keeps every row that was judged real, or is like these, above the threshold', () => {
    expect([flagged(real, forest), flagged(real)]).toEqual([60, 60]);
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

  it('moves one row half a split beyond the threshold, by two and a half at most', () => {
    const one = head(harmless, 1);
    const expected = averagePathLength(forest.subsampleSize);
    const lengthOf = (of: typeof forest): number => -expected * Math.log2(scoreOf(of, one));
    const before = lengthOf(forest);
    const moveFor = (way: number, isReal: boolean): number =>
      lengthOf(learnFromVerdicts(forest, one, [isReal], 2 ** (-(before + way) / expected))) - before;
    expect(moveFor(0.6, false)).toBeCloseTo(1.1, 3);
    expect(moveFor(-0.2, false)).toBeCloseTo(0.3, 3);
    expect(moveFor(-0.6, false)).toBe(0);
    for (const most of [moveFor(3, false), -moveFor(-3, true)]) {
      // The limit of what moves a leaf takes the rest.
      expect(most).toBeGreaterThan(2);
      expect(most).toBeLessThanOrEqual(2.5);
    }
    expect(moveFor(-0.1, true)).toBeCloseTo(-0.6, 1);
  });

  // A quarter of a split is one split of the trees; 0.6 are more than a verdict moves a row that is not damped.
  it.each([0.25, 0.6])('reaches the threshold %f splits away where short paths are damped, too', (way) => {
    const forest = growForest(joined(ordinary, harmless), testOptions);
    const lengthOf = (score: number): number => -averagePathLength(forest.subsampleSize) * Math.log2(score);
    const [row] = [head(harmless, 1)];
    const plain = lengthOf(createScorer(forest).score(row)[0]);
    const damped = { ...forest, damping: { below: Math.fround(plain + 4), share: 0.25 } };
    const [before] = createScorer(damped).score(row);
    const threshold = 2 ** (-(lengthOf(before) + way) / averagePathLength(forest.subsampleSize));
    const [after] = createScorer(learnFromVerdicts(damped, row, [false], threshold)).score(row);
    expect(before).toBeGreaterThan(threshold);
    expect(after).toBeLessThan(threshold);
    const moved = lengthOf(after) - lengthOf(before);
    expect(moved).toBeGreaterThan(way);
    expect(moved).toBeLessThan(way + 0.5 / 4 + 0.01);
  });

  it('also settles where leaves hardly tell the judged rows apart', () => {
    const rows = head(ordinary, 30);
    const expected = averagePathLength(forest.subsampleSize);
    const lengths = (of: typeof forest): number[] =>
      [...createScorer(of).score(rows)].map((score) => -expected * Math.log2(score));
    const before = lengths(forest);
    const limit = Math.min(...before) - 0.3;
    const after = lengths(
      learnFromVerdicts(forest, rows, new Array<boolean>(30).fill(true), 2 ** (-limit / expected)),
    );
    // Verdicts on ordinary rows only come near what is asked, but no row goes further than that.
    for (const [row, length] of after.entries()) {
      expect(length).toBeLessThan(before[row]);
      expect(length).toBeGreaterThan(limit - 0.6);
    }
  });

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
