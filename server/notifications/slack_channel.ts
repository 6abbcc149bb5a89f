import { cleanText, escapeMrkdwn, redact } from './untrusted_text';
import type { AlertMessage, SuppressedAlerts } from './alert_message';
import { figuresOf, headlineOf, linkOf, suppressedSentence } from './alert_message';
import type { AlertsConfig } from './config';
import type { IncidentMessage } from './incident_message';
import type { AlertChannel } from './delivery';
import { parseRetryAfter, SendFailure } from './delivery';

/** Errors of a connection that was never made. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Slack's limit for the text of one section block. */
const LONGEST_SECTION = 3_000;

const section = (text: string) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: text.slice(0, LONGEST_SECTION), verbatim: true },
});
const linked = (link: string, text: string): string =>
  `<${link.replace(/&/g, '&amp;').replace(/[|<>]/g, encodeURIComponent)}|${text}>`;
const code = (text: string): string => (text === '' ? '' : `\`${escapeMrkdwn(text)}\``);

const UNFURL_NOTHING = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false };

/** The payload of an incoming webhook. Everything out of logs is escaped; nothing is unfurled or looked up. */
export function renderSlack(
  message: AlertMessage | IncidentMessage | undefined,
  suppressed: SuppressedAlerts | undefined,
  options: { channel?: string; linkBase?: string } = {},
): Record<string, unknown> {
  if (message !== undefined && 'kind' in message) return renderIncident(message, suppressed, options.channel);
  const blocks: unknown[] = [];
  const headline = message ? headlineOf(message) : 'Log anomalies';
  if (message) {
    const entities = message.entities.map(({ name, count }) => `${code(name)} ${count}`);
    if (message.otherEntities > 0) entities.push(`${message.otherEntities} others`);
    blocks.push(
      section(
        `*${escapeMrkdwn(headline)}*\n${escapeMrkdwn(message.from)} to ${escapeMrkdwn(message.to)}\n${entities.join(' · ')}`,
      ),
    );
    for (const item of message.top)
      blocks.push(
        section(
          `*${item.severity}* ${figuresOf(item)} · ${code(item.entity)} · ${escapeMrkdwn(item.time)}\n${escapeMrkdwn(item.reason)}\n${code(item.line)}${item.feedbackLink === undefined ? '' : `\n${linked(item.feedbackLink, 'Real or not?')}`}`,
        ),
      );
    const hidden = message.total - message.top.length;
    if (hidden > 0) blocks.push(section(`and ${hidden} more in this run`));
  }
  if (suppressed) blocks.push(section(suppressedSentence(suppressed)));
  const link = linkOf(options.linkBase, message);
  if (link) blocks.push(section(`<${link.replace(/&/g, '&amp;')}|Open in Log Anomalies>`));
  return {
    ...(options.channel ? { channel: options.channel } : {}),
    text: escapeMrkdwn(message ? headline : suppressed ? suppressedSentence(suppressed) : headline),
    blocks,
    ...UNFURL_NOTHING,
  };
}

function renderIncident(
  { headline, reasons, lines, link }: IncidentMessage,
  suppressed: SuppressedAlerts | undefined,
  channel: string | undefined,
): Record<string, unknown> {
  const blocks = [
    section(`*${escapeMrkdwn(headline)}*`),
    ...(reasons.length > 0 ? [section(reasons.map((reason) => `• ${escapeMrkdwn(reason)}`).join('\n'))] : []),
    ...(lines.length > 0
      ? [section(lines.map(({ time, line }) => `${escapeMrkdwn(time)} ${code(line)}`).join('\n'))]
      : []),
    ...(link === undefined ? [] : [section(linked(link, 'Open the incident'))]),
    ...(suppressed ? [section(suppressedSentence(suppressed))] : []),
  ];
  return { ...(channel ? { channel } : {}), text: escapeMrkdwn(headline), blocks, ...UNFURL_NOTHING };
}

/** The first characters of an answer, for error messages; the rest is not read. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const { value } = await reader.read();
  await reader.cancel();
  return cleanText(new TextDecoder().decode(value?.slice(0, 400)), 100);
}

/** Slack by incoming webhook, and whatever speaks the same (Mattermost, Rocket.Chat). Redirects are not followed. */
export function createSlackChannel(
  config: AlertsConfig & { slack: NonNullable<AlertsConfig['slack']> },
  { fetch, now, timeout }: { fetch: typeof globalThis.fetch; now: () => number; timeout: number },
): AlertChannel {
  const { webhook_url: webhook, channel } = config.slack;
  const { host, pathname, search } = new URL(webhook);
  const secrets = [webhook, pathname.length > 1 ? pathname + search : undefined];
  return {
    name: 'slack',
    async send(message, suppressed, signal, key) {
      const controller = new AbortController();
      const abort = () => controller.abort();
      const timer = setTimeout(abort, timeout);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      try {
        const response = await fetch(webhook, {
          method: 'POST',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            ...(key !== undefined && { 'idempotency-key': key }),
          },
          body: JSON.stringify(renderSlack(message, suppressed, { channel, linkBase: config.link_base })),
          redirect: 'manual',
          signal: controller.signal,
        });
        if (response.ok) {
          // Delivered, whatever becomes of the rest of the answer.
          await response.body?.cancel().catch(() => {});
          return;
        }
        const answer = await beginningOf(response);
        const isTemporary = response.status === 429 || response.status === 408 || response.status >= 500;
        throw new SendFailure(
          redact(`Slack webhook at ${host} answered ${response.status} ${answer}`.trim(), secrets),
          isTemporary,
          parseRetryAfter(response.headers.get('retry-after'), now()),
        );
      } catch (error) {
        if (error instanceof SendFailure) throw error;
        const cause = (error as { cause?: { code?: unknown } }).cause?.code;
        const why = controller.signal.aborted
          ? signal?.aborted
            ? 'was interrupted'
            : `did not answer within ${timeout / 1_000} s`
          : `could not be reached (${typeof cause === 'string' ? cause : 'connection failed'})`;
        const mayHaveArrived = typeof cause !== 'string' || !NEVER_SENT.has(cause);
        throw new SendFailure(`Slack webhook at ${host} ${why}`, true, undefined, mayHaveArrived);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}
