/** Slices of Kibana's browser contracts, as far as we use them, 8.12 and 9.x alike. */
import type { ComponentType, ReactElement, ReactNode } from 'react';
import type { PLUGIN_CATEGORY } from '../../common/plugin';
import type { DataViewsStart, UnifiedSearchStart } from './search_contracts';
import type {
  EmbeddableStart,
  ExpressionsSetup,
  TriggersActionsUiSetup,
  TriggersActionsUiStart,
  UiActionsStart,
  VisualizationsSetup,
} from './panel_contracts';
import type { ContentManagementStart, EmbeddableSetup, Overlays } from './embeddable_contracts';

/** Source: packages/core/http/core-http-browser/src/types.ts `HttpSetup`; it adds base path and space. */
export interface HttpSetup {
  fetch<Body>(
    path: string,
    options: {
      method: string;
      query?: Record<string, unknown>;
      body?: string | FormData;
      /** A form sets its own content type: then `{ 'Content-Type': undefined }`. */
      headers?: Readonly<Record<string, string | undefined>>;
      signal?: AbortSignal;
    },
  ): Promise<Body>;
  readonly basePath: {
    prepend(path: string): string;
    /** It ends in `/s/<space>` in any space but the default one. */
    get(): string;
  };
}

/** Source: packages/core/theme/core-theme-browser/src/types.ts `CoreTheme`. */
export interface CoreTheme {
  readonly darkMode: boolean;
}

/** Source: rxjs `Observable`. */
export interface Observable<Value> {
  subscribe(listener: (value: Value) => void): { unsubscribe(): void };
}

/** Draws into an element. Source: packages/core/mount-utils/core-mount-utils-browser/src/mount_point.ts. @returns takes it away */
export type MountPoint = (element: HTMLElement) => () => void;

/** Source: packages/core/lifecycle/core-lifecycle-browser/src/core_start.ts. */
export interface CoreStart {
  readonly http: HttpSetup;
  readonly i18n: { readonly Context: ComponentType<{ children: ReactNode }> };
  readonly theme: { readonly theme$: Observable<CoreTheme> };
  readonly chrome: {
    docTitle: { change(title: string): void };
    readonly recentlyAccessed?: { add(link: string, label: string, id: string): void };
    setBreadcrumbs(
      breadcrumbs: {
        text: string;
        href?: string;
        onClick?: (event: { preventDefault(): void }) => void;
      }[],
    ): void;
  };
  readonly application: {
    readonly capabilities: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
    getUrlForApp(id: string, options?: { path?: string }): string;
    /** The application that is open. */
    readonly currentAppId$: Observable<string | undefined>;
    navigateToApp(id: string, options?: { path?: string }): Promise<void>;
  };
  /** Source: packages/core/ui-settings/core-ui-settings-browser/src/types.ts `IUiSettingsClient`. */
  readonly uiSettings: { get(key: string): unknown };
  readonly notifications: {
    readonly toasts: {
      addSuccess(toast: { title: string; text?: string | MountPoint }): void;
      addDanger(toast: { title: string; text?: string }): void;
      addWarning(toast: { title: string; text?: string }): void;
    };
  };
  /** Used by what is built for 9.4 on alone. */
  readonly overlays?: Overlays;
  /** From 8.17 on. Source: packages/core/rendering/core-rendering-browser/src/types.ts `RenderingService`. */
  readonly rendering?: { addContext(element: ReactNode): ReactElement };
}

/** Source: history 4 `History`, scoped by Kibana to the application's own paths. */
export interface ScopedHistory {
  readonly location: { readonly pathname: string; readonly search: string };
  push(path: string): void;
  replace(path: string): void;
  createHref(location: { pathname: string; search?: string }): string;
  listen(listener: () => void): () => void;
}

/** Source: packages/core/application/core-application-browser/src/app_mount.ts `AppMountParameters`. */
export interface AppMountParameters {
  readonly element: HTMLElement;
  readonly history: ScopedHistory;
}

/** Source: packages/core/application/core-application-browser/src/application.ts `App`. */
export interface App {
  readonly id: string;
  readonly title: string;
  readonly category: typeof PLUGIN_CATEGORY;
  readonly order: number;
  /** Icon of EUI, which the search shows beside the title. */
  readonly euiIconType: string;
  /** Words that the search of all applications finds it by, in spaces of every solution. */
  readonly keywords: string[];
  readonly mount: (parameters: AppMountParameters) => Promise<() => void>;
}

/** Source: packages/core/lifecycle/core-lifecycle-browser/src/core_setup.ts. */
export interface CoreSetup {
  readonly application: { register(app: App): void };
  getStartServices(): Promise<[CoreStart, PluginsStart, unknown]>;
}

/** Source: packages/core/plugins/core-plugins-browser/src/plugin_initializer.ts. */
export interface PluginInitializerContext {
  readonly env: { readonly packageInfo: { readonly version: string } };
}

/** Contracts of the optional plugins that our pages use, where they are present. */
export interface PluginsStart {
  readonly unifiedSearch?: UnifiedSearchStart;
  readonly dataViews?: DataViewsStart;
  readonly embeddable?: EmbeddableStart;
  readonly triggersActionsUi?: TriggersActionsUiStart;
  readonly uiActions?: UiActionsStart;
  readonly contentManagement?: ContentManagementStart;
}

/** Other plugins that take something of ours, where they are present. */
export interface PluginsSetup {
  readonly visualizations?: VisualizationsSetup;
  readonly expressions?: ExpressionsSetup;
  readonly triggersActionsUi?: TriggersActionsUiSetup;
  readonly embeddable?: EmbeddableSetup;
}
