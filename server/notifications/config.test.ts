import { DetectionError } from '../../common/detection_error';
import { parseWith } from '../../common/validation';
import { parseSmtpServer } from './channels/settings';
import { alertsConfigSchema, parseAlertsConfig } from './config';

const WEBHOOK = 'https://hooks.slack.example/services/T0/B0/verysecret';
const email = { smtp_server: 'mail.example:25', recipients: ['ops@example.org'] };

function complaintOf(input: unknown): string {
  try {
    parseAlertsConfig(input);
  } catch (error) {
    expect(error).toBeInstanceOf(DetectionError);
    return (error as Error).message;
  }
  throw new Error('accepted');
}

describe('parseAlertsConfig', () => {
  it('takes the keys of the exercise and fills in the rest', () => {
    expect(parseAlertsConfig({ slack: { webhook_url: WEBHOOK, channel: '#alerts' }, email })).toEqual({
      slack: { webhook_url: WEBHOOK, channel: '#alerts' },
      email: { ...email, from: 'log-anomalies@localhost', tls: 'auto' },
      notify: 'incidents',
      minimum_severity: 'warning',
      max_per_hour: 20,
      results_per_message: 5,
    });
    expect(parseAlertsConfig(undefined).slack).toBeUndefined();
  });

  it.each([
    [
      { slack: { webhook_url: 'http://hooks.slack.example/x' } },
      /alerts\.slack\.webhook_url: must be an https URL/,
    ],
    [{ slack: { webhook_url: 'ftp://127.0.0.1/x' } }, /alerts\.slack\.webhook_url/],
    [{ slack: { webhook_url: 'https://user:pw@a.example/x' } }, /alerts\.slack\.webhook_url/],
    [{ slack: { webhook_url: 'not a url verysecret' } }, /alerts\.slack\.webhook_url/],
    [{ slack: { webhook_url: WEBHOOK, channel: '<!here>' } }, /alerts\.slack\.channel: must be a channel/],
    [
      { email: { ...email, smtp_server: 'smtp://user:verysecret@mail.example' } },
      /alerts\.email\.smtp_server/,
    ],
    [{ email: { ...email, recipients: [] } }, /alerts\.email\.recipients/],
    [
      { email: { ...email, recipients: ['a@b.example\r\nBcc: c@d.example'] } },
      /recipients\.0: must be a mail address/,
    ],
    [{ email: { ...email, from: 'a@b\nc' } }, /alerts\.email\.from/],
    [{ email: { ...email, password: 'verysecret' } }, /alerts\.email\.username: and password/],
    [
      { email: { ...email, username: 'u', password: 'verysecret', tls: 'off' } },
      /alerts\.email\.tls: must not be off/,
    ],
    [{ link_base: 'javascript:alert(1)' }, /alerts\.link_base: must be an http/],
    [{ minimum_severity: 'huge' }, /alerts\.minimum_severity/],
    [{ max_per_hour: 0 }, /alerts\.max_per_hour/],
    [
      { slack: { webhook_url: WEBHOOK }, allowed_hosts: ['hooks.slack.com'] },
      /webhook_url: names a host that is not/,
    ],
    [{ email, allowed_hosts: ['*.other.example'] }, /smtp_server: names a host that is not/],
    [{ unknown: 1 }, /unknown/],
  ])('refuses %j without repeating a secret', (input, expected) => {
    const complaint = complaintOf(input);
    expect(complaint).toMatch(expected);
    expect(complaint).not.toContain('verysecret');
    expect(() => parseWith(alertsConfigSchema, input, 'x')).toThrow(DetectionError);
    expect(() => parseWith(alertsConfigSchema, input, 'x')).not.toThrow(/verysecret/);
  });

  it('takes http to this machine, and allowed hosts', () => {
    for (const webhook_url of ['http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:1/x'])
      expect(() => parseAlertsConfig({ slack: { webhook_url } })).not.toThrow();
    const allowed_hosts = ['*.slack.example', 'mail.example'];
    expect(() => parseAlertsConfig({ slack: { webhook_url: WEBHOOK }, email, allowed_hosts })).not.toThrow();
    expect(complaintOf({ slack: { webhook_url: 'https://evilslack.example/' }, allowed_hosts })).toMatch(
      /host/,
    );
  });
});

describe('parseSmtpServer', () => {
  it.each([
    ['mail.example:2525', 'mail.example', 2525, false],
    ['Mail.Example', 'mail.example', 587, false],
    ['mail.example:465', 'mail.example', 465, true],
    ['smtp://mail.example', 'mail.example', 587, false],
    ['smtps://mail.example', 'mail.example', 465, true],
    ['smtps://mail.example:4650', 'mail.example', 4650, true],
    ['[::1]:25', '::1', 25, false],
  ])('%s', (text, host, port, isSecure) => expect(parseSmtpServer(text)).toEqual({ host, port, isSecure }));
  it.each(['', 'a b', 'mail.example:0', 'mail.example:99999', 'http://mail.example', 'a@b', 'mail\r\n:25'])(
    'not %p',
    (text) => expect(parseSmtpServer(text)).toBeUndefined(),
  );
});
