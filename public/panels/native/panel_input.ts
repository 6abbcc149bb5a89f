import { combineLatest, distinctUntilChanged, filter, map, of, scan, startWith, type Observable } from 'rxjs';
import type { ParentApi } from '../../kibana/embeddable_contracts';
import type { PanelConfig } from '../panel_kinds';
import type { PanelApi } from './panel_api';

/** Input of one drawing of a panel. */
export interface Drawing {
  readonly config: PanelConfig;
  /** Another number asks for new data. */
  readonly number: number;
}

/**
 * The settings of a panel with time, query and filters of its dashboard, anew with each change and each refresh; nothing while the
 * dashboard holds its panels still.
 *
 * Source: src/platform/packages/shared/presentation/presentation_publishing/interfaces/fetch/fetch.ts.
 */
export function drawingsOf(
  { settings$, timeRange$ }: PanelApi,
  parentApi: ParentApi | undefined,
  isPaused$: Observable<boolean> = of(false),
): Observable<Drawing> {
  const { query$, filters$, reload$, timeRange$: dashboardTime$, isFetchPaused$ } = parentApi ?? {};
  return combineLatest({
    settings: settings$,
    own: timeRange$,
    dashboardTime: dashboardTime$ ?? of(undefined),
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
    map(({ settings, own, dashboardTime, query, filters, number }) => {
      const timeRange = own ?? dashboardTime;
      return {
        config: {
          ...settings,
          ...(timeRange !== undefined && { timeRange }),
          ...(query !== undefined && { query }),
          ...(filters !== undefined && { filters }),
        },
        number,
      };
    }),
    // A panel that is to draw what it shows already would ask for nothing, and never tell that it is done.
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
  );
}
