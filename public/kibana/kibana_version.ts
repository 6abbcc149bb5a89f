/** Differences between versions of Kibana that cannot be seen from what it lends. */

/**
 * @param kibanaVersion such as `9.4.3` or `9.6.0-SNAPSHOT`
 * @param from major and minor version
 */
export function isAtLeast(kibanaVersion: string, ...[wantedMajor, wantedMinor]: [number, number]): boolean {
  const [major, minor] = kibanaVersion.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * The trigger of panels that filter their dashboard, which drilldowns are attached to.
 *
 * Source: src/platform/plugins/shared/ui_actions/common/trigger_ids.ts (9.4 on), before
 * src/plugins/embeddable/public/lib/triggers/triggers.ts.
 */
export const filterTrigger = (kibanaVersion: string): string =>
  isAtLeast(kibanaVersion, 9, 4) ? 'on_apply_filter' : 'FILTER_TRIGGER';

/**
 * Path in Stack Management of the form for a new rule of one type. A Kibana that has no such path shows its list of rules.
 *
 * Source: src/platform/packages/shared/kbn-rule-data-utils/src/routes/stack_rule_paths.ts; `rules/` before 9.3 by
 * elastic/kibana pull request 234450.
 */
export const newRulePath = (kibanaVersion: string, ruleTypeId: string): string =>
  `/insightsAndAlerting/triggersActions${isAtLeast(kibanaVersion, 9, 3) ? '' : '/rules'}/create/${ruleTypeId}`;
