import { z } from 'zod';
import { DetectionError } from '../../common/detection_error';
import { describeZodIssues } from '../../common/validation';
import { RULE_TYPE_IDS } from '../../common/rules';
import { jsonOf, refusalOf, type KibanaConnection } from '../command_line/kibana';
import type { Named } from './references';

const PAGE = 100;
/** Kibana gives no rules beyond. */
const MOST_RULES = 10_000;

/** Other settings of an action stay with it. */
const actionSchema = z.looseObject({
  id: z.string(),
  uuid: z.string().optional(),
  connector_type_id: z.unknown().optional(),
  group: z.string().optional(),
  params: z.record(z.string(), z.unknown()),
  frequency: z
    .looseObject({
      summary: z.boolean(),
      notify_when: z.string(),
      throttle: z.string().nullable().default(null),
    })
    .nullish(),
  alerts_filter: z.record(z.string(), z.unknown()).nullish(),
  use_alert_data_for_template: z.boolean().nullish(),
});

const ruleSchema = z.object({
  id: z.string(),
  name: z.string(),
  rule_type_id: z.enum(RULE_TYPE_IDS),
  tags: z.array(z.string()).default([]),
  enabled: z.boolean(),
  schedule: z.object({ interval: z.string() }),
  params: z.record(z.string(), z.unknown()),
  actions: z.array(actionSchema).default([]),
  notify_when: z.string().nullish(),
  throttle: z.string().nullish(),
  alert_delay: z.object({ active: z.number() }).nullish(),
  flapping: z.unknown().optional(),
});
/** A rule as Kibana's HTTP API gives it. */
export type Rule = z.output<typeof ruleSchema>;
/** Rules of other types are not looked into. */
const pageSchema = z.object({
  total: z.number(),
  data: z.array(
    z.looseObject({ rule_type_id: z.string() }).transform((rule, context) => {
      if (!(RULE_TYPE_IDS as readonly string[]).includes(rule.rule_type_id)) return [];
      const parsed = ruleSchema.safeParse(rule);
      if (parsed.success) return [parsed.data];
      for (const { message, path } of parsed.error.issues) {
        context.addIssue({ code: 'custom', message, path: [...path] });
      }
      return z.NEVER;
    }),
  ),
});

/** @throws DetectionError in the words of Kibana, `internal` for an answer that is none */
async function ask<Schema extends z.ZodType>(
  { ask: send }: KibanaConnection,
  request: {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  },
  schema: Schema,
): Promise<z.output<Schema>> {
  const { method, path, body, headers } = request;
  const answer = await send(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
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

/**
 * Returns the rules of our types in the space of the connection.
 *
 * @throws DetectionError `invalid_input` where there are more than Kibana lists
 */
export async function allRules(connection: KibanaConnection): Promise<Rule[]> {
  const filter = encodeURIComponent(`alert.attributes.alertTypeId:(${RULE_TYPE_IDS.join(' or ')})`);
  const found = new Map<string, Rule>();
  for (let page = 1; ; page++) {
    const path = `/api/alerting/rules/_find?per_page=${PAGE}&page=${page}&sort_field=name&filter=${filter}`;
    const { data, total } = await ask(connection, { method: 'GET', path }, pageSchema);
    if (total > MOST_RULES) {
      throw new DetectionError(
        'invalid_input',
        `The space has ${total} rules of our types; Kibana lists at most ${MOST_RULES}.`,
      );
    }
    // Rules that are made meanwhile move others to the next page.
    for (const rule of data.flat()) found.set(rule.id, rule);
    if (page * PAGE >= total) return [...found.values()];
  }
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

/** Investigation guide and linked dashboards, which Kibana's public API takes and does not give. */
export type Artifacts = Readonly<Record<string, unknown>>;

/** @returns what is linked to a rule; undefined where Kibana does not tell */
export async function artifactsOf(connection: KibanaConnection, id: string): Promise<Artifacts | undefined> {
  const request = {
    method: 'GET',
    path: `/internal/alerting/rule/${encodeURIComponent(id)}`,
    headers: { 'x-elastic-internal-origin': 'Kibana' },
  };
  const schema = z.object({ artifacts: z.record(z.string(), z.unknown()).nullish() });
  const answer = await ask(connection, request, schema).catch((error: unknown) => {
    const { code } = error as Partial<DetectionError>;
    if (code === 'forbidden' || code === 'not_found' || code === 'invalid_input') return undefined;
    throw error;
  });
  return answer && (answer.artifacts ?? {});
}

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
