import type { ApiResponse, Endpoints } from '../common/api';
import type { HttpSetup } from './kibana/contracts';

export type DetectorList = ApiResponse<Endpoints['listDetectors']>;

/** The HTTP API as the pages call it. */
export interface ApiClient {
  listDetectors(signal?: AbortSignal): Promise<DetectorList>;
}

export function createApiClient(http: HttpSetup): ApiClient {
  return {
    listDetectors: (signal) => http.fetch('/api/log_anomalies/detectors', { method: 'GET', signal }),
  };
}
