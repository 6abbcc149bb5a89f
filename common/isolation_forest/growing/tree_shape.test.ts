import { createScorer } from '../scoring/scorer';
import { encodeForest } from '../codec/forest_codec';
import { growForest } from './grow_forest';
import { pathLengthsOf } from '../scoring/leaf_path_lengths';
import { bellMatrix, testOptions } from '../forest/test_matrices';
import { treeShapeFor } from './tree_shape';

const auto = { subsampleSize: 'auto', trainer: 'built_in' } as const;

describe('treeShapeFor', () => {
  it.each([
    [100, 256],
    [16_383, 256],
    [16_384, 4_096],
    [20_480, 8_192],
    [1_000_000, 8_192],
  ])('of %i rows takes %i for a tree, and no more than 8 splits on a path', (rows, size) => {
    expect(treeShapeFor(rows, auto)).toEqual({ subsampleSize: size, maxDepth: 8 });
  });

  it('takes what is given; trees are then as deep as their rows ask for, unless that is given too', () => {
    expect(treeShapeFor(50_000, { ...auto, subsampleSize: 4_096 })).toEqual({ subsampleSize: 4_096 });
    expect(treeShapeFor(50_000, { ...auto, trainer: 'ml-isolation-forest' })).toEqual({ subsampleSize: 256 });
    expect(treeShapeFor(50_000, { ...auto, maxDepth: 5 })).toEqual({ subsampleSize: 8_192, maxDepth: 5 });
  });
});

describe('a depth of its own', () => {
  const matrix = bellMatrix(20_000, 4);
  // Two rows far from all, which 256 rows hardly ever hold.
  const odd = [7, 4_321];
  odd.forEach((row, i) => matrix.values.set([1.2 + i / 10, -1.2, 1.3, -1.1], row * 4));
  const shallow = growForest(matrix, { ...testOptions, subsampleSize: 8_192, maxDepth: 8 });

  it('bounds the splits on every path and keeps the model small', () => {
    expect(Math.max(...pathLengthsOf(shallow).treeDepth)).toBe(8);
    expect(encodeForest(shallow).length).toBeLessThan(200_000);
  });

  it('ranks rare rows at least as high as deep trees do', () => {
    const ranks = (forest: typeof shallow): number[] => {
      const scores = createScorer(forest).score(matrix);
      return odd.map((row) => scores.filter((score) => score > scores[row]).length);
    };
    const few = ranks(growForest(matrix, testOptions));
    const many = ranks(shallow);
    expect(many[0] + many[1]).toBeLessThanOrEqual(few[0] + few[1]);
    expect(Math.max(...many)).toBeLessThan(20);
  });

  it('must be a whole number of at least 1', () => {
    expect(() => growForest(matrix, { ...testOptions, maxDepth: 0 })).toThrow(/maxDepth: is 0/);
  });
});
