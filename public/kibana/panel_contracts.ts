/** Slices of the contracts of Kibana's plugins that show dashboards and rules, 8.12 and 9.x alike. */
import type { ComponentType, LazyExoticComponent, ReactElement } from 'react';
import type { DataView, Query, TimeRange } from './search_contracts';

/** Source: src/plugins/visualizations/public/vis_types/types.ts `VisTypeDefinition`. */
export interface VisualizationType {
  readonly name: string;
  readonly title: string;
  readonly icon: string;
  readonly description: string;
  readonly group: 'promoted';
  readonly titleInWizard: string;
  /** False: it asks our own API, not a data view. */
  readonly requiresSearch: false;
  readonly getSupportedTriggers?: () => string[];
  /** Without a data view of any panel a dashboard hides its filters, though they count. */
  readonly getUsedIndexPattern?: () => Promise<DataView[]>;
  readonly visConfig: { readonly defaults: Readonly<Record<string, unknown>> };
  readonly editorConfig: {
    readonly optionsTemplate: ComponentType<VisualizationOptionsProps>;
  };
  readonly options: {
    readonly showTimePicker: boolean;
    readonly showQueryBar: boolean;
    readonly showFilterBar: boolean;
    readonly showIndexSelection: boolean;
  };
  readonly inspectorAdapters: Readonly<Record<string, unknown>>;
  /** Expression that draws a saved panel. */
  toExpressionAst(vis: { readonly params: Readonly<Record<string, unknown>> }): ExpressionAst;
}
/** Source: src/plugins/vis_default_editor/public/vis_options_props.tsx. */
export interface VisualizationOptionsProps {
  readonly stateParams: Readonly<Record<string, unknown>>;
  setValue(name: string, value: unknown): void;
}
export interface VisualizationsSetup {
  createBaseVisualization?(type: VisualizationType): void;
  /** From 9.0 on. */
  createBaseVisualizationAsync?(name: string, load: () => Promise<VisualizationType>): void;
}

/** Source: src/platform/packages/shared/presentation/presentation_publishing, `HasAppContext`. */
export interface PanelContainer {
  getAppContext?(): { readonly currentAppId: string; getCurrentPath?(): string };
  /** Of dashboards. Source: presentation_publishing/interfaces/containers/can_add_new_panel.ts. */
  addNewPanel?(
    panel: { readonly panelType: string; readonly serializedState: object },
    options: { readonly displaySuccessMessage: boolean },
  ): Promise<unknown>;
}

/** Source: src/platform/plugins/shared/ui_actions/public/actions/action.ts `ActionDefinition`. */
export interface AddPanelAction {
  readonly id: string;
  /** Larger ones stand above. */
  readonly order: number;
  readonly grouping: readonly {
    readonly id: string;
    readonly order: number;
    getDisplayName(): string;
    getIconType(): string;
  }[];
  getDisplayName(): string;
  getDisplayNameTooltip(): string;
  getIconType(): string;
  isCompatible(): Promise<boolean>;
  execute(context: { readonly embeddable?: PanelContainer }): Promise<void>;
}
/** A value that is published. Source: rxjs `BehaviorSubject`; presentation_publishing `PublishingSubject`. */
export interface Published<Value> {
  readonly value?: Value;
  getValue?(): Value | undefined;
}

/**
 * A panel of a dashboard. Source: src/plugins/embeddable/public/lib/embeddables/i_embeddable.ts up to 8.x (`getInput`,
 * `getOutput`), presentation_publishing/interfaces/fetch and publishes_data_views.ts after.
 */
export interface PanelApi {
  getOutput?(): { readonly indexPatterns?: readonly DataView[] };
  getInput?(): {
    readonly query?: unknown;
    readonly filters?: readonly unknown[];
    readonly timeRange?: TimeRange;
  };
  readonly dataViews?: Published<readonly DataView[]>;
  readonly dataViews$?: Published<readonly DataView[]>;
  readonly query$?: Published<unknown>;
  readonly filters$?: Published<readonly unknown[]>;
  readonly timeRange$?: Published<TimeRange>;
  /** Of its own, of the dashboard those without. Source: legacy_embeddable_to_api.ts up to 8.13. */
  readonly localQuery?: Published<unknown>;
  readonly localFilters?: Published<readonly unknown[]>;
  readonly localTimeRange?: Published<TimeRange>;
  readonly parentApi?: Pick<PanelApi, 'query$' | 'filters$' | 'timeRange$'>;
}

