/** Slices of Kibana's browser contracts, as far as we use them, 8.12 and 9.x alike. */
import type { ComponentType, ReactElement, ReactNode } from 'react';
import type { PLUGIN_CATEGORY } from '../../common/plugin';

/** Source: packages/core/http/core-http-browser/src/types.ts `HttpSetup`; it adds base path and space. */
export interface HttpSetup {
  fetch<Body>(
    path: string,
    options: {
      method: string;
      query?: Record<string, unknown>;
      body?: string;
      signal?: AbortSignal;
    },
  ): Promise<Body>;
}

/** Source: packages/core/theme/core-theme-browser/src/types.ts `CoreTheme`. */
export interface CoreTheme {
  readonly darkMode: boolean;
}

/** Source: rxjs `Observable`. */
export interface Observable<Value> {
  subscribe(listener: (value: Value) => void): { unsubscribe(): void };
}

/** Source: packages/core/lifecycle/core-lifecycle-browser/src/core_start.ts. */
export interface CoreStart {
  readonly http: HttpSetup;
  readonly i18n: { readonly Context: ComponentType<{ children: ReactNode }> };
  readonly theme: { readonly theme$: Observable<CoreTheme> };
  readonly chrome: {
    docTitle: { change(title: string): void };
    setBreadcrumbs(breadcrumbs: { text: string; href?: string }[]): void;
  };
  /** From 8.17 on. Source: packages/core/rendering/core-rendering-browser/src/types.ts `RenderingService`. */
  readonly rendering?: { addContext(element: ReactNode): ReactElement };
}

/** Source: packages/core/application/core-application-browser/src/app_mount.ts `AppMountParameters`. */
export interface AppMountParameters {
  readonly element: HTMLElement;
}

/** Source: packages/core/application/core-application-browser/src/application.ts `App`. */
export interface App {
  readonly id: string;
  readonly title: string;
  readonly category: typeof PLUGIN_CATEGORY;
  readonly order: number;
  readonly mount: (parameters: AppMountParameters) => Promise<() => void>;
}

/** Source: packages/core/lifecycle/core-lifecycle-browser/src/core_setup.ts. */
export interface CoreSetup {
  readonly application: { register(app: App): void };
  getStartServices(): Promise<[CoreStart, unknown, unknown]>;
}
