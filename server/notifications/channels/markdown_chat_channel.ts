import type { Severity } from '../../../common/anomaly';
import type { AlertChannel } from '../messages/delivery';
import { contentOf, type MessageContent } from '../messages/content';
import { escapeMarkdown } from '../messages/untrusted_text';
import { createHttpSender, secretsOf, type HttpDependencies } from './http_delivery';
import type { MattermostSettings, RocketchatSettings } from './settings';

const COLORS: Readonly<Record<Severity, string>> = {
  critical: '#E7503D',
  major: '#FB9D3F',
  minor: '#F5D13B',
  warning: '#8BC8FB',
};
const COLOR_OF_AN_END = '#54B399';

/** Mentions are looked for in code, too. */
const code = (text: string): string =>
  text === '' ? '' : `\`${text.replace(/`/g, '\u02cb').replace(/([@#])(?=[\p{L}\p{N}])/gu, '$1\u200b')}\``;

/** Text and one attachment, as Mattermost and Rocket.Chat both take them. */
function bodyOf({ headline, severity, reasons, lines, link, suppressed, news }: MessageContent) {
  return {
    text: escapeMarkdown(headline),
    attachments: [
      {
        color: news === 'over' || severity === undefined ? COLOR_OF_AN_END : COLORS[severity],
        text: [
          ...reasons.map((reason) => `• ${escapeMarkdown(reason)}`),
          ...lines.map(({ time, line }) => `${escapeMarkdown(time)} ${code(line)}`),
          ...(suppressed === undefined ? [] : [escapeMarkdown(suppressed)]),
        ].join('\n'),
        ...(link !== undefined && { title: 'Open in Log Anomalies', title_link: link }),
      },
    ],
  };
}

/** Source: Mattermost developers, "Incoming webhooks" and "Message attachments". */
function renderMattermost(
  content: MessageContent,
  { channel, username }: Pick<MattermostSettings, 'channel' | 'username'>,
) {
  const { text, attachments } = bodyOf(content);
  return {
    text,
    attachments: attachments.map((each) => ({ fallback: text, ...each })),
    ...(channel !== undefined && { channel: channel.replace(/^#/, '') }),
    ...(username !== undefined && { username }),
  };
}

/** Source: Rocket.Chat, "Incoming webhook integration" and "Post message". */
function renderRocketchat(
  content: MessageContent,
  { channel, username }: Pick<RocketchatSettings, 'channel' | 'username'>,
) {
  return {
    ...bodyOf(content),
    parseUrls: false,
    ...(channel !== undefined && { channel: /^[#@]/.test(channel) ? channel : `#${channel}` }),
    ...(username !== undefined && { alias: username }),
  };
}

/** Mattermost or Rocket.Chat by incoming webhook. */
export function createMarkdownChatChannel(
  name: string,
  settings: MattermostSettings | RocketchatSettings,
  linkBase: string | undefined,
  dependencies: HttpDependencies,
): AlertChannel {
  const { webhook_url: url, type } = settings;
  const [receiver, render] =
    type === 'mattermost'
      ? (['Mattermost webhook', renderMattermost] as const)
      : (['Rocket.Chat webhook', renderRocketchat] as const);
  const send = createHttpSender(`${receiver} at ${new URL(url).host}`, secretsOf(url), dependencies);
  return {
    name,
    ping: (signal) => send({ url, method: 'HEAD', signal }),
    send: (message, suppressed, signal, key) =>
      send({
        url,
        body: JSON.stringify(render(contentOf(message, suppressed, linkBase), settings)),
        key,
        signal,
      }),
  };
}
