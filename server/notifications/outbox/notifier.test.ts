import { parseRetryAfter } from '../messages/delivery';
import { createMemoryJournal } from '../journal';
import type { AnnouncementJournal } from '../journal';
import {
  closers,
  detector,
  setUp,
  startListener,
  startMail,
  startWebhook,
} from '../../../test/unit/notification_receivers';
import { resultOf } from '../test_results';

const textOf = (payload: unknown) => JSON.stringify(payload);

describe('by Slack', () => {
  it('groups a run into one message and announces each result once', async () => {
    const { received, webhook_url } = await startWebhook();
    const { notify, restart } = setUp({ slack: { webhook_url, channel: '#alerts' } });
    const results = [resultOf('1'), resultOf('2', { entity: 'auth-api' }), resultOf('3')];
    expect(await notify('r1', results)).toEqual([
      { channel: 'slack', messages: 1, announced: 3, suppressed: 0, waiting: 0 },
    ]);
    await notify('r1', results);
    await restart().notify(detector, { id: 'r2' }, results);
    expect(received).toHaveLength(1);
    expect(received[0].text).toBe('3 anomalies in Web shop since 2026-01-05 10:00:00 UTC: 3 major');
    expect(received[0].channel).toBe('#alerts');
    expect(textOf(received[0])).toContain('`checkout-api` 2 · `auth-api` 1');
    await notify('r2', [...results, resultOf('4')]);
    expect(received[1].text).toBe('1 anomaly in Web shop since 2026-01-05 10:00:00 UTC: 1 major');
  });

  it('leaves out what is not severe enough, and says nothing about nothing', async () => {
    const { received, webhook_url } = await startWebhook();
    const { notify } = setUp({ slack: { webhook_url }, minimum_severity: 'major' });
    await notify('r1', [resultOf('1', { confidence: 0.89 })]);
    await notify('r1', []);
    expect(received).toHaveLength(0);
    await notify('r1', [resultOf('1', { confidence: 0.89 }), resultOf('2', { confidence: 0.9 })]);
    expect(received[0].text).toBe('1 anomaly in Web shop since 2026-01-05 10:00:00 UTC: 1 major');
  });

  it('tries again after 500, with a growing pause', async () => {
    const { received, webhook_url } = await startWebhook((response, count) => {
      response.statusCode = count < 3 ? 500 : 200;
      response.end();
    });
    const { notify, clock } = setUp({ slack: { webhook_url } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 1, announced: 1 }]);
    expect(received).toHaveLength(3);
    expect(clock.slept).toEqual([1_000, 2_000]);
  });

  it('waits as long as Retry-After asks, now if short, later if long', async () => {
    const { received, webhook_url } = await startWebhook((response, count) => {
      // The first and the fourth request are refused, for a short and for a long time.
      if (count === 1 || count === 4) response.writeHead(429, { 'retry-after': count === 1 ? '7' : '600' });
      response.end();
    });
    const { notify, clock, notifier } = setUp({ slack: { webhook_url } });
    await notify('r1', [resultOf('1')]);
    expect(clock.slept).toEqual([7_000]);
    await notify('r2', [resultOf('2')]);
    expect(await notify('r3', [resultOf('3')])).toMatchObject([
      { messages: 0, waiting: 1, error: expect.stringContaining('answered 429') },
    ]);
    expect(clock.slept).toEqual([7_000]);
    clock.time += 599_000;
    expect(await notifier.flush()).toMatchObject([
      { waiting: 1, error: expect.stringContaining('left alone') },
    ]);
    expect(received).toHaveLength(4);
    clock.time += 1_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 1, announced: 1, waiting: 0 }]);
    expect(received).toHaveLength(5);
  });

  it.each([
    ['seconds', '9999999'],
    ['more digits than a date has', '9'.repeat(30)],
    ['a date', 'Fri, 31 Dec 2100 00:00:00 GMT'],
  ])('leaves a receiver alone for an hour at most, whatever it asks for: %s', async (_what, asked) => {
    const { received, webhook_url } = await startWebhook((response, count) => {
      if (count === 1) response.writeHead(429, { 'retry-after': asked });
      response.end();
    });
    const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 0, waiting: 1 }]);
    clock.time += 59 * 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 0, waiting: 1 }]);
    clock.time += 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 1, waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it.each([1e16, 4_102_444_800_000])(
    'goes on with a channel that an earlier version left alone until %d',
    async (notBefore) => {
      const { received, webhook_url } = await startWebhook();
      const { notify, journal } = setUp({ slack: { webhook_url } });
      await journal.writeChannel('slack', { sentAt: [], outbox: [], notBefore });
      expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 1, waiting: 0 }]);
      expect(received).toHaveLength(1);
      expect((await journal.readChannel('slack')).notBefore).toBeUndefined();
    },
  );

  it('keeps what could not be delivered, over a restart, and delivers it once', async () => {
    const down = await startWebhook();
    await closers.pop()?.();
    const { notify, lines, restart, journal, clock } = setUp({ slack: { webhook_url: down.webhook_url } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([
      { messages: 0, waiting: 1, error: expect.stringContaining('could not be reached (ECONNREFUSED)') },
    ]);
    expect(clock.slept).toEqual([1_000, 2_000, 4_000]);
    await notify('r1', [resultOf('1')]);
    expect(clock.slept).toHaveLength(3);
    clock.time += 60_000;
    expect(lines.join()).not.toContain('verysecret');
    expect(lines.join()).toContain('127.0.0.1');
    expect(await restart().flush()).toMatchObject([{ waiting: 1 }]);
    const up = await startWebhook();
    const again = setUp({ slack: { webhook_url: up.webhook_url } }, journal);
    again.clock.time = clock.time + 60_000;
    expect(await again.notify('r2', [resultOf('1'), resultOf('2')])).toMatchObject([
      { messages: 2, announced: 2 },
    ]);
    expect(up.received.map(({ text }) => text)).toEqual(
      Array(2).fill('1 anomaly in Web shop since 2026-01-05 10:00:00 UTC: 1 major'),
    );
  });

  it('does not hammer a receiver that refuses for good, and gives up in the end', async () => {
    const { received, webhook_url } = await startWebhook((response) => {
      response.statusCode = 403;
      response.end('invalid_token /services/verysecret');
    });
    const { notify, notifier, clock, lines, journal } = setUp({ slack: { webhook_url } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ waiting: 1 }]);
    expect(received).toHaveLength(1);
    expect(clock.slept).toEqual([]);
    expect(lines.join()).toContain('answered 403 invalid_token [redacted]');
    await notifier.flush();
    expect(received).toHaveLength(1);
    for (let turn = 0; turn < 4; turn++) {
      clock.time += 60_000;
      await notifier.flush();
    }
    expect(received).toHaveLength(5);
    expect(await journal.readChannel('slack')).toMatchObject({ outbox: [], suppressed: { results: 1 } });
  });

  it('does not wait for ever for an answer', async () => {
    const { received, webhook_url } = await startWebhook((response, count) => {
      if (count > 1) response.end('ok');
    });
    const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
    // It may have arrived: repeated at once it would be told again at once.
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 0, waiting: 1 }]);
    expect(received).toHaveLength(1);
    clock.time += 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 1, waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it('asks a receiver that did not answer whether it is there, before the second and last time', async () => {
    const { received, asked, webhook_url } = await startWebhook((response, count) => {
      if (count > 1) response.end('ok');
      else response.socket?.destroy();
    });
    asked.isAnswered = false;
    const { notify, restart, clock } = setUp({ slack: { webhook_url } });
    await notify('r1', [resultOf('1')]);
    for (let minute = 1; minute <= 10; minute++) {
      clock.time += 60_000;
      expect(await restart().flush()).toMatchObject([{ messages: 0, waiting: 1 }]);
    }
    expect([received.length, asked.count]).toEqual([1, 10]);
    asked.isAnswered = true;
    clock.time += 60_000;
    expect(await restart().flush()).toMatchObject([{ messages: 1, announced: 1, waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it('does not wait for ever for a receiver that answers to messages alone', async () => {
    const { received, asked, webhook_url } = await startWebhook((response, count) => {
      if (count > 1) response.end('ok');
    });
    asked.isAnswered = false;
    const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
    await notify('r1', [resultOf('1')]);
    clock.time += 59 * 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 0, waiting: 1 }]);
    clock.time += 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 1, waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it.each([502, 503, 504])(
    'waits longer than an hour for a receiver whose gateway answers %i',
    async (status) => {
      const { received, asked, webhook_url } = await startWebhook((response, count) => {
        response.writeHead(count === 1 ? 502 : 200).end();
      });
      asked.status = status;
      const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
      await notify('r1', [resultOf('1')]);
      for (let hour = 1; hour <= 23; hour++) {
        clock.time += 60 * 60_000;
        expect(await notifier.flush()).toMatchObject([{ messages: 0, suppressed: 0, waiting: 1 }]);
      }
      expect([received.length, asked.count]).toEqual([1, 23]);
      asked.status = 405;
      clock.time += 60_000;
      expect(await notifier.flush()).toMatchObject([{ messages: 1, announced: 1, waiting: 0 }]);
      expect(received).toHaveLength(2);
    },
  );

  it('does not wait for ever for a gateway that answers so to HEAD alone', async () => {
    const { received, asked, webhook_url } = await startWebhook((response, count) => {
      response.writeHead(count === 1 ? 502 : 200).end();
    });
    asked.status = 502;
    const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
    await notify('r1', [resultOf('1')]);
    clock.time += 24 * 60 * 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 1, waiting: 0 }]);
    expect(received).toHaveLength(2);
  });

  it.each([400, 405, 408, 500, 501])(
    'takes %i, in answer to HEAD, for a receiver that is there',
    async (status) => {
      const { received, asked, webhook_url } = await startWebhook((response, count) => {
        if (count === 1) response.socket?.destroy();
        else response.end('ok');
      });
      asked.status = status;
      const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
      await notify('r1', [resultOf('1')]);
      clock.time += 60_000;
      expect(await notifier.flush()).toMatchObject([{ messages: 1, waiting: 0 }]);
      expect(received).toHaveLength(2);
    },
  );

  it('knows that a receiver whose certificate cannot be trusted was sent nothing', async () => {
    // The mail server brings a certificate along that it signed itself, and complains about it.
    const complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
    closers.push(async () => complaint.mockRestore());
    const { smtp_server } = await startMail({ secure: true });
    const { notify, clock, journal } = setUp({ slack: { webhook_url: `https://${smtp_server}/services/x` } });
    const [report] = await notify('r1', [resultOf('1')]);
    expect(report.error).toMatch(/could not be reached \((DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED)\)/);
    expect(clock.slept).toHaveLength(3);
    expect((await journal.readChannel('slack')).outbox[0].tries).toBeUndefined();
  });

  it.each<[string, () => Promise<{ port: number }>]>([
    ['speaks no TLS', async () => ({ port: Number(new URL((await startWebhook()).webhook_url).port) })],
    ['breaks off before TLS', () => startListener((socket) => socket.destroy())],
  ])('knows that a receiver that %s was sent nothing', async (_what, start) => {
    const { port } = await start();
    const { notify, journal } = setUp({ slack: { webhook_url: `https://127.0.0.1:${port}/services/x` } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ waiting: 1 }]);
    expect((await journal.readChannel('slack')).outbox[0].tries).toBeUndefined();
  });

  it.each<[string, object, boolean]>([
    ['a connection timed out', { code: 'ETIMEDOUT', syscall: 'connect' }, true],
    ['no address could be connected', { code: 'ETIMEDOUT', errors: [{ syscall: 'connect' }] }, true],
    ['the name in the certificate is another', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, true],
    ['its authority is not known', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, true],
    ['an answer timed out', { code: 'ETIMEDOUT', syscall: 'read' }, false],
    ['the connection broke off', { code: 'ECONNRESET', message: 'read ECONNRESET' }, false],
    ['something failed', {}, false],
  ])('notes no try where %s: %j', async (_what, cause, isUntried) => {
    const fetch = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause }));
    const webhook_url = 'https://hooks.example/services/x';
    const { notify, journal } = setUp({ slack: { webhook_url } }, undefined, undefined, { fetch });
    await notify('r1', [resultOf('1')]);
    expect((await journal.readChannel('slack')).outbox[0].tries).toBe(isUntried ? undefined : 1);
  });

  it('waits for an answer longer than fetch waits for a connection', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    closers.push(async () => jest.useRealTimers());
    const refusal = Object.assign(new TypeError('fetch failed'), {
      cause: { code: 'UND_ERR_CONNECT_TIMEOUT' },
    });
    // As fetch does where a host takes no connection: after 10 seconds, which it looks at once a second.
    const fetch = jest.fn(
      (_url: unknown, { signal }: RequestInit = {}) =>
        new Promise<Response>((_resolve, reject) => {
          setTimeout(() => reject(refusal), 11_000);
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    const webhook_url = 'https://hooks.example/services/x';
    const more = { fetch: fetch as unknown as typeof globalThis.fetch, timeout: undefined };
    const { notify, journal } = setUp({ slack: { webhook_url } }, undefined, undefined, more);
    const told = notify('r1', [resultOf('1')]);
    await jest.advanceTimersByTimeAsync(11_000);
    expect(await told).toMatchObject([
      { waiting: 1, error: expect.stringContaining('UND_ERR_CONNECT_TIMEOUT') },
    ]);
    expect((await journal.readChannel('slack')).outbox[0].tries).toBeUndefined();
    // Four such attempts would hold up the run.
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it.each([502, 504])('does not repeat at once what a gateway answers %i for', async (status) => {
    const { received, webhook_url } = await startWebhook((response, count) => {
      response.writeHead(count === 1 ? status : 200).end();
    });
    const { notify, notifier, clock } = setUp({ slack: { webhook_url } });
    expect(await notify('r1', [resultOf('1')])).toMatchObject([{ messages: 0, waiting: 1 }]);
    expect(received).toHaveLength(1);
    clock.time += 60_000;
    expect(await notifier.flush()).toMatchObject([{ messages: 1 }]);
  });

  it('tells how many were left out twice at most where nobody answers', async () => {
    const { received, webhook_url } = await startWebhook((response, count) => {
      if (count === 1) response.end('ok');
      else response.socket?.destroy();
    });
    const { notify, notifier, clock } = setUp({ slack: { webhook_url }, max_per_hour: 1 });
    await notify('r1', [resultOf('1')]);
    await notify('r2', [resultOf('2')]);
    clock.time += 3_600_000;
    for (let turn = 0; turn < 5; turn++) {
      await notifier.flush();
      clock.time += 60_000;
    }
    expect(received).toHaveLength(3);
  });

  it('does not follow redirects', async () => {
    const other = await startWebhook();
    const { webhook_url } = await startWebhook((response) =>
      response.writeHead(307, { location: other.webhook_url }).end(),
    );
    expect(await setUp({ slack: { webhook_url } }).notify('r1', [resultOf('1')])).toMatchObject([
      { waiting: 1 },
    ]);
    expect(other.received).toHaveLength(0);
  });

  it('holds back what exceeds the limit, and tells how much with the next message', async () => {
    const { received, webhook_url } = await startWebhook();
    const { notify, notifier, clock } = setUp({ slack: { webhook_url }, max_per_hour: 2 });
    await notify('r1', [resultOf('1')]);
    await notify('r2', [resultOf('2')]);
    expect(await notify('r3', [resultOf('3'), resultOf('4')])).toMatchObject([
      { messages: 0, suppressed: 2 },
    ]);
    await notify('r4', [resultOf('3'), resultOf('5')]);
    await notifier.flush();
    clock.time += 3_599_999;
    await notifier.flush();
    expect(received).toHaveLength(2);
    clock.time += 1;
    await notify('r5', [resultOf('6')]);
    expect(received).toHaveLength(3);
    expect(textOf(received[2])).toContain('3 more anomalies suppressed since 2026-01-05T12:00:00.000Z');
    await notify('r6', [resultOf('7')]);
    expect(textOf(received[3])).not.toContain('suppressed');
  });

  it('tells what was suppressed even when nothing more happens', async () => {
    const { received, webhook_url } = await startWebhook();
    const { notify, notifier, clock } = setUp({ slack: { webhook_url }, max_per_hour: 1 });
    await notify('r1', [resultOf('1')]);
    await notify('r2', [resultOf('2')]);
    clock.time += 3_600_000;
    await notifier.flush();
    await notifier.flush();
    expect(received).toHaveLength(2);
    expect(received[1].text).toMatch(/^1 more anomaly suppressed/);
  });

  it('counts what no longer fits into the outbox', async () => {
    const { webhook_url } = await startWebhook();
    await closers.pop()?.();
    const { notify, journal } = setUp({ slack: { webhook_url } });
    for (let run = 0; run < 52; run++) await notify(`r${run}`, [resultOf(`${run}`)]);
    const state = await journal.readChannel('slack');
    expect(state.outbox).toHaveLength(50);
    expect(state.suppressed?.results).toBe(2);
  });

  it('repeats rather than loses a message when it crashes before recording', async () => {
    const { received, webhook_url } = await startWebhook();
    const journal = createMemoryJournal();
    const crashing: AnnouncementJournal = { ...journal, record: () => Promise.reject(new Error('crash')) };
    await expect(setUp({ slack: { webhook_url } }, crashing).notify('r1', [resultOf('1')])).rejects.toThrow(
      'crash',
    );
    await setUp({ slack: { webhook_url } }, journal).notifier.flush();
    expect(received).toHaveLength(2);
  });

  it.each([
    ['before recording', { record: () => Promise.reject(new Error('crash')), isSilent: false }],
    ['at the receiver', { record: () => Promise.reject(new Error('crash')), isSilent: true }],
  ])(
    'tells twice at most and loses nothing when it crashes twice %s',
    async (_where, { isSilent, ...crash }) => {
      let isCrashing = true;
      const { received, webhook_url } = await startWebhook((response) => {
        if (isSilent && isCrashing) response.socket?.destroy();
        else response.end('ok');
      });
      const journal = createMemoryJournal();
      const clocks: number[] = [];
      const crashing = (): Promise<unknown> => {
        const { notify, clock } = setUp({ slack: { webhook_url } }, { ...journal, ...crash });
        clock.time += 60_000 * clocks.push(0);
        return notify('r1', [resultOf('1')]);
      };
      await crashing().catch(() => undefined);
      await crashing().catch(() => undefined);
      expect(received).toHaveLength(2);
      isCrashing = false;
      const after = setUp({ slack: { webhook_url } }, journal);
      after.clock.time += 600_000;
      await after.notifier.flush();
      await after.notifier.flush();
      expect(received).toHaveLength(3);
      expect(received[1]).toEqual(received[0]);
      expect(received[2].text).toContain('1 more anomaly suppressed since');
    },
  );

  it('a crash between the note and the message costs no telling of its own', async () => {
    const { received, webhook_url } = await startWebhook();
    const journal = createMemoryJournal();
    // The note is stored, its answer is lost, the message was not sent.
    const losing: AnnouncementJournal = {
      ...journal,
      writeChannel: async (channel, state) => {
        const isNote = state.outbox[0]?.tries !== undefined;
        await journal.writeChannel(channel, state);
        if (isNote) throw new Error('lost');
      },
    };
    for (let turn = 0; turn < 5; turn++) {
      await expect(setUp({ slack: { webhook_url } }, losing).notify('r1', [resultOf('1')])).rejects.toThrow(
        'lost',
      );
    }
    expect(received).toHaveLength(0);
    await setUp({ slack: { webhook_url } }, journal).notifier.flush();
    expect(received.map(({ text }) => text)).toEqual([
      '1 anomaly in Web shop since 2026-01-05 10:00:00 UTC: 1 major',
    ]);
  });

  it('does not repeat a message when it crashes after recording', async () => {
    const { received, webhook_url } = await startWebhook();
    const journal = createMemoryJournal();
    let writes = 0;
    const crashing: AnnouncementJournal = {
      ...journal,
      writeChannel: (channel, state) =>
        ++writes > 2 ? Promise.reject(new Error('crash')) : journal.writeChannel(channel, state),
    };
    await expect(setUp({ slack: { webhook_url } }, crashing).notify('r1', [resultOf('1')])).rejects.toThrow(
      'crash',
    );
    expect(await setUp({ slack: { webhook_url } }, journal).notifier.flush()).toMatchObject([{ waiting: 0 }]);
    expect(received).toHaveLength(1);
  });
});

describe('parseRetryAfter', () => {
  it('reads seconds and dates', () => {
    expect(parseRetryAfter('120', 0)).toBe(120_000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:02:00 GMT', 60_000)).toBe(60_000);
    expect(parseRetryAfter('soon', 0)).toBeUndefined();
    expect(parseRetryAfter(null, 0)).toBeUndefined();
  });
});
