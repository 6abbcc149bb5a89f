import { z } from 'zod';
import {
  severityOf,
  type AnomalyResult,
  type Attribution,
  type BucketSummary,
} from '../../../common/anomaly';
import { entityFieldsOf } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { getField } from '../../../common/log_features';
import { DIRT_KINDS, type DirtKind, type DirtReport } from '../../../common/log_features/columns/types';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { reasonOf } from '../../../common/explanations';
import type { Checkpoint, ScoredLogs, ScoredPage } from '../ports';
import {
  pageIdOf,
  resultDocument,
  SUMMARY_MILLISECONDS,
  summaryDocument,
  type ResultOrigin,
} from './result_documents';
import { runDetection, type DetectionRun, type DetectionRunOptions, type RunWork } from './run_detection';

export interface HarvestOptions extends Omit<DetectionRunOptions, 'work'> {
  readonly scored: ScoredLogs;
  /** Models of the detector and the anomaly score from which each calls a log an anomaly. */
  readonly thresholds: ReadonlyMap<string, number>;
}

/** Fields that the pipeline writes. An index that bypasses it may hold anything under these names. */
const scoredSchema = z.object({
  score: z.number().gt(0).max(1),
  confidence: z.number().min(0).max(1),
  attribution: z
    .array(
      z.object({
        feature: z.string(),
        field: z.string(),
        share: z.number(),
        actual: z.string(),
        typical: z.string(),
        unseen: z.literal(true).optional(),
        trained_on: z.number().optional(),
      }),
    )
    .max(64)
    .catch([]),
});

/**
 * One run of a detector whose logs are scored as Elasticsearch indexes them: collects the anomalous ones since the
 * checkpoint as results, and sums up all of them by time and entity inside the cluster. Checkpoint, late logs,
 * announcing and repeating after a crash are those of {@link runDetection}, and what is written looks alike.
 *
 * @throws DetectionError `invalid_input` for a threshold of its own or an adaptive one: the pipeline holds the verdict
 */
export async function harvestResults(options: HarvestOptions): Promise<DetectionRun> {
  const { snapshot, scored, thresholds } = options;
  const { source, threshold } = snapshot.detector;
  if (options.thresholdOverride !== undefined || threshold.method === 'adaptive') {
    throw new DetectionError(
      'invalid_input',
      `threshold: is ${options.thresholdOverride ?? 'adaptive'}, but with scoring: ingest the pipeline holds the threshold; allowed: the methods contamination and fixed, and to put the pipeline again with another one`,
    );
  }
  const opened = await scored.open({
    index: source.index,
    versions: [...thresholds.keys()],
    entityFields: entityFieldsOf(snapshot.detector),
    bucketMilliseconds: SUMMARY_MILLISECONDS,
  });
  const dirt: DirtReport = {};
  const { detectorId, runId, clock } = options;
  const workFrom = (checkpoint: Checkpoint): RunWork => {
    const reached = Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
    const origin = (): ResultOrigin => ({ detectorId, snapshot, runId, now: clock.now(), reached });
    return {
      fields: fieldsOf(options),
      filter: opened.anomalies,
      dirt,
      score: (page) => {
        const results = page.logs.flatMap((log) => resultOf(log, origin(), options) ?? []);
        return Promise.resolve({ results, summaries: [], logs: 0 });
      },
      finish: async function* (range, by) {
        // The same place to start from means that a run is repeated: its summaries replace those of the one before.
        const pageId = pageIdOf('harvest', options.detectorId, by, range.index, range.from);
        for await (const page of opened.summarize(range, by)) {
          addDirt(dirt, page.remarks);
          const count = (part: 'logs' | 'unscored'): number =>
            page.buckets.reduce((sum, bucket) => sum + bucket[part], 0);
          yield {
            summaries: page.buckets.map((bucket) => summaryOf(bucket, pageId, origin())),
            logs: count('logs'),
            unscored: count('unscored'),
          };
        }
      },
      threshold: () => thresholds.get(snapshot.version) ?? snapshot.threshold,
      thresholdState: () => undefined,
    };
  };
  return runDetection({ ...options, work: workFrom });
}

function fieldsOf({ snapshot }: HarvestOptions): string[] {
  const { detector, encoder } = snapshot;
  const { context_fields, source } = detector;
  const own = ['anomaly', 'model.version'];
  return [
    ...new Set([
      ...own,
      ...context_fields,
      ...encoder.fields,
      source.timestamp_field,
      ...entityFieldsOf(detector),
    ]),
  ];
}

/** @returns undefined for a log whose score no pipeline of ours has written */
function resultOf(log: SourceLog, origin: ResultOrigin, options: HarvestOptions): AnomalyResult | undefined {
  const { snapshot, thresholds } = options;
  const { document } = log;
  const version = getField(document, 'model.version');
  const parsed = scoredSchema.safeParse(document.anomaly);
  if (!parsed.success || typeof version !== 'string') return undefined;
  const { score, confidence } = parsed.data;
  const attribution = explained(parsed.data.attribution, document, version, snapshot).sort(
    (left, right) => right.share - left.share,
  );
  return resultDocument(origin, {
    log,
    document,
    modelVersion: version,
    anomaly: {
      score,
      confidence,
      severity: severityOf(confidence),
      threshold: thresholds.get(version) ?? snapshot.threshold,
      attribution,
      reason: reasonOf(attribution),
    },
  });
}

/** The shares that the pipeline wrote, with values as the model explains them, where it is the one that scored the log. */
function explained(
  attribution: readonly Attribution[],
  document: LogDocument,
  version: string,
  { encoder, version: known }: HarvestOptions['snapshot'],
): Attribution[] {
  if (version !== known) return [...attribution];
  const byFeature = new Map(
    encoder.explain(document).map(({ type: _type, ...seen }) => [seen.feature, seen]),
  );
  return attribution.map((each) => ({ ...each, ...byFeature.get(each.feature) }));
}

const summaryOf = (
  { start, entity, ...sums }: ScoredPage['buckets'][number],
  pageId: string,
  origin: ResultOrigin,
): BucketSummary =>
  summaryDocument(
    origin,
    {
      start,
      entity,
      sums: {
        logs: sums.logs,
        anomalies: sums.anomalies,
        max_score: sums.maxScore,
        mean_score: sums.meanScore,
        max_confidence: sums.maxConfidence,
        unscored: sums.unscored,
        span_ms: SUMMARY_MILLISECONDS,
      },
    },
    pageId,
  );

/** @example `response_time: missing` is the dirt `missing` of the feature `response_time` */
function addDirt(dirt: DirtReport, remarks: ScoredPage['remarks']): void {
  for (const { remark, logs } of remarks) {
    const split = remark.lastIndexOf(': ');
    const kind = remark.slice(split + 2) as DirtKind;
    if (split < 0 || !DIRT_KINDS.includes(kind)) continue;
    const counts = (dirt[remark.slice(0, split)] ??= {});
    counts[kind] = (counts[kind] ?? 0) + logs;
  }
}
