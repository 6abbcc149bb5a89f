import { isValidElement } from 'react';
import type { App, CoreSetup, CoreStart, PluginsSetup, PluginsStart } from '../../public/kibana/contracts';
import type { EmbeddableFactory } from '../../public/kibana/embeddable_contracts';
import type {
  AddPanelAction,
  PanelAction,
  RuleTypeModel,
  VisualizationType,
} from '../../public/kibana/panel_contracts';
import { RENAMED_ICONS } from '../../public/kibana/icons';
import type { SearchBarProps } from '../../public/kibana/search_contracts';
import {
  checkFlyout,
  checkPanelApi,
  checkRecentPage,
  checkRuleForm,
  getContent,
  type RecentPage,
} from './browser_contracts';
import { schema } from './config_schema';
import type { KibanaFacts } from './facts';

/** Base path and space of the pages. */
export const BASE_PATH = '/kibana/s/shop';

/** Categories of applications that every version has. Source: src/core/packages/application/common/src/default_app_categories.ts. */
const CATEGORIES = ['kibana', 'enterpriseSearch', 'observability', 'securitySolution', 'management'];

/** Triggers of Kibana before 9.4, of those that panels may know; a registry took any other as well. */
const OLD_TRIGGERS = [
  'FILTER_TRIGGER',
  'VALUE_CLICK_TRIGGER',
  'SELECT_RANGE_TRIGGER',
  'ADD_PANEL_TRIGGER',
  'CONTEXT_MENU_TRIGGER',
];
/** Source: src/platform/plugins/shared/ui_actions/common/trigger_ids.ts. */
const NEW_TRIGGERS = [
  'on_click_value',
  'on_select_range',
  'on_apply_filter',
  'on_open_panel_menu',
  'ADD_PANEL_TRIGGER',
];

/** Properties that a data view is made from. Source: src/platform/plugins/shared/data_views/common/types.ts `DataViewSpec`. */
const dataViewSchema = schema.object({
  id: schema.maybe(schema.string({ minLength: 1 })),
  title: schema.string({ minLength: 1 }),
  name: schema.maybe(schema.string()),
  timeFieldName: schema.maybe(schema.string()),
  allowNoIndex: schema.maybe(schema.boolean()),
  allowHidden: schema.maybe(schema.boolean()),
});

const text = schema.maybe(schema.string());
const flag = schema.maybe(schema.boolean());
const anything = schema.maybe(schema.any());
/**
 * Properties of the search bar that every version has, of those that need no default behaviour.
 * Source: src/platform/plugins/shared/unified_search/public/search_bar/create_search_bar.tsx and search_bar.tsx; run on 8.12.2.
 */
const searchBarSchema = schema.object({
  appName: schema.string({ minLength: 1 }),
  displayStyle: schema.maybe(
    schema.oneOf(['inPage', 'detached', 'withBorders'].map((each) => schema.literal(each))),
  ),
  indexPatterns: schema.arrayOf(schema.any()),
  query: schema.maybe(
    schema.object({
      query: schema.string(),
      language: schema.oneOf(['kuery', 'lucene'].map((each) => schema.literal(each))),
    }),
  ),
  dateRangeFrom: text,
  dateRangeTo: text,
  isRefreshPaused: flag,
  refreshInterval: schema.maybe(schema.number({ min: 0 })),
  isLoading: flag,
  placeholder: text,
  showQueryInput: flag,
  showQueryMenu: flag,
  showFilterBar: flag,
  showDatePicker: flag,
  showSubmitButton: flag,
  dataTestSubj: text,
  onQuerySubmit: anything,
  onQueryChange: anything,
  onRefresh: anything,
  onRefreshChange: anything,
});

/** Icons of EUI in Kibana 8.12. */
const ICONS = Object.keys(
  jest.requireActual<{ typeToPathMap: object }>('@elastic/eui/lib/components/icon/icon_map').typeToPathMap,
);

/** Everything that the browser side of a plugin registers with one Kibana, refused where that Kibana refuses it. */
export class KibanaBrowser {
  public readonly apps: string[] = [];
  private readonly mounts = new Map<string, App['mount']>();
  public readonly visualizations = new Map<string, VisualizationType>();
  public readonly embeddables = new Map<string, () => Promise<EmbeddableFactory>>();
  public readonly functions: string[] = [];
  public readonly renderers: string[] = [];
  public readonly ruleTypes: RuleTypeModel[] = [];
  public readonly actions = new Map<string, () => Promise<AddPanelAction>>();
  /** In the menu of a panel, by trigger. */
  public readonly panelActions = new Map<string, PanelAction>();
  public readonly opened: unknown[] = [];
  public readonly loading: Promise<unknown>[] = [];
  public readonly dataViews: string[] = [];
  public readonly searchBars: SearchBarProps[] = [];
  public readonly recentPages: RecentPage[] = [];
  /** Titles that pages have had. */
  public readonly titles: string[] = [];
  /** Names of the flyouts that were opened. */
  public readonly flyouts: unknown[] = [];
  /** Visualizations of the library by id, as they are stored. */
  public readonly library = new Map<string, { readonly visState: string }>();
  /** Elements that were drawn with what Kibana puts around each. */
  public readonly contexts: unknown[] = [];
  /** Data views of the space that somebody made. */
  public savedDataViews = 0;
  private isSetUp = false;
  private readonly visitors: ((id: string) => void)[] = [];

