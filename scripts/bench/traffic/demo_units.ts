import { labelSilences } from '../../../common/buckets';
import { BUCKET_CONTAMINATION, guessedTypes, proposeBucket } from '../../../common/buckets/propose_bucket';
import { generateLogs, incidentsOf } from '../../../common/demo_logs';
import { parseDetector, type Detector } from '../../../common/detector';
import { HOUR } from '../../../common/duration';
import type { LabelledUnion } from '../../../common/evaluation';
import type { LogDocument } from '../../../common/log_document';
import { logFieldsOf } from '../../../common/log_features/fields/log_fields';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { evaluateTogether } from '../../../server/detection/training/evaluate_union';
import { shuffled } from '../../../server/detection/training/shuffled';
import { trainModel } from '../../../server/detection/training/train_model';
import { configSchema } from '../../command_line/config';
import { chooseDetector } from '../../command_line/detectors';
import { bucketRows, commonValues, type LabelledLog } from './bucket_rows';

const BORDER = Date.UTC(2026, 2, 10, 13);
const HISTORY_HOURS = 67;
const TEST_HOURS = 28;
/** As `npm run demo` makes them without real logs. */
const TRAFFIC = { ratePerSecond: 0.5, anomalyRate: 0.02 };
const FORESTS_SEED = 42;
const MAX_ROWS = 25_600;
const DESCRIBED = 500;

const optionsOf = (seed: number, from: number, to: number) => ({ ...TRAFFIC, seed, from, to });

const logsOf = (seed: number, from: number, to: number): LabelledLog[] =>
  Array.from(generateLogs(optionsOf(seed, from, to)), ({ document, incident }) => ({
    log: document,
    ...(incident && { truth: incident.kind, incident: incident.id }),
  }));

const train = (detector: Detector, documents: readonly LogDocument[]): ModelSnapshot =>
  trainModel({ detector, documents, source: 'demo', clock: { now: () => 0 } }).snapshot;

function bucketDetectorOf(documents: readonly LogDocument[]): Detector {
  const described = documents.slice(0, DESCRIBED);
  const proposal = proposeBucket(logFieldsOf(described, guessedTypes(described)));
  return parseDetector({
    name: 'demo-buckets',
    source: { index: 'demo' },
    unit: 'bucket',
    entity_field: proposal.entity_field,
    bucket: proposal.bucket,
    threshold: { method: 'contamination', contamination: BUCKET_CONTAMINATION },
  });
}

/** Trains single logs and buckets by defaults on the demo's history, and measures their one list on new traffic. */
export async function measureBothUnits(seeds: {
  readonly history: number;
  readonly test: number;
}): Promise<LabelledUnion> {
  const history = logsOf(seeds.history, BORDER - HISTORY_HOURS * HOUR, BORDER);
  const documents = history.map(({ log }) => log);
  const sample = shuffled(documents, FORESTS_SEED).slice(0, MAX_ROWS);
  const { detector } = await chooseDetector({ name: 'demo' }, configSchema.parse({}), sample);
  const buckets = bucketDetectorOf(documents);
  const common = commonValues(buckets, documents);
  const rows = shuffled(bucketRows(buckets, history, common), FORESTS_SEED).slice(0, MAX_ROWS);
  const span = [BORDER, BORDER + TEST_HOURS * HOUR] as const;
  const test = logsOf(seeds.test, ...span);
  const incidents = [...incidentsOf(optionsOf(seeds.test, ...span))];
  const { union } = evaluateTogether([
    {
      snapshot: train(detector, sample),
      documents: test.map(({ log }) => log),
      labelField: 'labels.anomaly',
    },
    {
      snapshot: train(buckets, rows),
      documents: labelSilences(bucketRows(buckets, test, common), buckets, incidents),
      labelField: 'labels.anomaly',
    },
  ]);
  return union.labelled as LabelledUnion;
}
