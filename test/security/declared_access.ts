import type { Operation } from '../../common/api';

/** Everybody who may send a request. All but the last two have their rights in one space alone. */
export const PERSONAS = [
  /** Sends no credentials. */
  'anonymous',
  /** Has the rights of an owner in Elasticsearch, and no privilege of our feature. */
  'no_feature',
  /** Has the feature `read` and the documented role of a reader. */
  'reader',
  /** Has the feature `all` and the documented role of an owner, but may not read the logs. */
  'owner_without_logs',
  /** Has the feature `all` and the documented roles of an owner and for pipelines, in another space. */
  'owner_elsewhere',
  /** Has the feature `all` and the documented roles of an owner and for pipelines. */
  'owner',
  'superuser',
] as const;
export type Persona = (typeof PERSONAS)[number];

/** `own`: where the detector of the request is. */
export const PLACES = ['own', 'other'] as const;
export type Place = (typeof PLACES)[number];

/**
 * - `allowed`: not refused for a lack of rights.
 * - `refused`: 401 or 403, and nothing of the detector or its logs in the answer.
 * - `absent`: as if the detector did not exist: 404, or an answer with nothing of it.
 */
export type Expectation = 'allowed' | 'refused' | 'absent';

interface Access {
  /** Privilege of the Kibana feature. */
  readonly privilege: 'read' | 'write';
  /** Reads logs for the caller, steers a job that does, or changes their index: asks for the caller's own rights on them. */
  readonly logs?: true;
  /** Names no detector, result or suppression: the caller's space answers. */
  readonly subject?: 'none';
  /** Deletes what the others need: comes last. */
  readonly last?: true;
}

/** Access that each operation requires. An operation that is missing here fails the compiler and the test. */
export const DECLARED_ACCESS: { readonly [Name in Operation]: Access } = {
  listDetectors: { privilege: 'read', subject: 'none' },
  exportDetectors: { privilege: 'read' },
  exportDetector: { privilege: 'read' },
  /** Imported detectors do not run, so an import needs no rights on the logs. */
  importDetectors: { privilege: 'write', subject: 'none', last: true },
  createDetector: { privilege: 'write', logs: true, subject: 'none' },
  getDetector: { privilege: 'read' },
  updateDetector: { privilege: 'write', logs: true },
  deleteDetector: { privilege: 'write', last: true },
  cloneDetector: { privilege: 'write', logs: true },
  validateDetector: { privilege: 'read', subject: 'none' },
  suggestFeatures: { privilege: 'read', logs: true, subject: 'none' },
  describeLogs: { privilege: 'read', logs: true, subject: 'none' },
  previewDetector: { privilege: 'read', logs: true, subject: 'none' },
  startDetector: { privilege: 'write', logs: true },
  stopDetector: { privilege: 'write' },
  trainDetector: { privilege: 'write' },
  listStatus: { privilege: 'read', subject: 'none' },
  getStatus: { privilege: 'read' },
  cancelTraining: { privilege: 'write' },
  startBackfill: { privilege: 'write', logs: true },
  getBackfill: { privilege: 'read' },
  cancelBackfill: { privilege: 'write' },
  listDrift: { privilege: 'read' },
  getThreshold: { privilege: 'read' },
  searchResults: { privilege: 'read', subject: 'none' },
  getResult: { privilege: 'read' },
  summarizeResults: { privilege: 'read', subject: 'none' },
  getEvidence: { privilege: 'read' },
  explainChange: { privilege: 'read', logs: true },
  getValueOverTime: { privilege: 'read', logs: true },
  listIncidents: { privilege: 'read', subject: 'none' },
  getIncident: { privilege: 'read' },
  updateIncident: { privilege: 'write' },
  listAnnotations: { privilege: 'read', subject: 'none' },
  addAnnotation: { privilege: 'write', subject: 'none' },
  importAnnotations: { privilege: 'write', logs: true, subject: 'none' },
  removeAnnotation: { privilege: 'write', last: true },
  listLogPatterns: { privilege: 'read' },
  updateLogPattern: { privilege: 'write' },
  listChannels: { privilege: 'read', subject: 'none' },
  testChannels: { privilege: 'write', subject: 'none' },
  listPatterns: { privilege: 'read', subject: 'none' },
  whatIf: { privilege: 'read', subject: 'none' },
  estimateAlerts: { privilege: 'read', subject: 'none' },
  listModels: { privilege: 'read' },
  getModel: { privilege: 'read' },
  compareModels: { privilege: 'read', logs: true },
  gateModel: { privilege: 'write', logs: true },
  promoteModel: { privilege: 'write' },
  revertModel: { privilege: 'write' },
  deleteModel: { privilege: 'write', last: true },
  exportModel: { privilege: 'read' },
  importModel: { privilege: 'write' },
  getPipeline: { privilege: 'read', logs: true },
  simulatePipeline: { privilege: 'write', logs: true },
  putPipeline: { privilege: 'write', logs: true },
  revertPipeline: { privilege: 'write', logs: true },
  deletePipeline: { privilege: 'write', last: true },
  planAttachment: { privilege: 'read', logs: true },
  attachPipeline: { privilege: 'write', logs: true },
  detachPipeline: { privilege: 'write', logs: true },
  listFeedback: { privilege: 'read' },
  previewFeedback: { privilege: 'read' },
  saveFeedback: { privilege: 'write' },
  removeFeedback: { privilege: 'write' },
  listSuppressions: { privilege: 'read', subject: 'none' },
  previewSuppression: { privilege: 'read', subject: 'none' },
  addSuppression: { privilege: 'write', subject: 'none' },
  removeSuppression: { privilege: 'write', last: true },
  listAudit: { privilege: 'read' },
  exportAudit: { privilege: 'read' },
  checkSetup: { privilege: 'read', subject: 'none' },
  scanLogs: { privilege: 'read', subject: 'none' },
  proposeDetectors: { privilege: 'read', logs: true, subject: 'none' },
  getOpenApi: { privilege: 'read', subject: 'none' },
  getSample: { privilege: 'read', subject: 'none' },
  installSample: { privilege: 'write', logs: true, subject: 'none', last: true },
  removeSample: { privilege: 'write', logs: true, subject: 'none', last: true },
};

const mayUseFeature = (persona: Persona, place: Place, privilege: Access['privilege']): boolean => {
  switch (persona) {
    case 'anonymous':
    case 'no_feature':
      return false;
    case 'superuser':
      return true;
    case 'owner_elsewhere':
      return place === 'other';
    case 'reader':
      return place === 'own' && privilege === 'read';
    case 'owner_without_logs':
    case 'owner':
      return place === 'own';
  }
};

export const mayReadLogs = (persona: Persona): boolean => persona === 'owner' || persona === 'superuser';

/** @returns what has to happen when `persona` asks for `operation` with the ids of a detector of the own space */
export function expectationOf(operation: Operation, persona: Persona, place: Place): Expectation {
  const { privilege, logs, subject } = DECLARED_ACCESS[operation];
  if (!mayUseFeature(persona, place, privilege)) return 'refused';
  if (place === 'other' && subject === undefined) return 'absent';
  if (logs && !mayReadLogs(persona)) return 'refused';
  // The request itself names the logs, and whoever sends it may read them wherever the caller is.
  if (logs) return 'allowed';
  return place === 'other' ? 'absent' : 'allowed';
}
