import { isKibanaAtLeast } from '../../common/kibana_version';

/** Name of that trigger from 9.4 on. */
export const APPLY_FILTER_TRIGGER = 'on_apply_filter';

/**
 * The trigger of panels that filter their dashboard, which drilldowns are attached to.
 *
 * Source: src/platform/plugins/shared/ui_actions/common/trigger_ids.ts (9.4 on), before
 * src/plugins/embeddable/public/lib/triggers/triggers.ts.
 */
export const filterTrigger = (kibanaVersion: string): string =>
  isKibanaAtLeast(kibanaVersion, 9, 4) ? APPLY_FILTER_TRIGGER : 'FILTER_TRIGGER';

/** The trigger of the menu of a panel. Source: as {@link filterTrigger}. */
export const panelMenuTrigger = (kibanaVersion: string): string =>
  isKibanaAtLeast(kibanaVersion, 9, 4) ? 'on_open_panel_menu' : 'CONTEXT_MENU_TRIGGER';

/**
 * Path in Stack Management of the form for a new rule of one type. A Kibana that has no such path shows its list of rules.
 *
 * Source: src/platform/packages/shared/kbn-rule-data-utils/src/routes/stack_rule_paths.ts; `rules/` before 9.3 by
 * elastic/kibana pull request 234450.
 */
export const newRulePath = (kibanaVersion: string, ruleTypeId: string): string =>
  `/insightsAndAlerting/triggersActions${isKibanaAtLeast(kibanaVersion, 9, 3) ? '' : '/rules'}/create/${ruleTypeId}`;

/**
 * Tells whether Discover opens a data view that a link brings along also in a space that has none; before, it shows a page to make one.
 *
 * Source: src/platform/plugins/shared/discover/public/application/main/discover_main_route.tsx; the version by elastic/kibana pull
 * request 205991.
 */
export const discoverTakesViews = (kibanaVersion: string): boolean => isKibanaAtLeast(kibanaVersion, 8, 18);
