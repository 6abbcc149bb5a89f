import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { DetectionError } from '../../detection_error';
import { anomalyScore, averagePathLength } from '../forest/average_path_length';
import { growForest } from '../growing/grow_forest';
import { layOutForest } from './kernel_image';
import { createKernelSummer } from './kernel_scorer';
import { createReferenceScorer, createScorer } from './scorer';
import { bellMatrix, everyKind, testOptions } from '../forest/test_matrices';
import type { ForestOptions, IsolationForest } from '../forest/types';

/** Two trees over x, written by hand: x > 5 | leaf; and a tree of depth 2. */
const handMade: IsolationForest = {
  treeCount: 2,
  subsampleSize: 8,
  columnCount: 1,
  splits: 'axis',
  fillValues: Float32Array.of(2),
  treeStart: Uint32Array.of(0, 3, 8),
  splitColumn: Int32Array.of(0, -1, -1, 0, -1, 0, -1, -1),
  threshold: Float32Array.of(5, 0, 0, 1, 0, 7, 0, 0),
  leftChild: Uint32Array.of(1, 0, 0, 4, 0, 6, 0, 0),
  nodeRowCount: Uint32Array.of(8, 7, 1, 8, 3, 5, 4, 1),
};

const scorers = { createScorer, createReferenceScorer };

describe.each(Object.keys(scorers) as (keyof typeof scorers)[])('%s', (name) => {
  it('averages depth + c(rows in the leaf) over the trees', () => {
    const { score } = scorers[name](handMade);
    const c = averagePathLength;
    const expected = [
      [1, 1 + c(7), 1 + c(3)],
      [5, 1 + c(7), 2 + c(4)],
      [5.1, 1, 2 + c(4)],
      [7.1, 1, 2],
      [NaN, 1 + c(7), 2 + c(4)],
      [Infinity, 1, 2],
      [-Infinity, 1 + c(7), 1 + c(3)],
    ];
    const values = Float32Array.from(expected, ([x]) => x);
    const scores = score({ values, rowCount: values.length, columnCount: 1 });
    expected.forEach(([, first, second], row) => {
      expect(scores[row]).toBe(anomalyScore((first + second) / 2, 8));
    });
    expect(values[4]).toBeNaN();
  });

  it('writes into the array it is given and refuses what does not fit', () => {
    const { score } = scorers[name](handMade);
    const matrix = { values: Float32Array.of(1, 2, 3), rowCount: 3, columnCount: 1 };
    const out = new Float64Array(5);
    expect(score(matrix, out)).toBe(out);
    expect(out[3]).toBe(0);
    expect(() => score(matrix, new Float64Array(2))).toThrow(/out: has 2 places/);
    expect(() => score({ ...matrix, rowCount: 1, columnCount: 3 })).toThrow(DetectionError);
    expect(score({ ...matrix, rowCount: 0 })).toHaveLength(0);
  });
});

