import { z } from 'zod';
import { acceptSchema } from '../../common/api/suppressions';
import { RULE_PARAMS, RULE_TYPE_IDS } from '../../common/rules';
import { suppressionDraftSchema } from '../../common/suppressions/suppression';
import { issuesOfActions, type Issue } from './rule_actions';

/** Kinds of documents in files; one without a kind is a detector. */
export const KINDS = ['detector', 'quiet_time', 'rule'] as const;
export type Kind = (typeof KINDS)[number];

/** Names of detectors, or ids where several have the name. Absent: all of the space. */
const detectorsSchema = z.array(z.string().min(1).max(200)).min(1).max(100).optional();

const { detector_ids: _ids, origin: _origin, ...quietTimeShape } = suppressionDraftSchema.shape;

/** A quiet time as a file has it. */
export const quietTimeFileSchema = z
  .strictObject({
    kind: z.literal('quiet_time'),
    ...quietTimeShape,
    detectors: detectorsSchema,
    accept: acceptSchema,
  })
  .refine(
    ({ match, schedule, expires_at: expiresAt }) => match ?? schedule ?? expiresAt,
    'must have match, schedule or expires_at',
  );
export type QuietTimeFile = z.output<typeof quietTimeFileSchema>;

const durationSchema = z.string().regex(/^\d{1,9}[smhd]$/, 'must be a duration such as 1m');
const notifyWhenSchema = z
  .string()
  .regex(
    /^on(ActionGroupChange|ActiveAlert|ThrottleInterval)$/,
    'must be onActionGroupChange, onActiveAlert or onThrottleInterval',
  );
/** Bounds of what people write into a rule; Kibana has none. */
const [LONGEST_TEXT, MOST_TAGS] = [1_000, 1_000];

const actionSchema = z.strictObject({
  group: z.string().min(1).max(100).optional(),
  /** Name of a connector, or its id where several have the name. */
  connector: z.string().min(1).max(LONGEST_TEXT),
  params: z.record(z.string(), z.unknown()),
  /** Other settings are left to Kibana. */
  frequency: z
    .looseObject({
      summary: z.boolean(),
      notify_when: notifyWhenSchema,
      throttle: durationSchema.nullable().default(null),
    })
    .optional(),
  alerts_filter: z.record(z.string(), z.unknown()).optional(),
  use_alert_data_for_template: z.boolean().optional(),
});
export type ActionOfFile = z.output<typeof actionSchema>;

/** An alert rule of ours as a file has it: with the names of Kibana's HTTP API, but for detectors and connectors. */
export const ruleFileSchema = z
  .strictObject({
    kind: z.literal('rule'),
    name: z.string().min(1).max(LONGEST_TEXT),
    rule_type_id: z.enum(RULE_TYPE_IDS),
    tags: z.array(z.string().max(LONGEST_TEXT)).max(MOST_TAGS).default([]),
    /** Absent: as it is; a new one is enabled. */
    enabled: z.boolean().optional(),
    schedule: z.strictObject({ interval: durationSchema }),
    detectors: detectorsSchema,
    params: z.record(z.string(), z.unknown()).default({}),
    actions: z.array(actionSchema).max(100).default([]),
    /** Of all actions together, as rules of older Kibanas have it. */
    notify_when: notifyWhenSchema.optional(),
    throttle: durationSchema.optional(),
    alert_delay: z.strictObject({ active: z.number().int().min(1) }).optional(),
  })
  .transform((rule, context) => {
    const params = paramsOf(rule.rule_type_id, rule.params);
    for (const { message, path } of params.issues) {
      context.addIssue({ code: 'custom', message, path: ['params', ...path] });
    }
    for (const { message, path } of issuesOfActions(rule)) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
    return { ...rule, params: params.checked };
  });
export type RuleFile = z.output<typeof ruleFileSchema>;

interface CheckedParams {
  /** Without `detector_ids`, with the defaults. */
  readonly checked: Record<string, unknown>;
  readonly issues: readonly Issue[];
}

/** Checks parameters of a rule and fills in their defaults; files name detectors beside them. */
export function paramsOf(type: RuleFile['rule_type_id'], params: Record<string, unknown>): CheckedParams {
  if ('detector_ids' in params) {
    const message = 'is not for files: name the detectors under detectors, beside params';
    return { checked: params, issues: [{ message, path: ['detector_ids'] }] };
  }
  const parsed = RULE_PARAMS[type].safeParse(params);
  if (!parsed.success) return { checked: params, issues: parsed.error.issues };
  const { detector_ids: _all, ...checked } = parsed.data;
  return { checked, issues: [] };
}
