import React from 'react';
import { createApiClient } from '../shared/app/api_client';
import type { CoreStart } from '../kibana/contracts';
import type { RenderHandlers } from '../kibana/panel_contracts';
import { renderInKibana } from '../kibana/render_in_kibana';
import { AnomalyPanel } from './anomaly_panel';
import { filterEvent } from './dashboard_filters';
import type { PanelConfig } from './panel_kinds';

/** Kibana draws again when a dashboard is refreshed, though nothing was changed: that asks for new data. */
let drawings = 0;

/** @returns takes the panel away again */
export function renderPanel(
  core: CoreStart,
  element: HTMLElement,
  config: PanelConfig,
  handlers: RenderHandlers,
): () => void {
  return renderInKibana(
    core,
    element,
    <AnomalyPanel
      core={core}
      api={createApiClient(core.http)}
      config={config}
      drawing={++drawings}
      drawn={() => handlers.done()}
      choose={(choice) => handlers.event(filterEvent(choice))}
    />,
  );
}
