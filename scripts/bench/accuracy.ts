import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  createScorer,
  growAutoForest,
  type AutoForestOptions,
  type Matrix,
} from '../../common/isolation_forest';
import { averagePrecision, rocAuc } from '../../common/metrics';
import { BENCH_FOLDER, startScikitLearn, type ScikitLearn } from './scikit_learn';
import type { BenchRow, BenchSection } from './section';

const SETS = ['http', 'smtp', 'shuttle', 'mammography', 'annthyroid', 'cardio', 'satellite', 'thyroid'];
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Default splits of a detector; the targets hold for these. */
const OURS = 'mixed';
const LARGEST_AUC_LOSS = 0.015;
const LARGEST_PRECISION_LOSS = 0.05;

interface Accuracy {
  readonly rocAuc: number;
  readonly averagePrecision: number;
}

const contenders: Record<string, Pick<AutoForestOptions, 'splits' | 'trainer' | 'treeCount'>> = {
  mixed: { splits: 'mixed', trainer: 'built_in', treeCount: 100 },
  axis: { splits: 'axis', trainer: 'built_in', treeCount: 100 },
  extended: { splits: 'extended', trainer: 'built_in', treeCount: 100 },
  fair_cut: { splits: 'fair_cut', trainer: 'built_in', treeCount: 100 },
  'trainer ml-isolation-forest': { splits: 'axis', trainer: 'ml-isolation-forest', treeCount: 100 },
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanAccuracy = (all: readonly Accuracy[]): Accuracy => ({
  rocAuc: mean(all.map((one) => one.rocAuc)),
  averagePrecision: mean(all.map((one) => one.averagePrecision)),
});

/** Folder with the data sets, read in place. */
const dataFolder = () =>
  process.env.LOG_ANOMALIES_DATA ?? join(__dirname, '..', '..', '..', 'shared', 'data');

/** Reads a numeric CSV file whose last column is `label`. */
function readSet(path: string): { matrix: Matrix; labels: Uint8Array } {
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  const names = header.trim().split(',');
  const labelColumn = names.indexOf('label');
  const columnCount = names.length - 1;
  const values = new Float32Array(lines.length * columnCount);
  const labels = new Uint8Array(lines.length);
  lines.forEach((line, row) => {
    const cells = line.split(',').map(Number);
    labels[row] = cells.splice(labelColumn, 1)[0];
    values.set(cells, row * columnCount);
  });
  return { matrix: { values, rowCount: lines.length, columnCount }, labels };
}

/** Grows what a detector of plain numbers does by default, on all rows as scikit-learn does, and ranks them. */
function accuracyOf(matrix: Matrix, labels: Uint8Array, options: AutoForestOptions): Accuracy {
  const scores = createScorer(growAutoForest(matrix, options)).score(matrix);
  return { rocAuc: rocAuc(scores, labels), averagePrecision: averagePrecision(scores, labels) };
}

async function scikitAccuracy(
  scikit: ScikitLearn,
  name: string,
  matrix: Matrix,
  labels: Uint8Array,
): Promise<Accuracy> {
  const path = join(BENCH_FOLDER, `${name}.f32`);
  const labelsPath = join(BENCH_FOLDER, `${name}.u8`);
  writeFileSync(path, new Uint8Array(matrix.values.buffer));
  writeFileSync(labelsPath, labels);
  await scikit.ask({ action: 'load', name, path, columns: matrix.columnCount });
  const all: Accuracy[] = [];
  for (const seed of SEEDS) {
    all.push(await scikit.ask<Accuracy>({ action: 'rank', name, seed, labels: labelsPath }));
  }
  rmSync(path);
  rmSync(labelsPath);
  return meanAccuracy(all);
}

const show = (name: string, accuracy: Accuracy, reference?: Accuracy): BenchRow[] => {
  const losses = reference && {
    auc: reference.rocAuc - accuracy.rocAuc,
    precision: reference.averagePrecision - accuracy.averagePrecision,
  };
  return [
    {
      ...{ name: `${name}: ROC AUC`, value: accuracy.rocAuc, unit: '' },
      ...(losses && {
        target: `at most ${LARGEST_AUC_LOSS} below scikit-learn`,
        met: losses.auc <= LARGEST_AUC_LOSS,
      }),
    },
    {
      ...{ name: `${name}: average precision`, value: accuracy.averagePrecision, unit: '' },
      ...(losses && {
        target: `at most ${LARGEST_PRECISION_LOSS} below scikit-learn`,
        met: losses.precision <= LARGEST_PRECISION_LOSS,
      }),
    },
  ];
};

/** Less is the chance of the seeds. */
const NAMED_LOSS = 0.001;

/** @returns in words on which sets the default is worse than scikit-learn, and by how much */
function worseThan(references: readonly Accuracy[], ours: readonly Accuracy[]): string {
  const losses = SETS.flatMap((name, i) => {
    const parts = [
      { measure: 'ROC AUC', theirs: references[i].rocAuc, own: ours[i].rocAuc },
      { measure: 'average precision', theirs: references[i].averagePrecision, own: ours[i].averagePrecision },
    ].filter(({ theirs, own }) => theirs - own > NAMED_LOSS);
    return parts.map(
      ({ measure, theirs, own }) =>
        `${name}, ${measure} ${own.toFixed(3)} against ${theirs.toFixed(3)} (${(own - theirs).toFixed(3)})`,
    );
  });
  const where = losses.length === 0 ? 'nowhere' : `on ${losses.join('; ')}`;
  return `The default, ${OURS}, is worse than scikit-learn ${where}.`;
}

export async function run(): Promise<BenchSection> {
  const folder = dataFolder();
  if (!existsSync(folder)) throw new Error(`LOG_ANOMALIES_DATA: there is no folder ${folder}`);
  const scikit = await startScikitLearn();
  const rows: BenchRow[] = [];
  const all = new Map<string, Accuracy[]>([['scikit-learn', []]]);
  try {
    for (const name of SETS) {
      const { matrix, labels } = readSet(join(folder, `${name}.csv.gz`));
      const reference = await scikitAccuracy(scikit, name, matrix, labels);
      all.get('scikit-learn')?.push(reference);
      rows.push(...show(`${name}, scikit-learn`, reference));
      for (const [contender, kind] of Object.entries(contenders)) {
        const accuracy = meanAccuracy(
          SEEDS.map((seed) => accuracyOf(matrix, labels, { ...kind, subsampleSize: 'auto', seed })),
        );
        all.set(contender, [...(all.get(contender) ?? []), accuracy]);
        rows.push(...show(`${name}, ${contender}`, accuracy, contender === OURS ? reference : undefined));
      }
    }
  } finally {
    scikit.close();
  }
  const reference = meanAccuracy(all.get('scikit-learn') ?? []);
  for (const [contender, accuracies] of all) {
    const { rocAuc: auc, averagePrecision: precision } = meanAccuracy(accuracies);
    const isOurs = contender === OURS;
    rows.push({
      ...{ name: `mean of all sets, ${contender}: ROC AUC`, value: auc, unit: '' },
      ...(isOurs && { target: 'not below scikit-learn', met: auc >= reference.rocAuc }),
    });
    rows.push({
      ...{ name: `mean of all sets, ${contender}: average precision`, value: precision, unit: '' },
      ...(isOurs && { target: 'not below scikit-learn', met: precision >= reference.averagePrecision }),
    });
  }
  return {
    title: 'Accuracy on labelled sets, 100 trees, rows a tree by the data, means of 10 seeds',
    notes: worseThan(all.get('scikit-learn') ?? [], all.get(OURS) ?? []),
    rows,
  };
}
