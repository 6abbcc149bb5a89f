import { i18n } from '@kbn/i18n';
import type { AuditAction } from '../../../common/audit';

const NAMES: Readonly<Record<AuditAction, () => string>> = {
  model_trained: () => i18n.translate('logAnomalies.audit.modelTrained', { defaultMessage: 'model trained' }),
  model_promoted: () =>
    i18n.translate('logAnomalies.audit.modelPromoted', { defaultMessage: 'model promoted' }),
  model_refused: () => i18n.translate('logAnomalies.audit.modelRefused', { defaultMessage: 'model refused' }),
  model_shadowed: () =>
    i18n.translate('logAnomalies.audit.modelShadowed', { defaultMessage: 'model tried in shadow' }),
  model_waiting: () =>
    i18n.translate('logAnomalies.audit.modelWaiting', { defaultMessage: 'model waits for somebody' }),
  model_reverted: () =>
    i18n.translate('logAnomalies.audit.modelReverted', { defaultMessage: 'model reverted' }),
  model_imported: () =>
    i18n.translate('logAnomalies.audit.modelImported', { defaultMessage: 'model imported' }),
  detector_imported: () =>
    i18n.translate('logAnomalies.audit.detectorImported', { defaultMessage: 'detector imported' }),
  model_deleted: () => i18n.translate('logAnomalies.audit.modelDeleted', { defaultMessage: 'model deleted' }),
  retraining_requested: () =>
    i18n.translate('logAnomalies.audit.retraining', { defaultMessage: 'training asked for' }),
  threshold_changed: () =>
    i18n.translate('logAnomalies.audit.threshold', { defaultMessage: 'threshold changed' }),
  feedback_given: () =>
    i18n.translate('logAnomalies.audit.feedbackGiven', { defaultMessage: 'anomaly judged' }),
  feedback_removed: () =>
    i18n.translate('logAnomalies.audit.feedbackRemoved', { defaultMessage: 'verdict removed' }),
  suppression_added: () =>
    i18n.translate('logAnomalies.audit.suppressionAdded', { defaultMessage: 'silenced' }),
  suppression_removed: () =>
    i18n.translate('logAnomalies.audit.suppressionRemoved', { defaultMessage: 'silenced no more' }),
  suppression_expired: () =>
    i18n.translate('logAnomalies.audit.suppressionExpired', { defaultMessage: 'silence ran out' }),
  suppression_refused: () =>
    i18n.translate('logAnomalies.audit.suppressionRefused', { defaultMessage: 'silencing refused' }),
  results_deleted: () =>
    i18n.translate('logAnomalies.audit.resultsDeleted', { defaultMessage: 'old results deleted' }),
  incident_changed: () =>
    i18n.translate('logAnomalies.audit.incidentChanged', { defaultMessage: 'incident changed' }),
  pattern_changed: () =>
    i18n.translate('logAnomalies.audit.patternChanged', { defaultMessage: 'pattern changed' }),
  annotation_added: () =>
    i18n.translate('logAnomalies.audit.annotationAdded', { defaultMessage: 'noted in the calendar' }),
  annotation_changed: () =>
    i18n.translate('logAnomalies.audit.annotationChanged', { defaultMessage: 'calendar changed' }),
  annotation_removed: () =>
    i18n.translate('logAnomalies.audit.annotationRemoved', { defaultMessage: 'removed from the calendar' }),
};

/** Returns the translated name of an action. */
export const auditActionName = (action: AuditAction): string => NAMES[action]();
