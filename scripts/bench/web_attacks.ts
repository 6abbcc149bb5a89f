import { createScorer, growForest, learnSurprise, treeShapeFor } from '../../common/isolation_forest';
import { forestSchema } from '../../common/detector';
import { columnWeightsOf, learnFeatures, presetFor } from '../../common/log_features';
import { averagePrecision, rocAuc } from '../../common/metrics';
import type { BenchRow, BenchSection } from './section';
import { mixAttacks, readWebSources, type WebSources } from '../real_logs/web_attack_logs';

export const TARGET_ROC_AUC = 0.95;
export const TARGET_AVERAGE_PRECISION = 0.75;
const ATTACK_SHARE = 0.02;
const SEEDS = 10;

export interface WebAttackCase {
  readonly name: string;
  /** Share of the normal requests that carry a parameter with a normal value. */
  readonly normalParameterShare: number;
  /** `mixed`: trained on all logs, attacks included and unlabelled; `clean`: on the normal logs of the first half. */
  readonly training: 'mixed' | 'clean';
}

export const WEB_ATTACK_CASES: readonly WebAttackCase[] = [
  { name: 'real requests, trained on the mixture', normalParameterShare: 0, training: 'mixed' },
  { name: 'real requests, trained on clean logs', normalParameterShare: 0, training: 'clean' },
  {
    name: 'half with normal parameters, trained on the mixture',
    normalParameterShare: 0.5,
    training: 'mixed',
  },
  {
    name: 'half with normal parameters, trained on clean logs',
    normalParameterShare: 0.5,
    training: 'clean',
  },
];

export interface WebAttackAccuracy {
  readonly rocAuc: number;
  readonly averagePrecision: number;
}

/** Trains with the web preset and else with nothing but defaults (100 trees, psi 256) and ranks the logs. */
export function measureWebAttacks(
  sources: WebSources,
  { normalParameterShare, training }: WebAttackCase,
  seed: number,
): WebAttackAccuracy {
  const { documents, labels } = mixAttacks(sources, {
    seed,
    attackShare: ATTACK_SHARE,
    normalParameterShare,
  });
  const half = training === 'clean' ? documents.length >> 1 : 0;
  const sample =
    training === 'clean' ? documents.slice(0, half).filter((_, row) => labels[row] === 0) : documents;
  const preset = presetFor(sample);
  if (preset?.name !== 'web_access') throw new Error('the preset for web access logs was not recognised');
  const { encoder, watches } = learnFeatures(preset.definitions, sample, { timestampField: '@timestamp' });
  const defaults = forestSchema.parse({});
  const matrix = encoder.encode(sample);
  const grown = growForest(matrix, {
    treeCount: defaults.tree_count,
    ...treeShapeFor(matrix.rowCount, {
      subsampleSize: defaults.subsample_size,
      maxDepth: defaults.max_depth,
      trainer: defaults.trainer,
    }),
    seed,
    splits: defaults.splits,
    trainer: defaults.trainer,
    columnWeights: columnWeightsOf(preset.definitions, encoder, matrix),
  });
  const forest = learnSurprise(grown, matrix, watches, seed);
  const scores = createScorer(forest).score(encoder.encode(documents.slice(half)));
  const truth = labels.slice(half);
  return { rocAuc: rocAuc(scores, truth), averagePrecision: averagePrecision(scores, truth) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Measures the detection of real attacks in real access logs with the defaults for web logs: means of ten seeds. */
export async function run(): Promise<BenchSection> {
  const sources = readWebSources();
  const rows = WEB_ATTACK_CASES.flatMap((webCase): BenchRow[] => {
    const results = Array.from({ length: SEEDS }, (_, seed) => measureWebAttacks(sources, webCase, seed + 1));
    const area = mean(results.map((result) => result.rocAuc));
    const precision = mean(results.map((result) => result.averagePrecision));
    return [
      {
        name: `${webCase.name}: ROC AUC`,
        value: area,
        unit: '',
        target: `>= ${TARGET_ROC_AUC}`,
        met: area >= TARGET_ROC_AUC,
      },
      {
        name: `${webCase.name}: average precision`,
        value: precision,
        unit: '',
        target: `>= ${TARGET_AVERAGE_PRECISION}`,
        met: precision >= TARGET_AVERAGE_PRECISION,
      },
    ];
  });
  return { title: 'Attacks of http_params.csv in apache_access.log at 2%, defaults for web logs', rows };
}