/** Entry of the menu of a panel. Source: as {@link AddPanelAction}. */
export interface PanelAction {
  readonly id: string;
  readonly order: number;
  getDisplayName(): string;
  getIconType(): string;
  isCompatible(context: { readonly embeddable?: PanelApi }): Promise<boolean>;
  execute(context: { readonly embeddable?: PanelApi }): Promise<void>;
}

/** Source: src/platform/plugins/shared/ui_actions/public/service/ui_actions_service.ts. */
export interface UiActionsStart {
  /** In all versions up to 9.0. @throws Error when there is no such trigger */
  addTriggerAction?(triggerId: string, action: PanelAction): void;
  /** From 8.18 on. @throws Error when there is no such trigger */
  addTriggerActionAsync?(
    triggerId: string,
    actionId: string,
    load: () => Promise<AddPanelAction | PanelAction>,
  ): void;
  /** Runs the actions of a trigger, e.g. what filters a dashboard. */
  executeTriggerActions?(triggerId: string, context: object): Promise<unknown>;
}
/** Source: src/platform/plugins/shared/embeddable/public/state_transfer/embeddable_state_transfer.ts. */
export interface EmbeddableStart {
  getStateTransfer(): {
    /** Opens an application that makes a panel and gives it back to where it was asked for. */
    navigateToEditor(
      appId: string,
      options: {
        readonly path: string;
        readonly state: { readonly originatingApp: string; readonly originatingPath?: string };
      },
    ): Promise<void>;
  };
}

/** Source: src/plugins/expressions/common/ast/types.ts. */
export interface ExpressionAst {
  readonly type: 'expression';
  readonly chain: readonly {
    readonly type: 'function';
    readonly function: string;
    readonly arguments: Readonly<Record<string, readonly unknown[]>>;
  }[];
}

/** Context of a dashboard, or nothing. Source: src/plugins/expressions/common/expression_types/specs `kibana_context`. */
export interface ExpressionInput {
  readonly timeRange?: TimeRange;
  /** One query, or that of the panel and that of the dashboard. */
  readonly query?: Query | readonly Query[];
  readonly filters?: readonly unknown[];
}
export interface RenderHandlers {
  done(): void;
  onDestroy(destroy: () => void): void;
  event(event: { name: string; data: unknown }): void;
}
export interface ExpressionsSetup {
  registerFunction(definition: {
    readonly name: string;
    readonly type: 'render';
    readonly inputTypes: readonly string[];
    readonly help: string;
    readonly args: Readonly<Record<string, { types: string[]; help: string; default?: unknown }>>;
    fn(input: ExpressionInput | null, args: Record<string, unknown>): unknown;
  }): void;
  registerRenderer(
    definition: () => {
      readonly name: string;
      readonly displayName: string;
      readonly reuseDomNode: boolean;
      render(element: HTMLElement, config: unknown, handlers: RenderHandlers): void | Promise<void>;
    },
  ): void;
}

/** Source: x-pack/plugins/triggers_actions_ui/public/types.ts `RuleTypeParamsExpressionProps`. */
export interface RuleParametersProps<Params> {
  readonly ruleParams: Partial<Params>;
  readonly errors: Readonly<Record<string, readonly string[]>>;
  setRuleParams(name: string, value: unknown): void;
}
export interface RuleTypeModel {
  readonly id: string;
  readonly description: string;
  readonly iconClass: string;
  readonly documentationUrl: string | null;
  readonly ruleParamsExpression:
    | ComponentType<RuleParametersProps<never>>
    | LazyExoticComponent<ComponentType<RuleParametersProps<never>>>;
  readonly requiresAppContext: boolean;
  readonly defaultActionMessage?: string;
  readonly defaultRecoveryMessage?: string;
  validate(params: unknown): { errors: Record<string, string[]> };
}
export interface TriggersActionsUiSetup {
  readonly ruleTypeRegistry: { register(model: RuleTypeModel): void };
}

/** Source: x-pack/plugins/triggers_actions_ui/public/plugin.ts `TriggersAndActionsUIPublicPluginStart`. */
export interface TriggersActionsUiStart {
  /** To 8.17; it asks for Kibana's own React context around it. */
  getAddRuleFlyout?(props: {
    readonly consumer: string;
    readonly ruleTypeId: string;
    readonly canChangeTrigger: boolean;
    readonly initialValues: { readonly name: string; readonly params: object };
    readonly onClose: () => void;
  }): ReactElement;
}
