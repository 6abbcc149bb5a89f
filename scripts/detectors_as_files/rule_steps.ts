import { isDeepStrictEqual } from 'node:util';
import { DetectionError } from '../../common/detection_error';
import type { KibanaConnection } from '../command_line/kibana';
import { createRule, deleteRule, enableRule, updateRule, type Rule } from './alerting_api';
import { paramsOf, type ActionOfFile, type RuleFile } from './file_kinds';
import {
  labelledWith,
  planByName,
  type Found,
  type Planned,
  type PlanOptions,
  type Wanted,
} from './plan_by_name';
import { idOf, referenceTo, sameReferences, type Named } from './references';
import { stepOf, type Done, type Step } from './steps';

/** Detectors and connectors of a space. */
export interface Surroundings {
  readonly detectors: readonly Named[];
  /** Undefined for whoever may not see them: files name them by id. */
  readonly connectors: readonly Named[] | undefined;
}

interface FoundRule extends Found<RuleFile> {
  readonly rule: Rule;
}

/** Consumer of the rules that the pages make. */
const CONSUMER = 'logAnomalies';
/** Settings that files do not have and that Kibana drops from a rule that is saved without them. */
const LEFT_ALONE = ['flapping', 'artifacts'] as const;
/** Checks in a row that a rule waits for unless it says otherwise. */
const NO_DELAY = { active: 1 };

/** Returns a rule as a file has it. */
export function ruleAsFile(rule: Rule, { detectors, connectors }: Surroundings): RuleFile {
  const { detector_ids: given, ...params } = rule.params;
  const ids = Array.isArray(given) ? given.map(String) : [];
  return {
    kind: 'rule',
    name: rule.name,
    rule_type_id: rule.rule_type_id,
    tags: rule.tags,
    enabled: rule.enabled,
    schedule: rule.schedule,
    ...(ids.length > 0 && { detectors: ids.map((id) => referenceTo(detectors, id)).sort() }),
    params: paramsOf(rule.rule_type_id, params).checked,
    actions: rule.actions.map((action) => actionAsFile(action, connectors)),
    ...(rule.notify_when != null && { notify_when: rule.notify_when }),
    ...(rule.throttle != null && { throttle: rule.throttle }),
    ...delayOf(rule),
  };
}

/** Rules without a delay are written in two ways. */
const delayOf = ({ alert_delay: delay }: Pick<Rule, 'alert_delay'>): Pick<RuleFile, 'alert_delay'> =>
  delay == null || delay.active === NO_DELAY.active ? {} : { alert_delay: delay };

function actionAsFile(
  action: Rule['actions'][number],
  connectors: Surroundings['connectors'] = [],
): ActionOfFile {
  const {
    id,
    group,
    params,
    frequency,
    alerts_filter: filter,
    use_alert_data_for_template: fromAlert,
  } = action;
  return {
    ...(group !== undefined && { group }),
    connector: referenceTo(connectors, id),
    params,
    ...(frequency != null && { frequency }),
    ...(filter != null && Object.keys(filter).length > 0 && { alerts_filter: withoutDsl(filter) }),
    ...(fromAlert === true && { use_alert_data_for_template: true }),
  };
}

/** Kibana makes the DSL of the KQL itself. */
function withoutDsl(filter: Record<string, unknown>): Record<string, unknown> {
  const { query } = filter;
  if (query === null || typeof query !== 'object') return filter;
  const { dsl: _made, ...rest } = query as Record<string, unknown>;
  return { ...filter, query: rest };
}

/**
 * @param rules those of our types in the space
 * @throws DetectionError `conflict` like {@link planByName}, `invalid_input` for a rule whose type a file has otherwise
 */
export function planRules(
  connection: KibanaConnection,
  { files, rules, ...around }: { files: readonly Wanted<RuleFile>[]; rules: readonly Rule[] } & Surroundings,
  options: Omit<PlanOptions, 'kind'>,
): Step[] {
  const found = rules.map((rule): FoundRule => ({
    id: rule.id,
    settings: ruleAsFile(rule, around),
    labels: rule.tags,
    rule,
  }));
  const wanted = files.map(({ settings, place }) => ({
    place,
    settings: settingsOf(settings, around, options.label),
  }));
  return planByName(wanted, found, { ...options, kind: 'rule' }).map((planned) => ({
    ...stepOf('rule', planned),
    problems: async () => problemsOf(planned, around),
    carryOut: (detectors) => carryOut(connection, planned, { ...around, detectors }),
  }));
}