/** Compares bytes, since comparing numbers one by one takes longer than scoring. */
function expectSameBits(scores: Float64Array, expected: Float64Array): void {
  expect(Buffer.from(scores.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
}

describe('the kernel', () => {
  const shapes: [rows: number, columns: number, options: Partial<ForestOptions>][] = [
    [1, 1, {}],
    [7, 3, {}],
    [479, 4, {}],
    [480, 4, { subsampleSize: 2 }],
    [481, 4, { subsampleSize: 4_096 }],
    [5_000, 10, {}],
    [3_000, 11, {}],
    [3_000, 17, {}],
    [3_000, 32, { treeCount: 30 }],
    [3_000, 40, { treeCount: 30 }],
    [9_000, 6, { subsampleSize: 8_192, maxDepth: 8 }],
    [9_000, 2, { subsampleSize: 8_192, maxDepth: 8, treeCount: 40 }],
    [800, 5, { treeCount: 400 }],
    [3_000, 4, { subsampleSize: 1_000 }],
  ];
  describe.each(everyKind)('with $splits by $trainer', (kind) => {
    it.each(shapes)('equals the reference to the last bit for %i x %i %p', (rows, columns, change) => {
      const matrix = bellMatrix(rows, columns, rows);
      // Values that lie on thresholds, rounded ones that repeat, and everything that is not finite.
      for (let i = 0; i < matrix.values.length; i += 3)
        matrix.values[i] = Math.round(matrix.values[i] * 8) / 8;
      const options = { ...testOptions, ...kind, treeCount: 25, ...change };
      if (kind.trainer === 'ml-isolation-forest') delete options.maxDepth;
      const forest = growForest(matrix, options);
      [NaN, Infinity, -Infinity, -0, 3.4e38].forEach((value, i) => (matrix.values[i * 5] = value));
      forest.threshold.slice(0, 50).forEach((value, i) => (matrix.values[100 + i * 7] = value));
      expect(createKernelSummer(forest)).toBeDefined();
      expectSameBits(createScorer(forest).score(matrix), createReferenceScorer(forest).score(matrix));
    });
  });

  it.each([1, 2, 9])(
    'scores hyperplanes of %i + 1 columns far from 0, on thresholds and of any size',
    (extensionLevel) => {
      const matrix = bellMatrix(4_000, 10, 5);
      const sizes = [1, 1e-30, 1e30, 1e-3, 1, 1, 1e6, 1, 1, 1];
      const centres = [0, 0, 0, 1_000, 1e7, -40, 0, 5, 0, 0];
      for (let i = 0; i < matrix.values.length; i++)
        matrix.values[i] = Math.fround(matrix.values[i] * sizes[i % 10] + centres[i % 10]);
      // One column is the same in all rows, one has two values, in one row nothing is usual.
      for (let i = 8; i < matrix.values.length; i += 10) {
        matrix.values[i] = 7;
        matrix.values[i + 1] = Math.sign(matrix.values[i + 1]);
      }
      matrix.values.set([1e30, -1e38, 3e38, NaN, Infinity, -3e38, 1, -Infinity, 1e9, 4], 10);
      const options: ForestOptions = { ...testOptions, splits: 'extended', extensionLevel, treeCount: 20 };
      const forest = growForest(matrix, options);
      expect(createKernelSummer(forest)).toBeDefined();
      expectSameBits(createScorer(forest).score(matrix), createReferenceScorer(forest).score(matrix));
    },
  );

  it.each(everyKind)('damps short paths as the reference does ($splits, $trainer)', (kind) => {
    const matrix = bellMatrix(3_001, 6, 3);
    const forest = growForest(matrix, { ...testOptions, ...kind, treeCount: 25 });
    const { score } = createScorer(forest);
    const lengthsOf = (scores: Float64Array): number[] =>
      [...scores].map((one) => -averagePathLength(forest.subsampleSize) * Math.log2(one));
    const plain = lengthsOf(score(matrix));
    const below = Math.fround([...plain].sort((one, other) => one - other)[300]);
    const damped = { ...forest, damping: { below, share: 0.25 } };
    const scores = createScorer(damped).score(matrix);
    expectSameBits(scores, createReferenceScorer(damped).score(matrix));
    lengthsOf(scores).forEach((length, row) => {
      expect(length).toBeCloseTo(plain[row] < below ? below - (below - plain[row]) / 4 : plain[row], 9);
    });
  });

  it('is laid out in at most twice the time that its forest takes to grow', () => {
    const matrix = bellMatrix(25_600, 3, 4);
    const forest = growForest(matrix, testOptions);
    const leastOf = (action: () => unknown): number =>
      Math.min(
        ...Array.from({ length: 15 }, () => {
          const before = process.cpuUsage();
          action();
          return process.cpuUsage(before).user;
        }),
      );
    expect(leastOf(() => layOutForest(forest))).toBeLessThan(
      2 * leastOf(() => growForest(matrix, testOptions)),
    );
  });

  it('is done without where there is no WebAssembly', () => {
    const matrix = bellMatrix(600, 3);
    const forest = growForest(matrix, testOptions);
    const expected = createScorer(forest).score(matrix);
    const { Module } = WebAssembly;
    try {
      jest.isolateModules(() => {
        (WebAssembly as { Module: unknown }).Module = class {
          constructor() {
            throw new Error('WebAssembly is switched off');
          }
        };
        const isolated = jest.requireActual<{ createScorer: typeof createScorer }>('./scorer');
        expect(isolated.createScorer(forest).score(matrix)).toEqual(expected);
      });
    } finally {
      (WebAssembly as { Module: unknown }).Module = Module;
    }
  });

  it('is what its source compiles to', () => {
    const repository = join(__dirname, '../../..');
    const script = join(repository, 'scripts', 'build_kernel.ts');
    const text = execFileSync(process.execPath, ['--import', 'tsx', script, '--print'], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect(text).toBe(readFileSync(join(__dirname, 'kernel.wasm.ts'), 'utf8'));
  });
});
