import React, { Suspense, useEffect, useRef, useState, type ReactElement } from 'react';
import { EuiFlexGrid, EuiFlexItem, EuiLoadingSpinner, EuiPanel, EuiSpacer, EuiTitle } from '@elastic/eui';
import type { RenderHandlers } from '../../../public/kibana/panel_contracts';
import { knownDataViews, type Registered } from './plugin_host';

/** State of a dashboard that its panels follow. */
interface Context {
  readonly timeRange: { readonly from: string; readonly to: string };
  readonly query: { readonly language: string; readonly query: string };
  readonly filters: readonly object[];
}

/**
 * Panels of a dashboard, saved in its address: `panel=<kind>` (several), `detector`, `from`, `to`, `query` and
 * `filters` as JSON. What a panel chooses goes into the address, as on a dashboard of Kibana.
 */
export function Dashboard({ registered }: { registered: Registered }): ReactElement {
  const [search, setSearch] = useState(window.location.search);
  const parameters = new URLSearchParams(search);
  const context: Context = {
    timeRange: { from: parameters.get('from') ?? 'now-7d', to: parameters.get('to') ?? 'now' },
    query: { language: 'kuery', query: parameters.get('query') ?? '' },
    filters: JSON.parse(parameters.get('filters') ?? '[]') as object[],
  };
  const change = (name: string, value: string): void => {
    const changed = new URLSearchParams(window.location.search);
    changed.set(name, value);
    window.history.replaceState(null, '', `?${changed.toString()}`);
    setSearch(`?${changed.toString()}`);
  };
  const choose: RenderHandlers['event'] = ({ name, data }) => {
    const { filters } = data as {
      filters: {
        meta: { index?: string };
        query: { range?: Record<string, { gte: string; lt: string }> };
      }[];
    };
    if (name !== 'applyFilter') return;
    // Kibana's `apply_filter_action.ts` looks up the data view of each, which answers 500 without an id.
    const unknown = filters.find(({ meta }) => !knownDataViews.has(meta.index ?? ''));
    if (filters.length > 1 && unknown !== undefined) {
      throw new Error(`There is no data view ${unknown.meta.index}.`);
    }
    const time = filters.find(({ query }) => query.range?.['@timestamp'])?.query.range?.['@timestamp'];
    if (time) {
      change('from', time.gte);
      change('to', time.lt);
    }
    const others = filters.filter(({ query }) => !query.range?.['@timestamp']);
    if (others.length > 0) change('filters', JSON.stringify([...context.filters, ...others]));
  };
  return (
    <EuiFlexGrid columns={2} gutterSize="m">
      {parameters.getAll('panel').map((kind) => (
        <EuiFlexItem key={kind} style={{ height: 420, minWidth: 0 }} data-test-subj={`panel-${kind}`}>
          <Panel
            registered={registered}
            kind={kind}
            detectorId={parameters.get('detector') ?? ''}
            context={context}
            choose={choose}
            editable={parameters.has('edit')}
          />
        </EuiFlexItem>
      ))}
    </EuiFlexGrid>
  );
}

function Panel(props: {
  registered: Registered;
  kind: string;
  detectorId: string;
  context: Context;
  choose: RenderHandlers['event'];
  editable: boolean;
}): ReactElement {
  const { registered, kind, context, choose, editable } = props;
  const type = registered.visualizations.get(`log_anomalies_${kind}`)!;
  const element = useRef<HTMLDivElement>(null);
  const latestChoose = useRef(choose);
  latestChoose.current = choose;
  const [params, setParams] = useState<Record<string, unknown>>({
    ...type.visConfig.defaults,
    ...(props.detectorId && { detectorId: props.detectorId }),
  });
  useEffect(() => {
    let destroy: (() => void) | undefined;
    let isGone = false;
    const [step] = type.toExpressionAst({ params }).chain;
    const given = Object.entries(step.arguments).map(([name, [value]]) => [name, value]);
    const drawn = registered.functions
      .get(step.function)!
      .fn({ type: 'kibana_context', ...context } as never, Object.fromEntries(given)) as {
      as: string;
      value: unknown;
    };
    void registered.renderers.get(drawn.as)!.render(element.current!, drawn.value, {
      done: () => element.current?.setAttribute('data-render-complete', 'true'),
      onDestroy: (remove) => {
        destroy = remove;
        if (isGone) remove();
      },
      event: (event) => latestChoose.current(event),
    });
    return () => {
      isGone = true;
      destroy?.();
    };
  }, [JSON.stringify(context), JSON.stringify(params)]);
  const Editor = type.editorConfig.optionsTemplate;
  return (
    <EuiPanel
      hasBorder
      hasShadow={false}
      paddingSize="s"
      style={{ display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 }}
    >
      <EuiTitle size="xxs">
        <h2>{type.title}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      {editable && (
        <div>
          <Suspense fallback={<EuiLoadingSpinner />}>
            <Editor
              stateParams={params}
              setValue={(name, value) => setParams((before) => ({ ...before, [name]: value }))}
            />
          </Suspense>
        </div>
      )}
      <div ref={element} style={{ flex: '1 1 0', minHeight: 0, overflow: 'hidden' }} />
    </EuiPanel>
  );
}
