import { severityOf } from '../../common/anomaly';
import {
  incidentParamsSchema,
  lowestConfidence,
  type IncidentParams,
  type LogAnomalyParams,
} from '../../common/rules';

/** Returns the conditions on incidents that come next to those on anomalies: how severe they are, and of how many anomalies. */
export const incidentParamsFor = (params: LogAnomalyParams): IncidentParams =>
  incidentParamsSchema.parse({
    detector_ids: params.detector_ids,
    min_severity: severityOf(lowestConfidence(params)),
    min_results: params.count,
  });
