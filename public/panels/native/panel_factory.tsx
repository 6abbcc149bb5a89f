import React, { useEffect, useState, type ReactElement } from 'react';
import { BehaviorSubject, type Observable } from 'rxjs';
import { panelTypeOf, type PanelKind } from '../../../common/panels';
import { resultsDataViewId } from '../../../common/index_names';
import type { CoreStart, PluginsStart } from '../../kibana/contracts';
import type { EmbeddableFactory } from '../../kibana/embeddable_contracts';
import { APPLY_FILTER_TRIGGER } from '../../kibana/kibana_version';
import type { DataView } from '../../kibana/search_contracts';
import { createApiClient, type ApiClient } from '../../shared/app/api_client';
import { spaceOf } from '../../shared/layout/space';
import { setDateFormat } from '../../shared/values/format';
import { AnomalyPanel } from '../drawing/anomaly_panel';
import { filterEvent, type Choice } from '../drawing/dashboard_filters';
import { describePanels } from '../panel_descriptions';
import { resultsDataView } from '../results_data_view';
import { readLibrary } from './library_panel';
import { openPanelEditor } from './open_panel_editor';
import { createPanelApi } from './panel_api';
import { drawingsOf, type Drawing } from './panel_input';

/** A panel of a dashboard, as Kibana builds it from 9.4 on. */
export const panelFactory = (kind: PanelKind, core: CoreStart, plugins: PluginsStart): EmbeddableFactory => ({
  type: panelTypeOf(kind),
  buildEmbeddable: async ({ initialState, uuid, parentApi, finalizeApi, initializeDrilldownsManager }) => {
    const library = await readLibrary(kind, initialState, plugins);
    const drilldowns = await initializeDrilldownsManager?.(uuid, initialState);
    const panel = createPanelApi(kind, initialState, {
      uuid,
      parentApi,
      drilldowns,
      library: library?.settings,
    });
    const isLoading$ = new BehaviorSubject<boolean | undefined>(true);
    const view = await resultsDataView(core.http, plugins);
    const { title } = describePanels()[kind];
    setDateFormat(core.uiSettings.get('dateFormat'));
    let closeEditor = (): void => undefined;
    const canEdit = panel.isByValue && core.overlays !== undefined;
    const api = finalizeApi({
      ...panel.api,
      defaultTitle$: new BehaviorSubject<string | undefined>(title),
      dataLoading$: isLoading$,
      dataViews$: new BehaviorSubject<readonly DataView[]>(view === undefined ? [] : [view]),
      supportedTriggers: () => [APPLY_FILTER_TRIGGER],
      getTypeDisplayName: () => title,
      isEditingEnabled: () => canEdit,
      onEdit: async () => {
        closeEditor();
        closeEditor = openPanelEditor(core, title, panel);
      },
    });
    const choose = async (choice: Choice): Promise<void> => {
      await resultsDataView(core.http, plugins);
      const { data } = filterEvent(choice, resultsDataViewId(spaceOf(core.http)));
      await plugins.uiActions?.executeTriggerActions?.(APPLY_FILTER_TRIGGER, {
        ...(data as object),
        embeddable: api,
      });
    };
    const drawings$ = drawingsOf(panel, {
      parentApi,
      search: library?.search,
      isPaused$: api.isFetchPaused$,
    });
    const client = createApiClient(core.http);
    setDateFormat(core.uiSettings.get('dateFormat'));
    return {
      api,
      Component: () => {
        useEffect(
          () => () => {
            // A flyout belongs to the whole page, not to the dashboard that is left.
            closeEditor();
            drilldowns?.cleanup?.();
          },
          [],
        );
        return (
          <DrawnPanel
            core={core}
            api={client}
            drawings$={drawings$}
            loading={(isLoading) => isLoading$.next(isLoading)}
            choose={(choice) => void choose(choice)}
          />
        );
      },
    };
  },
});

function DrawnPanel(props: {
  core: CoreStart;
  api: ApiClient;
  drawings$: Observable<Drawing>;
  loading: (isLoading: boolean) => void;
  choose: (choice: Choice) => void;
}): ReactElement | null {
  const { core, api, drawings$, loading, choose } = props;
  const [drawing, setDrawing] = useState<Drawing>();
  useEffect(() => {
    const subscription = drawings$.subscribe((next) => {
      loading(true);
      setDrawing(next);
    });
    return () => subscription.unsubscribe();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the panel lives as long as its dashboard shows it
  }, [drawings$]);
  if (drawing === undefined) return null;
  return (
    <AnomalyPanel
      core={core}
      api={api}
      config={drawing.config}
      drawing={drawing.number}
      drawn={() => loading(false)}
      choose={choose}
    />
  );
}
