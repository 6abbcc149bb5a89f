export { detectorHealthParamsSchema, type DetectorHealthParams } from './detector_health_params';
export {
  GROUPINGS,
  logAnomalyParamsSchema,
  lowestConfidence,
  type LogAnomalyParams,
} from './log_anomaly_params';
