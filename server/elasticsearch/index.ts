export {
  connect,
  connectionFromEnvironment,
  connectionSchema,
  credentialsOf,
  takeUserOf,
  type UserAndPassword,
} from './transport/connection';
export type { ElasticsearchClient } from './transport/client';
export { attempt as withRetries, DEFAULT_RETRY_POLICY, sleep } from './transport/attempt';
export type { RequestOptions, RetryPolicy } from './transport/attempt';
export { bulkWrite } from './transport/bulk';
export { toDetectionError } from './transport/errors';
export { clusterIdOf } from './transport/cluster_id';
export { isSecurityOff, signedInUser } from './transport/security_state';
export { backfillKeyRole, backfillTarget, detectorKeyRole } from './upgrade/key_role';
export type { KeyRole } from './upgrade/key_role';
export { refuseUnreadable } from './indices/refuse_unreadable';
export { noLogsError } from './logs/no_logs';
export { closedIndices } from './logs/closed_indices';
export { countOddTimes } from './logs/odd_times';
export { createLogSource } from './logs/log_source';
export { fieldTypes, type FieldTypes } from './transport/log_query';
export { createDetectorSource } from './buckets/detector_source';
export { createScoredLogs } from './logs/scored_logs';
export { createResultStore, resultId } from './results/result_store';
export { deleteResultMonths, resultMonthsBefore } from './stores/retention';
export type { ResultMonth } from './stores/retention';
export { createSnapshotStore } from './stores/snapshot_store';
export { readActiveModels } from './stores/active_models';
export { createCheckpointStore, readCheckpoints } from './stores/checkpoint_store';
export { countAnomalies, createDriftStore } from './stores/drift_store';
export { createFeedbackStore } from './stores/feedback_store';
export { createAuditTrail } from './stores/audit_trail';
export { auditProtectionOf, protectAuditTrails } from './indices/audit_protection';
export { createSuppressionStore } from './stores/suppression_store';
export { createResultMarks } from './results/result_marks';
export { estimateAlerts } from './results/alert_estimate';
export { findLostResults, readResultsToAlert } from './results/alert_results';
export type { FoundResult } from './results/alert_results';
export { listPatterns } from './results/pattern_search';
export { getResult, searchResults, summarizeResults } from './results/result_search';
export { filterResults, resultsOfSpace } from './results/results_query';
export { whatIf } from './results/what_if';
export { ensureIndexResources, faultText, findIndexFaults } from './indices/index_resources';
export { findRepairs, repairIndices } from './indices/repair_indices';
export {
  annotationsIndex,
  auditIndex,
  checkpointsIndex,
  DEFAULT_SPACE,
  feedbackIndex,
  incidentsIndex,
  patternsIndex,
  modelsIndex,
  resultsIndex,
  resultsPattern,
} from './indices/names';
export {
  checkConnection,
  joinedRoles,
  ownerRole,
  pipelineRole,
  readerRole,
  retentionRole,
} from './indices/privileges';
export type { RoleDefinition } from './indices/privileges';
export {
  deleteOldIndices,
  hasUnseenData,
  isUpgraded,
  oldSpaces,
  unseenDataProblem,
  upgradeSpace,
} from './upgrade';
export type { UpgradeReport } from './upgrade';
