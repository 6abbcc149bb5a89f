import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMail, startWebhook } from '../../test/unit/notification_receivers';
import { parseAlertsConfig } from './config';
import { summariesOf } from './channel_summary';
import { tryChannels } from './trial';

const KEY = 'R0123456789ABCDEF0123456789ABCDE';
const trial = (config: unknown, only?: string, timeout = 10_000) =>
  tryChannels(parseAlertsConfig(config), only, {
    now: () => Date.now(),
    warn: () => {},
    timeout,
  });

/** An address where nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('sends one message by each channel, and an alert that is over at once', async () => {
  const { received, webhook_url } = await startWebhook();
  const mail = await startMail();
  const url = webhook_url.replace('/services/verysecret', '/v2/enqueue');
  const found = await trial({
    slack: { webhook_url },
    email: { smtp_server: mail.smtp_server, recipients: ['ops@example.org'], tls: 'off' },
    channels: { 'on-call': { type: 'pagerduty', routing_key: KEY, url } },
  });
  expect(found.map(({ channel, type, delivered }) => [channel, type, delivered])).toEqual([
    ['slack', 'slack', true],
    ['email', 'email', true],
    ['on-call', 'pagerduty', true],
  ]);
  expect(received.map((each) => each.event_action ?? each.text).sort()).toEqual([
    'Test of Log Anomalies: messages arrive here',
    'resolve',
    'trigger',
  ]);
  expect(mail.received).toHaveLength(1);
});

it('says what failed and what to do, and shows no secret', async () => {
  const { webhook_url } = await startWebhook((response, count) => {
    const statuses = [404, 401, 302, 503];
    response.writeHead(statuses[count - 1], { location: 'https://evil.example' }).end('verysecret is wrong');
  });
  const slack = { type: 'slack', webhook_url };
  const outcomes: string[] = [];
  for (let i = 0; i < 4; i++) {
    const [one] = await trial({ channels: { it: slack } });
    outcomes.push(`${one.delivered} ${one.error} ${one.next_step}`);
  }
  expect(outcomes[0]).toMatch(/^false Slack webhook at \S+ answered 404 .* knows no such address/);
  expect(outcomes[1]).toMatch(/answered 401 .* refuses these credentials: check address/);
  expect(outcomes[2]).toMatch(/answered 302 .* redirects are not followed/);
  expect(outcomes[3]).toMatch(/answered 503 .* problem of its own/);
  expect(outcomes.join()).not.toContain('verysecret');

  const port = await closedPort();
  const nowhere = `http://127.0.0.1:${port}/x`;
  const [refused] = await trial({ channels: { it: { type: 'webhook', url: nowhere } } });
  expect(refused).toMatchObject({
    delivered: false,
    error: expect.stringContaining('could not be reached (ECONNREFUSED)'),
    next_step: 'Nothing listens there: check host and port.',
  });
  const [mail] = await trial({
    email: { smtp_server: `127.0.0.1:${port}`, recipients: ['a@b.example'], tls: 'off' },
  });
  expect(mail).toMatchObject({ delivered: false, error: expect.stringContaining('could not be used') });
  const silent = await startWebhook(() => {});
  const [slow] = await trial({ slack: { webhook_url: silent.webhook_url } }, undefined, 300);
  expect(slow).toMatchObject({
    error: expect.stringContaining('did not answer'),
    next_step: expect.stringContaining('firewall'),
  });
});

it('tries one channel by its name', async () => {
  const { received, webhook_url } = await startWebhook();
  const config = { slack: { webhook_url }, channels: { b: { type: 'slack', webhook_url } } };
  expect((await trial(config, 'b')).map(({ channel }) => channel)).toEqual(['b']);
  expect(received).toHaveLength(1);
  await expect(trial(config, 'c')).rejects.toThrow('There is no channel "c"; there are: slack, b.');
  await expect(trial({})).rejects.toThrow('No channel is set up');
});

it('lists channels without their secrets', () => {
  const config = parseAlertsConfig({
    slack: { webhook_url: 'https://hooks.slack.example/services/verysecret' },
    channels: {
      'on-call': { type: 'pagerduty', routing_key: KEY, route: { minimum_severity: 'critical' } },
    },
  });
  const listed = summariesOf(config);
  expect(listed).toEqual([
    { name: 'slack', type: 'slack', host: 'hooks.slack.example' },
    {
      name: 'on-call',
      type: 'pagerduty',
      host: 'events.pagerduty.com',
      route: { minimum_severity: 'critical' },
    },
  ]);
  expect(JSON.stringify(listed)).not.toMatch(/verysecret|R0123/);
});
