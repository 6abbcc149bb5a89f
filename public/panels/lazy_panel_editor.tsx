import React, { lazy, Suspense, type ComponentType } from 'react';
import type { CoreSetup } from '../kibana/contracts';
import type { VisualizationOptionsProps } from '../kibana/panel_contracts';

/** The editor of a panel, which loads when a panel is edited. */
export function LazyPanelEditor(core: CoreSetup): ComponentType<VisualizationOptionsProps> {
  const Editor = lazy(async () => {
    const [[coreStart], { createPanelEditor }] = await Promise.all([
      core.getStartServices(),
      import('./panel_editor'),
    ]);
    return { default: createPanelEditor(coreStart) };
  });
  return function PanelEditor(props) {
    return (
      <Suspense fallback={null}>
        <Editor {...props} />
      </Suspense>
    );
  };
}
