import React from 'react';
import { createApiClient } from '../api_client';
import type { CoreStart } from '../kibana/contracts';
import type { RenderHandlers } from '../kibana/panel_contracts';
import { renderInKibana } from '../kibana/render_in_kibana';
import { AnomalyPanel } from './anomaly_panel';
import type { PanelConfig } from './panel_kinds';

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
      api={createApiClient(core.http)}
      config={config}
      drawn={() => handlers.done()}
      choose={(range) =>
        handlers.event({
          name: 'applyFilter',
          data: {
            timeFieldName: '@timestamp',
            filters: [
              {
                meta: { type: 'range', key: '@timestamp', field: '@timestamp', params: {} },
                query: {
                  range: {
                    '@timestamp': {
                      gte: new Date(range.from).toISOString(),
                      lt: new Date(range.to).toISOString(),
                      format: 'strict_date_optional_time',
                    },
                  },
                },
              },
            ],
          },
        })
      }
    />,
  );
}
