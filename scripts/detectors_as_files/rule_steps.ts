import { isDeepStrictEqual } from 'node:util';
import { DetectionError } from '../../common/detection_error';
import type { KibanaConnection } from '../command_line/kibana';
import { artifactsOf, createRule, deleteRule, enableRule, updateRule, type Rule } from './alerting_api';
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
import { isSystemConnector } from './rule_actions';
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
/** A tag of each rule that apply saves with a label: only such are pruned, for tags of rules are not ours alone. */
const MARK = 'log-anomalies:';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
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
    tags: rule.tags.filter((tag) => !tag.startsWith(MARK)),
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

const marksOf = (rule: Rule | undefined): string[] => rule?.tags.filter((tag) => tag.startsWith(MARK)) ?? [];

/** Rules without a delay are written in two ways. */
const delayOf = ({ alert_delay: delay }: Pick<Rule, 'alert_delay'>): Pick<RuleFile, 'alert_delay'> =>
  delay == null || delay.active === NO_DELAY.active ? {} : { alert_delay: delay };

function actionAsFile(
  action: Rule['actions'][number],
  connectors: Surroundings['connectors'] = [],
): ActionOfFile {
  return usualAction({ ...action, connector: referenceTo(connectors, action.id) });
}

type AnyAction = Pick<ActionOfFile, 'group' | 'connector' | 'params'> & {
  readonly [Key in 'frequency' | 'alerts_filter' | 'use_alert_data_for_template']?: ActionOfFile[Key] | null;
};

