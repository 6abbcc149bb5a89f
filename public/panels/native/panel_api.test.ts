import { BehaviorSubject, firstValueFrom, Subject } from 'rxjs';
import { defaultSettings, type PanelState } from '../../../common/panels';
import type { DrilldownsManager, ParentApi } from '../../kibana/embeddable_contracts';
import { createPanelApi } from './panel_api';
import { drawingsOf, type Drawing } from './panel_input';

interface Members {
  serializeState(): PanelState;
  applySerializedState(state: PanelState): void;
  resetUnsavedChanges(): void;
  setTitle(title: string | undefined): void;
  setTimeRange(range: { from: string; to: string } | undefined): void;
  readonly hasUnsavedChanges$: BehaviorSubject<boolean>;
}

const STATE: PanelState = { title: 'Shop', detector_id: 'd', min_severity: 'major' };

function panelOf(state: PanelState, parentApi?: ParentApi, drilldowns?: DrilldownsManager) {
  const panel = createPanelApi('table', state, { uuid: 'u', parentApi, drilldowns });
  return { panel, api: panel.api as Members };
}

it('is stored as it was given, and as it was changed', () => {
  const { panel, api } = panelOf(STATE);
  expect(api.serializeState()).toEqual(STATE);
  panel.change({ ...panel.currentSettings(), minSeverity: '', limit: 3 });
  api.setTitle(undefined);
  api.setTimeRange({ from: 'now-1h', to: 'now' });
  expect(api.serializeState()).toEqual({
    detector_id: 'd',
    limit: 3,
    time_range: { from: 'now-1h', to: 'now' },
  });
});

it('keeps the reference to the library, whose settings it shows', () => {
  const library = { ...defaultSettings('table'), detectorId: 'x', limit: 9 };
  const panel = createPanelApi(
    'table',
    { ref_id: 'saved', title: 'Mine' },
    { uuid: 'u', parentApi: undefined, drilldowns: undefined, library },
  );
  expect(panel.isByValue).toBe(false);
  expect(panel.currentSettings()).toEqual(library);
  expect((panel.api as Members).serializeState()).toEqual({ ref_id: 'saved', title: 'Mine' });
});

it('tells its dashboard of what is not saved yet, and takes it back', async () => {
  const saved$ = new BehaviorSubject<PanelState | undefined>(STATE);
  const { panel, api } = panelOf(STATE, {
    lastSavedStateForChild$: () => saved$,
    getLastSavedStateForChild: () => saved$.value,
  });
  const isChanged = (): Promise<boolean> => firstValueFrom(api.hasUnsavedChanges$);
  expect(await isChanged()).toBe(false);
  panel.change({ ...panel.currentSettings(), limit: 3 });
  expect(await isChanged()).toBe(true);
  saved$.next(api.serializeState());
  expect(await isChanged()).toBe(false);
  api.setTitle('Other');
  expect(await isChanged()).toBe(true);
  api.resetUnsavedChanges();
  expect(await isChanged()).toBe(false);
  expect(api.serializeState()).toEqual({ ...STATE, limit: 3 });
});

it('leaves drilldowns to Kibana', () => {
  let attached: readonly object[] = [{ type: 'url' }];
  const drilldowns: DrilldownsManager = {
    api: { drilldowns$: 'of Kibana' },
    anyStateChange$: new Subject(),
    getLatestState: () => ({ drilldowns: attached }),
    reinitializeState: (state) => void (attached = (state as PanelState).drilldowns ?? []),
  };
  const { panel, api } = panelOf({ ...STATE, drilldowns: attached }, undefined, drilldowns);
  expect(panel.api).toHaveProperty('drilldowns$', 'of Kibana');
  expect(api.serializeState().drilldowns).toEqual([{ type: 'url' }]);
  api.applySerializedState(STATE);
  expect(api.serializeState()).toEqual(STATE);
});

it('draws with time, query and filters of the dashboard, its own time first, and waits while it is held still', () => {
  const query = { query: 'a', language: 'kuery' };
  const parent = {
    timeRange$: new BehaviorSubject<{ from: string; to: string } | undefined>({ from: 'now-7d', to: 'now' }),
    query$: new BehaviorSubject<typeof query | undefined>(query),
    filters$: new BehaviorSubject<readonly unknown[] | undefined>([{ f: 1 }]),
    reload$: new Subject<void>(),
    isFetchPaused$: new BehaviorSubject(false),
  };
  const { panel, api } = panelOf(STATE, parent);
  const drawn: Drawing[] = [];
  drawingsOf(panel, { parentApi: parent }).subscribe((drawing) => drawn.push(drawing));
  expect(drawn).toHaveLength(1);
  expect(drawn[0].config).toMatchObject({
    kind: 'table',
    detectorId: 'd',
    minSeverity: 'major',
    query,
    filters: [{ f: 1 }],
    timeRange: { from: 'now-7d', to: 'now' },
  });
  api.setTimeRange({ from: 'now-1h', to: 'now' });
  expect(drawn.at(-1)?.config.timeRange).toEqual({ from: 'now-1h', to: 'now' });
  parent.reload$.next();
  expect(drawn.at(-1)?.number).toBe(1);
  parent.isFetchPaused$.next(true);
  const before = drawn.length;
  parent.filters$.next([]);
  expect(drawn).toHaveLength(before);
  parent.isFetchPaused$.next(false);
  expect(drawn.at(-1)?.config.filters).toEqual([]);
  // Nothing that is shown already is asked for again.
  const shown = drawn.length;
  panel.change({ ...panel.currentSettings() });
  parent.isFetchPaused$.next(true);
  parent.isFetchPaused$.next(false);
  expect(drawn).toHaveLength(shown);
});

it('follows the time slider of the dashboard, after a time of its own', () => {
  const timeRange$ = new BehaviorSubject<{ from: string; to: string } | undefined>({
    from: 'now-7d',
    to: 'now',
  });
  const timeslice$ = new BehaviorSubject<[number, number] | undefined>(undefined);
  const { panel, api } = panelOf(STATE);
  const drawn: Drawing[] = [];
  drawingsOf(panel, { parentApi: { timeRange$, timeslice$ } }).subscribe((drawing) => drawn.push(drawing));
  expect(drawn.at(-1)?.config.timeRange).toEqual({ from: 'now-7d', to: 'now' });
  timeslice$.next([Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)]);
  expect(drawn.at(-1)?.config.timeRange).toEqual({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-02T00:00:00.000Z',
  });
  api.setTimeRange({ from: 'now-1h', to: 'now' });
  expect(drawn.at(-1)?.config.timeRange).toEqual({ from: 'now-1h', to: 'now' });
});

it('adds the query and the filters of its visualization to those of the dashboard', () => {
  const [own, dashboard] = ['a : 1', 'b : 2'].map((query) => ({ query, language: 'kuery' }));
  const parentApi = {
    query$: new BehaviorSubject<typeof own | undefined>(dashboard),
    filters$: new BehaviorSubject<readonly unknown[] | undefined>([{ f: 2 }]),
  };
  const drawn: Drawing[] = [];
  const search = { query: own, filters: [{ f: 1 }] };
  drawingsOf(panelOf(STATE).panel, { parentApi, search }).subscribe((drawing) => drawn.push(drawing));
  expect(drawn[0].config).toMatchObject({ query: [own, dashboard], filters: [{ f: 1 }, { f: 2 }] });
});
