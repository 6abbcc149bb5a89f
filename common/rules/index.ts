export { detectorHealthParamsSchema, type DetectorHealthParams } from './detector_health_params';
export { GROUPINGS, logAnomalyParamsSchema, type LogAnomalyParams } from './log_anomaly_params';
