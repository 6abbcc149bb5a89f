import { z } from 'zod';
import { SEVERITIES } from '../../../common/anomaly';
import { WEEKDAYS } from '../../../common/suppressions';
import { isTimeZone } from '../../../common/time_zone';
import { templateProblem } from './webhook_template';

/** Address of the mail server: the parts of `smtp_server`. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`), not by STARTTLS. */
  readonly isSecure: boolean;
}

/** Submission (RFC 6409), and submission over TLS (RFC 8314). */
const SMTP_PORT = 587;
const SMTPS_PORT = 465;

/** @returns undefined for what is neither `host`, `host:port`, `smtp://host:port` nor `smtps://host:port` */
export function parseSmtpServer(text: string): SmtpServer | undefined {
  const match =
    /^(?:(smtps?):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?\/?$/i.exec(text);
  if (!match) return undefined;
  const isSecure = match[1]?.toLowerCase() === 'smtps' || (match[1] === undefined && match[3] === '465');
  const port = match[3] === undefined ? (isSecure ? SMTPS_PORT : SMTP_PORT) : Number(match[3]);
  if (port < 1 || port > 65_535) return undefined;
  return { host: match[2].replace(/^\[|\]$/g, '').toLowerCase(), port, isSecure };
}

/** This machine: the only place where traffic may go unencrypted. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

/** Reads an address, undefined for what is none. */
export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

const url = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    const given = urlOf(text);
    const isSafe =
      given?.protocol === 'https:' || (given?.protocol === 'http:' && isLoopback(given.hostname));
    if (!isSafe || given?.username || given?.password)
      context.addIssue({
        code: 'custom',
        message: 'must be an https URL without user name and password (http only to this machine)',
      });
  });

const mailAddress = z
  .string()
  .max(254)
  .regex(
    /^[^\s<>,;:"()[\]\\@\p{Cc}]+@[^\s<>,;:"()[\]\\@\p{Cc}]+$/u,
    'must be a mail address such as team@example.org',
  );

const timeZone = z.string().refine(isTimeZone, 'must be the name of a time zone such as Europe/Berlin');

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 22:00');
const pattern = z.string().min(1).max(256);

/** Says which messages take a channel. All that is given must hold. */
const routeSchema = z.strictObject({
  minimum_severity: z
    .enum(SEVERITIES.map(({ name }) => name))
    .optional()
    .describe('Lesser ones do not take this channel'),
  detectors: z
    .array(pattern)
    .min(1)
    .max(100)
    .optional()
    .describe('Ids or names of detectors, * stands for any characters'),
  entities: z
    .array(pattern)
    .min(1)
    .max(100)
    .optional()
    .describe('Entities, or hosts of what has none; * stands for any characters'),
  quiet_times: z
    .array(
      z.strictObject({
        days: z
          .array(z.enum(WEEKDAYS))
          .min(1)
          .max(7)
          .default([...WEEKDAYS])
          .describe('On which the quiet time begins'),
        from: timeOfDay,
        to: timeOfDay.describe('Not later than from: on the day after'),
        time_zone: timeZone.default('UTC'),
      }),
    )
    .max(20)
    .optional()
    .describe('Nothing is sent then; afterwards people are told of what goes on, and how much was left out'),
});
export type Route = z.output<typeof routeSchema>;

const route = routeSchema.optional().describe('Messages that take this channel; default: all');
const SECRET = 'A secret';

