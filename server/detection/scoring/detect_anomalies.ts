import { DetectionError } from '../../../common/detection_error';
import { harvestResults } from './harvest_results';
import type { ScoredLogs, SnapshotStore } from '../ports';
import { runDetection, type DetectionRun, type DetectionRunOptions } from './run_detection';

export interface DetectOptions extends Omit<DetectionRunOptions, 'work'> {
  readonly models: Pick<SnapshotStore, 'list'>;
  readonly scored: ScoredLogs;
}

/** One run of a detector, wherever its logs are scored: here, or by Elasticsearch as it indexes them. */
export async function detectAnomalies(options: DetectOptions): Promise<DetectionRun> {
  const { snapshot, detectorId, models } = options;
  if (snapshot.detector.scoring === 'job') return runDetection(options);
  if (snapshot.detector.unit === 'bucket') {
    throw new DetectionError(
      'invalid_input',
      'scoring: is ingest, but the unit of the detector is bucket, and a pipeline sees one log at a time; allowed: job',
    );
  }
  const thresholds = new Map<string, number>();
  for (const { version, threshold } of await models.list(detectorId)) thresholds.set(version, threshold);
  thresholds.set(snapshot.version, snapshot.threshold);
  return harvestResults({ ...options, thresholds });
}
