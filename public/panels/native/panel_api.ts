import {
  BehaviorSubject,
  combineLatest,
  debounceTime,
  map,
  merge,
  of,
  skip,
  startWith,
  type Observable,
} from 'rxjs';
import {
  isReference,
  settingsOf,
  stateOf,
  valueStateOf,
  type PanelFrameState,
  type PanelKind,
  type PanelSettings,
  type PanelState,
  type PanelValueState,
} from '../../../common/panels';
import type { DrilldownsManager, ParentApi } from '../../kibana/embeddable_contracts';

/** A dashboard is told of changes this long after the last of several, as Kibana's own panels do. */
const QUIET_MILLISECONDS = 100;

/** State without what is undefined, in the order of its names: equal states have equal texts. */
const textOf = (state: PanelState | undefined): string => {
  const { drilldowns = [], ...rest } = state ?? {};
  const known = Object.entries({ ...rest, drilldowns }).filter(([, value]) => value !== undefined);
  return JSON.stringify(known.sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** Parts of a panel that Kibana changes by itself, by their names in the stored state. */
const FRAME = ['title', 'description', 'hide_title', 'hide_border', 'time_range'] as const;
type FrameSubjects = {
  readonly [Name in (typeof FRAME)[number]]: BehaviorSubject<PanelFrameState[Name]>;
};

/** State of one panel of a dashboard, from Kibana 9.4 on: what is stored of it, and what tells of its changes. */
export interface PanelApi {
  /** Members that Kibana calls; `finalizeApi` takes them. */
  readonly api: object;
  readonly timeRange$: BehaviorSubject<PanelFrameState['time_range']>;
  readonly settings$: Observable<PanelSettings>;
  /** False: it shows a visualization of the library, which is edited there. */
  readonly isByValue: boolean;
  currentSettings(): PanelSettings;
  change(settings: PanelSettings): void;
}

/**
 * Source: src/platform/packages/shared/presentation/presentation_publishing, interfaces/titles, interfaces/fetch and
 * interfaces/containers/container_state/initialize_state_api.ts.
 *
 * @param library settings of the visualization that the panel shows by reference
 */
export function createPanelApi(
  kind: PanelKind,
  initial: PanelState,
  around: {
    readonly uuid: string;
    readonly parentApi: ParentApi | undefined;
    readonly drilldowns: DrilldownsManager | undefined;
    readonly library?: PanelSettings;
  },
): PanelApi {
  const { uuid, parentApi, drilldowns, library } = around;
  const reference = isReference(initial) ? { ref_id: initial.ref_id } : undefined;
  const frame = Object.fromEntries(
    FRAME.map((name) => [name, new BehaviorSubject(initial[name])]),
  ) as unknown as FrameSubjects;
  const value$ = new BehaviorSubject<PanelValueState>(valueStateOf(initial));
  const setterOf =
    <Name extends (typeof FRAME)[number]>(name: Name) =>
    (given: PanelFrameState[Name]): void => {
      const subject = frame[name] as BehaviorSubject<PanelFrameState[Name]>;
      if (subject.value !== given) subject.next(given);
    };

  const serializeState = (): PanelState => {
    const chosen = FRAME.map((name) => [name, frame[name].value] as const);
    const { drilldowns: attached = [] } = drilldowns?.getLatestState() ?? {};
    return {
      ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
      ...(attached.length > 0 && { drilldowns: attached }),
      ...(reference ?? value$.value),
    };
  };
  const applySerializedState = (state: PanelState = {}): void => {
    for (const name of FRAME) (setterOf(name) as (given: unknown) => void)(state[name]);
    drilldowns?.reinitializeState(state);
    if (reference === undefined) value$.next(valueStateOf(state));
  };
  const anyStateChange$ = merge(
    ...FRAME.map((name) => (frame[name] as Observable<unknown>).pipe(skip(1))),
    value$.pipe(skip(1)),
    ...(drilldowns === undefined ? [] : [drilldowns.anyStateChange$]),
  ).pipe(map(() => undefined));
  const latestState$ = anyStateChange$.pipe(
    debounceTime(0),
    startWith(undefined),
    map(() => serializeState()),
  );
  const saved$ = parentApi?.lastSavedStateForChild$?.(uuid);
  const hasUnsavedChanges$ =
    saved$ === undefined
      ? of(false)
      : combineLatest([latestState$, saved$]).pipe(
          debounceTime(QUIET_MILLISECONDS),
          map(([latest, saved]) => textOf(latest) !== textOf(saved)),
        );
  return {
    api: {
      ...drilldowns?.api,
      title$: frame.title,
      setTitle: setterOf('title'),
      description$: frame.description,
      setDescription: setterOf('description'),
      hideTitle$: frame.hide_title,
      setHideTitle: setterOf('hide_title'),
      hideBorder$: frame.hide_border,
      setHideBorder: setterOf('hide_border'),
      timeRange$: frame.time_range,
      setTimeRange: setterOf('time_range'),
      serializeState,
      applySerializedState,
      resetUnsavedChanges: () => applySerializedState(parentApi?.getLastSavedStateForChild?.(uuid)),
      anyStateChange$,
      latestState$,
      hasUnsavedChanges$,
    },
    timeRange$: frame.time_range,
    settings$: value$.pipe(map((value) => library ?? settingsOf(kind, value))),
    isByValue: reference === undefined,
    currentSettings: () => library ?? settingsOf(kind, value$.value),
    change: (settings) => value$.next(stateOf(settings)),
  };
}
