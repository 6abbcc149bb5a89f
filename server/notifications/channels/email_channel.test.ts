import { DEFAULT_RETRY } from '../messages/delivery';
import {
  closers,
  decoded,
  setUp,
  startListener,
  startMail,
  startWebhook,
} from '../../../test/unit/notification_receivers';
import { resultOf } from '../test_results';

const smtpError = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

describe('by mail', () => {
  const recipients = ['ops@example.org', 'dev@example.org'];

  it('sends text and HTML to all recipients, with nothing injected', async () => {
    const { received, smtp_server } = await startMail();
    const { notify } = setUp({ email: { smtp_server, recipients, from: 'alerts@example.org' } });
    const evil = 'x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>';
    await notify('r1', [resultOf('1', { message: evil, reason: evil, entity: evil })]);
    await setUp({ email: { smtp_server, recipients } }).notifier.notify(
      { id: 'd2', name: evil },
      { id: 'r1' },
      [resultOf('1')],
    );
    expect(received).toHaveLength(2);
    expect(received[0]).toMatchObject({ to: recipients, from: 'alerts@example.org' });
    for (const { raw } of received) {
      const headers = raw.slice(0, raw.indexOf('\r\n\r\n'));
      expect(headers).not.toMatch(/^Bcc:/im);
      expect(headers).toMatch(/^Auto-Submitted: auto-generated$/m);
      expect(headers).toMatch(/^Content-Type: multipart\/alternative/m);
    }
    const parts = decoded(received[0].raw);
    // A long header goes on in the next line.
    expect(parts.replace(/\r?\n (?=UTC)/g, ' ')).toContain(
      'Subject: [Log Anomalies] 1 anomaly in Web shop since 2026-01-05 10:00:00 UTC: 1 major',
    );
    expect(parts).toContain('text/plain');
    expect(parts).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(parts.slice(parts.indexOf('text/html'))).not.toContain('<script>');
  });

  it('tries again after a 4xx answer, and not after a 5xx', async () => {
    let attempts = 0;
    const flaky = await startMail({
      onMailFrom: (_address, _session, done) =>
        ++attempts === 1 ? done(smtpError(451, 'come back later')) : done(),
    });
    const first = setUp({ email: { smtp_server: flaky.smtp_server, recipients } });
    expect(await first.notify('r1', [resultOf('1')])).toMatchObject([{ messages: 1 }]);
    expect(first.clock.slept).toEqual([1_000]);

    const refusing = await startMail({
      onMailFrom: (_address, _session, done) => done(smtpError(550, 'not from you')),
    });
    const second = setUp({ email: { smtp_server: refusing.smtp_server, recipients } });
    expect(await second.notify('r1', [resultOf('1')])).toMatchObject([
      { waiting: 1, error: expect.stringContaining('550') },
    ]);
    expect(second.clock.slept).toEqual([]);
  });

  it('signs in, and never shows the password', async () => {
    const { received, smtp_server } = await startMail({
      authOptional: false,
      onAuth: (auth, _session, done) =>
        auth.password === 'right'
          ? done(null, { user: auth.username })
          : done(smtpError(535, `wrong password ${auth.password}`)),
    });
    const emailOf = (password: string) => ({ smtp_server, recipients, username: 'ann', password });
    await setUp({ email: emailOf('right') }).notify('r1', [resultOf('1')]);
    expect(received).toHaveLength(1);
    const wrong = setUp({ email: emailOf('verysecret') });
    const [report] = await wrong.notify('r1', [resultOf('1')]);
    expect(report).toMatchObject({ waiting: 1 });
    expect(`${report.error} ${wrong.lines.join()}`).toContain('535');
    expect(`${report.error} ${wrong.lines.join()}`).not.toContain('verysecret');
    expect(wrong.clock.slept).toEqual([]);
  });

  it('encrypts where the server offers it', async () => {
    // The server complains about the certificate that it brings along.
    const complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
    closers.push(async () => complaint.mockRestore());
    const secure: boolean[] = [];
    const { received, smtp_server } = await startMail({
      disabledCommands: [],
      onMailFrom: (_address, session, done) => {
        secure.push(session.secure);
        done();
      },
    });
    await setUp({ email: { smtp_server, recipients } }).notify('r1', [resultOf('1')]);
    await setUp({ email: { smtp_server, recipients, tls: 'off' } }).notify('r1', [resultOf('1')]);
    expect(received).toHaveLength(2);
    expect(secure).toEqual([true, false]);
    // Required encryption requires a certificate that can be trusted, which the server's own is not.
    expect(
      await setUp({ email: { smtp_server, recipients, tls: 'required' } }).notify('r1', [resultOf('1')]),
    ).toMatchObject([{ messages: 0, waiting: 1 }]);
    expect(secure).toHaveLength(2);
  });

  it('does not wait for ever for a greeting', async () => {
    const { port } = await startListener();
    const { notify } = setUp({ email: { smtp_server: `127.0.0.1:${port}`, recipients } }, undefined, {
      ...DEFAULT_RETRY,
      attempts: 1,
    });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 0, waiting: 1 }]);
  });

  it('knows that a server whose certificate cannot be trusted was sent nothing', async () => {
    const complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
    closers.push(async () => complaint.mockRestore());
    const { received, smtp_server } = await startMail({ secure: true });
    const settings = { smtp_server: `smtps://${smtp_server}`, recipients };
    const { notify, clock, journal } = setUp({ email: settings });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([
      { waiting: 1, error: expect.stringContaining('could not be used (ESOCKET)') },
    ]);
    expect([received.length, clock.slept.length]).toEqual([0, 3]);
    expect((await journal.readChannel('email')).outbox[0].tries).toBeUndefined();
  });

  it('sends nothing unencrypted where TLS is required', async () => {
    const { received, smtp_server } = await startMail();
    const { notify } = setUp({ email: { smtp_server, recipients, tls: 'required' } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 0, waiting: 1 }]);
    expect(received).toHaveLength(0);
  });

  it('warns of recipients that were refused, and delivers to the others', async () => {
    const { received, smtp_server } = await startMail({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('dev') ? done(smtpError(550, 'no such user')) : done(),
    });
    const { notify, lines } = setUp({ email: { smtp_server, recipients } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 1 }]);
    expect(received[0].to).toEqual(['ops@example.org']);
    expect(lines.join()).toContain('refused 1 of 2 recipients');
  });

  it('does not hold up one channel for another that is down', async () => {
    const slack = await startWebhook();
    const mail = await startMail();
    await closers.pop()?.();
    const { notify } = setUp({
      slack: { webhook_url: slack.webhook_url },
      email: { smtp_server: mail.smtp_server, recipients },
    });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([
      { channel: 'slack', messages: 1, waiting: 0 },
      { channel: 'email', messages: 0, waiting: 1, error: expect.stringContaining('could not be used') },
    ]);
    await notify('r1', [resultOf('1')]);
    expect(slack.received).toHaveLength(1);
  });
});
