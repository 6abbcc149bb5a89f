import { z } from 'zod';
import { DetectionError } from '../../common/detection_error';
import { describeZodIssues } from '../../common/validation';
import { RULE_TYPE_IDS, type RuleTypeId } from '../../common/rules';
import { jsonOf, refusalOf, type KibanaConnection } from '../command_line/kibana';
import type { Named } from './references';

const PAGE = 100;
/** Kibana gives no rules beyond. */
const MOST_PAGES = 100;

const actionSchema = z.object({
  id: z.string(),
  uuid: z.string().optional(),
  group: z.string().optional(),
  params: z.record(z.string(), z.unknown()),
  frequency: z
    .object({ summary: z.boolean(), notify_when: z.string(), throttle: z.string().nullable().default(null) })
    .nullish(),
  alerts_filter: z.record(z.string(), z.unknown()).nullish(),
  use_alert_data_for_template: z.boolean().nullish(),
});

const ruleSchema = z.object({
  id: z.string(),
  name: z.string(),
  rule_type_id: z.string(),
  tags: z.array(z.string()).default([]),
  enabled: z.boolean(),
  schedule: z.object({ interval: z.string() }),
  params: z.record(z.string(), z.unknown()),
  actions: z.array(actionSchema).default([]),
  notify_when: z.string().nullish(),
  throttle: z.string().nullish(),
  alert_delay: z.object({ active: z.number() }).nullish(),
  flapping: z.unknown().optional(),
  artifacts: z.unknown().optional(),
});
/** A rule as Kibana's HTTP API gives it. */
export type Rule = Omit<z.output<typeof ruleSchema>, 'rule_type_id'> & { readonly rule_type_id: RuleTypeId };

/** @throws DetectionError in the words of Kibana, `internal` for an answer that is none */
async function ask<Schema extends z.ZodType>(
  { ask: send }: KibanaConnection,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
  schema: Schema,
): Promise<z.output<Schema>> {
  const { method, path, body } = request;
  const answer = await send(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  if (!answer.ok) throw refusalOf(answer.status, text);
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new DetectionError(
    'internal',
    `Kibana's answer to ${method} ${path} is not as its documentation says: ${describeZodIssues(parsed.error)[0]}`,
  );
}

/** Returns the rules of our types in the space of the connection. */
export async function allRules(connection: KibanaConnection): Promise<Rule[]> {
  const isOurs = (type: string): type is RuleTypeId => (RULE_TYPE_IDS as readonly string[]).includes(type);
  const found: Rule[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const path = `/api/alerting/rules/_find?per_page=${PAGE}&page=${page}&sort_field=name`;
    const { data, total } = await ask(
      connection,
      { method: 'GET', path },
      z.object({ total: z.number(), data: z.array(ruleSchema) }),
    );
    for (const rule of data) {
      if (isOurs(rule.rule_type_id)) found.push({ ...rule, rule_type_id: rule.rule_type_id });
    }
    if (page * PAGE >= total) break;
  }
  return found;
}

/** Returns id and name of the connectors of the space; undefined for whoever may not see them, and names them by id. */
export async function allConnectors(connection: KibanaConnection): Promise<Named[] | undefined> {
  const path = '/api/actions/connectors';
  const schema = z.array(z.object({ id: z.string(), name: z.string() }));
  return ask(connection, { method: 'GET', path }, schema).catch((error: unknown) => {
    if (error instanceof DetectionError && error.code === 'forbidden') return undefined;
    throw error;
  });
}

const pathOf = (id: string): string => `/api/alerting/rule/${encodeURIComponent(id)}`;

/** @returns its id */
export async function createRule(connection: KibanaConnection, body: object): Promise<string> {
  const request = { method: 'POST', path: '/api/alerting/rule', body };
  return (await ask(connection, request, z.looseObject({ id: z.string() }))).id;
}

export async function updateRule(connection: KibanaConnection, id: string, body: object): Promise<void> {
  await ask(connection, { method: 'PUT', path: pathOf(id), body }, z.unknown());
}

export async function enableRule(connection: KibanaConnection, id: string, enabled: boolean): Promise<void> {
  const path = `${pathOf(id)}/${enabled ? '_enable' : '_disable'}`;
  await ask(connection, { method: 'POST', path }, z.unknown());
}

export async function deleteRule(connection: KibanaConnection, id: string): Promise<void> {
  await ask(connection, { method: 'DELETE', path: pathOf(id) }, z.unknown());
}
