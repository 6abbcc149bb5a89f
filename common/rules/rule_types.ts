import { detectorHealthParamsSchema } from './detector_health_params';
import { incidentParamsSchema } from './incident_params';
import { logAnomalyParamsSchema } from './log_anomaly_params';

/** Types of our alert rules, as Kibana knows them, with the schemas of their parameters. */
export const RULE_PARAMS = {
  'logAnomalies.incident': incidentParamsSchema,
  'logAnomalies.logAnomaly': logAnomalyParamsSchema,
  'logAnomalies.detectorHealth': detectorHealthParamsSchema,
} as const;
export type RuleTypeId = keyof typeof RULE_PARAMS;
/** The action group of the alerts of each type; Kibana adds `recovered`. */
export const ACTION_GROUPS = {
  'logAnomalies.incident': 'incident',
  'logAnomalies.logAnomaly': 'anomaly',
  'logAnomalies.detectorHealth': 'unhealthy',
} as const satisfies Record<RuleTypeId, string>;
export const RULE_TYPE_IDS = Object.keys(RULE_PARAMS) as [RuleTypeId, ...RuleTypeId[]];
