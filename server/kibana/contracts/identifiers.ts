import { createHash } from 'node:crypto';
import { durationToMilliseconds } from '../../../common/detector';

/** Hidden saved-object type of a detector: part of one space. */
export const DETECTOR_TYPE = 'log-anomalies-detector';
/** Hidden saved-object type that holds the API key of a detector's owner, encrypted. */
export const API_KEY_TYPE = 'log-anomalies-api-key';

/** Hidden saved-object type, of no space: outlives a key's object, so that the key of a deleted space is found. */
export const KEY_RECORD_TYPE = 'log-anomalies-api-key-record';
/** Hidden types that our own clients of saved objects see beside the visible ones. */
export const HIDDEN_TYPES = [DETECTOR_TYPE, API_KEY_TYPE];
/** Hidden types that the plugin itself sees. */
export const INTERNAL_TYPES = [...HIDDEN_TYPES, KEY_RECORD_TYPE];

export const DETECTION_TASK_TYPE = 'logAnomalies:detect';
export const TRAINING_TASK_TYPE = 'logAnomalies:train';
export const UPKEEP_TASK_TYPE = 'logAnomalies:upkeep';
export const BACKFILL_TASK_TYPE = 'logAnomalies:backfill';
export const DEMO_TASK_TYPE = 'logAnomalies:sample';
export const KEY_SWEEP_TASK_TYPE = 'logAnomalies:sweepKeys';
export const KEY_SWEEP_TASK_ID = 'log-anomalies:sweep-keys';

export const LOG_ANOMALY_RULE_TYPE = 'logAnomalies.logAnomaly';
export const INCIDENT_RULE_TYPE = 'logAnomalies.incident';
export const DETECTOR_HEALTH_RULE_TYPE = 'logAnomalies.detectorHealth';

/** Names of the API privileges in the Kibana feature. */
export const API_PRIVILEGES = { read: 'logAnomalies-read', write: 'logAnomalies-write' } as const;

/** Subject of a task. */
export interface TaskTarget {
  readonly space: string;
  readonly detectorId: string;
}
export const detectionTaskId = ({ space, detectorId }: TaskTarget): string =>
  `log-anomalies:${space}:${detectorId}`;
export const trainingTaskId = (target: TaskTarget): string => `${detectionTaskId(target)}:train`;
export const upkeepTaskId = (target: TaskTarget): string => `${detectionTaskId(target)}:upkeep`;
export const backfillTaskId = (target: TaskTarget): string => `${detectionTaskId(target)}:backfill`;
/** Tasks that work for a detector on its schedule: they go with it. */
export const detectorTaskIds = (target: TaskTarget): string[] => [
  detectionTaskId(target),
  trainingTaskId(target),
  upkeepTaskId(target),
];
export const demoTaskId = (target: TaskTarget): string => `${detectionTaskId(target)}:sample`;

/** A duration of ours as Task Manager writes it: it knows no weeks. @example taskInterval('2w') // '14d' */
export const taskInterval = (duration: string): string =>
  duration.endsWith('w') ? `${durationToMilliseconds(duration) / 86_400_000}d` : duration;

/** Saved objects name the default space `undefined`. */
export const namespaceOf = (space: string): string | undefined => (space === 'default' ? undefined : space);

/** A document id of bounded length that depends on these parts alone. */
export const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
