import { resultsDataViewId, resultsPattern } from '../../common/index_names';
import type { HttpSetup, PluginsStart } from '../kibana/contracts';
import type { DataView } from '../kibana/search_contracts';
import { spaceOf } from '../shared/layout/space';

/**
 * Makes the data view of the results known to Kibana, the saved one or else one of this page: a dashboard takes the fields of its
 * search bar from it, and looks it up for each filter. One of this page has none of the labels, formats and fields of the saved one.
 *
 * @returns undefined where Kibana has no data views or cannot make one; panels work without
 */
export async function resultsDataView(
  http: HttpSetup,
  { dataViews }: PluginsStart,
): Promise<DataView | undefined> {
  const space = spaceOf(http);
  const specification = {
    id: resultsDataViewId(space),
    title: resultsPattern(space),
    timeFieldName: '@timestamp',
    allowNoIndex: true,
  };
  return dataViews
    ?.get(specification.id, false)
    .catch(() => dataViews.create(specification, false, false))
    .catch(() => undefined);
}
