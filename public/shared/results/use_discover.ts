import { discoverTakesViews } from '../../kibana/kibana_version';
import type { DataViewsStart } from '../../kibana/search_contracts';
import { useApp } from '../app/app_context';
import { useRequest } from '../requests/use_request';
import { discoverLink, type LogsToShow } from './discover_link';

/** Discover of this Kibana, as far as it can show logs to this user. */
export interface Discover {
  /** False for whose role lacks Discover: there are no links for them. */
  readonly maySee: boolean;
  /** True where Discover shows nothing until the space has a data view. */
  readonly needsView: boolean;
  readonly mayMakeView: boolean;
  hrefOf(logs: LogsToShow): string;
  /** Makes a data view of the index of these logs, and opens them. @throws Error as Kibana refuses it */
  makeView(logs: LogsToShow): Promise<void>;
}

/**
 * Tells whether Discover asks for a data view before it shows logs, whatever a link brings along.
 *
 * @param dataViews undefined, or without `hasData`: taken to have some
 */
export async function needsDataView(
  kibanaVersion: string,
  dataViews: Pick<DataViewsStart, 'hasData'> | undefined,
): Promise<boolean> {
  if (discoverTakesViews(kibanaVersion) || dataViews?.hasData === undefined) return false;
  return !(await dataViews.hasData.hasUserDataView().catch(() => true));
}

export function useDiscover(): Discover {
  const { core, plugins, kibanaVersion } = useApp();
  const { capabilities } = core.application;
  const maySee = capabilities.discover?.show === true;
  const { dataViews } = plugins;
  const needsView = useRequest(
    async () => maySee && (await needsDataView(kibanaVersion, dataViews)),
    [maySee, kibanaVersion, dataViews],
  );
  const hrefOf = (logs: LogsToShow): string => discoverLink(core.http, kibanaVersion, logs);
  return {
    maySee,
    needsView: needsView.value === true,
    mayMakeView: capabilities.indexPatterns?.save === true,
    hrefOf,
    makeView: async (logs) => {
      const { index: title, timestampField: timeFieldName } = logs;
      await core.http.fetch('/api/data_views/data_view', {
        method: 'POST',
        body: JSON.stringify({ data_view: { title, name: title, timeFieldName } }),
      });
      window.location.assign(hrefOf(logs));
    },
  };
}
