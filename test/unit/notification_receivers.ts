import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import type { AnomalyResult } from '../../common/anomaly';
import { parseAlertsConfig } from '../../server/notifications/config';
import type { AlertsConfigInput } from '../../server/notifications/config';
import { DEFAULT_RETRY } from '../../server/notifications/messages/delivery';
import { createMemoryJournal } from '../../server/notifications/journal';
import type { AnnouncementJournal } from '../../server/notifications/journal';
import { createNotifier } from '../../server/notifications/outbox/notifier';
import type { NotifierDependencies } from '../../server/notifications/outbox/channel_work';
import { createTestClock } from '../../server/notifications/test_results';

/** The detector whose results {@link setUp} notifies of. */
export const detector = { id: 'd1', name: 'Web shop' };
/** Receivers that are closed after each test, the last one last. */
export const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A real HTTP receiver on loopback; `answer` may refuse. Whoever asks whether it is there (HEAD) hears so; these are counted. */
export async function startWebhook(
  answer: (response: ServerResponse, count: number) => void = (response) => response.end('ok'),
) {
  const received: Array<Record<string, unknown> & { text: string }> = [];
  const asked = { count: 0, isAnswered: true, status: 405 };
  const server: Server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'HEAD') {
        asked.count++;
        if (asked.isAnswered) response.writeHead(asked.status).end();
        else request.socket.destroy();
        return;
      }
      received.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  const { port } = server.address() as AddressInfo;
  return { received, asked, webhook_url: `http://127.0.0.1:${port}/services/verysecret` };
}

/** A listener on loopback that speaks no protocol of its own. */
export async function startListener(onConnection: (socket: Socket) => void = () => {}) {
  const server = createTcpServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port };
}

/** A real SMTP server on loopback. */
export async function startMail(options: SMTPServerOptions = {}) {
  const received: Array<{ raw: string; to: string[]; from: string }> = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          raw: Buffer.concat(chunks).toString('utf8'),
          to: rcptTo.map(({ address }) => address),
          from: mailFrom ? mailFrom.address : '',
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { received, smtp_server: `127.0.0.1:${port}` };
}
/** Quoted-printable, as text. */
export const decoded = (raw: string) =>
  raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** A notifier with a clock of the test's; `restart` makes another one on the same journal. */
export function setUp(
  config: AlertsConfigInput,
  journal: AnnouncementJournal = createMemoryJournal(),
  retry = DEFAULT_RETRY,
  more: Partial<NotifierDependencies> = {},
) {
  const clock = createTestClock();
  const lines: string[] = [];
  const log = { info: (text: string) => lines.push(text), warn: (text: string) => lines.push(text) };
  const create = () =>
    createNotifier(parseAlertsConfig(config), { clock, journal, log, retry, timeout: 1_000, ...more });
  const notifier = create();
  const notify = (runId: string, results: AnomalyResult[]) =>
    notifier.notify(detector, { id: runId }, results);
  return { clock, lines, journal, notifier, notify, restart: create };
}
