import { DetectionError } from '../../common/detection_error';
import { createChannel, type ChannelDependencies } from './channels/create_channel';
import { hostOf, type ChannelSettings } from './channels/settings';
import { channelsOf, type AlertsConfig } from './config';
import { SendFailure } from './messages/delivery';
import { trialMessage } from './messages/incident_message';

/** Outcome of a message that was sent to try a channel. Holds no secret. */
export interface ChannelTrial {
  readonly channel: string;
  readonly type: ChannelSettings['type'];
  readonly host: string;
  readonly delivered: boolean;
  readonly milliseconds: number;
  /** The failure, in the receiver's own words where it said any. */
  readonly error?: string;
  /** A sentence that says what to do. */
  readonly next_step?: string;
}

export interface TrialDependencies extends Omit<ChannelDependencies, 'fetch' | 'timeout'> {
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds for each answer. Default 12 seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Page that the message links to. */
  readonly link?: string;
}

/** Longer than fetch waits for a connection (10 seconds, and up to one more): a host that takes none was sent nothing. */
const DEFAULT_TIMEOUT = 12_000;

/**
 * Sends a message to each channel, once, past journal, routes and limits.
 *
 * @param only the name of one channel
 * @throws DetectionError `invalid_input` where there is no channel, or none of that name
 */
export async function tryChannels(
  config: AlertsConfig,
  only: string | undefined,
  dependencies: TrialDependencies,
): Promise<ChannelTrial[]> {
  const all = channelsOf(config);
  const chosen = only === undefined ? all : all.filter(({ name }) => name === only);
  if (chosen.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new DetectionError(
      'invalid_input',
      only === undefined || all.length === 0
        ? 'No channel is set up: the section alerts names slack, email or channels.'
        : `There is no channel "${only}"; there are: ${names}.`,
    );
  }
  const { now, signal, link } = dependencies;
  const needs = { fetch: globalThis.fetch, timeout: DEFAULT_TIMEOUT, ...dependencies };
  return Promise.all(
    chosen.map(async ({ name, settings }): Promise<ChannelTrial> => {
      const started = now();
      const id = `test-${name}-${started}`;
      const outcome = (more: Partial<ChannelTrial> = {}): ChannelTrial => ({
        channel: name,
        type: settings.type,
        host: hostOf(settings),
        delivered: true,
        milliseconds: now() - started,
        ...more,
      });
      try {
        const channel = createChannel(name, settings, config.link_base, needs);
        await channel.send(trialMessage(id, link), undefined, signal, id);
        return outcome();
      } catch (error) {
        const failure =
          error instanceof SendFailure ? error : new SendFailure('failed for an unknown reason', false);
        return outcome({
          delivered: false,
          error: failure.message,
          next_step: nextStepOf(failure, settings),
        });
      }
    }),
  );
}

/** Returns what to do about a failure, by its HTTP status, SMTP code, or the code of the system's error. */
function nextStepOf({ code }: SendFailure, settings: ChannelSettings): string {
  const key = { pagerduty: 'routing_key', opsgenie: 'api_key', telegram: 'bot_token' }[
    settings.type as 'pagerduty'
  ] as string | undefined;
  const secret = key ?? (settings.type === 'email' ? 'username and password' : 'address');
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EDNS':
      return 'The name of the host is not known here: check it, and the name service of this machine.';
    case 'ECONNREFUSED':
      return 'Nothing listens there: check host and port.';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'timeout':
      return 'The host does not answer: a firewall may be between, or it may take a proxy, which is not supported.';
    case 'EAUTH':
    case '401':
    case '403':
    case '535':
      return `The receiver refuses these credentials: check ${secret}, and that it was not revoked.`;
    case '404':
    case '410':
      return settings.type === 'telegram'
        ? 'There is no such bot: check bot_token.'
        : 'The receiver knows no such address: the webhook may have been deleted; make a new one.';
    case '400':
    case '422':
      return settings.type === 'telegram'
        ? 'Check chat_id, and that the bot is a member of the chat.'
        : 'The receiver does not take the message; its answer says why.';
    case '413':
      return 'The receiver takes no message so long: shorten the template.';
    case '429':
      return 'The receiver has had too many messages: wait, and lower max_per_hour.';
    case 'ETLS':
      return 'The connection could not be encrypted: check tls and the port.';
    case undefined:
      return 'Look at the log of the receiver.';
    default:
      if (/^3\d\d$/.test(code)) return 'The address has moved: give the new one; redirects are not followed.';
      if (/^5\d\d$/.test(code) && settings.type !== 'email')
        return 'The receiver has a problem of its own: try again later.';
      if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code))
        return 'The certificate is not trusted: add the authority that signed it with NODE_EXTRA_CA_CERTS.';
      return 'Check the settings of this channel against what the receiver says.';
  }
}