/** Returns an action in the one of several ways of writing it in which actions are compared. */
function usualAction(action: AnyAction): ActionOfFile {
  const { group, connector, params, frequency, alerts_filter: filter } = action;
  return {
    ...(group !== undefined && { group }),
    connector,
    params,
    ...(frequency != null && { frequency }),
    ...(filter != null && Object.keys(filter).length > 0 && { alerts_filter: withoutDsl(filter) }),
    ...(action.use_alert_data_for_template === true && { use_alert_data_for_template: true }),
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
  const found = rules.map((rule): FoundRule => {
    const settings = ruleAsFile(rule, around);
    const marks = marksOf(rule);
    return {
      id: rule.id,
      settings: { ...settings, tags: [...settings.tags, ...marks] },
      labels: marks.map((mark) => mark.slice(MARK.length)),
      rule,
    };
  });
  const wanted = files.map(({ settings, place }) => ({
    place,
    settings: settingsOf(settings, around, {
      label: options.label,
      rule: rules.find(({ name }) => name === settings.name),
    }),
  }));
  const seen = new Set(rules.flatMap(({ actions }) => actions.map(({ id }) => id)));
  return planByName(wanted, found, { ...options, kind: 'rule' }).map((planned) => ({
    ...stepOf('rule', planned),
    problems: async () => problemsOf(planned, around, seen),
    warnings: () => warningsOf(connection, planned),
    carryOut: (detectors) => carryOut(connection, planned, { ...around, detectors }),
  }));
}

function settingsOf(
  rule: RuleFile,
  { detectors, connectors }: Surroundings,
  { label, rule: before }: { readonly label: string | undefined; readonly rule: Rule | undefined },
): RuleFile {
  const { alert_delay: _delay, ...settings } = rule;
  const tags = labelledWith(
    rule.tags.filter((tag) => !tag.startsWith(MARK)),
    label,
  );
  return {
    ...settings,
    ...delayOf(rule),
    enabled: rule.enabled ?? before?.enabled ?? true,
    tags: [
      ...(tags ?? []),
      ...(labelledWith(marksOf(before), label === undefined ? label : `${MARK}${label}`) ?? []),
    ],
    ...(rule.detectors && { detectors: sameReferences(detectors, rule.detectors) }),
    actions: rule.actions.map((action) =>
      usualAction({ ...action, connector: sameReferences(connectors ?? [], [action.connector])[0] }),
    ),
  };
}

/** Kibana drops what is linked to a rule that is saved without it. */
async function warningsOf(
  connection: KibanaConnection,
  { action, found }: Planned<RuleFile>,
): Promise<string[]> {
  if (action !== 'change' || found === undefined) return [];
  if ((await artifactsOf(connection, found.id)) !== undefined) return [];
  return [
    'an investigation guide and linked dashboards, where the rule has some, are lost: Kibana does not show them to you',
  ];
}

/** @param seen ids of connectors that rules of the space have */
function problemsOf(
  { found, wanted }: Planned<RuleFile>,
  { connectors }: Surroundings,
  seen: ReadonlySet<string>,
): string[] {
  if (wanted === undefined) return [];
  const isOther = found !== undefined && found.settings.rule_type_id !== wanted.rule_type_id;
  return [
    ...(isOther
      ? [`rule_type_id: a rule stays ${found.settings.rule_type_id}; delete it first, or take another name`]
      : []),
    ...wanted.actions.flatMap(({ connector }, place) => {
      const setting = `actions.${place}.connector: "${connector}"`;
      if (isSystemConnector(connector)) return [];
      if (connectors !== undefined) {
        return idOf(connectors, connector) !== undefined
          ? []
          : [`${setting} is no connector of the space, or several have the name`];
      }
      return UUID.test(connector) || seen.has(connector)
        ? []
        : [`${setting} is no id, and names take the Kibana privilege "Actions and Connectors: Read"`];
    }),
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
  // Files do not have these, and Kibana drops them from a rule that is saved without them.
  const { flapping } = rule;
  const artifacts = (await artifactsOf(connection, rule.id)) ?? {};
  await updateRule(connection, rule.id, {
    ...(flapping != null && { flapping }),
    ...(Object.keys(artifacts).length > 0 && { artifacts }),
    ...body,
  });
  const { enabled = rule.enabled } = wanted;
  if (enabled !== rule.enabled) await enableRule(connection, rule.id, enabled);
  return {};
}

/** Body of a request that saves a rule. Actions that stay as they are keep their ids, and with them what they know of alerts. */
function bodyOf(wanted: RuleFile, { detectors, connectors }: Surroundings, rule: Rule | undefined): object {
  const { name, tags, schedule, params, notify_when, throttle, alert_delay } = wanted;
  const ids = (wanted.detectors ?? []).map(
    (reference) => idOf(detectors, reference) ?? gone(reference, rule),
  );
  const before = rule?.actions.map((each) => ({ each, action: actionAsFile(each, connectors) })) ?? [];
  return {
    ...{ name, tags, schedule },
    params: { ...params, detector_ids: ids },
    actions: wanted.actions.map((action) => {
      const { connector, ...rest } = action;
      const place = before.findIndex((other) => isDeepStrictEqual(other.action, action));
      // Each is taken once: two that are alike have ids of their own.
      const [same] = place < 0 ? [] : before.splice(place, 1);
      return { ...leftAlone(same?.each), ...rest, id: idOf(connectors ?? [], connector) ?? connector };
    }),
    ...(notify_when !== undefined && { notify_when }),
    ...(throttle !== undefined && { throttle }),
    ...((alert_delay ?? rule?.alert_delay) && { alert_delay: alert_delay ?? NO_DELAY }),
  };
}

/** Returns what an action has and files do not, without what is the connector's. */
function leftAlone(action: Rule['actions'][number] | undefined): object {
  const {
    id: _id,
    connector_type_id: _type,
    frequency: _frequency,
    alerts_filter: _filter,
    ...rest
  } = action ?? {};
  return rest;
}

/** A rule may name a detector that is gone, and goes on naming it. */
function gone(reference: string, rule: Rule | undefined): string {
  const named = rule?.params.detector_ids;
  if (Array.isArray(named) && named.includes(reference)) return reference;
  throw new DetectionError('invalid_input', `There is no detector "${reference}" any more.`);
}
