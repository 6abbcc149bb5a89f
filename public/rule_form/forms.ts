/** Forms of the rule types: one part that loads when the first is opened. */
export { withCore } from './form_parts';
export { DetectorHealthForm } from './detector_health_form';
export { IncidentForm } from './incident_form';
export { LogAnomalyForm } from './log_anomaly_form';
