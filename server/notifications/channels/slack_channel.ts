import { escapeMrkdwn, shortMrkdwn } from '../messages/untrusted_text';
import type { AlertItem, AlertMessage, SuppressedAlerts } from '../messages/alert_message';
import { figuresOf, headlineOf, linkOf, suppressedSentence } from '../messages/alert_message';
import type { IncidentMessage } from '../messages/incident_message';
import { shownSpan, shownTime } from '../messages/shown_time';
import type { AlertChannel } from '../messages/delivery';
import { createHttpSender, secretsOf, type HttpDependencies } from './http_delivery';
import type { SlackSettings } from './settings';

/** Slack's limit for the text of one section block. */
const LONGEST_SECTION = 3_000;
/** Of a section, once they are escaped: texts are shortened before they are put together, so that nothing behind them is cut off. */
const LONGEST_HEADLINE = 700;
const LONGEST_ENTITY = 200;
const LONGEST_TEXTS = 2_800;

const section = (text: string) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: text.slice(0, LONGEST_SECTION), verbatim: true },
});
const linked = (link: string, text: string): string =>
  `<${link.replace(/&/g, '&amp;').replace(/[|<>]/g, encodeURIComponent)}|${text}>`;
const code = (text: string, longest: number): string =>
  text === '' ? '' : `\`${shortMrkdwn(text, longest)}\``;

/** One anomaly: reason and line share the room that its other parts leave. */
function itemText(item: AlertItem): string {
  const head = `*${item.severity}* ${figuresOf(item)} · ${code(item.entity, LONGEST_ENTITY)} · ${escapeMrkdwn(shownTime(item.time))}`;
  const link = item.feedbackLink === undefined ? '' : `\n${linked(item.feedbackLink, 'Real or not?')}`;
  const room = Math.max(0, LONGEST_TEXTS - head.length - link.length);
  const reason = shortMrkdwn(item.reason, Math.floor(room / 2));
  return `${head}\n${reason}\n${code(item.line, room - reason.length)}${link}`;
}

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
    const entities = message.entities.map(({ name, count }) => `${code(name, LONGEST_ENTITY)} ${count}`);
    if (message.otherEntities > 0) entities.push(`${message.otherEntities} others`);
    blocks.push(
      section(
        `*${shortMrkdwn(headline, LONGEST_HEADLINE)}*\n${escapeMrkdwn(shownSpan(message.from, message.to))}\n${entities.join(' · ')}`,
      ),
    );
    for (const item of message.top) blocks.push(section(itemText(item)));
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
  const most = (parts: readonly unknown[]): number => Math.floor(LONGEST_TEXTS / parts.length);
  const lineText = ({ time, line }: IncidentMessage['lines'][number]): string => {
    const at = escapeMrkdwn(time);
    return `${at} ${code(line, most(lines) - at.length)}`;
  };
  const blocks = [
    section(`*${shortMrkdwn(headline, LONGEST_TEXTS)}*`),
    ...(reasons.length > 0
      ? [section(reasons.map((reason) => `• ${shortMrkdwn(reason, most(reasons))}`).join('\n'))]
      : []),
    ...(lines.length > 0 ? [section(lines.map(lineText).join('\n'))] : []),
    ...(link === undefined ? [] : [section(linked(link, 'Open the incident'))]),
    ...(suppressed ? [section(suppressedSentence(suppressed))] : []),
  ];
  return { ...(channel ? { channel } : {}), text: escapeMrkdwn(headline), blocks, ...UNFURL_NOTHING };
}

/** Slack by incoming webhook, and whatever speaks the same. */
export function createSlackChannel(
  name: string,
  { webhook_url: url, channel }: SlackSettings,
  linkBase: string | undefined,
  dependencies: HttpDependencies,
): AlertChannel {
  const send = createHttpSender(`Slack webhook at ${new URL(url).host}`, secretsOf(url), dependencies);
  return {
    name,
    ping: (signal) => send({ url, method: 'HEAD', signal }),
    send: (message, suppressed, signal, key) =>
      send({
        url,
        body: JSON.stringify(renderSlack(message, suppressed, { channel, linkBase })),
        key,
        signal,
      }),
  };
}
