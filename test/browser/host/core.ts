/** The few services of Kibana's core that the plugin uses, played in the page. */
import React, { type ReactNode } from 'react';
import { EuiProvider } from '@elastic/eui';
import type { CoreStart, HttpSetup, MountPoint, ScopedHistory } from '../../../public/kibana/contracts';
import { hostSettings } from './host_settings';

export interface HostToast {
  readonly id: string;
  readonly color: 'success' | 'danger' | 'warning';
  readonly title: string;
  readonly text?: string | MountPoint;
}

/** Told of each new list of toasts. */
export const toastListeners = new Set<(toasts: readonly HostToast[]) => void>();
let toasts: readonly HostToast[] = [];
function setToasts(next: readonly HostToast[]): void {
  toasts = next;
  for (const listener of toastListeners) listener(toasts);
}
export const dismissToast = (id: string): void => setToasts(toasts.filter((toast) => toast.id !== id));
const addToast = (color: HostToast['color'], title: string, text?: string | MountPoint): void =>
  setToasts([...toasts, { id: String(Math.random()), color, title, ...(text !== undefined && { text }) }]);

/** Told of what a flyout shows, and of undefined when it is closed. */
export const flyoutListeners = new Set<(content: MountPoint | undefined) => void>();
const showFlyout = (content: MountPoint | undefined): void => {
  for (const listener of flyoutListeners) listener(content);
};
export const closeFlyout = (): void => showFlyout(undefined);

const lowerCased = (headers: Readonly<Record<string, string | undefined>> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const { basePath } = hostSettings;
const http: HttpSetup = {
  fetch: async (path, { method, query = {}, body, signal, headers }) => {
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([key, value]) => [value].flat().map((each) => [key, String(each)])),
    );
    const given = { 'kbn-xsrf': 'host', 'content-type': 'application/json', ...lowerCased(headers) };
    const known = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(`${basePath}${path}${search.size > 0 ? `?${search.toString()}` : ''}`, {
      method,
      headers: Object.fromEntries(known),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
    const parsed = isJson ? (JSON.parse(text) as never) : (text as never);
    if (response.ok) return parsed;
    throw Object.assign(new Error(response.statusText), { response, body: parsed });
  },
  basePath: { prepend: (path) => basePath + path, get: () => basePath },
};

/** A Kibana that has React 18 puts its context around elements itself. */
export const isNewerKibana = !React.version.startsWith('17.');

const rendering: CoreStart['rendering'] = {
  addContext: (element) =>
    React.createElement(
      EuiProvider,
      { colorMode: hostSettings.isDark ? 'dark' : 'light', globalStyles: false, utilityClasses: false },
      element,
    ),
};

export const core: CoreStart = {
  ...(isNewerKibana && { rendering }),
  http,
  i18n: {
    Context: ({ children }: { children: ReactNode }) => React.createElement(React.Fragment, {}, children),
  },
  theme: {
    theme$: {
      subscribe: (listener) => {
        listener({ darkMode: hostSettings.isDark });
        return { unsubscribe: () => undefined };
      },
    },
  },
  chrome: {
    docTitle: { change: (title) => (document.title = title) },
    setBreadcrumbs: () => undefined,
    recentlyAccessed: { add: () => undefined },
  },
  application: {
    capabilities: hostSettings.capabilities,
    getUrlForApp: (id, { path = '' } = {}) => `${basePath}/app/${id}${path}`,
    currentAppId$: { subscribe: () => ({ unsubscribe: () => undefined }) },
    navigateToApp: async (id, { path = '' } = {}) => window.location.assign(`${basePath}/app/${id}${path}`),
  },
  overlays: {
    openFlyout: (content) => {
      showFlyout(content);
      return { close: async () => closeFlyout() };
    },
  },
  uiSettings: { get: (key) => hostSettings.uiSettings?.[key] },
  notifications: {
    toasts: {
      addSuccess: ({ title, text }) => addToast('success', title, text),
      addDanger: ({ title, text }) => addToast('danger', title, text),
      addWarning: ({ title, text }) => addToast('warning', title, text),
    },
  },
};

/** The browser's history below one application. */
export function scopedHistory(base: string): ScopedHistory {
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  window.addEventListener('popstate', tell);
  return {
    get location() {
      const { pathname, search } = window.location;
      return { pathname: pathname.slice(base.length) || '/', search };
    },
    push: (path) => {
      window.history.pushState(null, '', base + path);
      tell();
    },
    replace: (path) => {
      window.history.replaceState(null, '', base + path);
      tell();
    },
    createHref: ({ pathname, search = '' }) => base + pathname + search,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