function settingsOf(
  rule: RuleFile,
  { detectors, connectors }: Surroundings,
  label: string | undefined,
): RuleFile {
  const { alert_delay: _delay, ...settings } = rule;
  return {
    ...settings,
    ...delayOf(rule),
    tags: labelledWith(rule.tags, label) ?? [],
    ...(rule.detectors && { detectors: sameReferences(detectors, rule.detectors) }),
    actions: rule.actions.map((action) => ({
      ...action,
      connector: sameReferences(connectors ?? [], [action.connector])[0],
    })),
  };
}

function problemsOf({ found, wanted }: Planned<RuleFile>, { connectors }: Surroundings): string[] {
  if (wanted === undefined) return [];
  const isOther = found !== undefined && found.settings.rule_type_id !== wanted.rule_type_id;
  return [
    ...(isOther
      ? [`rule_type_id: a rule stays ${found.settings.rule_type_id}; delete it first, or take another name`]
      : []),
    ...wanted.actions.flatMap(({ connector }, place) =>
      connectors === undefined || idOf(connectors, connector) !== undefined
        ? []
        : [
            `actions.${place}.connector: "${connector}" is no connector of the space, or several have the name`,
          ],
    ),
  ];
}

async function carryOut(
  connection: KibanaConnection,
  { action, wanted, found }: Planned<RuleFile>,
  around: Surroundings,
): Promise<Done> {
  if (wanted === undefined || action === 'delete') {
    if (found !== undefined) await deleteRule(connection, found.id);
    return {};
  }
  if (action === 'leave') return {};
  const rule = (found as FoundRule | undefined)?.rule;
  const body = bodyOf(wanted, around, rule);
  if (rule === undefined) {
    const { rule_type_id, enabled } = wanted;
    return { id: await createRule(connection, { ...body, rule_type_id, enabled, consumer: CONSUMER }) };
  }
  const left = LEFT_ALONE.filter((name) => rule[name] != null).map((name) => [name, rule[name]]);
  await updateRule(connection, rule.id, { ...Object.fromEntries(left), ...body });
  if (wanted.enabled !== rule.enabled) await enableRule(connection, rule.id, wanted.enabled);
  return {};
}

/** Body of a request that saves a rule. Actions that stay as they are keep their ids, and with them what they know of alerts. */
function bodyOf(wanted: RuleFile, { detectors, connectors }: Surroundings, rule: Rule | undefined): object {
  const { name, tags, schedule, params, notify_when, throttle, alert_delay } = wanted;
  const ids = (wanted.detectors ?? []).map(
    (reference) => idOf(detectors, reference) ?? gone(reference, rule),
  );
  const before =
    rule?.actions.map((each) => ({ uuid: each.uuid, action: actionAsFile(each, connectors) })) ?? [];
  return {
    ...{ name, tags, schedule },
    params: { ...params, detector_ids: ids },
    actions: wanted.actions.map((action) => {
      const { connector, ...rest } = action;
      const uuid = before.find((each) => isDeepStrictEqual(each.action, action))?.uuid;
      return {
        ...rest,
        id: idOf(connectors ?? [], connector) ?? connector,
        ...(uuid !== undefined && { uuid }),
      };
    }),
    ...(notify_when !== undefined && { notify_when }),
    ...(throttle !== undefined && { throttle }),
    ...((alert_delay ?? rule?.alert_delay) && { alert_delay: alert_delay ?? NO_DELAY }),
  };
}

/** A rule may name a detector that is gone, and goes on naming it. */
function gone(reference: string, rule: Rule | undefined): string {
  const named = rule?.params.detector_ids;
  if (Array.isArray(named) && named.includes(reference)) return reference;
  throw new DetectionError('invalid_input', `There is no detector "${reference}" any more.`);
}
