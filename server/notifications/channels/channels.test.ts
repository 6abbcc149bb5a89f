import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import type { Incident } from '../../../common/incidents';
import { closers, detector, setUp, startWebhook } from '../../../test/unit/notification_receivers';
import type { KeptIncident } from '../../detection/ports/incidents';
import { createMemoryJournal } from '../journal';
import { resultOf } from '../test_results';
import type { AlertsConfigInput } from '../config';
import {
  mattermostRequest,
  opsgenieChanges,
  opsgenieClose,
  opsgenieCreate,
  pagerdutyRequest,
  rocketchatRequest,
  slackRequest,
  teamsRequest,
  telegramRequest,
} from '../../../test/unit/service_schemas';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** A receiver on loopback that checks requests as the service does: 400 for what its schema refuses. */
async function startService(
  schemaOf: (path: string) => z.ZodType | undefined,
  answer: (response: ServerResponse, count: number) => void = (response) => response.end('{"ok":true}'),
) {
  const received: Received[] = [];
  const refused: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url: path = '', headers } = request;
      // Asked whether it is there.
      if (method === 'HEAD') return void response.writeHead(404).end();
      const isJson = headers['content-type']?.startsWith('application/json') ?? false;
      const body = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
      const checked = schemaOf(path)?.safeParse(body);
      if (checked !== undefined && !checked.success) {
        refused.push(checked.error.issues, body);
        response.writeHead(400).end('invalid');
        return;
      }
      received.push({ method, path, headers, text, body });
      answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  const { port } = server.address() as AddressInfo;
  return { received, refused, url: `http://127.0.0.1:${port}` };
}

const HOSTILE =
  '<!channel> @here @all <a href="https://evil.example">x</a> [click](https://evil.example) `*_~# \u202e\u0000 /start $X {{key}}';
const LONG = 'x'.repeat(400);

function incidentOf(change: Partial<Incident> = {}): KeptIncident {
  const start = '2026-01-05T10:00:00.000Z';
  const incident: Incident = {
    id: 'i1',
    title: `POST /charge ${HOSTILE} of checkout`,
    scope: { kind: 'entity', value: 'checkout' },
    entity: 'checkout',
    detectors: [{ id: 'd1', name: 'Web shop', results: 7 }],
    start,
    end: '2026-01-05T10:15:00.000Z',
    state: 'open',
    opened_at: start,
    closes_at: '2026-01-05T10:45:00.000Z',
    updated_at: start,
    counts: { logs: 7, buckets: 0 },
    score: 0.7,
    confidence: 0.97,
    severity: 'critical',
    reasons: Array.from({ length: 5 }, (_, i) => ({
      result_id: `r${i}`,
      time: start,
      score: 0.7,
      confidence: 0.97,
      severity: 'critical' as const,
      reason: `${HOSTILE} ${LONG}`,
      attribution: [],
    })),
    first_line: { result_id: 'r0', time: start, line: `${HOSTILE} ${LONG}` },
    last_line: { result_id: 'r1', time: start, line: `${HOSTILE} ${LONG}` },
    patterns: [],
    routes: [],
    sources: [],
    counted: { patterns: 1, routes: 1, sources: 1 },
    comments: [],
    history: [{ at: start, action: 'opened' }],
    ...change,
  };
  return { incident, group: {} as never, opened: { results: 7, severity: 'critical' } };
}
const closed: Partial<Incident> = { state: 'closed', closed_because: 'quiet' };

const KEY = 'R0123456789ABCDEF0123456789ABCDE';
const TOKEN = '123456:AAabcdefghijklmnopqrstuvwxyz012345';
const withChannel = (settings: object): AlertsConfigInput =>
  ({ channels: { it: settings } }) as AlertsConfigInput;

