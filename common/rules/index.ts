export { detectorHealthParamsSchema, type DetectorHealthParams } from './detector_health_params';
export { incidentParamsSchema, type IncidentParams } from './incident_params';
export {
  countedParams,
  GROUPINGS,
  logAnomalyParamsSchema,
  lowestConfidence,
  type CountedParams,
  type LogAnomalyParams,
} from './log_anomaly_params';
export { queryOf } from './query_params';
export { ACTION_GROUPS, RULE_PARAMS, RULE_TYPE_IDS, type RuleTypeId } from './rule_types';
