import { useEffect, useState } from 'react';
import { useApp } from '../app/app_context';
import type { DataView } from '../../kibana/search_contracts';

/**
 * The fields of an index or pattern, for a search bar to suggest; nothing is saved.
 *
 * @returns undefined until they are known, and where they cannot be: a search bar works without
 */
export function useDataView(title: string, timeField: string): DataView | undefined {
  const { plugins } = useApp();
  const { dataViews } = plugins;
  const [dataView, setDataView] = useState<DataView>();
  useEffect(() => {
    let isGone = false;
    let made: DataView | undefined;
    setDataView(undefined);
    if (dataViews === undefined || title === '') return;
    dataViews
      .create({ title, timeFieldName: timeField, allowNoIndex: true }, false, false)
      .then((view) => {
        if (isGone) dataViews.clearInstanceCache(view.id);
        else setDataView((made = view));
      })
      .catch(() => undefined);
    return () => {
      isGone = true;
      if (made !== undefined) dataViews.clearInstanceCache(made.id);
    };
  }, [dataViews, title, timeField]);
  return dataView;
}
