import type { Severity } from '../../../common/anomaly';
import { figuresOf, headlineOf, linkOf, suppressedSentence } from './alert_message';
import type { AlertMessage, SuppressedAlerts } from './alert_message';
import type { IncidentMessage, IncidentNews } from './incident_message';

/** A message as chat programs show it. Texts are cleaned, bounded and without links; nothing is escaped yet. */
export interface MessageContent {
  readonly headline: string;
  /** The highest; absent where a message only tells how much was left out. */
  readonly severity?: Severity;
  readonly news: IncidentNews | 'anomalies' | 'suppressed';
  readonly reasons: readonly string[];
  readonly lines: readonly { readonly time: string; readonly line: string }[];
  readonly link?: string;
  readonly suppressed?: string;
}

/** Returns the parts that every chat program shows, of either kind of message. */
export function contentOf(
  message: AlertMessage | IncidentMessage | undefined,
  suppressed: SuppressedAlerts | undefined,
  linkBase: string | undefined,
): MessageContent {
  const note = suppressed === undefined ? {} : { suppressed: suppressedSentence(suppressed) };
  if (message === undefined) {
    const link = linkOf(linkBase, undefined);
    const headline = suppressed === undefined ? 'Log anomalies' : suppressedSentence(suppressed);
    return { headline, news: 'suppressed', reasons: [], lines: [], ...(link !== undefined && { link }) };
  }
  if ('kind' in message) {
    const { headline, reasons, lines, link, about, news } = message;
    return {
      ...{ headline, reasons, lines, news, severity: about.severity },
      ...(link !== undefined && { link }),
      ...note,
    };
  }
  const link = linkOf(linkBase, message);
  const hidden = message.total - message.top.length;
  return {
    headline: headlineOf(message),
    news: 'anomalies',
    ...(message.bySeverity.length > 0 && { severity: message.bySeverity[0].severity }),
    reasons: [
      ...message.top.map((item) => `${item.severity}, ${figuresOf(item)}, ${item.entity}: ${item.reason}`),
      ...(hidden > 0 ? [`and ${hidden} more in this run`] : []),
    ],
    lines: message.top.map(({ time, line }) => ({ time, line })),
    ...(link !== undefined && { link }),
    ...note,
  };
}
