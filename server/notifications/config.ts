import { z } from 'zod';
import { SEVERITIES } from '../../common/anomaly';
import { DetectionError } from '../../common/detection_error';
import { describeZodIssues } from '../../common/validation';

/** Address of the mail server: the parts of `alerts.email.smtp_server`. */
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

const isAllowed = (host: string, allowed: readonly string[]): boolean =>
  allowed.some((entry) =>
    entry.startsWith('*.') ? host.endsWith(entry.slice(1).toLowerCase()) : host === entry.toLowerCase(),
  );

const mailAddress = z
  .string()
  .max(254)
  .regex(
    /^[^\s<>,;:"()[\]\\@\p{Cc}]+@[^\s<>,;:"()[\]\\@\p{Cc}]+$/u,
    'must be a mail address such as team@example.org',
  );

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

const slackSchema = z.strictObject({
  webhook_url: z
    .string()
    .max(2_000)
    .superRefine((text, context) => {
      const url = urlOf(text);
      const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
      if (!isSafe || url?.username || url?.password)
        context.addIssue({
          code: 'custom',
          message: 'must be an https URL without user name and password (http only to this machine)',
        });
    })
    .describe('Incoming webhook. A secret'),
  channel: z
    .string()
    .regex(/^[#@]?[\p{L}\p{N}._-]{1,80}$/u, 'must be a channel such as #alerts')
    .optional()
    .describe('Only older webhooks can change the channel; newer ones have one of their own'),
});

const emailSchema = z.strictObject({
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
  password: z.string().min(1).max(1_000).optional().describe('A secret'),
  tls: z
    .enum(['auto', 'required', 'off'])
    .default('auto')
    .describe('auto: STARTTLS where offered, required as soon as there is a password to protect'),
});

/** The section `alerts` of config.yaml. A channel is on when its section is there. */
export const alertsConfigSchema = z
  .strictObject({
    slack: slackSchema.optional(),
    email: emailSchema.optional(),
    notify: z
      .enum(['incidents', 'anomalies'])
      .default('incidents')
      .describe(
        'incidents: one message when an incident opens, when it grows tenfold or gets a higher severity, and when it is over; anomalies: one message for each run that finds any, as version 0.1.0 did',
      ),
    minimum_severity: z
      .enum(SEVERITIES.map(({ name }) => name))
      .default('warning')
      .describe('Lesser anomalies are not announced'),
    group_by: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe('Field whose values are counted in a message; default: the entity of the detector'),
    max_per_hour: z.number().int().min(1).max(1_000).default(20).describe('Messages for each channel'),
    results_per_message: z.number().int().min(1).max(20).default(5).describe('Anomalies shown in full'),
    allowed_hosts: z
      .array(z.string().regex(/^(\*\.)?[A-Za-z0-9.:_-]{1,253}$/, 'must be a host name, or *.domain'))
      .max(100)
      .optional()
      .describe('If given, nothing is sent to any other host'),
    link_base: z
      .string()
      .max(1_000)
      .refine((text) => /^https?:$/.test(urlOf(text)?.protocol ?? ''), 'must be an http or https URL')
      .optional()
      .describe('Page that messages link to; detector and run are added as query'),
  })
  .superRefine((config, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const smtp = config.email && parseSmtpServer(config.email.smtp_server);
    if (config.allowed_hosts) {
      const slackHost = config.slack && urlOf(config.slack.webhook_url)?.hostname.replace(/^\[|\]$/g, '');
      const notListed = 'names a host that is not among allowed_hosts';
      if (slackHost && !isAllowed(slackHost, config.allowed_hosts))
        refuse(['slack', 'webhook_url'], notListed);
      if (smtp && !isAllowed(smtp.host, config.allowed_hosts)) refuse(['email', 'smtp_server'], notListed);
    }
    const { email } = config;
    if (email && (email.username === undefined) !== (email.password === undefined))
      refuse(['email', 'username'], 'and password must be given together or not at all');
    if (email?.password && email.tls === 'off' && smtp && !smtp.isSecure && !isLoopback(smtp.host))
      refuse(['email', 'tls'], 'must not be off when a password is sent to another machine');
  });
export type AlertsConfig = z.output<typeof alertsConfigSchema>;
export type AlertsConfigInput = z.input<typeof alertsConfigSchema>;

/**
 * Checks the section `alerts` and fills in the defaults.
 *
 * @throws DetectionError `invalid_input`; it names settings and what is allowed, never a value, since some are secrets
 */
export function parseAlertsConfig(input: unknown): AlertsConfig {
  const parsed = alertsConfigSchema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issues = describeZodIssues(parsed.error).map((issue) => `alerts.${issue}`);
  throw new DetectionError('invalid_input', `The alert settings are not valid: ${issues.join('; ')}`, {
    details: { issues },
  });
}
