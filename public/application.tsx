import React from 'react';
import { PLUGIN_NAME } from '../common/plugin';
import { createApiClient } from './api_client';
import type { CoreStart } from './kibana/contracts';
import { renderInKibana } from './kibana/render_in_kibana';
import { DetectorsPage } from './pages/detectors_page';

/** @returns takes the application away again */
export function renderApplication(core: CoreStart, element: HTMLElement): () => void {
  core.chrome.docTitle.change(PLUGIN_NAME);
  core.chrome.setBreadcrumbs([{ text: PLUGIN_NAME }]);
  return renderInKibana(core, element, <DetectorsPage api={createApiClient(core.http)} />);
}
