import { createTransport, type Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport';
import type { AlertMessage, SuppressedAlerts } from '../messages/alert_message';
import { figuresOf, headlineOf, linkOf, suppressedSentence } from '../messages/alert_message';
import type { EmailSettings, SmtpServer } from './settings';
import type { IncidentMessage } from '../messages/incident_message';
import { isLoopback, parseSmtpServer } from './settings';
import type { AlertChannel } from '../messages/delivery';
import { SendFailure } from '../messages/delivery';
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
  const html: string[] = [`<h2>${escapeHtml(headline)}</h2>`];
  if (message) {
    const others = message.otherEntities > 0 ? [`${message.otherEntities} others`] : [];
    const entities = [...message.entities.map(({ name, count }) => `${name}: ${count}`), ...others];
    const hidden = message.total - message.top.length;
    text.push(`${message.from} to ${message.to}`, entities.join(', '), '');
    html.push(`<p>${escapeHtml(message.from)} to ${escapeHtml(message.to)}</p>`);
    html.push(`<p>${entities.map(escapeHtml).join('<br>')}</p><ul>`);
    for (const item of message.top) {
      text.push(`${item.severity}, ${figuresOf(item)}, ${item.entity}, ${item.time}`);
      text.push(`  ${item.reason}`, `  ${item.line}`);
      text.push(...(item.feedbackLink === undefined ? [] : [`  Real or not? ${item.feedbackLink}`]), '');
      const judge =
        item.feedbackLink === undefined
          ? ''
          : `<br><a href="${escapeHtml(item.feedbackLink)}">Real or not?</a>`;
      html.push(
        `<li><b>${item.severity}</b>, ${figuresOf(item)}, <b>${escapeHtml(item.entity)}</b>, ${escapeHtml(item.time)}` +
          `<br>${escapeHtml(item.reason)}<br><code>${escapeHtml(item.line)}</code>${judge}</li>`,
      );
    }
    html.push('</ul>');
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
    html: `<!doctype html><html><body>${html.join('\n')}</body></html>`,
  };
}

function renderIncident(
  { headline, reasons, lines, link }: IncidentMessage,
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
    `<h2>${escapeHtml(headline)}</h2>`,
    `<ul>${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul>`,
    ...lines.map(({ time, line }) => `<p>${escapeHtml(time)}<br><code>${escapeHtml(line)}</code></p>`),
    ...(link === undefined ? [] : [`<p><a href="${escapeHtml(link)}">Open the incident</a></p>`]),
    ...note.map((each) => `<p>${escapeHtml(each)}</p>`),
  ];
  return {
    subject: cleanText(`[Log Anomalies] ${headline}`, LONGEST_SUBJECT),
    text: `${text.join('\n').trimEnd()}\n`,
    html: `<!doctype html><html><body>${html.join('\n')}</body></html>`,
  };
}

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
    return new SendFailure(
      `${where} answered ${answer}`,
      responseCode >= 400 && responseCode < 500,
      undefined,
      false,
      String(responseCode),
    );
  }
  const reason = typeof code === 'string' ? code : 'connection failed';
  const isForGood = ['EAUTH', 'EENVELOPE', 'EMESSAGE', 'ENOAUTH', 'ETLS', 'EOAUTH2'].includes(reason);
  return new SendFailure(
    `${where} could not be used (${reason})`,
    !isForGood,
    undefined,
    mayHaveBeenTaken(error as SmtpError),
    typeof code === 'string' ? code : undefined,
  );
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
