import { createContext, useContext } from 'react';
import type { ApiClient } from './api_client';
import type { CoreStart, PluginsStart } from '../../kibana/contracts';
import type { Location } from './location';

/** Services and state that every page may use. */
export interface AppContext {
  readonly api: ApiClient;
  readonly core: CoreStart;
  readonly plugins: PluginsStart;
  readonly kibanaVersion: string;
  /** True when this user may change detectors, models and feedback. */
  readonly canWrite: boolean;
  readonly location: Location;
  /** Goes to another page, with the browser's history. */
  go(path: string, query?: Record<string, string | undefined>): void;
  /** Goes to another page in place of this one, which the browser's Back then passes over. */
  redirect(path: string, query?: Record<string, string | undefined>): void;
  /** Changes part of the query of this page; undefined takes a value away. */
  setQuery(changes: Record<string, string | undefined>): void;
  hrefOf(path: string): string;
}

const Context = createContext<AppContext | undefined>(undefined);
export const AppContextProvider = Context.Provider;

export function useApp(): AppContext {
  const app = useContext(Context);
  if (app === undefined) throw new Error('A page was drawn outside the application.');
  return app;
}
