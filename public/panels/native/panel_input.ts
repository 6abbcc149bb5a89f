import { combineLatest, distinctUntilChanged, filter, map, of, scan, startWith, type Observable } from 'rxjs';
import type { PanelSearch } from '../../../common/panels';
import type { ParentApi } from '../../kibana/embeddable_contracts';
import type { Query } from '../../kibana/search_contracts';
import type { PanelConfig } from '../drawing/panel_kinds';
import type { PanelApi } from './panel_api';

/** Input of one drawing of a panel. */
export interface Drawing {
  readonly config: PanelConfig;
  /** Another number asks for new data. */
  readonly number: number;
}

type Slice = readonly [from: number, to: number];

const rangeOf = ([from, to]: Slice) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

/** Query and filters of a panel and those of its dashboard, which all have to match. */
function together(own: PanelSearch, query: Query | undefined, filters: readonly unknown[] | undefined) {
  const queries = [own.query ?? [], query ?? []].flat();
  return {
    ...(queries.length > 0 && { query: queries.length === 1 ? queries[0] : queries }),
    ...((own.filters ?? filters) !== undefined && {
      filters: [...(own.filters ?? []), ...(filters ?? [])],
    }),
  };
}

/**
 * The settings of a panel with time, query and filters of its dashboard, anew with each change and each refresh; nothing while the
 * dashboard holds its panels still.
 *
 * Source: src/platform/packages/shared/presentation/presentation_publishing/interfaces/fetch/fetch.ts.
 */
export function drawingsOf(
  { settings$, timeRange$ }: PanelApi,
  around: {
    readonly parentApi: ParentApi | undefined;
    /** Of the visualization that it shows by reference. */
    readonly search?: PanelSearch;
    readonly isPaused$?: Observable<boolean>;
  },
): Observable<Drawing> {
  const { parentApi = {}, search = {}, isPaused$ = of(false) } = around;
  const { query$, filters$, reload$, timeRange$: dashboardTime$, timeslice$, isFetchPaused$ } = parentApi;
  return combineLatest({
    settings: settings$,
    own: timeRange$,
    dashboardTime: dashboardTime$ ?? of(undefined),
    slice: timeslice$ ?? of(undefined),
    query: query$ ?? of(undefined),
    filters: filters$ ?? of(undefined),
    number: (reload$ ?? of<void>()).pipe(
      scan((count) => count + 1, 0),
      startWith(0),
    ),
    isPaused: combineLatest([isPaused$, isFetchPaused$ ?? of(false)]).pipe(
      map((held) => held.includes(true)),
    ),
  }).pipe(
    filter(({ isPaused }) => !isPaused),
    map(({ settings, own, slice, dashboardTime, query, filters, number }) => {
      const timeRange = own ?? (slice === undefined ? dashboardTime : rangeOf(slice));
      return {
        config: {
          ...settings,
          ...(timeRange !== undefined && { timeRange }),
          ...together(search, query, filters),
        },
        number,
      };
    }),
    // A panel that is to draw what it shows already would ask for nothing, and never tell that it is done.
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
  );
}