/** Type, settings of a channel at an address, the schema that its receiver checks by, and what would call or link there. */
const CHATS: [string, (url: string) => object, z.ZodType, RegExp][] = [
  [
    'slack',
    (url) => ({ type: 'slack', webhook_url: `${url}/services/T/B/verysecretpart` }),
    slackRequest,
    /<!|[@#](here|all)/,
  ],
  [
    'teams',
    (url) => ({ type: 'teams', webhook_url: `${url}/workflows/x?sig=verysecretpart` }),
    teamsRequest,
    /"TextBlock"/,
  ],
  [
    'telegram',
    (url) => ({ type: 'telegram', bot_token: TOKEN, chat_id: '-100123', thread_id: 4, url }),
    telegramRequest,
    /[@#/](here|all|start)|<a href/,
  ],
  [
    'mattermost',
    (url) => ({ type: 'mattermost', webhook_url: `${url}/hooks/verysecretpart`, channel: '#ops' }),
    mattermostRequest,
    /[@#](here|all)/,
  ],
  [
    'rocketchat',
    (url) => ({
      type: 'rocketchat',
      webhook_url: `${url}/hooks/verysecretpart`,
      channel: 'ops',
      username: 'LA',
    }),
    rocketchatRequest,
    /[@#](here|all)/,
  ],
];

describe.each(CHATS)('by %s', (type, settingsAt, schema, live) => {
  const secret = type === 'telegram' ? TOKEN : 'verysecretpart';

  it('sends what the service takes: incidents, their end, runs, and what was left out', async () => {
    const { received, refused, url } = await startService(() => schema);
    const { notifier, notify, restart } = setUp({ ...withChannel(settingsAt(url)), max_per_hour: 2 });
    await notifier.notifyIncidents([incidentOf()]);
    await restart().notifyIncidents([incidentOf()]);
    await notifier.notifyIncidents([incidentOf(closed)]);
    await notifier.notifyIncidents([incidentOf({ id: 'i2' })]);
    expect([received.length, refused]).toEqual([2, []]);
    const other = setUp({ ...withChannel(settingsAt(url)), notify: 'anomalies' });
    await other.notify('r1', [resultOf('1', { message: HOSTILE, entity: HOSTILE }), resultOf('2')]);
    expect([received.length, refused]).toEqual([3, []]);
    await notify('r9', []);
    expect(refused).toEqual([]);
    // Whatever chat programs make links or mentions of is broken up or a plain text.
    for (const { text } of received) {
      expect(text).toContain('evil');
      expect(text).not.toMatch(/evil\.example|\u202e|\\u0000/);
      expect(text).not.toMatch(live);
    }
  });

  it('is tried again after 503 and 429, and says what a refusal says, without its secret', async () => {
    const { received, url } = await startService(
      () => undefined,
      (response, count) => {
        if (count === 1) response.writeHead(503).end();
        else if (count === 2) response.writeHead(429).end('{"parameters":{"retry_after":7}}');
        else if (count === 3) response.end('{}');
        else response.writeHead(403).end(`no ${secret}`);
      },
    );
    const { notifier, clock, lines } = setUp(withChannel(settingsAt(url)));
    expect(await notifier.notifyIncidents([incidentOf()])).toMatchObject([{ channel: 'it', messages: 1 }]);
    // Telegram alone says in its answer how long it wants to be left alone.
    expect([received.length, clock.slept]).toEqual([3, [1_000, type === 'telegram' ? 7_000 : 2_000]]);
    const [failed] = await notifier.notifyIncidents([incidentOf({ id: 'i2' })]);
    expect(failed).toMatchObject({
      messages: 0,
      waiting: 1,
      error: expect.stringContaining('answered 403 no [redacted]'),
    });
    expect([...lines, failed.error].join()).not.toContain(secret);
  });

  it('cannot stop the others, or itself, with what it asks for in its answer', async () => {
    const { received, url } = await startService(
      () => undefined,
      (response, count) =>
        response.writeHead(count === 1 ? 500 : 200).end('{"parameters":{"retry_after":1e13}}'),
    );
    const { notifier, clock } = setUp(withChannel(settingsAt(url)));
    await notifier.notifyIncidents([incidentOf()]);
    for (let minute = 0; minute < 60; minute++) {
      clock.time += 60_000;
      await notifier.flush();
    }
    expect(await notifier.notifyIncidents([])).toMatchObject([{ waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it('that takes without answering is told twice, and then of the count', async () => {
    const { received, url } = await startService(
      () => undefined,
      (response, count) => (count < 3 ? response.socket?.destroy() : response.end('{}')),
    );
    const { notifier, notify, restart, clock } = setUp({
      ...withChannel(settingsAt(url)),
      notify: 'anomalies',
    });
    await notify('r1', [resultOf('1')]);
    for (let turn = 0; turn < 4; turn++) {
      clock.time += 60_000;
      await restart().flush();
    }
    await notifier.flush();
    expect(received).toHaveLength(3);
    expect(received[0].text).toBe(received[1].text);
    expect(received[2].text).toContain('1 more anomaly suppressed since');
  });
});

describe('by PagerDuty', () => {
  const settings = (url: string) =>
    withChannel({ type: 'pagerduty', routing_key: KEY, url: `${url}/v2/enqueue` });
  const actionsOf = (received: readonly Received[]): string[] =>
    received.map(({ body }) => `${String(body.event_action)} ${String(body.dedup_key)}`);

  it('opens, changes and resolves one alert for each incident', async () => {
    const { received, refused, url } = await startService(
      () => pagerdutyRequest,
      (response) => response.writeHead(202).end('{}'),
    );
    const { notifier, restart } = setUp(settings(url));
    await notifier.notifyIncidents([incidentOf()]);
    await restart().notifyIncidents([incidentOf()]);
    await restart().notifyIncidents([incidentOf({ counts: { logs: 80, buckets: 0 } })]);
    await notifier.notifyIncidents([incidentOf({ ...closed, severity: 'warning', confidence: 0.6 })]);
    await notifier.notifyIncidents([incidentOf({ id: 'i2', ...closed })]);
    expect(refused).toEqual([]);
    expect(actionsOf(received)).toEqual([
      'trigger log-anomalies:i1',
      'trigger log-anomalies:i1',
      'resolve log-anomalies:i1',
      'trigger log-anomalies:i2',
      'resolve log-anomalies:i2',
    ]);
    expect(received[0].body.payload).toMatchObject({
      severity: 'critical',
      source: 'checkout',
      timestamp: '2026-01-05T10:00:00.000Z',
    });
  });

  it('resolves although the limit of messages is reached, it is quiet, or the incident is less severe', async () => {
    const { received, url } = await startService(() => pagerdutyRequest);
    const route = { minimum_severity: 'critical', quiet_times: [{ from: '13:00', to: '20:00' }] };
    const config = { type: 'pagerduty', routing_key: KEY, url: `${url}/v2/enqueue`, route };
    const { notifier, clock } = setUp({ ...withChannel(config), max_per_hour: 1 });
    await notifier.notifyIncidents([
      incidentOf(),
      incidentOf({ id: 'minor', severity: 'minor', confidence: 0.8 }),
    ]);
    clock.time += 90 * 60_000;
    await notifier.notifyIncidents([incidentOf({ id: 'i2' })]);
    await notifier.notifyIncidents([incidentOf({ ...closed, severity: 'minor', confidence: 0.8 })]);
    expect(actionsOf(received)).toEqual(['trigger log-anomalies:i1', 'resolve log-anomalies:i1']);
    // The other goes on after the quiet time.
    clock.time += 10 * 3_600_000;
    await notifier.notifyIncidents([incidentOf({ id: 'i2' })]);
    expect(actionsOf(received).slice(2)).toEqual(['trigger log-anomalies:i2']);
  });

  it('resolves what a person has closed, what became a part of another, and what is gone', async () => {
    const { received, url } = await startService(() => pagerdutyRequest);
    const now = new Map<string, KeptIncident>();
    const { notifier, journal } = setUp(settings(url), createMemoryJournal(), undefined, {
      findIncident: async (id) => now.get(id),
    });
    for (const id of ['a', 'b', 'c', 'd']) {
      now.set(id, incidentOf({ id }));
      await notifier.notifyIncidents([incidentOf({ id })]);
    }
    await notifier.flush();
    expect(received).toHaveLength(4);
    now.set('a', incidentOf({ id: 'a', state: 'closed', closed_because: 'person' }));
    now.set('b', incidentOf({ id: 'b', state: 'merged', merged_into: 'a' }));
    now.delete('c');
    await notifier.flush();
    await notifier.flush();
    expect(actionsOf(received).slice(4)).toEqual(['a', 'b', 'c'].map((id) => `resolve log-anomalies:${id}`));
    expect((await journal.readChannel('it')).open).toEqual(['d']);
    // The run that closes it later tells nothing twice.
    await notifier.notifyIncidents([now.get('a')!]);
    expect(received).toHaveLength(7);
  });

  it('takes incidents alone', () => {
    expect(() => setUp({ ...settings('https://events.pagerduty.com'), notify: 'anomalies' })).toThrow(
      /alerts\.channels\.it\.type: keeps an alert for each incident/,
    );
  });
});

describe('detectors that find something of the same incident', () => {
  /** Tells of an incident with a journal that says of each try what the test wants. */
  async function tellAfter(noted: number | undefined, answer: number) {
    const { received, url } = await startService(
      () => undefined,
      (response) => response.writeHead(answer).end('{}'),
    );
    const takenBack: [string, number][] = [];
    const journal = {
      ...createMemoryJournal(),
      noteSharedTry: async () => noted,
      takeBackSharedTry: async (id: string, tries: number) => void takenBack.push([id, tries]),
    };
    const settings = { type: 'mattermost', webhook_url: `${url}/hooks/verysecretpart` };
    const [report] = await setUp(withChannel(settings), journal).notifier.notifyIncidents([incidentOf()]);
    return { received, report, takenBack };
  }

  it('do not tell it at the same time', async () => {
    const { received, report } = await tellAfter(undefined, 200);
    expect(received).toHaveLength(0);
    expect(report).toMatchObject({ messages: 0, waiting: 1 });
    expect(report.error).toBeUndefined();
  });

  it('tell it a second time where nobody knows of the first, but not a third time', async () => {
    expect((await tellAfter(1, 200)).received).toHaveLength(1);
    const { received, report } = await tellAfter(2, 200);
    expect(report).toMatchObject({ suppressed: 1, waiting: 0 });
    expect(received.map(({ text }) => text).join()).toContain(
      '1 more message about incidents suppressed since',
    );
  });

  it('lose nothing to an outage in which both of them come by', async () => {
    const outage = { isOver: false };
    const { received, asked, webhook_url } = await startWebhook((response) =>
      response.writeHead(outage.isOver ? 200 : 502).end(),
    );
    asked.status = 502;
    const shared = { tries: 0 };
    const told = new Set<string>();
    const notifierOf = () => {
      const own = createMemoryJournal();
      const journal = {
        ...own,
        announced: async (asking: readonly string[]) =>
          new Map(asking.filter((id) => told.has(id)).map((id) => [id, 'announced' as const])),
        record: async (news: readonly string[]) => news.forEach((id) => told.add(id)),
        noteSharedTry: async () => shared.tries++,
        takeBackSharedTry: async (_id: string, tries: number) => void (shared.tries = tries),
      };
      return { ...setUp(withChannel({ type: 'slack', webhook_url }), journal), own };
    };
    const [a, b] = [notifierOf(), notifierOf()];
    const pass = (minutes: number) => [a, b].forEach(({ clock }) => (clock.time += minutes * 60_000));
    await a.notifier.notifyIncidents([incidentOf()]);
    pass(3);
    expect(await b.notifier.notifyIncidents([incidentOf()])).toMatchObject([{ messages: 0, waiting: 1 }]);
    // It asked first, and put down that the message is in doubt.
    expect([received.length, asked.count, shared.tries]).toEqual([1, 1, 1]);
    const [waiting] = (await b.own.readChannel('it')).outbox;
    expect(waiting).toMatchObject({ tries: 1, triedAt: b.clock.time });
    outage.isOver = true;
    asked.status = 405;
    pass(1);
    expect(await a.notifier.flush()).toMatchObject([{ messages: 1, announced: 1, suppressed: 0 }]);
    expect(await b.notifier.flush()).toMatchObject([{ messages: 0, suppressed: 0, waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it('leave a channel alone that refused, also where the try cannot be taken back', async () => {
    const { url } = await startService(
      () => undefined,
      (response) => response.writeHead(403).end(),
    );
    const journal = {
      ...createMemoryJournal(),
      noteSharedTry: async () => 0,
      takeBackSharedTry: () => Promise.reject(new Error('lost')),
    };
    const settings = { type: 'mattermost', webhook_url: `${url}/hooks/verysecretpart` };
    const { notifier, clock } = setUp(withChannel(settings), journal);
    await expect(notifier.notifyIncidents([incidentOf()])).rejects.toThrow('lost');
    const { notBefore, outbox } = await journal.readChannel('it');
    expect(notBefore).toBe(clock.time + 60_000);
    expect(outbox).toMatchObject([{ refusals: 1 }]);
    expect(outbox[0].tries).toBeUndefined();
  });

  it('take back what was certainly not taken', async () => {
    const { takenBack } = await tellAfter(0, 403);
    expect(takenBack).toEqual([['it:incident:i1:opened', 0]]);
  });
});

it.each([
  [
    'pagerduty',
    (url: string) => ({ type: 'pagerduty', routing_key: 'R'.repeat(32), url: `${url}/v2/enqueue` }),
  ],
  ['opsgenie', (url: string) => ({ type: 'opsgenie', api_key: 'key-of-the-integration', url })],
])('%s, which knows its alerts by their keys, is told until it answers', async (_type, settingsAt) => {
  const { received, url } = await startService(
    () => undefined,
    (response, count) => (count < 5 ? response.socket?.destroy() : response.writeHead(202).end('{}')),
  );
  const { notifier, restart, clock } = setUp(withChannel(settingsAt(url)));
  await notifier.notifyIncidents([incidentOf()]);
  for (let turn = 0; turn < 6; turn++) {
    clock.time += 60_000;
    await restart().flush();
  }
  expect(received).toHaveLength(5);
  const keys = received.map(({ body }) => body.dedup_key ?? body.alias);
  expect(new Set(keys)).toEqual(new Set(['log-anomalies:i1']));
});

it('keeps an alert of Opsgenie for each incident', async () => {
  const { received, refused, url } = await startService(
    (path) => (path.includes('/close') ? opsgenieClose : opsgenieCreate),
    (response) => response.writeHead(202).end('{}'),
  );
  const key = 'key-of-the-integration';
  const { notifier } = setUp(
    withChannel({ type: 'opsgenie', api_key: key, url: `${url}/jsm/ops/integration/`, teams: ['Shop'] }),
  );
  await notifier.notifyIncidents([incidentOf()]);
  await notifier.notifyIncidents([incidentOf(closed)]);
  expect(refused).toEqual([]);
  expect(received.map(({ path }) => path)).toEqual([
    '/jsm/ops/integration/v2/alerts',
    '/jsm/ops/integration/v2/alerts/log-anomalies%3Ai1/close?identifierType=alias',
  ]);
  expect(received[0].headers.authorization).toBe(`GenieKey ${key}`);
  expect(received[0].body).toMatchObject({
    alias: 'log-anomalies:i1',
    priority: 'P1',
    responders: [{ type: 'team', name: 'Shop' }],
    entity: 'checkout',
  });
});

it('changes the alert of Opsgenie when its incident gets worse, which it only counts where it is created again', async () => {
  const { received, refused, url } = await startService(
    (path) =>
      Object.entries(opsgenieChanges).find(([field]) => path.includes(`/${field}?`))?.[1] ?? opsgenieCreate,
    (response) => response.writeHead(202).end('{}'),
  );
  const { notifier } = setUp(withChannel({ type: 'opsgenie', api_key: 'key-of-the-integration', url }));
  const { incident, ...kept } = incidentOf({ severity: 'warning', confidence: 0.6 });
  const opened = { results: 7, severity: 'warning' } as const;
  await notifier.notifyIncidents([{ ...kept, incident, opened }]);
  await notifier.notifyIncidents([{ ...kept, incident: { ...incident, severity: 'critical' }, opened }]);
  expect(refused).toEqual([]);
  const at = '/v2/alerts/log-anomalies%3Ai1';
  expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v2/alerts',
    'POST /v2/alerts',
    `PUT ${at}/priority?identifierType=alias`,
    `PUT ${at}/message?identifierType=alias`,
    `PUT ${at}/description?identifierType=alias`,
  ]);
  expect(received[0].body.priority).toBe('P4');
  expect(received[2].body).toEqual({ priority: 'P1' });
  expect(received[4].body.description).toMatch(/^Now critical: /);
});

describe('by a webhook of any kind', () => {
  const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;

  it('signs id, time and body, the same id whenever it is sent', async () => {
    const { received, url } = await startService(
      () => undefined,
      (response, count) => response.writeHead(count === 1 ? 500 : 200).end(),
    );
    const headers = { authorization: 'Bearer verysecretpart' };
    const settings = { type: 'webhook', url: `${url}/in`, secret: SECRET, headers };
    const { notifier } = setUp(withChannel(settings));
    await notifier.notifyIncidents([incidentOf()]);
    expect(received).toHaveLength(2);
    const [first, second] = received;
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.headers.authorization).toBe('Bearer verysecretpart');
    for (const { headers: sent, text } of received) {
      const signed = `${String(sent['webhook-id'])}.${String(sent['webhook-timestamp'])}.${text}`;
      const expected = createHmac('sha256', '0123456789abcdef0123456789abcdef')
        .update(signed)
        .digest('base64');
      expect(sent['webhook-signature']).toBe(`v1,${expected}`);
    }
    expect(first.body).toMatchObject({
      key: first.headers['webhook-id'],
      news: 'opened',
      severity: 'critical',
      entity: 'checkout',
      incident_id: 'i1',
      count: 7,
      detector: 'Web shop',
      link: null,
    });
  });

  it('fills in a template; nothing of a log becomes a field of it', async () => {
    const { received, url } = await startService(() => undefined);
    const template = {
      text: 'To {{detector}}: {{ headline }}',
      count: '{{count}}',
      reasons: '{{reasons}}',
      nested: [{ severity: '{{severity}}', fixed: true }],
    };
    const { notifier } = setUp(withChannel({ type: 'webhook', url, method: 'PUT', template }));
    await notifier.notifyIncidents([incidentOf({ title: '","admin":true,"x":"' })]);
    expect(received[0].method).toBe('PUT');
    expect(Object.keys(received[0].body)).toEqual(['text', 'count', 'reasons', 'nested']);
    expect(received[0].body).toMatchObject({
      text: expect.stringContaining('To Web shop: ","admin":true'),
      count: 7,
      nested: [{ severity: 'critical', fixed: true }],
    });
    expect(received[0].body.reasons).toHaveLength(3);
    // A variable that stands in a log is not filled in.
    expect(received[0].text).toContain('{{key}}');
  });

  it('sends a text as text', async () => {
    const { received, url } = await startService(() => undefined);
    const settings = { type: 'webhook', url, template: '{{severity}}: {{title}}\n{{reasons}}' };
    const { notifier } = setUp(withChannel(settings));
    await notifier.notifyIncidents([incidentOf({ title: 'T' })]);
    expect(received[0].headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(received[0].text).toMatch(/^critical: T\n/);
  });

  it.each([
    [{ template: { a: '{{secret}}' } }, /template: has 1 unknown variables; allowed: key, news/],
    [{ secret: 'short' }, /secret/],
    [{ headers: { 'Content-Type': 'x' } }, /headers: must not name Content-Type/],
    [{ headers: { A: 'b\r\nC: d' } }, /headers/],
    [{ url: 'http://internal.example/x' }, /url: must be an https URL/],
  ])('refuses %j', (change, words) => {
    const settings = { type: 'webhook', url: 'https://a.example/verysecretpart', ...change };
    let message = '';
    try {
      setUp(withChannel(settings));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(words);
    expect(message).not.toMatch(/verysecretpart|internal\.example/);
  });
});

describe('the hosts of channels', () => {
  it.each<[object, RegExp]>([
    [
      { type: 'pagerduty', routing_key: KEY },
      /channels\.it\.url: names a host that is not among allowed_hosts/,
    ],
    [{ type: 'telegram', bot_token: TOKEN, chat_id: 1 }, /channels\.it\.url/],
    [{ type: 'opsgenie', api_key: 'key-of-the-integration' }, /channels\.it\.url/],
    [{ type: 'teams', webhook_url: 'https://x.evil.example/a' }, /channels\.it\.webhook_url/],
    [
      { type: 'email', smtp_server: 'mail.example', recipients: ['a@b.example'] },
      /channels\.it\.smtp_server/,
    ],
  ])('of %j must be allowed', (settings, words) => {
    expect(() => setUp({ ...withChannel(settings), allowed_hosts: ['*.other.example'] })).toThrow(words);
  });
});

describe('routes', () => {
  it('choose by severity, detector and entity', async () => {
    const { received, url } = await startService(() => undefined);
    const to = (path: string, route: object) => ({ type: 'webhook', url: `${url}/${path}`, route });
    const { notifier } = setUp({
      channels: {
        all: to('all', {}),
        severe: to('severe', { minimum_severity: 'critical' }),
        shop: to('shop', { entities: ['check*', 'cart'] }),
        web: to('web', { detectors: ['Web*'], entities: ['*out'] }),
        other: to('other', { detectors: ['d2'] }),
      },
    } as AlertsConfigInput);
    const elsewhere = { id: 'i2', severity: 'major', confidence: 0.92 } as const;
    await notifier.notifyIncidents([
      incidentOf(),
      incidentOf({ ...elsewhere, entity: 'blog', scope: { kind: 'entity', value: 'blog' } }),
    ]);
    expect(received.map(({ path }) => path).sort()).toEqual(['/all', '/all', '/severe', '/shop', '/web']);
  });

  it('hold messages in quiet times, tell of what goes on afterwards, and count what is over', async () => {
    const { received, url } = await startService(() => undefined);
    const quiet = { days: ['monday'], from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' };
    const route = { quiet_times: [quiet] };
    const { notifier, clock } = setUp(withChannel({ type: 'webhook', url, route }));
    // Monday, 21:30 UTC: half past ten in Berlin.
    clock.time = Date.UTC(2026, 0, 5, 21, 30);
    const goesOn = incidentOf();
    await notifier.notifyIncidents([goesOn, incidentOf({ id: 'over', ...closed })]);
    await notifier.flush();
    expect(received).toHaveLength(0);
    clock.time = Date.UTC(2026, 0, 6, 6, 1);
    await notifier.notifyIncidents([goesOn]);
    expect(received.map(({ body }) => [body.news, body.suppressed])).toEqual([
      ['opened', expect.stringMatching(/^1 more message about incidents suppressed since 2026-01-05T21:30/)],
    ]);
  });

  it('take the end of what was told although it is quiet, and send it afterwards', async () => {
    const { received, url } = await startService(() => undefined);
    const route = { quiet_times: [{ from: '13:00', to: '14:00' }] };
    const { notifier, clock } = setUp(withChannel({ type: 'webhook', url, route }));
    await notifier.notifyIncidents([incidentOf()]);
    clock.time += 90 * 60_000;
    await notifier.notifyIncidents([incidentOf(closed)]);
    expect(received).toHaveLength(1);
    clock.time += 60 * 60_000;
    await notifier.flush();
    expect(received.map(({ body }) => body.news)).toEqual(['opened', 'over']);
  });

  it('choose among the results of a run', async () => {
    const { received, url } = await startService(() => undefined);
    const route = { entities: ['auth*'] };
    const { notifier } = setUp({ ...withChannel({ type: 'webhook', url, route }), notify: 'anomalies' });
    await notifier.notify(detector, { id: 'r' }, [resultOf('1'), resultOf('2', { entity: 'auth-api' })]);
    expect(received.map(({ body }) => body.count)).toEqual([1]);
  });
});
