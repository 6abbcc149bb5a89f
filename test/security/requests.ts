import { stringify } from 'yaml';
import type { Operation } from '../../common/api';
import type { Detector } from '../../common/detector';

/** Objects that the requests name; all of them exist. */
export interface Scene {
  readonly detectorId: string;
  readonly detector: Detector;
  /** Of the saved detector, for changes. */
  readonly version: string;
  /** Versions of models: the active one first, then another. */
  readonly models: readonly string[];
  /** The file of a model, as it is exported. */
  readonly modelFile: unknown;
  readonly result: { readonly id: string; readonly index: string; readonly sourceId: string };
  /** A log that was judged. */
  readonly judged: { readonly index: string; readonly id: string };
  readonly suppressionId: string;
  readonly incidentId: string;
  readonly annotationId: string;
  /** Epoch milliseconds, [from, to), with logs. */
  readonly from: number;
  readonly to: number;
}

export interface Given {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

/** One request for each operation, complete and valid, about what exists. */
export function requestsOf(scene: Scene): { readonly [Name in Operation]: Given } {
  const { detectorId: id, detector, models, result, judged } = scene;
  const params = { id };
  const ofModel = { id, version: models[0] };
  const { source } = detector;
  const window = '2h';
  const times = { from: String(scene.from), to: String(scene.to) };
  const suppression = {
    detector_ids: [id],
    name: 'Planned work',
    match: { entity: 'no-such-entity' },
    expires_at: new Date(scene.to + 3_600_000).toISOString(),
  };
  return {
    listDetectors: {},
    exportDetectors: { query: { ids: id } },
    exportDetector: { params },
    importDetectors: { body: { yaml: stringify(detector), on_conflict: 'overwrite' } },
    createDetector: { body: { detector: { ...detector, name: 'Another one' }, start: false } },
    getDetector: { params },
    updateDetector: { params, body: { detector, version: scene.version } },
    deleteDetector: { params, query: { delete_results: 'true' } },
    cloneDetector: { params, body: { name: 'A copy' } },
    validateDetector: { body: { detector } },
    suggestFeatures: { body: { source, window } },
    describeLogs: { body: { source, window } },
    previewDetector: { body: { detector } },
    startDetector: { params },
    stopDetector: { params },
    trainDetector: { params },
    listStatus: {},
    getStatus: { params },
    cancelTraining: { params },
    startBackfill: { params, body: times },
    getBackfill: { params },
    cancelBackfill: { params },
    listDrift: { params },
    getThreshold: { params },
    searchResults: { query: { detector_id: id } },
    getResult: { params: { result_id: result.id } },
    summarizeResults: { query: { detector_id: id, ...times } },
    getValueOverTime: { params: { result_id: result.id } },
    explainChange: { params, query: times },
    getEvidence: { params: { result_id: result.id } },
    listIncidents: { query: { detector_id: id } },
    getIncident: { params: { incident_id: scene.incidentId } },
    listAnnotations: {},
    addAnnotation: { body: { kind: 'deployment', title: 'Release', entities: ['no-such-entity'] } },
    importAnnotations: { body: { index: source.index, dry_run: true } },
    removeAnnotation: { params: { annotation_id: scene.annotationId } },
    listLogPatterns: { params },
    updateLogPattern: { params: { ...params, pattern_id: '0'.repeat(24) }, body: { ignored: true } },
    updateIncident: { params: { incident_id: scene.incidentId }, body: { state: 'acknowledged' } },
    listChannels: {},
    testChannels: { body: {} },
    listPatterns: { query: { detector_id: id, ...times } },
    whatIf: { query: { detector_ids: id } },
    estimateAlerts: { query: { detector_ids: id, ...times } },
    listModels: { params },
    getModel: { params: ofModel },
    compareModels: { params, query: { left: models[0], right: models[1] } },
    gateModel: { params: ofModel },
    promoteModel: { params: { id, version: models[1] }, body: {} },
    revertModel: { params, body: {} },
    deleteModel: { params: { id, version: models[1] } },
    exportModel: { params: ofModel },
    importModel: { params, body: scene.modelFile },
    getPipeline: { params },
    simulatePipeline: { params, body: {} },
    putPipeline: { params, body: {} },
    revertPipeline: { params },
    deletePipeline: { params },
    planAttachment: { params, query: {} },
    attachPipeline: { params, body: {} },
    detachPipeline: { params, body: {} },
    listFeedback: { params },
    previewFeedback: { params, body: { source: { index: result.index, id: result.sourceId } } },
    saveFeedback: {
      params,
      body: { source: { index: result.index, id: result.sourceId }, verdict: 'not_an_anomaly' },
    },
    removeFeedback: { params, query: judged },
    listSuppressions: { query: { detector_id: id } },
    previewSuppression: { body: { suppression } },
    addSuppression: { body: { suppression } },
    removeSuppression: { params: { suppression_id: scene.suppressionId } },
    listAudit: { params },
    exportAudit: { params },
    scanLogs: { query: { window: '1h' } },
    proposeDetectors: { body: { index: source.index, timestamp_field: source.timestamp_field, window } },
    checkSetup: { query: { index: source.index } },
    getOpenApi: {},
    getSample: {},
    installSample: {},
    removeSample: {},
  };
}
