/** As on the server, where the rule types are registered. */
export const LOG_ANOMALY_RULE_TYPE = 'logAnomalies.logAnomaly';
export const INCIDENT_RULE_TYPE = 'logAnomalies.incident';
export const DETECTOR_HEALTH_RULE_TYPE = 'logAnomalies.detectorHealth';
