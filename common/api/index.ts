import { annotationEndpoints } from './annotations';
import { alertEndpoints } from './alerts';
import { auditEndpoints } from './audit';
import { channelEndpoints } from './channels';
import { detectorEndpoints } from './detectors';
import { exchangeEndpoints } from './exchange';
import { evidenceEndpoints } from './evidence';
import { feedbackEndpoints } from './feedback';
import { incidentEndpoints } from './incidents';
import { modelEndpoints } from './models';
import { pipelineEndpoints } from './pipelines';
import { logPatternEndpoints, patternEndpoints } from './patterns';
import { resultEndpoints } from './results';
import { sampleEndpoints, setupEndpoints } from './setup';
import { statusEndpoints } from './status';
import { driftEndpoints, thresholdEndpoints } from './upkeep';
import { suppressionEndpoints } from './suppressions';

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
  ...logPatternEndpoints,
  ...alertEndpoints,
  ...channelEndpoints,
  ...incidentEndpoints,
  ...annotationEndpoints,
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

export { API_ROOT, apiErrorSchema } from './endpoint';
export type { ApiCall, ApiRequest, ApiResponse, Endpoint, RequestCost } from './endpoint';
export type { AuditEntryBody } from './audit';
export type { ChangeExplanation } from '../changes/explanation_schema';
export type { DetectorRecord } from './detectors';
export { NAME_CONFLICTS } from './exchange';
export type { ImportedDetector, NameConflict } from './exchange';
export type { IncidentBody } from './incidents';
export type { LogPatternBody } from './patterns';
export type { DriftMeasurement } from './upkeep';
export type { CandidateCheck, CandidateGate } from './gate';
export type { ModelRecordBody } from './models';
export type { LivePipelineBody } from './pipelines';
export type { ReplayBody, SuppressionBody } from './suppressions';
export type { WhatIf } from './alerts';
export type { SampleReport } from './setup';
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
} from './status';
