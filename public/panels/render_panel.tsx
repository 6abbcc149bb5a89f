import React from 'react';
import { createApiClient, type ApiClient } from '../shared/app/api_client';
import type { CoreStart, HttpSetup, PluginsStart } from '../kibana/contracts';
import type { RenderHandlers } from '../kibana/panel_contracts';
import { resultsDataViewId } from '../../common/index_names';
import { renderInKibana } from '../kibana/render_in_kibana';
import { AnomalyPanel } from './drawing/anomaly_panel';
import { spaceOf } from '../shared/layout/space';
import { setDateFormat } from '../shared/values/format';
import { filterEvent, type Choice } from './drawing/dashboard_filters';
import { fillEditor } from './fill_editor';
import type { PanelConfig } from './drawing/panel_kinds';
import { resultsDataView } from './results_data_view';

/** Kibana draws again when a dashboard is refreshed, though nothing was changed: that asks for new data. */
let drawings = 0;

/** The same client at each drawing: another one would ask another question, whose failure wipes out what is shown. */
const clients = new WeakMap<HttpSetup, ApiClient>();
function clientOf(http: HttpSetup): ApiClient {
  const client = clients.get(http) ?? createApiClient(http);
  clients.set(http, client);
  return client;
}

/** @returns takes the panel away again */
export function renderPanel(
  core: CoreStart,
  plugins: PluginsStart,
  { element, config, handlers }: { element: HTMLElement; config: PanelConfig; handlers: RenderHandlers },
): () => void {
  const choose = async (choice: Choice): Promise<void> => {
    await resultsDataView(core.http, plugins);
    handlers.event(filterEvent(choice, resultsDataViewId(spaceOf(core.http))));
  };
  fillEditor(element);
  setDateFormat(core.uiSettings.get('dateFormat'));
  return renderInKibana(
    core,
    element,
    <AnomalyPanel
      core={core}
      api={clientOf(core.http)}
      config={config}
      drawing={++drawings}
      drawn={() => handlers.done()}
      choose={(choice) => void choose(choice)}
    />,
  );
}
