import type { BackfillReport } from '../../../common/api';
import { hashOfJson } from '../../../common/model_snapshot/canonical_json';
import type { StoredDetector } from '../records/detector_repository';
import type { TaskInstance } from '../contracts/task_contracts';
import type { StatusStore } from '../records/status_store';

/** All that steers a backfill. It lies with the task, which nobody but Kibana writes, and not with the status. */
export interface BackfillOrder extends Required<Pick<BackfillReport, 'where'>> {
  readonly id: string;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly into?: string;
  readonly slices?: number;
  readonly logs_per_second?: number;
  /** Id of the saved object with a key of whoever asked for it; in the cluster, where security is on. */
  readonly key?: string;
  /** It begins once there is a model, and goes up to that time. */
  readonly awaits_model?: boolean;
}

/** @returns undefined for a task of 0.1.0, which kept its order in the status */
export function orderOf({ params }: Pick<TaskInstance, 'params'>): BackfillOrder | undefined {
  return (params as { order?: BackfillOrder }).order;
}

/** @returns the report that whoever gave the order puts on record after it; undefined for a task of an earlier version */
export function firstReportOf({ params }: Pick<TaskInstance, 'params'>): BackfillReport | undefined {
  return (params as { report?: BackfillReport }).report;
}

/** Puts a backfill on record that is not there yet: whoever gave the order does, or its task, where that Kibana has ended. */
export const putOnRecord = (status: StatusStore, detectorId: string, report: BackfillReport): Promise<void> =>
  status.claimPart(detectorId, 'backfill', report, (known) => known?.id !== report.id);

/** Returns the binding of a backfill's key: the detector as it was then, and the order. */
export const steeringOfBackfill = (
  { steering }: StoredDetector,
  { key: _key, ...order }: BackfillOrder,
): string => hashOfJson(JSON.parse(JSON.stringify({ steering, order })));

/** Tells the tasks of a backfill from those of others. */
export const opaqueIdOf = ({ id }: Pick<BackfillOrder, 'id'>): string => `log-anomalies-backfill-${id}`;
