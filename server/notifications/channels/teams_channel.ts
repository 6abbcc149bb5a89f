import type { Severity } from '../../../common/anomaly';
import type { AlertChannel } from '../messages/delivery';
import { contentOf, type MessageContent } from '../messages/content';
import { createHttpSender, secretsOf, type HttpDependencies } from './http_delivery';
import type { TeamsSettings } from './settings';

/** Names of colours that Adaptive Cards know. */
const COLORS: Readonly<Record<Severity, string>> = {
  critical: 'Attention',
  major: 'Attention',
  minor: 'Warning',
  warning: 'Accent',
};

/** Text runs, unlike text blocks, know no Markdown: nothing of a log can become a link or a heading. */
const text = (content: string, change: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text: content, ...change }],
});

/**
 * Returns the message that a workflow of Microsoft Teams posts: one Adaptive Card.
 *
 * Source: Microsoft, "Create incoming webhooks with Workflows" and "Format cards in Microsoft Teams"; Adaptive Cards schema 1.4.
 */
function renderTeams({ headline, severity, reasons, lines, link, suppressed, news }: MessageContent) {
  const color = severity === undefined || news === 'over' ? 'Default' : COLORS[severity];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            text(headline, { weight: 'Bolder', size: 'Medium', color }),
            ...reasons.map((reason) => text(`• ${reason}`)),
            ...lines.map(({ time, line }) =>
              text(`${time}  ${line}`, { fontType: 'Monospace', size: 'Small' }),
            ),
            ...(suppressed === undefined ? [] : [text(suppressed, { isSubtle: true })]),
          ],
          ...(link !== undefined && {
            actions: [{ type: 'Action.OpenUrl', title: 'Open in Log Anomalies', url: link }],
          }),
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}

export function createTeamsChannel(
  name: string,
  { webhook_url: url }: TeamsSettings,
  linkBase: string | undefined,
  dependencies: HttpDependencies,
): AlertChannel {
  const send = createHttpSender(`Teams workflow at ${new URL(url).host}`, secretsOf(url), dependencies);
  return {
    name,
    ping: (signal) => send({ url, method: 'HEAD', signal }),
    send: (message, suppressed, signal, key) =>
      send({ url, body: JSON.stringify(renderTeams(contentOf(message, suppressed, linkBase))), key, signal }),
  };
}
