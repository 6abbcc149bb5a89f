import type { QueryFilter } from '../../../common/findings/logs_of_result';
import type { HttpSetup } from '../../kibana/contracts';
import type { TimeRange } from '../values/time_range';

/** Logs to show in Discover. */
export interface LogsToShow {
  readonly index: string;
  readonly timestampField: string;
  readonly timeRange: TimeRange;
  /** In Kibana's query language. */
  readonly query: string;
  readonly filters?: readonly QueryFilter[];
}

/** Kibana's own redirect to Discover; no data view has to exist. */
export function discoverLink(http: HttpSetup, kibanaVersion: string, logs: LogsToShow): string {
  const parameters = {
    dataViewSpec: { title: logs.index, timeFieldName: logs.timestampField },
    query: { language: 'kuery', query: logs.query },
    timeRange: logs.timeRange,
    ...(logs.filters !== undefined && { filters: logs.filters }),
  };
  const search = new URLSearchParams({
    l: 'DISCOVER_APP_LOCATOR',
    v: kibanaVersion,
    p: JSON.stringify(parameters),
  });
  return http.basePath.prepend(`/app/r?${search.toString()}`);
}
