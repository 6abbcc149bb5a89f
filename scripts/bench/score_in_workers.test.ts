import { Worker } from 'node:worker_threads';
import { createScorer, growForest, type ForestOptions, type Matrix } from '../../common/isolation_forest';
import { createWorkerScorer } from './score_in_workers';

const options: ForestOptions = {
  treeCount: 20,
  subsampleSize: 64,
  seed: 7,
  splits: 'axis',
  trainer: 'built_in',
};

function matrixOf(rowCount: number, columnCount = 3): Matrix {
  const values = Float32Array.from(
    { length: rowCount * columnCount },
    (_, i) => Math.sin(i * 12.9898) * 43.7,
  );
  values[5] = NaN;
  values[6] = Infinity;
  return { values, rowCount, columnCount };
}

jest.setTimeout(60_000);

describe('createWorkerScorer', () => {
  it('scores on two threads as one thread does, matrix after matrix', async () => {
    const matrix = matrixOf(60_001);
    const smaller = matrixOf(30_000);
    const forest = growForest(matrix, options);
    const expected = createScorer(forest).score(matrix);
    const scorer = await createWorkerScorer(forest, 2);
    try {
      expect(scorer.workerCount).toBe(2);
      const [all, fewer] = await Promise.all([scorer.score(matrix), scorer.score(smaller)]);
      expect(Float64Array.from(all)).toEqual(expected);
      expect(Float64Array.from(fewer)).toEqual(expected.slice(0, 30_000));
      expect(scorer.workerCount).toBe(2);
    } finally {
      await scorer.close();
    }
  });

  it('reads values that are shared already where they lie', async () => {
    const matrix = matrixOf(40_000);
    const forest = growForest(matrix, options);
    const values = new Float32Array(new SharedArrayBuffer(matrix.values.byteLength));
    values.set(matrix.values);
    const scorer = await createWorkerScorer(forest, 2);
    try {
      const scores = await scorer.score({ ...matrix, values });
      expect(Float64Array.from(scores)).toEqual(createScorer(forest).score(matrix));
    } finally {
      await scorer.close();
    }
  });

  it('scores on the calling thread what the kernel cannot, and what is small', async () => {
    const matrix = matrixOf(60, 1_025);
    const forest = growForest(matrix, { ...options, splits: 'extended', treeCount: 2, subsampleSize: 8 });
    const scorer = await createWorkerScorer(forest, 2);
    expect(scorer.workerCount).toBe(0);
    expect(await scorer.score(matrix)).toEqual(createScorer(forest).score(matrix));
    await scorer.close();
  });

  it('goes on without workers when they die', async () => {
    const matrix = matrixOf(50_000);
    const forest = growForest(matrix, options);
    const scorer = await createWorkerScorer(forest, 2);
    const send = jest.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker) {
      void this.terminate();
    });
    try {
      expect(await scorer.score(matrix)).toEqual(createScorer(forest).score(matrix));
      expect(send).toHaveBeenCalledTimes(2);
      expect(scorer.workerCount).toBe(0);
    } finally {
      send.mockRestore();
      await scorer.close();
    }
  });

  it('refuses what does not fit and what comes after closing', async () => {
    const forest = growForest(matrixOf(30_000), options);
    const scorer = await createWorkerScorer(forest, 1);
    await expect(scorer.score(matrixOf(30_000, 2))).rejects.toThrow(/columnCount/);
    await scorer.close();
    await expect(scorer.score(matrixOf(30_000))).rejects.toMatchObject({ code: 'interrupted' });
    await expect(createWorkerScorer(forest, 0)).rejects.toThrow(/workerCount/);
  });
});