  constructor(private readonly facts: KibanaFacts) {
    if (facts.rendersItself) Object.assign(this.core, { rendering: { addContext: this.addContext } });
  }

  private get triggers(): readonly string[] {
    return this.facts.filterTrigger === 'FILTER_TRIGGER' ? OLD_TRIGGERS : NEW_TRIGGERS;
  }

  /** Opens an application, as somebody does who clicks its name. */
  public visit(id: string): void {
    for (const listen of this.visitors) listen(id);
  }

  /** Opens an application at its first page. @returns takes it away; Kibana asks for it when somebody goes elsewhere */
  public async mount(id: string): Promise<() => void> {
    const history = {
      location: { pathname: '/', search: '' },
      push: () => undefined,
      replace: () => undefined,
      createHref: ({ pathname }: { pathname: string }) => `${BASE_PATH}/app/${id}${pathname}`,
      listen: () => () => undefined,
    };
    const unmount: unknown = await this.mounts.get(id)?.({ element: {} as HTMLElement, history });
    if (typeof unmount !== 'function') throw new Error(`Application ${id} cannot be taken away again.`);
    return unmount as () => void;
  }

  private readonly addVisualization = (type: VisualizationType): void => {
    if (this.visualizations.has(type.name)) throw new Error(`type ${type.name} is registered already`);
    if (!type.title || !type.icon || !type.description) throw new Error(`type ${type.name} is not whole`);
    for (const trigger of type.getSupportedTriggers?.() ?? []) {
      if (!this.triggers.includes(trigger)) throw new Error(`No trigger [triggerId = ${trigger}] exists`);
    }
    this.visualizations.set(type.name, type);
  };

  private readonly addContext = (element: unknown): unknown => {
    if (!isValidElement(element)) throw new Error('addContext was given no element.');
    this.contexts.push(element);
    return element;
  };

  public readonly core: CoreStart = {
    application: {
      capabilities: { logAnomalies: { show: true, save: true } },
      getUrlForApp: (id: string) => `/app/${id}`,
      currentAppId$: {
        subscribe: (listen: (id: string) => void) => {
          this.visitors.push(listen);
          listen('home');
          return { unsubscribe: () => undefined };
        },
      },
      navigateToApp: async (...target: unknown[]) => void this.opened.push(target),
    },
    uiSettings: { get: () => undefined },
    http: { basePath: { get: () => BASE_PATH, prepend: (path: string) => `${BASE_PATH}${path}` } },
    i18n: { Context: () => null },
    theme: { theme$: { subscribe: () => ({ unsubscribe: () => undefined }) } },
    chrome: {
      docTitle: { change: (title: string) => this.titles.push(title) },
      recentlyAccessed: {
        add: (link: string, label: string, id: string) => {
          checkRecentPage({ link, label, id }, BASE_PATH);
          this.recentPages.push({ link, label, id });
        },
      },
    },
    overlays: {
      openFlyout: (mount: unknown, options?: { readonly 'data-test-subj'?: string }) => {
        checkFlyout(mount, options);
        this.flyouts.push(options?.['data-test-subj']);
        return { close: async () => undefined };
      },
    },
  } as unknown as CoreStart;

  public setupCore(): CoreSetup {
    return {
      application: {
        register: ({ id, title, category, mount, keywords, euiIconType: icon, ...others }) => {
          if (!keywords.every((word) => typeof word === 'string' && word !== '')) {
            throw new Error(`Application ${id}: keywords are words`);
          }
          if (!ICONS.includes(icon) || icon in RENAMED_ICONS) throw new Error(`EUI has no icon ${icon}`);
          // Left out, it is found by the search and stands in the classic menu; no navigation of a solution takes it.
          const unknown = Object.keys(others).filter((name) => name !== 'order');
          if (unknown.length > 0) throw new Error(`Application ${id} has ${unknown.join()}, unknown here`);
          if (this.apps.includes(id))
            throw new Error(`An application is already registered with the id "${id}"`);
          if (!CATEGORIES.includes(category.id))
            throw new Error(`There is no category ${category.id as string}`);
          if (title === '' || typeof mount !== 'function') throw new Error(`Application ${id} is not whole`);
          // Source: src/core/packages/application/browser/src/application.ts `App`.
          if (!/^[\w:-]+$/.test(id)) throw new Error(`Application ${id}: letters, digits, -, : and _ alone`);
          this.apps.push(id);
          this.mounts.set(id, mount);
        },
      },
      getStartServices: async () => [this.core, this.startPlugins(), undefined],
    };
  }

