/** Slices of the browser contracts around panels of dashboards from Kibana 9.4 on. */
import type { ComponentType } from 'react';
import type { Observable } from 'rxjs';
import type { PanelState } from '../../common/panels';
import type { Query, TimeRange } from './search_contracts';

/** A value that changes, and can be asked for. Source: src/platform/packages/shared/presentation/presentation_publishing/publishing_subject. */
export interface Published<Value> extends Observable<Value> {
  readonly value: Value;
}

/**
 * Members that a dashboard has for its panels; another container has fewer.
 *
 * Source: src/platform/packages/shared/presentation/presentation_publishing/interfaces/fetch and
 * interfaces/containers/last_saved_child_state.ts.
 */
export interface ParentApi {
  readonly timeRange$?: Published<TimeRange | undefined>;
  /** Epoch milliseconds of the time slider, a part of the time of the dashboard. */
  readonly timeslice$?: Published<readonly [from: number, to: number] | undefined>;
  readonly query$?: Published<Query | undefined>;
  readonly filters$?: Published<readonly unknown[] | undefined>;
  readonly reload$?: Observable<void>;
  readonly isFetchPaused$?: Published<boolean>;
  lastSavedStateForChild$?(uuid: string): Observable<PanelState | undefined>;
  getLastSavedStateForChild?(uuid: string): PanelState | undefined;
}

/** Source: src/platform/plugins/shared/embeddable/public/drilldowns/types.ts `DrilldownsManager`. */
export interface DrilldownsManager {
  readonly api: object;
  readonly anyStateChange$: Observable<unknown>;
  getLatestState(): { readonly drilldowns?: readonly object[] };
  reinitializeState(state: object): void;
  cleanup?(): void;
}

/** Source: src/platform/plugins/shared/embeddable/public/react_embeddable_system/types.ts `BuildEmbeddableProps`. */
export interface BuildEmbeddableProps {
  readonly initialState: PanelState;
  readonly uuid: string;
  readonly parentApi?: ParentApi;
  /** Adds what every panel has. */
  finalizeApi<Api extends object>(api: Api): Api & { readonly isFetchPaused$?: Observable<boolean> };
  /** A promise of it in some versions. */
  initializeDrilldownsManager?(
    uuid: string,
    state: PanelState,
  ): DrilldownsManager | Promise<DrilldownsManager>;
}

/** Source: as above, `EmbeddablePublicDefinition`. */
export interface EmbeddableFactory {
  readonly type: string;
  buildEmbeddable(
    props: BuildEmbeddableProps,
  ): Promise<{ readonly api: object; readonly Component: ComponentType<Record<string, never>> }>;
}

/** Source: src/platform/plugins/shared/embeddable/public/plugin.tsx `EmbeddableSetup`. */
export interface EmbeddableSetup {
  /** From 9.4 on. @throws Error for a type with other signs than lower-case letters and underscores */
  registerEmbeddablePublicDefinition?(type: string, load: () => Promise<EmbeddableFactory>): void;
}

/** Source: src/core/packages/overlays/browser/src/types.ts `OverlayStart`. */
export interface Overlays {
  openFlyout(
    mount: (element: HTMLElement) => () => void,
    options?: { readonly size?: 's' | 'm' | 'l'; readonly 'data-test-subj'?: string },
  ): { close(): Promise<void> };
}

/** Source: src/platform/plugins/shared/content_management/public/content_client/content_client.tsx. */
export interface ContentManagementStart {
  readonly client: {
    get(query: { readonly contentTypeId: 'visualization'; readonly id: string }): Promise<{
      readonly item: {
        readonly attributes: {
          readonly visState?: string;
          readonly kibanaSavedObjectMeta?: { readonly searchSourceJSON?: string };
        };
      };
    }>;
  };
}
