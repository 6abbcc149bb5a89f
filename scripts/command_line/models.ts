import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../common/detection_error';
import { decodeModelSnapshot, type ModelSnapshot } from '../../common/model_snapshot';
import { createSnapshotStore } from '../../server/elasticsearch';
import { durationToMilliseconds, type Detector } from '../../common/detector';
import type { GateLimits } from '../../server/detection/promotion/limit_checks';
import type { Limits } from './config';
import { readBounded } from '../../server/notifications/read_bounded';
import type { TrainingReport } from '../../server/detection/training/train_model';

const LARGEST_MODEL_MB = 256;

/** @throws DetectionError `invalid_input` naming the file and what is wrong with it */
export async function loadModelFile(path: string): Promise<{ snapshot: ModelSnapshot; text: string }> {
  const text = await readBounded(path, LARGEST_MODEL_MB).catch((error: Error) => {
    throw new DetectionError('invalid_input', `The model ${path} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  try {
    return { snapshot: decodeModelSnapshot(text), text };
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error;
    throw new DetectionError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

/** Returns the id of a detector that has none, for indices and checkpoints: its name in simple letters. */
export function detectorIdOf(name: string): string {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
  if (id === '')
    throw new DetectionError(
      'invalid_input',
      `The detector name "${name}" has no letter or digit to make an id of; give --detector-id.`,
    );
  return id;
}

/** The version in production, ready to score, or undefined where none was deployed. */
export async function loadActiveModel(
  client: Client,
  space: string,
  detectorId: string,
): Promise<{ snapshot: ModelSnapshot; version: string } | undefined> {
  const store = createSnapshotStore(client, { space });
  const active = await store.active(detectorId);
  if (active === undefined) return undefined;
  return {
    snapshot: decodeModelSnapshot(await store.load(detectorId, active.version), { stored: true }),
    version: active.version,
  };
}

export function gateLimitsOf(limits: Limits): GateLimits {
  const { max_detection_delay, max_lag: _lag, ...rest } = limits;
  return {
    ...rest,
    ...(max_detection_delay && { max_detection_delay_ms: durationToMilliseconds(max_detection_delay) }),
  };
}

/** Returns the word for what a detector judges. */
export const unitWord = (detector: Pick<Detector, 'unit'> | undefined): 'buckets' | 'logs' =>
  detector?.unit === 'bucket' ? 'buckets' : 'logs';

export interface TrainingFacts {
  readonly detector: Pick<Detector, 'unit' | 'features' | 'forest' | 'threshold'>;
  readonly snapshot: Pick<ModelSnapshot, 'threshold'> & {
    readonly forest: Pick<ModelSnapshot['forest'], 'subsampleSize'>;
  };
  readonly report: Pick<
    TrainingReport,
    'rows' | 'heldOutRows' | 'columns' | 'quantilesFrom' | 'quantileRows'
  >;
  /** Tells where the features are from. */
  readonly why: string;
  /** Lines that could not be read. */
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

const words = (count: number): string => count.toLocaleString('en');

/** Returns what a model was trained on, and what its threshold comes from. */
export function trainingLines({ detector, snapshot, report, why, problems }: TrainingFacts): string[] {
  const unit = unitWord(detector);
  const { method } = detector.threshold;
  const share = 'contamination' in detector.threshold ? ` ${detector.threshold.contamination}` : '';
  const unread =
    problems.length > 0
      ? `, ${problems.length} lines not readable (line ${problems[0].line}: ${problems[0].problem})`
      : '';
  const from =
    report.quantilesFrom === 'held_out'
      ? `${words(report.quantileRows)} ${unit} held out`
      : `${words(report.quantileRows)} ${unit}, each scored by a forest grown without it`;
  return [
    `  ${unit.padEnd(10)} ${words(report.rows)} to train on, ${words(report.heldOutRows)} held out${unread}`,
    `  features   ${detector.features.map(({ name, field }) => name ?? field).join(', ')} (${why}; ${report.columns.length} columns)`,
    `  forest     ${detector.forest.tree_count} trees of ${snapshot.forest.subsampleSize} ${unit}`,
    `  threshold  ${snapshot.threshold.toFixed(4)} (${method}${share}, from ${from})`,
  ];
}
