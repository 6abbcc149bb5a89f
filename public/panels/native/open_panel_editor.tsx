import React, { useState, type ReactElement } from 'react';
import { EuiFlyoutBody, EuiFlyoutHeader, EuiTitle } from '@elastic/eui';
import type { CoreStart } from '../../kibana/contracts';
import { renderInKibana } from '../../kibana/render_in_kibana';
import { createPanelEditor } from '../panel_editor';
import type { PanelApi } from './panel_api';

/**
 * Opens the editor of a panel beside its dashboard; each change is drawn at once, and saved with the dashboard.
 *
 * @returns closes it
 */
export function openPanelEditor(core: CoreStart, title: string, panel: PanelApi): () => void {
  const Editor = createPanelEditor(core);
  function Content(): ReactElement {
    const [settings, setSettings] = useState(panel.currentSettings());
    return (
      <>
        <EuiFlyoutHeader hasBorder>
          <EuiTitle size="s">
            <h2>{title}</h2>
          </EuiTitle>
        </EuiFlyoutHeader>
        <EuiFlyoutBody>
          <Editor
            stateParams={{ ...settings }}
            setValue={(name, value) => {
              const changed = { ...panel.currentSettings(), [name]: value };
              panel.change(changed);
              setSettings(changed);
            }}
          />
        </EuiFlyoutBody>
      </>
    );
  }
  const flyout = core.overlays?.openFlyout((element) => renderInKibana(core, element, <Content />), {
    size: 's',
    'data-test-subj': 'logAnomaliesPanelEditor',
  });
  return () => void flyout?.close();
}
