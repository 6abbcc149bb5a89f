import React, { useEffect, useMemo, useState, type ComponentType, type ReactElement } from 'react';
import { EuiButton, EuiFlexGrid, EuiFlexItem, EuiPanel, EuiTitle } from '@elastic/eui';
import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import type { PanelState } from '../../../common/panels';
import type { PluginsStart } from '../../../public/kibana/contracts';
import type { ParentApi } from '../../../public/kibana/embeddable_contracts';
import { knownDataViews, type Registered } from './plugin_host';

/** A panel as a dashboard of Kibana 9.4 or later stores it. */
interface StoredPanel {
  readonly type: string;
  readonly state: PanelState;
}

interface ChosenFilter {
  readonly meta: { readonly index?: string };
  readonly query: { readonly range?: Readonly<Record<string, { gte: string; lt: string }>> };
}

/** Members of a panel that its dashboard asks for. Source: presentation_publishing, as the plugin's own contracts name it. */
interface PanelMembers {
  readonly title$: Observable<string | undefined>;
  readonly defaultTitle$: Observable<string | undefined>;
  readonly dataLoading$: Observable<boolean | undefined>;
  readonly hasUnsavedChanges$: Observable<boolean>;
  isEditingEnabled(): boolean;
  onEdit(): Promise<void>;
  serializeState(): PanelState;
  resetUnsavedChanges(): void;
  supportedTriggers(): string[];
}

const parameters = new URLSearchParams(window.location.search);
const read = <Value,>(name: string, otherwise: Value): Value =>
  JSON.parse(parameters.get(name) ?? JSON.stringify(otherwise)) as Value;

const timeRange$ = new BehaviorSubject({
  from: parameters.get('from') ?? 'now-7d',
  to: parameters.get('to') ?? 'now',
});
const query$ = new BehaviorSubject({ language: 'kuery', query: parameters.get('query') ?? '' });
const filters$ = new BehaviorSubject<readonly ChosenFilter[]>(read('filters', []));
const reload$ = new Subject<void>();

function keepInAddress(changed: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(changed)) parameters.set(name, value);
  window.history.replaceState(null, '', `?${parameters.toString()}`);
}

/** Services around a dashboard: it is filtered by choices in a panel; its library is `library` of the address, `visState` by id. */
export const nativeServices: Pick<PluginsStart, 'contentManagement' | 'uiActions'> = {
  uiActions: {
    addTriggerActionAsync: () => undefined,
    executeTriggerActions: async (trigger, context) => {
      const { filters = [], embeddable } = context as {
        filters?: readonly ChosenFilter[];
        embeddable?: PanelMembers;
      };
      if (!embeddable?.supportedTriggers().includes(trigger)) throw new Error(`No trigger ${trigger}.`);
      const unknown = filters.find(({ meta }) => !knownDataViews.has(meta.index ?? ''));
      if (unknown !== undefined) throw new Error(`There is no data view ${unknown.meta.index}.`);
      const time = filters.find(({ query }) => query.range?.['@timestamp'])?.query.range?.['@timestamp'];
      if (time !== undefined) {
        keepInAddress({ from: time.gte, to: time.lt });
        timeRange$.next({ from: time.gte, to: time.lt });
      }
      const others = filters.filter(({ query }) => !query.range?.['@timestamp']);
      if (others.length === 0) return;
      filters$.next([...filters$.value, ...others]);
      keepInAddress({ filters: JSON.stringify(filters$.value) });
    },
  },
  contentManagement: {
    client: {
      get: async ({ id }) => {
        const visState = read<Readonly<Record<string, object>>>('library', {})[id];
        if (visState === undefined) throw new Error(`Saved object [visualization/${id}] not found`);
        return { item: { attributes: { visState: JSON.stringify(visState) } } };
      },
    },
  },
};

/**
 * A dashboard of Kibana 9.4 or later, whose panels are embeddables with their own state. Its address holds it: `panels` (types and
 * states as JSON), `from`, `to`, `query`, `filters`; _Save_ writes what the panels tell of themselves there.
 */
