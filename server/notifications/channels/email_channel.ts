import { createTransport, type Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport';
import type { Severity } from '../../../common/anomaly';
import { SEVERITY_COLORS } from '../../../common/anomaly/severity_colors';
import type { AlertMessage, SuppressedAlerts } from '../messages/alert_message';
import { figuresOf, headlineOf, linkOf, suppressedSentence } from '../messages/alert_message';
import type { EmailSettings, SmtpServer } from './settings';
import type { IncidentMessage } from '../messages/incident_message';
import { isLoopback, parseSmtpServer } from './settings';
import type { AlertChannel } from '../messages/delivery';
import { SendFailure } from '../messages/delivery';
import { shownSpan, shownTime } from '../messages/shown_time';
import { cleanText, escapeHtml, redact } from '../messages/untrusted_text';

const LONGEST_SUBJECT = 150;

/** Subject, plain text and HTML of a message. The subject is one line without control characters. */
export function renderEmail(
  message: AlertMessage | IncidentMessage | undefined,
  suppressed: SuppressedAlerts | undefined,
  linkBase?: string,
): { subject: string; text: string; html: string } {
  if (message !== undefined && 'kind' in message) return renderIncident(message, suppressed);
  const note = suppressed ? suppressedSentence(suppressed) : undefined;
  const headline = message ? headlineOf(message) : (note ?? '');
  const link = linkOf(linkBase, message);
  const text: string[] = [headline];
  const html: string[] = [];
  if (message) {
    const others = message.otherEntities > 0 ? [`${message.otherEntities} others`] : [];
    const entities = [...message.entities.map(({ name, count }) => `${name}: ${count}`), ...others].join(
      ', ',
    );
    const hidden = message.total - message.top.length;
    const span = shownSpan(message.from, message.to);
    text.push(span, entities, '');
    html.push(`<p style="${SUBDUED}">${escapeHtml(span)}<br>${escapeHtml(entities)}</p>`);
    for (const item of message.top) {
      const time = shownTime(item.time);
      text.push(`${item.severity}, ${figuresOf(item)}, ${item.entity}, ${time}`);
      text.push(`  ${item.reason}`, `  ${item.line}`);
      text.push(...(item.feedbackLink === undefined ? [] : [`  Real or not? ${item.feedbackLink}`]), '');
      const judge =
        item.feedbackLink === undefined ? '' : ` <a href="${escapeHtml(item.feedbackLink)}">Real or not?</a>`;
      html.push(
        `<div style="${barOf(item.severity)}"><b>${item.severity}</b>, <b>${escapeHtml(item.entity)}</b>, ${escapeHtml(time)}` +
          `<br>${escapeHtml(item.reason)}${codeOf(item.line)}` +
          `<span style="${SUBDUED}">${figuresOf(item)}</span>${judge}</div>`,
      );
    }
    if (hidden > 0) {
      text.push(`and ${hidden} more in this run`, '');
      html.push(`<p>and ${hidden} more in this run</p>`);
    }
    if (note) {
      text.push(note, '');
      html.push(`<p>${escapeHtml(note)}</p>`);
    }
  }
  if (link) {
    text.push(link);
    html.push(`<p><a href="${escapeHtml(link)}">Open in Log Anomalies</a></p>`);
  }
  return {
    subject: cleanText(`[Log Anomalies] ${headline}`, LONGEST_SUBJECT),
    text: `${text.join('\n').trimEnd()}\n`,
    html: pageOf(headline, message?.bySeverity[0]?.severity, html),
  };
}

function renderIncident(
  { headline, reasons, lines, link, about }: IncidentMessage,
  suppressed: SuppressedAlerts | undefined,
): { subject: string; text: string; html: string } {
  const note = suppressed ? [suppressedSentence(suppressed)] : [];
  const text = [
    headline,
    '',
    ...reasons.map((reason) => `- ${reason}`),
    '',
    ...lines.map(({ time, line }) => `${time}  ${line}`),
    ...(link === undefined ? [] : ['', link]),
    ...note,
  ];
  const html = [
    ...(reasons.length === 0
      ? []
      : [`<ul>${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul>`]),
    ...lines.map(
      ({ time, line }, place) =>
        `<div><span style="${SUBDUED}">${lines.length === 1 ? '' : place === 0 ? 'First: ' : 'Last: '}${escapeHtml(time)}</span>${codeOf(line)}</div>`,
    ),
    ...(link === undefined ? [] : [`<p><a href="${escapeHtml(link)}">Open the incident</a></p>`]),
    ...note.map((each) => `<p>${escapeHtml(each)}</p>`),
  ];
  return {
    subject: cleanText(`[Log Anomalies] ${headline}`, LONGEST_SUBJECT),
    text: `${text.join('\n').trimEnd()}\n`,
    html: pageOf(headline, about.severity, html),
  };
}

/** Styles stand at each element: programs for mail leave out what stands in the head. Text keeps the colours of the program. */
const PAGE = 'font:14px/1.5 Helvetica,Arial,sans-serif;max-width:680px;margin:0 auto;padding:8px';
const SUBDUED = 'opacity:0.75;font-size:12px';
const CODE =
  'display:block;margin:4px 0;padding:4px 8px;font:12px/1.5 Menlo,Consolas,monospace;background:rgba(127,127,127,0.15);white-space:pre-wrap;overflow-wrap:anywhere';

const barOf = (severity: Severity | undefined): string =>
  `border-left:4px solid ${severity === undefined ? '#98A2B3' : SEVERITY_COLORS[severity]};padding-left:12px;margin:12px 0;overflow-wrap:anywhere`;

const codeOf = (line: string): string =>
  line === '' ? '' : `<code style="${CODE}">${escapeHtml(line)}</code>`;

/** A mail in HTML: the headline beside the colour of the severity, and below it what it is about. */
const pageOf = (headline: string, severity: Severity | undefined, content: readonly string[]): string =>
  `<!doctype html><html><body><div style="${PAGE}"><div style="${barOf(severity)}">` +
  `<h2 style="font-size:18px;margin:0">${escapeHtml(headline)}</h2></div>${content.join('\n')}</div></body></html>`;

interface SmtpError {
  code?: unknown;
  responseCode?: unknown;
  response?: unknown;
  syscall?: unknown;
  message?: unknown;
}

/** Codes of what fails before a message is sent, and nodemailer's words for a server that never said who it is. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  ...['EDNS', 'EAUTH', 'EENVELOPE', 'EMESSAGE', 'ENOAUTH', 'ETLS', 'EOAUTH2'],
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
]);
const NO_GREETING = /^(Connection timeout|Greeting never received)/;
/** Node's words, to which nodemailer gives the code of any failure of a socket. A certificate is looked at before a message is sent. */
const NOT_ENCRYPTED = /certificate|before secure TLS connection/;

/** The connection was lost, perhaps after the message: its answer would have said. */
const mayHaveBeenTaken = ({ code, syscall, message }: SmtpError): boolean =>
  !NEVER_SENT.has(code) &&
  syscall !== 'connect' &&
  !(typeof message === 'string' && NO_GREETING.test(message)) &&
  !(code === 'ESOCKET' && typeof message === 'string' && NOT_ENCRYPTED.test(message));

function toSendFailure(
  error: unknown,
  server: SmtpServer,
  secrets: readonly (string | undefined)[],
): SendFailure {
  const { code, responseCode, response } = error as SmtpError;
  const where = `SMTP server ${server.host}:${server.port}`;
  if (typeof responseCode === 'number') {
    // 4yz asks to come back, 5yz refuses for good (RFC 5321, 4.2.1).
    const answer = redact(cleanText(response ?? responseCode, 160), secrets);
    return new SendFailure(`${where} answered ${answer}`, responseCode >= 400 && responseCode < 500, {
      code: String(responseCode),
    });
  }
  const reason = typeof code === 'string' ? code : 'connection failed';
  const isForGood = ['EAUTH', 'EENVELOPE', 'EMESSAGE', 'ENOAUTH', 'ETLS', 'EOAUTH2'].includes(reason);
  return new SendFailure(`${where} could not be used (${reason})`, !isForGood, {
    mayHaveArrived: mayHaveBeenTaken(error as SmtpError),
    code: typeof code === 'string' ? code : undefined,
  });
}

/** Mail over SMTP: one message to all recipients, plain text and HTML. */
export function createEmailChannel(
  name: string,
  email: EmailSettings,
  linkBase: string | undefined,
  { warn, timeout }: { warn: (message: string) => void; timeout: number },
): AlertChannel {
  const server = parseSmtpServer(email.smtp_server) as SmtpServer;
  const needsTls =
    email.tls === 'required' ||
    (email.tls === 'auto' && email.password !== undefined && !isLoopback(server.host));
  /** One connection for one piece of work. */
  const connected = async <Result>(
    signal: AbortSignal | undefined,
    work: (transport: Transporter<SMTPTransport.SentMessageInfo>) => Promise<Result>,
  ): Promise<Result> => {
    const transport = createTransport({
      host: server.host,
      port: server.port,
      secure: server.isSecure,
      requireTLS: needsTls && !server.isSecure,
      ignoreTLS: email.tls === 'off',
      ...(email.username ? { auth: { user: email.username, pass: email.password } } : {}),
      // A certificate that this machine made for itself is as good as no encryption, which loopback may do without.
      tls: { rejectUnauthorized: needsTls || server.isSecure || !isLoopback(server.host) },
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const abort = () => transport.close();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await work(transport);
    } catch (error) {
      throw toSendFailure(error, server, [email.password]);
    } finally {
      signal?.removeEventListener('abort', abort);
      transport.close();
    }
  };
  return {
    name,
    ping: (signal) => connected(signal, async (transport) => void (await transport.verify())),
    async send(message, suppressed, signal, key) {
      const sent = await connected(signal, (transport) =>
        transport.sendMail({
          from: email.from,
          to: email.recipients,
          ...renderEmail(message, suppressed, linkBase),
          headers: { 'Auto-Submitted': 'auto-generated' },
          ...(key !== undefined && { messageId: `<${key}@log-anomalies>` }),
        }),
      );
      if (sent.rejected.length > 0)
        warn(
          `SMTP server ${server.host}:${server.port} refused ${sent.rejected.length} of ${email.recipients.length} recipients`,
        );
    },
  };
}
