import { Worker } from 'node:worker_threads';
import { DetectionError } from '../../common/detection_error';
import {
  averagePathLength,
  checkFits,
  compileKernel,
  createScorer,
  layOutForest,
  type IsolationForest,
  type Matrix,
} from '../../common/isolation_forest';

/** Below this many rows handing them over takes longer than scoring them: a row takes about a microsecond. */
const SMALLEST_SHARED_MATRIX = 20_000;
/** Rows that a worker takes at a time, so that one that is slowed down by other work does not keep all waiting. */
const ROWS_PER_SHARE = 24_000;

/**
 * Scores matrices on several threads. The scores are those of `createScorer`, to the last bit. Detectors do without: reading and
 * encoding a log takes twenty times as long as scoring it.
 */
export interface WorkerScorer {
  /** Threads that score; 0 when the calling thread does it all. */
  readonly workerCount: number;
  /**
   * Matrices are scored one after another, in the order of the calls. A matrix whose values lie in a
   * SharedArrayBuffer is not copied. When the workers fail, the calling thread scores instead.
   *
   * @throws DetectionError `invalid_input` when the matrix does not fit, `interrupted` after `close`
   */
  score(matrix: Matrix): Promise<Float64Array>;
  /** Stops the threads. */
  close(): Promise<void>;
}

/**
 * Source of a worker. It needs nothing but the compiled kernel and the image of its memory, which it is sent. Shares of rows are
 * taken from a common counter until none is left.
 */
const WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, image, rowsPerShare, treeCount, expected } = workerData;
const { columnCount, blockRows } = image;
const memory = new WebAssembly.Memory({ initial: image.pages });
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
new Uint8Array(memory.buffer).set(image.bytes);
const input = new Float32Array(memory.buffer, image.input, blockRows * columnCount);
const blockSums = new Float64Array(memory.buffer, image.sums, blockRows);
parentPort.on('message', ({ values, scores, nextShare, rowCount }) => {
  for (;;) {
    const first = Atomics.add(nextShare, 0, 1) * rowsPerShare;
    if (first >= rowCount) break;
    const end = Math.min(first + rowsPerShare, rowCount);
    for (let row = first; row < end; row += blockRows) {
      const count = Math.min(blockRows, end - row);
      input.set(values.subarray(row * columnCount, (row + count) * columnCount));
      kernel.sumPathLengths(count);
      // The formula of scoresFromSums in common/isolation_forest, to the last bit.
      for (let i = 0; i < count; i++) {
        scores[row + i] = expected === 0 ? 0.5 : Math.exp((-(blockSums[i] / treeCount) / expected) * Math.LN2);
      }
    }
  }
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');
`;

/**
 * Starts threads that score with one forest. Where there can be none (no WebAssembly, a forest that the kernel cannot score, threads not
 * allowed), the calling thread scores, with the same results.
 *
 * @param workerCount threads, at least 1; more than the machine has cores gain nothing
 */
export async function createWorkerScorer(
  forest: IsolationForest,
  workerCount: number,
): Promise<WorkerScorer> {
  if (!Number.isInteger(workerCount) || workerCount < 1 || workerCount > 256) {
    throw new DetectionError(
      'invalid_input',
      `workerCount: is ${workerCount}, must be an integer from 1 to 256`,
    );
  }
  const scorer = createScorer(forest);
  let workers = await startWorkers(forest, workerCount);
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const scoreNow = async (matrix: Matrix): Promise<Float64Array> => {
    if (closed) throw new DetectionError('interrupted', 'The worker scorer was closed before it had scored');
    if (workers.length === 0 || matrix.rowCount < SMALLEST_SHARED_MATRIX) return scorer.score(matrix);
    const scores = new Float64Array(new SharedArrayBuffer(matrix.rowCount * 8));
    checkFits(forest, matrix, scores);
    try {
      await scoreInWorkers(workers, matrix, scores);
    } catch {
      const failed = workers;
      workers = [];
      await stopWorkers(failed);
      return scoreNow(matrix);
    }
    return scores;
  };

  return {
    get workerCount() {
      return workers.length;
    },
    score(matrix) {
      const result = last.then(() => scoreNow(matrix));
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await stopWorkers(workers);
    },
  };
}

/** @returns no worker when not all could start */
async function startWorkers(forest: IsolationForest, workerCount: number): Promise<readonly Worker[]> {
  const module = compileKernel();
  const image = module && layOutForest(forest);
  if (module === undefined || image === undefined) return [];
  const workers: Worker[] = [];
  try {
    const { treeCount, subsampleSize } = forest;
    const expected = averagePathLength(subsampleSize);
    const workerData = { module, image, rowsPerShare: ROWS_PER_SHARE, treeCount, expected };
    for (let i = 0; i < workerCount; i++) workers.push(new Worker(WORKER_SOURCE, { eval: true, workerData }));
    await Promise.all(workers.map((worker) => nextMessage(worker)));
    // Idle threads do not keep the process alive.
    workers.forEach((worker) => worker.unref());
    return workers;
  } catch {
    await stopWorkers(workers);
    return [];
  }
}

async function scoreInWorkers(
  workers: readonly Worker[],
  matrix: Matrix,
  scores: Float64Array,
): Promise<void> {
  const { rowCount, columnCount } = matrix;
  const shared = matrix.values.buffer instanceof SharedArrayBuffer;
  const values = shared ? matrix.values : new Float32Array(new SharedArrayBuffer(rowCount * columnCount * 4));
  if (!shared) values.set(matrix.values.subarray(0, rowCount * columnCount));
  const nextShare = new Int32Array(new SharedArrayBuffer(4));
  const answers = workers.map((worker) => {
    worker.ref();
    const answer = nextMessage(worker).finally(() => worker.unref());
    worker.postMessage({ values, scores, nextShare, rowCount });
    return answer;
  });
  await Promise.all(answers);
}

/** Resolves with the next message of a worker; rejects when it fails or ends instead. */
function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      action();
    };
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() => reject(new Error(`a scoring thread ended with code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

async function stopWorkers(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.terminate()));
}