  public setupPlugins(): PluginsSetup {
    const { facts } = this;
    return {
      visualizations: facts.hasAsyncVisualizations
        ? {
            createBaseVisualizationAsync: (name, load) =>
              void this.loading.push(
                load().then((type) => {
                  if (type.name !== name) throw new Error(`${name} loads ${type.name}`);
                  this.addVisualization(type);
                }),
              ),
          }
        : { createBaseVisualization: this.addVisualization },
      expressions: {
        registerFunction: (definition) => {
          const { name, args, fn } = definition;
          if (typeof fn !== 'function' || !/^[a-z0-9_]+$/i.test(name)) throw new Error(`function ${name}`);
          for (const [argument, { types }] of Object.entries(args)) {
            if (!types.every((type) => ['string', 'number', 'boolean', 'null'].includes(type))) {
              throw new Error(`function ${name}: argument ${argument} has a type that there is not`);
            }
          }
          this.functions.push(name);
        },
        registerRenderer: (define) => {
          const { name, render } = define();
          if (typeof render !== 'function') throw new Error(`renderer ${name} draws nothing`);
          this.renderers.push(name);
        },
      },
      triggersActionsUi: {
        ruleTypeRegistry: {
          register: (model) => {
            if (typeof model.validate !== 'function' || model.ruleParamsExpression === undefined) {
              throw new Error(`Rule type ${model.id} has no form`);
            }
            if (this.ruleTypes.some(({ id }) => id === model.id))
              throw new Error(`${model.id} is registered already`);
            this.ruleTypes.push(model);
          },
        },
      },
      embeddable: {
        ...(facts.panels !== 'visualizations' && {
          registerEmbeddablePublicDefinition: (type, load) => {
            if (this.isSetUp) throw new Error('Embeddables must be registered during plugin setup phase.');
            if (!/^[a-z_]+$/.test(type)) throw new Error('Type must be lower case and snake cased.');
            if (this.embeddables.has(type))
              throw new Error(`An embeddable factory for type: ${type} is already registered.`);
            this.embeddables.set(type, load);
          },
        }),
      },
    };
  }

  public startPlugins(): PluginsStart {
    this.isSetUp = true;
    return {
      dataViews: {
        get: async (id) => {
          throw new Error(`Saved object [index-pattern/${id}] not found`);
        },
        create: async (specification, skipFetchFields, displayErrors) => {
          dataViewSchema.validate(specification);
          if (typeof skipFetchFields !== 'boolean' || typeof displayErrors !== 'boolean') {
            throw new Error('create takes a specification and two booleans');
          }
          this.dataViews.push(specification.title);
          return { id: specification.id, getIndexPattern: () => specification.title };
        },
        clearInstanceCache: () => undefined,
        hasData: { hasUserDataView: async () => this.savedDataViews > 0 },
      },
      unifiedSearch: {
        ui: {
          SearchBar: (props) => {
            searchBarSchema.validate({ ...props });
            this.searchBars.push(props);
            return null;
          },
        },
      },
      uiActions: {
        ...(!this.facts.hasAsyncActions && {
          addTriggerAction: (trigger, action) => {
            if (!this.triggers.includes(trigger))
              throw new Error(`No trigger [triggerId = ${trigger}] exists`);
            this.panelActions.set(trigger, action);
          },
        }),
        ...(this.facts.hasAsyncActions && {
          addTriggerActionAsync: (trigger, id, load) => {
            if (!this.triggers.includes(trigger))
              throw new Error(`No trigger [triggerId = ${trigger}] exists`);
            if (this.actions.has(id)) throw new Error(`Action [action.id = ${id}] already registered.`);
            if (trigger !== 'ADD_PANEL_TRIGGER') {
              this.loading.push(
                load().then((action) => this.panelActions.set(trigger, action as PanelAction)),
              );
            } else this.actions.set(id, load as () => Promise<AddPanelAction>);
          },
        }),
      },
      embeddable: {
        getStateTransfer: () => ({
          navigateToEditor: async () => {
            throw new Error('opened the editor of visualizations');
          },
        }),
      },
      contentManagement: {
        client: { get: async (query) => getContent(query, this.library) as never },
      },
      triggersActionsUi: {
        ...(this.facts.hasRuleFlyout && {
          getAddRuleFlyout: (properties) => {
            checkRuleForm(properties);
            return null as never;
          },
        }),
      },
    };
  }

  /** Adds what every panel has, as Kibana does once a panel is built. */
  public readonly finalizePanel = <Api extends object>(api: Api): Api => {
    checkPanelApi(api as Record<string, unknown>);
    return api;
  };
}