export function NativeDashboard({ registered }: { registered: Registered }): ReactElement {
  const panels = useMemo(() => read<readonly StoredPanel[]>('panels', []), []);
  const saved = useMemo(() => panels.map(({ state }) => new BehaviorSubject(state)), []);
  const built = useMemo(() => new Map<number, PanelMembers>(), []);
  const parentApi = useMemo<ParentApi>(
    () => ({
      timeRange$,
      query$,
      filters$,
      reload$,
      lastSavedStateForChild$: (uuid) => saved[Number(uuid)],
      getLastSavedStateForChild: (uuid) => saved[Number(uuid)].value,
    }),
    [],
  );
  const save = (): void => {
    const states = panels.map(({ type, state }, place) => ({
      type,
      state: built.get(place)?.serializeState() ?? state,
    }));
    states.forEach(({ state }, place) => saved[place].next(state));
    keepInAddress({ panels: JSON.stringify(states) });
  };
  return (
    <>
      <EuiButton size="s" onClick={() => reload$.next()} data-test-subj="nativeRefresh">
        Refresh
      </EuiButton>
      <EuiButton size="s" onClick={save} data-test-subj="nativeSave">
        Save
      </EuiButton>
      <EuiFlexGrid columns={2} gutterSize="m">
        {panels.map(({ type, state }, place) => (
          <EuiFlexItem key={place} style={{ height: 420, minWidth: 0 }}>
            <NativePanel
              registered={registered}
              type={type}
              state={state}
              uuid={String(place)}
              parentApi={parentApi}
              keep={(members) => void built.set(place, members)}
            />
          </EuiFlexItem>
        ))}
      </EuiFlexGrid>
    </>
  );
}

function useLatest<Value>(subject: Observable<Value> | undefined): Value | undefined {
  const [value, setValue] = useState<Value>();
  useEffect(() => {
    const subscription = subject?.subscribe((next) => setValue(next));
    return () => subscription?.unsubscribe();
  }, [subject]);
  return value;
}

interface BuiltPanel {
  readonly members: PanelMembers;
  readonly Component: ComponentType<Record<string, never>>;
}

function NativePanel(props: {
  registered: Registered;
  type: string;
  state: PanelState;
  uuid: string;
  parentApi: ParentApi;
  keep: (members: PanelMembers) => void;
}): ReactElement {
  const { registered, type, state, uuid, parentApi, keep } = props;
  const [panel, setPanel] = useState<BuiltPanel>();
  const [failure, setFailure] = useState<string>();
  const [history, setHistory] = useState('');
  useEffect(() => {
    const build = async (): Promise<void> => {
      const factory = await registered.embeddables.get(type)!();
      const finalizeApi = <Api extends object>(api: Api) => ({ ...api, uuid, parentApi, type });
      const { api, Component } = await factory.buildEmbeddable({
        initialState: state,
        uuid,
        parentApi,
        finalizeApi,
      });
      const members = api as PanelMembers;
      keep(members);
      members.dataLoading$.subscribe((isLoading) =>
        setHistory((before) => `${before}${isLoading ? 'l' : 'd'}`),
      );
      setPanel({ members, Component });
    };
    // Kibana shows an error in the place of a panel that cannot be built.
    build().catch((error: Error) => setFailure(error.message));
  }, []);
  const members = panel?.members;
  const title = useLatest(members?.title$);
  const defaultTitle = useLatest(members?.defaultTitle$);
  const isChanged = useLatest(members?.hasUnsavedChanges$) ?? false;
  return (
    <EuiPanel
      hasBorder
      hasShadow={false}
      paddingSize="s"
      style={{ display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 }}
      data-test-subj={`native-${type}`}
      // A letter for each thing that the panel said: it loads, it is done.
      data-loading={history}
      data-changed={isChanged}
    >
      <EuiTitle size="xxs">
        <h2>{title ?? defaultTitle}</h2>
      </EuiTitle>
      {members?.isEditingEnabled() && (
        <EuiButton size="s" onClick={() => void members.onEdit()} data-test-subj="nativeEdit">
          Edit
        </EuiButton>
      )}
      {isChanged && (
        <EuiButton size="s" onClick={() => members?.resetUnsavedChanges()} data-test-subj="nativeReset">
          Reset
        </EuiButton>
      )}
      <EuiButton size="s" onClick={() => setPanel(undefined)} data-test-subj="nativeRemove">
        Remove
      </EuiButton>
      {failure !== undefined && <p data-test-subj="nativeFailure">{failure}</p>}
      <div style={{ flex: '1 1 0', minHeight: 0, display: 'flex' }}>{panel && <panel.Component />}</div>
    </EuiPanel>
  );
}
