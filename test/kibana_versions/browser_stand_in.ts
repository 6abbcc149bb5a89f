import type { CoreSetup, CoreStart, PluginsSetup, PluginsStart } from '../../public/kibana/contracts';
import type { EmbeddableFactory } from '../../public/kibana/embeddable_contracts';
import type { AddPanelAction, RuleTypeModel, VisualizationType } from '../../public/kibana/panel_contracts';
import type { KibanaFacts } from './facts';

/** Categories of applications that every version has. Source: src/core/packages/application/common/src/default_app_categories.ts. */
const CATEGORIES = ['kibana', 'enterpriseSearch', 'observability', 'securitySolution', 'management'];

/** Triggers of Kibana before 9.4, of those that panels may know; a registry took any other as well. */
const OLD_TRIGGERS = ['FILTER_TRIGGER', 'VALUE_CLICK_TRIGGER', 'SELECT_RANGE_TRIGGER', 'ADD_PANEL_TRIGGER'];
/** Source: src/platform/plugins/shared/ui_actions/common/trigger_ids.ts. */
const NEW_TRIGGERS = [
  'on_click_value',
  'on_select_range',
  'on_apply_filter',
  'on_open_panel_menu',
  'ADD_PANEL_TRIGGER',
];

/** Everything that the browser side of a plugin registers with one Kibana, refused where that Kibana refuses it. */
export class KibanaBrowser {
  public readonly apps: string[] = [];
  public readonly visualizations = new Map<string, VisualizationType>();
  public readonly embeddables = new Map<string, () => Promise<EmbeddableFactory>>();
  public readonly functions: string[] = [];
  public readonly renderers: string[] = [];
  public readonly ruleTypes: RuleTypeModel[] = [];
  public readonly actions = new Map<string, () => Promise<AddPanelAction>>();
  public readonly loading: Promise<unknown>[] = [];
  private isSetUp = false;

  constructor(private readonly facts: KibanaFacts) {}

  private get triggers(): readonly string[] {
    return this.facts.filterTrigger === 'FILTER_TRIGGER' ? OLD_TRIGGERS : NEW_TRIGGERS;
  }

  private readonly addVisualization = (type: VisualizationType): void => {
    if (this.visualizations.has(type.name)) throw new Error(`type ${type.name} is registered already`);
    if (!type.title || !type.icon || !type.description) throw new Error(`type ${type.name} is not whole`);
    for (const trigger of type.getSupportedTriggers?.() ?? []) {
      if (!this.triggers.includes(trigger)) throw new Error(`No trigger [triggerId = ${trigger}] exists`);
    }
    this.visualizations.set(type.name, type);
  };

  public readonly core: CoreStart = {
    application: {
      capabilities: { logAnomalies: { show: true } },
      getUrlForApp: (id: string) => `/app/${id}`,
    },
  } as unknown as CoreStart;

  public setupCore(): CoreSetup {
    return {
      application: {
        register: ({ id, title, category, mount }) => {
          if (this.apps.includes(id))
            throw new Error(`An application is already registered with the id "${id}"`);
          if (!CATEGORIES.includes(category.id))
            throw new Error(`There is no category ${category.id as string}`);
          if (title === '' || typeof mount !== 'function') throw new Error(`Application ${id} is not whole`);
          this.apps.push(id);
        },
      },
      getStartServices: async () => [this.core, {}, undefined],
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
        registerFunction: ({ name }) => void this.functions.push(name),
        registerRenderer: (define) => void this.renderers.push(define().name),
      },
      triggersActionsUi: {
        ruleTypeRegistry: {
          register: (model) => {
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
      uiActions: {
        ...(this.facts.hasAsyncActions && {
          addTriggerActionAsync: (trigger, id, load) => {
            if (!this.triggers.includes(trigger))
              throw new Error(`No trigger [triggerId = ${trigger}] exists`);
            if (this.actions.has(id)) throw new Error(`Action [action.id = ${id}] already registered.`);
            this.actions.set(id, load);
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
    };
  }
}
