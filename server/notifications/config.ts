import { z } from 'zod';
import { SEVERITIES } from '../../common/anomaly';
import { DetectionError } from '../../common/detection_error';
import { describeZodIssues } from '../../common/validation';
import {
  addressSettingOf,
  channelSchema,
  emailSchema,
  hostOf,
  isLoopback,
  parseSmtpServer,
  slackSchema,
  urlOf,
  type ChannelSettings,
  type EmailSettings,
  type SlackSettings,
} from './channels/settings';

const isAllowed = (host: string, allowed: readonly string[]): boolean =>
  allowed.some((entry) =>
    entry.startsWith('*.') ? host.endsWith(entry.slice(1).toLowerCase()) : host === entry.toLowerCase(),
  );

/** A channel that is on, with its name. */
export interface NamedChannel {
  readonly name: string;
  readonly settings: ChannelSettings;
}

/** Returns the channels that are on; the sections slack and email are named so. */
export function channelsOf({
  slack,
  email,
  channels = {},
}: {
  readonly slack?: SlackSettings;
  readonly email?: EmailSettings;
  readonly channels?: Readonly<Record<string, ChannelSettings>>;
}): NamedChannel[] {
  return [
    ...(slack === undefined ? [] : [{ name: 'slack', settings: { type: 'slack' as const, ...slack } }]),
    ...(email === undefined ? [] : [{ name: 'email', settings: { type: 'email' as const, ...email } }]),
    ...Object.entries(channels).map(([name, settings]) => ({ name, settings })),
  ];
}

const MOST_CHANNELS = 20;
/** Channels that keep an alert of their own for each incident. */
const TRACKING = ['pagerduty', 'opsgenie'] as const;

const channelsSchema = z
  .record(
    z
      .string()
      .regex(
        /^(?!(?:slack|email)$)[a-z][a-z0-9_-]{0,39}$/,
        'must be a name such as on-call, and neither slack nor email',
      ),
    channelSchema,
  )
  .refine((given) => Object.keys(given).length <= MOST_CHANNELS, `must be at most ${MOST_CHANNELS}`);

/** The section `alerts` of config.yaml. A channel is on when its section is there. */
export const alertsConfigSchema = z
  .strictObject({
    slack: slackSchema.optional(),
    email: emailSchema.optional(),
    channels: channelsSchema.optional().describe('More channels, each under a name of your own'),
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
    max_per_hour: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .describe('Messages for each channel; in Kibana for each detector and channel'),
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
    for (const { name, settings } of channelsOf(config)) {
      const path = [...(name === 'slack' || name === 'email' ? [] : ['channels']), name];
      if (config.allowed_hosts && !isAllowed(hostOf(settings), config.allowed_hosts))
        refuse([...path, addressSettingOf(settings)], 'names a host that is not among allowed_hosts');
      if (settings.type === 'email') {
        const smtp = parseSmtpServer(settings.smtp_server);
        if ((settings.username === undefined) !== (settings.password === undefined))
          refuse([...path, 'username'], 'and password must be given together or not at all');
        if (settings.password && settings.tls === 'off' && smtp && !smtp.isSecure && !isLoopback(smtp.host))
          refuse([...path, 'tls'], 'must not be off when a password is sent to another machine');
      }
      if (config.notify === 'anomalies' && TRACKING.some((type) => type === settings.type))
        refuse([...path, 'type'], 'keeps an alert for each incident: it takes notify: incidents');
    }
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