export const slackSchema = z.strictObject({
  webhook_url: url.describe(`Incoming webhook. ${SECRET}`),
  channel: z
    .string()
    .regex(/^[#@]?[\p{L}\p{N}._-]{1,80}$/u, 'must be a channel such as #alerts')
    .optional()
    .describe('Only older webhooks can change the channel; newer ones have one of their own'),
  route,
});
export type SlackSettings = z.output<typeof slackSchema>;

export const emailSchema = z.strictObject({
  smtp_server: z
    .string()
    .max(300)
    .refine(
      (text) => parseSmtpServer(text) !== undefined,
      'must be host:port, smtp://host:port or smtps://host:port',
    )
    .describe('Port 587 when left out, 465 for smtps'),
  recipients: z.array(mailAddress).min(1).max(50),
  from: mailAddress.default('log-anomalies@localhost'),
  username: z.string().min(1).max(320).optional(),
  password: z.string().min(1).max(1_000).optional().describe(SECRET),
  tls: z
    .enum(['auto', 'required', 'off'])
    .default('auto')
    .describe('auto: STARTTLS where offered, required as soon as there is a password to protect'),
  route,
});
export type EmailSettings = z.output<typeof emailSchema>;

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header');
const headerValue = z
  .string()
  .max(4_000)
  .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII');
/** Set by the channel itself, or by HTTP. */
const OWN_HEADERS =
  /^(content-type|content-length|host|connection|transfer-encoding|idempotency-key|webhook-.*)$/i;

const webhookSchema = z.strictObject({
  type: z.literal('webhook'),
  url: url.describe(SECRET),
  method: z.enum(['POST', 'PUT']).default('POST'),
  headers: z
    .record(headerName, headerValue)
    .refine((given) => Object.keys(given).length <= 20, 'must be at most 20')
    .refine(
      (given) => !Object.keys(given).some((name) => OWN_HEADERS.test(name)),
      'must not name Content-Type, Idempotency-Key, Webhook-* and those of HTTP itself',
    )
    .default({})
    .describe('Sent along, such as Authorization. Secrets'),
  secret: z
    .string()
    .min(16)
    .max(500)
    .optional()
    .describe('Signs each message (HMAC SHA-256, Standard Webhooks). A secret'),
  template: z
    .json()
    .superRefine((given, context) => {
      const message = templateProblem(given);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('Body as JSON with {{variables}} in its texts; a text alone is sent as text/plain'),
  route,
});
export type WebhookSettings = z.output<typeof webhookSchema>;

const teamsSchema = z.strictObject({
  type: z.literal('teams'),
  webhook_url: url.describe(
    `Address of the workflow "Post to a channel when a webhook request is received". ${SECRET}`,
  ),
  route,
});
export type TeamsSettings = z.output<typeof teamsSchema>;

const pagerdutySchema = z.strictObject({
  type: z.literal('pagerduty'),
  routing_key: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, 'must be the 32 characters of an integration key (Events API v2)')
    .describe(SECRET),
  url: url
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe('In Europe https://events.eu.pagerduty.com/v2/enqueue'),
  route,
});
export type PagerdutySettings = z.output<typeof pagerdutySchema>;

const opsgenieSchema = z.strictObject({
  type: z.literal('opsgenie'),
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]{10,500}$/, 'must be the key of an API integration')
    .describe(SECRET),
  url: url
    .default('https://api.opsgenie.com')
    .describe(
      'In Europe https://api.eu.opsgenie.com; Jira Service Management https://api.atlassian.com/jsm/ops/integration',
    ),
  teams: z.array(z.string().min(1).max(100)).max(50).default([]).describe('Names of the teams that answer'),
  tags: z.array(z.string().min(1).max(50)).max(18).default([]),
  route,
});
export type OpsgenieSettings = z.output<typeof opsgenieSchema>;

const telegramSchema = z.strictObject({
  type: z.literal('telegram'),
  bot_token: z
    .string()
    .regex(
      /^\d{1,20}:[A-Za-z0-9_-]{20,100}$/,
      'must be the token of a bot, digits and text with a colon between',
    )
    .describe(SECRET),
  chat_id: z
    .union([z.int(), z.string().regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{1,64})$/)])
    .describe('Chat, group or @channel that the bot is a member of'),
  thread_id: z.int().min(1).optional().describe('Topic of a forum'),
  url: url.default('https://api.telegram.org').describe('Of a Bot API server of your own'),
  route,
});
export type TelegramSettings = z.output<typeof telegramSchema>;

const chat = {
  webhook_url: url.describe(`Incoming webhook. ${SECRET}`),
  channel: z
    .string()
    .regex(/^[#@]?[\p{L}\p{N}._-]{1,80}$/u, 'must be a channel such as alerts')
    .optional()
    .describe("Default: the webhook's own"),
  username: z.string().min(1).max(64).optional().describe('Name that messages are shown under'),
  route,
};
const mattermostSchema = z.strictObject({ type: z.literal('mattermost'), ...chat });
export type MattermostSettings = z.output<typeof mattermostSchema>;
const rocketchatSchema = z.strictObject({ type: z.literal('rocketchat'), ...chat });
export type RocketchatSettings = z.output<typeof rocketchatSchema>;

/** A channel of `alerts.channels`. */
export const channelSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('slack'), ...slackSchema.shape }),
  z.strictObject({ type: z.literal('email'), ...emailSchema.shape }),
  webhookSchema,
  teamsSchema,
  pagerdutySchema,
  opsgenieSchema,
  telegramSchema,
  mattermostSchema,
  rocketchatSchema,
]);
export type ChannelSettings = z.output<typeof channelSchema>;

/** Returns the host that a channel sends to, in lower case. */
export function hostOf(settings: ChannelSettings): string {
  if (settings.type === 'email') return parseSmtpServer(settings.smtp_server)?.host ?? '';
  const address = 'webhook_url' in settings ? settings.webhook_url : settings.url;
  return (urlOf(address)?.hostname ?? '').replace(/^\[|\]$/g, '').toLowerCase();
}

/** Names of the setting that holds the address of each type. */
export const addressSettingOf = (settings: ChannelSettings): string =>
  settings.type === 'email' ? 'smtp_server' : 'webhook_url' in settings ? 'webhook_url' : 'url';
