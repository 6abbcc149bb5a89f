import { alertEndpoints } from './api/alerts';
import { auditEndpoints } from './api/audit';
import { detectorEndpoints } from './api/detectors';
import { exchangeEndpoints } from './api/exchange';
import { evidenceEndpoints } from './api/evidence';
import { feedbackEndpoints } from './api/feedback';
import { driftEndpoints } from './api/drift';
import { modelEndpoints } from './api/models';
import { pipelineEndpoints } from './api/pipelines';
import { patternEndpoints } from './api/patterns';
import { resultEndpoints } from './api/results';
import { sampleEndpoints } from './api/sample';
import { setupEndpoints } from './api/setup';
import { statusEndpoints } from './api/status';
import { thresholdEndpoints } from './api/threshold';
import { suppressionEndpoints } from './api/suppressions';

/** The whole HTTP API, by operation: the server registers it, the pages call it, the OpenAPI document lists it. */
export const ENDPOINTS = {
  ...detectorEndpoints,
  ...exchangeEndpoints,
  ...statusEndpoints,
  ...driftEndpoints,
  ...thresholdEndpoints,
  ...resultEndpoints,
  ...evidenceEndpoints,
  ...patternEndpoints,
  ...alertEndpoints,
  ...modelEndpoints,
  ...pipelineEndpoints,
  ...feedbackEndpoints,
  ...suppressionEndpoints,
  ...auditEndpoints,
  ...setupEndpoints,
  ...sampleEndpoints,
};
export type Endpoints = typeof ENDPOINTS;
export type Operation = keyof Endpoints;

export { API_ROOT, apiErrorSchema } from './api/endpoint';
export type { ApiCall, ApiPrivilege, ApiRequest, ApiResponse, Endpoint, RequestCost } from './api/endpoint';
export type { AuditEntryBody } from './api/audit';
export type { DetectorRecord } from './api/detectors';
export { NAME_CONFLICTS } from './api/exchange';
export type { ImportedDetector, NameConflict } from './api/exchange';
export type { DriftMeasurement } from './api/drift';
export type { CandidateCheck, CandidateGate, GateVerdict } from './api/gate';
export type { ModelRecordBody } from './api/models';
export type { LivePipelineBody } from './api/pipelines';
export type { ReplayBody, SuppressionBody } from './api/suppressions';
export type { WhatIf } from './api/alerts';
export type { SampleReport } from './api/sample';
export type {
  BackfillReport,
  CandidateState,
  DetectorState,
  DetectorStatus,
  Failure,
  ReadinessFinding,
  RunReport,
  RunSummary,
  TrainingReason,
  TrainingReport,
  WatchState,
} from './api/status';
