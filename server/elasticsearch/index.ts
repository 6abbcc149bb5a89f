export { connect, connectionFromEnvironment, connectionSchema } from './connection';
export type { ConnectionConfig, ConnectionInput } from './connection';
export type { ElasticsearchClient } from './client';
export { attempt, DEFAULT_RETRY_POLICY, sleep } from './attempt';
export type { RetryPolicy } from './attempt';
export { bulkWrite } from './bulk';
export type { BulkOperation, BulkOutcome, BulkRefusal } from './bulk';
export { toDetectionError } from './errors';
export { isSecurityOff } from './security_state';
export { backfillKeyRole, backfillTarget, detectorKeyRole } from './key_role';
export type { KeyRole } from './key_role';
export { createLogSource } from './log_source';
export { fieldTypes } from './log_query';
export { createDetectorSource } from './detector_source';
export { createScoredLogs } from './scored_logs';
export { createResultStore, resultId, summaryId } from './result_store';
export type { ResultStoreOptions } from './result_store';
export { deleteResultMonths, resultMonthsBefore } from './retention';
export type { ResultMonth } from './retention';
export { createSnapshotStore } from './snapshot_store';
export { createCheckpointStore } from './checkpoint_store';
export { countAnomalies, createDriftStore } from './drift_store';
export { createFeedbackStore } from './feedback_store';
export { createAuditTrail } from './audit_trail';
export { auditProtectionOf, protectAuditTrails } from './audit_protection';
export { createSuppressionStore } from './suppression_store';
export { createResultMarks } from './mark_results';
export { whatIf } from './what_if';
export { ensureIndexResources, SCHEMA_VERSION } from './index_resources';
export {
  auditIndex,
  checkpointsIndex,
  DEFAULT_SPACE,
  feedbackIndex,
  INDEX_PREFIX,
  modelsIndex,
  resultsIndex,
  resultsPattern,
} from './names';
export {
  checkConnection,
  joinedRoles,
  ownerRole,
  pipelineRole,
  readerRole,
  retentionRole,
} from './privileges';
export type { ConnectionCheck, ConnectionCheckOptions, RoleDefinition, RoleName } from './privileges';
export {
  deleteOldIndices,
  hasUnseenData,
  isUpgraded,
  oldSpaces,
  unseenDataProblem,
  upgradeSpace,
} from './upgrade';
export type { UpgradeReport } from './upgrade';
