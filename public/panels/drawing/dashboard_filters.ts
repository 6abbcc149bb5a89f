import type { Interval } from '../../shared/values/time_range';

const TIME_FIELD = '@timestamp';

/** Selection of a user in a panel. */
export interface Choice {
  readonly range?: Interval;
  /** A value of a field, e.g. the entity of a lane. */
  readonly value?: { readonly field: string; readonly is: string };
}

/** Filters that make a dashboard show what was chosen. Shape: packages/kbn-es-query/src/filters/build_filters. */
function filtersOf({ range, value }: Choice, index: string): object[] {
  return [
    ...(value === undefined
      ? []
      : [
          {
            meta: {
              index,
              alias: null,
              disabled: false,
              negate: false,
              type: 'phrase',
              key: value.field,
              params: { query: value.is },
            },
            query: { match_phrase: { [value.field]: value.is } },
            $state: { store: 'appState' },
          },
        ]),
    ...(range === undefined
      ? []
      : [
          {
            meta: { index, type: 'range', key: TIME_FIELD, field: TIME_FIELD, params: {} },
            query: {
              range: {
                [TIME_FIELD]: {
                  gte: new Date(range.from).toISOString(),
                  lt: new Date(range.to).toISOString(),
                  format: 'strict_date_optional_time',
                },
              },
            },
          },
        ]),
  ];
}

/**
 * The event by which a panel filters its dashboard.
 *
 * @param dataViewId of the results: Kibana looks up the data view of each of several filters before it asks which to apply
 */
export const filterEvent = (choice: Choice, dataViewId: string): { name: string; data: unknown } => ({
  name: 'applyFilter',
  data: { timeFieldName: TIME_FIELD, filters: filtersOf(choice, dataViewId) },
});

interface PhraseFilter {
  readonly meta?: {
    readonly type?: string;
    readonly key?: string;
    readonly disabled?: boolean;
    readonly negate?: boolean;
    readonly params?: { readonly query?: unknown };
  };
}

/**
 * Returns what filters of a dashboard choose among incidents, which know their entity and their detector alone.
 *
 * @returns the entity and the detector of filters such as a click on a lane makes, and whether others are left
 */
export function incidentFilters(filters: readonly unknown[] = []): {
  readonly entity?: string;
  readonly detectorId?: string;
  readonly hasOthers: boolean;
} {
  let entity: string | undefined;
  let detectorId: string | undefined;
  let hasOthers = false;
  for (const filter of filters) {
    const { meta } = filter as PhraseFilter;
    if (meta?.disabled === true) continue;
    const value = meta?.params?.query;
    const isPhrase = meta?.type === 'phrase' && meta.negate !== true && typeof value === 'string';
    if (isPhrase && meta.key === 'anomaly.entity' && entity === undefined) entity = value;
    else if (isPhrase && meta.key === 'detector.id' && detectorId === undefined) detectorId = value;
    else hasOthers = true;
  }
  return {
    ...(entity !== undefined && { entity }),
    ...(detectorId !== undefined && { detectorId }),
    hasOthers,
  };
}
