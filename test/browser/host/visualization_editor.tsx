import React, { useEffect, useRef, type ReactElement } from 'react';
import type { Registered } from './plugin_host';

/**
 * The place of a visualization in Kibana's editor from 9.2 on, with the layout of that editor: its canvas is a row, and what is
 * drawn into it brings no width. `panel=<kind>` of the address chooses what is drawn.
 *
 * Source: src/platform/plugins/private/vis_default_editor/public/default_editor.tsx (commit 34131ee8) `canvas`, `visualization`.
 */
export function VisualizationEditor({ registered }: { registered: Registered }): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const search = new URLSearchParams(window.location.search);
    const type = registered.visualizations.get(`log_anomalies_${search.get('panel')}`)!;
    const [step] = type.toExpressionAst({ params: type.visConfig.defaults }).chain;
    const given = Object.entries(step.arguments).map(([name, [value]]) => [name, value]);
    const timeRange = { from: search.get('from') ?? 'now-3d', to: 'now' };
    const drawn = registered.functions
      .get(step.function)!
      .fn({ type: 'kibana_context', timeRange } as never, Object.fromEntries(given)) as {
      as: string;
      value: unknown;
    };
    void registered.renderers.get(drawn.as)!.render(element.current!, drawn.value, {
      done: () => element.current?.setAttribute('data-render-complete', 'true'),
      onDestroy: () => undefined,
      event: () => undefined,
    });
  }, []);
  return (
    <div style={{ display: 'flex', flex: '1 1 auto', overflow: 'hidden', width: 800, height: 600 }}>
      <div
        className="visEditor__canvas"
        style={{
          display: 'flex',
          flexDirection: 'row',
          overflow: 'auto',
          flexShrink: 1,
          flexBasis: '100%',
        }}
      >
        <div className="visualize">
          <div className="expExpressionRenderer" style={{ position: 'relative', height: '100%' }}>
            <div className="expExpressionRenderer__expression" style={{ height: '100%' }} ref={element} />
          </div>
        </div>
      </div>
    </div>
  );
}
