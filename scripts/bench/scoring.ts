import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IsolationForest as MlIsolationForest } from 'ml-isolation-forest';
import { xoroshiro128plus } from 'pure-rand';
import { createScorer, growForest, type ForestOptions, type Matrix } from '../../common/isolation_forest';
import { createWorkerScorer } from '../../server/detection/scoring/score_in_workers';
import { BENCH_FOLDER, startScikitLearn, type ScikitLearn } from './scikit_learn';
import { median, timed, type BenchRow, type BenchSection } from './section';

/** Runs of each competitor, taken in turns so that a slow moment of the machine hits all alike. */
const RUNS = 5;
const ROWS = 1_000_000;
/** ml-isolation-forest scores so few rows a second that it gets no more. */
const FEW_ROWS = 10_000;

const options: ForestOptions = {
  treeCount: 100,
  subsampleSize: 256,
  seed: 42,
  splits: 'mixed',
  trainer: 'built_in',
};

/** @returns rows drawn from a sum of three uniform distributions a column, about bell-shaped */
function benchMatrix(rowCount: number, columnCount: number): Matrix {
  const random = xoroshiro128plus(columnCount);
  const draw = () => (random.unsafeNext() >>> 0) / 0x1_0000_0000;
  const values = new Float32Array(new SharedArrayBuffer(rowCount * columnCount * 4));
  for (let i = 0; i < values.length; i++) values[i] = draw() + draw() + draw();
  return { values, rowCount, columnCount };
}

/** V8 compiles what is hot, in each thread anew: all competitors run so often before they are timed. */
const WARM_UPS = 3;

/** Times all in turns. @returns median milliseconds of each */
async function inTurns(...actions: (() => Promise<number>)[]): Promise<number[]> {
  const times: number[][] = actions.map(() => []);
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) {
    for (const action of actions) await action();
  }
  for (let run = 0; run < RUNS; run++) {
    for (const [i, action] of actions.entries()) times[i].push(await action());
  }
  return times.map(median);
}

const WARM_UP_FITS = 20;

const perSecond = (rows: number, milliseconds: number) => Math.round((rows / milliseconds) * 1000);

async function compareWithScikitLearn(scikit: ScikitLearn, columnCount: number): Promise<BenchRow[]> {
  const name = `${ROWS.toLocaleString('en')} rows x ${columnCount}`;
  const matrix = benchMatrix(ROWS, columnCount);
  const path = join(BENCH_FOLDER, `rows_${columnCount}.f32`);
  writeFileSync(path, new Uint8Array(matrix.values.buffer));
  await scikit.ask({ action: 'load', name, path, columns: columnCount });
  rmSync(path);
  const theirs = async (action: string) =>
    (await scikit.ask<{ milliseconds: number }>({ action, name, seed: 42 })).milliseconds;

  // V8 compiles what is hot; a process that retrains has done so long before.
  for (let warmUp = 0; warmUp < WARM_UP_FITS; warmUp++) growForest(matrix, { ...options, seed: warmUp });
  const [ourFit, theirFit] = await inTurns(
    () => timed(() => growForest(matrix, options)),
    () => theirs('fit'),
  );
  const forest = growForest(matrix, options);
  const scorer = createScorer(forest);
  const out = new Float64Array(ROWS);
  const two = await createWorkerScorer(forest, 2);
  const [ourScore, theirScore, ourTwo] = await inTurns(
    () => timed(() => scorer.score(matrix, out)),
    () => theirs('score'),
    () => timed(() => two.score(matrix)),
  );
  await two.close();
  const [fitRatio, scoreRatio, twoRatio] = [theirFit / ourFit, theirScore / ourScore, ourScore / ourTwo];
  return [
    { name: `scikit-learn scores ${name}, one job`, value: perSecond(ROWS, theirScore), unit: 'rows/s' },
    {
      ...{
        name: `ours scores ${name}, one thread, against it`,
        value: perSecond(ROWS, ourScore),
        unit: 'rows/s',
      },
      ...{ ratio: scoreRatio, target: 'at least 5x, aim 10x', met: scoreRatio >= 5 },
    },
    {
      ...{
        name: `ours with 2 workers against one thread, ${name}`,
        value: perSecond(ROWS, ourTwo),
        unit: 'rows/s',
      },
      ...{ ratio: twoRatio, target: 'at least 1.7x', met: twoRatio >= 1.7 },
    },
    { name: `scikit-learn fits ${name}`, value: theirFit, unit: 'ms' },
    {
      ...{ name: `ours fits ${name}, against it`, value: ourFit, unit: 'ms' },
      ...{ ratio: fitRatio, target: 'at least 20x', met: fitRatio >= 20 },
    },
  ];
}

async function compareWithMlIsolationForest(): Promise<BenchRow[]> {
  const matrix = benchMatrix(FEW_ROWS, 4);
  const rows = Array.from({ length: FEW_ROWS }, (_, row) =>
    Array.from(matrix.values.subarray(row * 4, row * 4 + 4)),
  );
  const package_ = new MlIsolationForest({ nEstimators: 100 });
  package_.train(rows);
  const scorer = createScorer(growForest(matrix, options));
  const [ours, theirs] = await inTurns(
    () => timed(() => scorer.score(matrix)),
    () => timed(() => package_.predict(rows)),
  );
  const ratio = theirs / ours;
  return [
    {
      name: 'ml-isolation-forest scores 10,000 rows x 4',
      value: perSecond(FEW_ROWS, theirs),
      unit: 'rows/s',
    },
    {
      ...{
        name: 'ours scores 10,000 rows x 4, against it',
        value: perSecond(FEW_ROWS, ours),
        unit: 'rows/s',
      },
      ...{ ratio, target: 'at least 50x', met: ratio >= 50 },
    },
  ];
}

/** Growing costs the same however many rows there are to draw from. */
async function growthOfFit(): Promise<BenchRow[]> {
  const matrix = benchMatrix(5_000_000, 4);
  const sizes = [100_000, 1_000_000, 5_000_000];
  const times = await inTurns(
    ...sizes.map((rowCount) => () => timed(() => growForest({ ...matrix, rowCount }, options))),
  );
  return sizes.map((rowCount, i) => ({
    ...{ name: `ours fits ${rowCount.toLocaleString('en')} rows x 4`, value: times[i], unit: 'ms' },
    ...(i > 0 && {
      ratio: times[0] / times[i],
      target: 'no slower than 100,000 rows, within 1.5x for memory further away',
      met: times[i] <= times[0] * 1.5,
    }),
  }));
}

export async function run(): Promise<BenchSection> {
  const scikit = await startScikitLearn();
  try {
    const rows = [
      ...(await compareWithScikitLearn(scikit, 4)),
      ...(await compareWithScikitLearn(scikit, 10)),
      ...(await compareWithMlIsolationForest()),
      ...(await growthOfFit()),
    ];
    return { title: 'Training and scoring, 100 trees of psi 256, medians of 5 runs in turns', rows };
  } finally {
    scikit.close();
  }
}
