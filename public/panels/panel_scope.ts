import { SEVERITIES } from '../../common/anomaly';
import type { CoreStart } from '../kibana/contracts';
import type { ApiClient } from '../shared/app/api_client';
import { elasticsearchQuery } from '../shared/requests/elasticsearch_query';
import { resolveRange, type TimeRange } from '../shared/values/time_range';
import type { Choice } from './dashboard_filters';
import type { PanelConfig } from './panel_kinds';

export const DEFAULT_RANGE: TimeRange = { from: 'now-24h', to: 'now' };

export interface PanelProps {
  readonly core: CoreStart;
  readonly api: ApiClient;
  readonly config: PanelConfig;
  /** Another number asks for new data. */
  readonly drawing: number;
  /** Tells the dashboard that the panel is complete. */
  readonly drawn: () => void;
  readonly choose: (choice: Choice) => void;
}

/** Returns the scope of a panel's request: its settings, and time, query and filters of the dashboard. */
export function scopeOf({ detectorId, minSeverity, timeRange = DEFAULT_RANGE, query, filters }: PanelConfig) {
  const lowest = SEVERITIES.find(({ name }) => name === minSeverity)?.from;
  return {
    detector_id: detectorId || undefined,
    ...resolveRange(timeRange),
    ...(lowest !== undefined && { min_confidence: lowest / 100 }),
    filter: elasticsearchQuery(query, filters),
  };
}
