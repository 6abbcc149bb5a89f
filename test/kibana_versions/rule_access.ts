/**
 * Rights to work with rules, as the alerting plugin decides it from a feature and its privileges. Written from reading
 * alerting_authorization.ts and feature_privilege_builder/alerting.ts, see SOURCES of facts.ts.
 */
import type { KibanaFacts } from './facts';

/** Consumer of rules that Stack Management made before rule types had consumers of their own. */
const LEGACY_CONSUMER = 'alerts';
const READING = ['get', 'getRuleState', 'getAlertSummary', 'getExecutionLog', 'find'];
const WRITING = ['create', 'delete', 'update', 'updateApiKey', 'enable', 'disable', 'muteAll', 'snooze'];

/** Rule types as ids, or each with its consumers. */
type Grants = readonly (string | { readonly ruleTypeId: string; readonly consumers: readonly string[] })[];
interface Privilege {
  readonly alerting: { readonly rule: { readonly all?: Grants; readonly read?: Grants } };
}
export interface AlertingFeature {
  readonly id: string;
  readonly alerting?: Grants;
  readonly privileges: Readonly<Record<'all' | 'read', Privilege>>;
}

interface RuleAction {
  readonly ruleTypeId: string;
  readonly consumer: string;
  readonly operation: string;
}
const nameOf = ({ ruleTypeId, consumer, operation }: RuleAction): string =>
  `alerting:${ruleTypeId}/${consumer}/rule/${operation}`;

/** @returns the actions on rules that a role has with one privilege of a feature and nothing else */
export function grantedActions(feature: AlertingFeature, privilege: 'all' | 'read'): ReadonlySet<string> {
  const { all = [], read = [] } = feature.privileges[privilege].alerting.rule;
  const actionsOf = (grants: Grants, operations: readonly string[]): string[] =>
    grants.flatMap((grant) => {
      const { ruleTypeId, consumers } =
        typeof grant === 'string' ? { ruleTypeId: grant, consumers: [feature.id] } : grant;
      return consumers.flatMap((consumer) =>
        operations.map((operation) => nameOf({ ruleTypeId, consumer, operation })),
      );
    });
  return new Set([...actionsOf(all, [...READING, ...WRITING]), ...actionsOf(read, READING)]);
}

/** The space of a request: features that it disables, or the error that reading it ended with. */
export type SpaceRead = { readonly disabledFeatures: readonly string[] } | { readonly error: number };

const refused = (status: number, action: RuleAction): Error =>
  Object.assign(new Error(`Unauthorized to ${action.operation} a "${action.ruleTypeId}" rule`), { status });

/**
 * @param producer of the rule type: rules of the legacy consumer count as its own
 * @throws Error with a `status`: 403, and from 8.18 on 500 where the space cannot be read, which before is a 403 as well
 */
export function authorizeRule(
  action: RuleAction,
  who: { readonly granted: ReadonlySet<string>; readonly space: SpaceRead },
  { feature, producer, facts }: { feature: AlertingFeature; producer: string; facts: KibanaFacts },
): void {
  const namesConsumers = facts.ruleTypes === 'consumers';
  const { space, granted } = who;
  if ('error' in space && namesConsumers && ![403, 404].includes(space.error)) {
    throw Object.assign(new Error('Failed to create AlertingAuthorization class'), { status: 500 });
  }
  const isOn = !('error' in space) && !space.disabledFeatures.includes(feature.id);
  const { alerting = [] } = feature;
  const known = namesConsumers
    ? alerting.flatMap((grant) => (typeof grant === 'string' ? [] : grant.consumers))
    : alerting.length > 0
      ? [LEGACY_CONSUMER, feature.id]
      : [];
  const consumer = !namesConsumers && action.consumer === LEGACY_CONSUMER ? producer : action.consumer;
  if (!isOn || !known.includes(consumer)) throw refused(403, action);
  if (!granted.has(nameOf({ ...action, consumer }))) throw refused(403, action);
}
