/** Loads the built bundle as Kibana does, and keeps what the plugin registers. */
import type { ReactNode } from 'react';
import type {
  App,
  CoreSetup,
  PluginInitializerContext,
  PluginsSetup,
  PluginsStart,
} from '../../../public/kibana/contracts';
import type { EmbeddableFactory } from '../../../public/kibana/embeddable_contracts';
import type {
  ExpressionsSetup,
  RuleTypeModel,
  VisualizationType,
} from '../../../public/kibana/panel_contracts';
import type { DataViewsStart } from '../../../public/kibana/search_contracts';
import { core, isNewerKibana } from './core';
import { sharedModules } from './shared_modules';

type RenderFunction = Parameters<ExpressionsSetup['registerFunction']>[0];
type Renderer = ReturnType<Parameters<ExpressionsSetup['registerRenderer']>[0]>;

export interface Registered {
  readonly apps: Map<string, App>;
  readonly visualizations: Map<string, VisualizationType>;
  readonly functions: Map<string, RenderFunction>;
  readonly renderers: Map<string, Renderer>;
  readonly ruleTypes: Map<string, RuleTypeModel>;
  /** Panels of dashboards from 9.4 on. */
  readonly embeddables: Map<string, () => Promise<EmbeddableFactory>>;
}

/** Ids of the data views that were made on this page. */
export const knownDataViews = new Set<string>();

/** Of Kibana's data views, those that are not saved. */
export const dataViews: DataViewsStart = {
  get: async (id) => {
    throw new Error(`Saved object [index-pattern/${id}] not found`);
  },
  create: async ({ id = '', title, timeFieldName }) => {
    knownDataViews.add(id);
    return { id, timeFieldName, getIndexPattern: () => title };
  },
  clearInstanceCache: (id = '') => void knownDataViews.delete(id),
  hasData: {
    hasUserDataView: async () => {
      const saved = await core.http.fetch<{ data_view: unknown[] }>('/api/data_views', { method: 'GET' });
      return saved.data_view.length > 0;
    },
  },
};

const BUNDLE = '/bundles/logAnomalies/';

interface KibanaGlobals {
  __kbnSharedDeps__: object;
  __kbnPublicPath__: Record<string, string>;
  __kbnBundles__: { define(name: string, load: () => PluginModule): void; get(name: string): object };
}
interface PluginModule {
  plugin(context: PluginInitializerContext): {
    setup(core: CoreSetup, plugins: PluginsSetup): void;
    start(core: unknown, plugins: unknown): void;
  };
}

export async function loadPlugin(lend: (registered: Registered) => PluginsStart): Promise<Registered> {
  let load: (() => PluginModule) | undefined;
  Object.assign(globalThis, {
    __kbnSharedDeps__: sharedModules,
    __kbnPublicPath__: { logAnomalies: BUNDLE },
    __kbnBundles__: {
      define: (_name, loader) => (load = loader),
      get: (name) => {
        if (name !== 'plugin/kibanaReact/public') throw new Error(`There is no bundle ${name}.`);
        return { KibanaContextProvider: ({ children }: { children: ReactNode }) => children };
      },
    },
  } satisfies KibanaGlobals);
  await new Promise((loaded, failed) => {
    const script = document.createElement('script');
    script.src = `${BUNDLE}logAnomalies.plugin.js`;
    script.onload = loaded;
    script.onerror = failed;
    document.head.append(script);
  });
  const registered: Registered = {
    apps: new Map(),
    visualizations: new Map(),
    functions: new Map(),
    renderers: new Map(),
    ruleTypes: new Map(),
    embeddables: new Map(),
  };
  const loading: Promise<unknown>[] = [];
  const startPlugins = lend(registered);
  const plugin = load!().plugin({ env: { packageInfo: { version: isNewerKibana ? '9.5.4' : '8.12.2' } } });
  plugin.setup(
    {
      application: { register: (app) => void registered.apps.set(app.id, app) },
      getStartServices: async () => [core, startPlugins, undefined],
    },
    {
      visualizations: {
        createBaseVisualization: (type) => void registered.visualizations.set(type.name, type),
        ...(isNewerKibana && {
          createBaseVisualizationAsync: (name, loadType) =>
            void loading.push(loadType().then((type) => registered.visualizations.set(name, type))),
        }),
      },
      expressions: {
        registerFunction: (definition) => void registered.functions.set(definition.name, definition),
        registerRenderer: (define) => void registered.renderers.set(define().name, define()),
      },
      triggersActionsUi: {
        ruleTypeRegistry: { register: (model) => void registered.ruleTypes.set(model.id, model) },
      },
      embeddable: {
        registerEmbeddablePublicDefinition: (type, loadFactory) =>
          void registered.embeddables.set(type, loadFactory),
      },
    },
  );
  plugin.start(core, startPlugins);
  await Promise.all(loading);
  return registered;
}
