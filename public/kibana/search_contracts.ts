/** Slices of the contracts of Kibana's search bar and data views, 8.12 and 9.x alike. */
import type { ComponentType } from 'react';

/** Source: packages/kbn-es-query/src/es_query/es_query_sql.ts and filters/build_filters/types.ts `Query`. */
export interface Query {
  readonly query: string | Readonly<Record<string, unknown>>;
  /** `kuery` is KQL. */
  readonly language: string;
}

/** Source: packages/kbn-es-query/src/filters/helpers/types.ts `TimeRange`; ISO 8601 or date math such as now-1d. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** Source: src/plugins/data_views/common/data_views/data_view.ts `DataView`; passed on as it is. */
export interface DataView {
  readonly id?: string;
  readonly timeFieldName?: string;
  getIndexPattern(): string;
}

/** Source: src/plugins/data_views/common/data_views/data_views.ts `DataViewsServicePublic`. */
export interface DataViewsStart {
  /** Gives the saved view, or the one that was made with this id. @throws Error where there is none */
  get(id: string, displayErrors?: boolean): Promise<DataView>;
  /** Makes a view that is not saved. */
  create(
    specification: { id?: string; title: string; timeFieldName?: string; allowNoIndex?: boolean },
    skipFetchFields?: boolean,
    displayErrors?: boolean,
  ): Promise<DataView>;
  clearInstanceCache(id?: string): void;
  /** Source: src/plugins/data_views/public/services/has_data.ts. */
  readonly hasData?: {
    /** True when the space has a data view that somebody made, which is what Discover asks for. */
    hasUserDataView(): Promise<boolean>;
  };
}

/**
 * Source: src/plugins/unified_search/public/search_bar/create_search_bar.tsx `StatefulSearchBarProps`. Without
 * `useDefaultBehaviors` all state is ours and Kibana's own query is left alone.
 */
export interface SearchBarProps {
  readonly appName: string;
  readonly displayStyle?: 'inPage' | 'detached';
  readonly indexPatterns: readonly DataView[];
  readonly query?: Query;
  readonly dateRangeFrom?: string;
  readonly dateRangeTo?: string;
  readonly isRefreshPaused?: boolean;
  /** Milliseconds. */
  readonly refreshInterval?: number;
  readonly isLoading?: boolean;
  readonly placeholder?: string;
  readonly showQueryInput?: boolean;
  readonly showQueryMenu?: boolean;
  readonly showFilterBar?: boolean;
  readonly showDatePicker?: boolean;
  readonly showSubmitButton?: boolean;
  readonly dataTestSubj?: string;
  onQuerySubmit?(given: { dateRange: TimeRange; query?: Query }, isUpdate?: boolean): void;
  onQueryChange?(given: { dateRange: TimeRange; query?: Query }): void;
  onRefresh?(given: { dateRange: TimeRange }): void;
  onRefreshChange?(given: { isPaused: boolean; refreshInterval: number }): void;
}

/** Source: src/plugins/unified_search/public/types.ts `UnifiedSearchPublicPluginStart`. */
export interface UnifiedSearchStart {
  readonly ui: { readonly SearchBar: ComponentType<SearchBarProps> };
}
