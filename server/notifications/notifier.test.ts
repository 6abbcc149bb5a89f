import { parseRetryAfter } from './messages/delivery';
import { createMemoryJournal } from './journal';
import type { AnnouncementJournal } from './journal';
import { closers, detector, setUp, startWebhook } from '../../test/unit/notification_receivers';
import { resultOf } from './test_results';

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
    expect(received[0].text).toBe('3 anomalies in Web shop (3 major)');
    expect(received[0].channel).toBe('#alerts');
    expect(textOf(received[0])).toContain('`checkout-api` 2 · `auth-api` 1');
    await notify('r2', [...results, resultOf('4')]);
    expect(received[1].text).toBe('1 anomaly in Web shop (1 major)');
  });

  it('leaves out what is not severe enough, and says nothing about nothing', async () => {
    const { received, webhook_url } = await startWebhook();
    const { notify } = setUp({ slack: { webhook_url }, minimum_severity: 'major' });
    await notify('r1', [resultOf('1', { confidence: 0.89 })]);
    await notify('r1', []);
    expect(received).toHaveLength(0);
    await notify('r1', [resultOf('1', { confidence: 0.89 }), resultOf('2', { confidence: 0.9 })]);
    expect(received[0].text).toBe('1 anomaly in Web shop (1 major)');
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
    expect(up.received.map(({ text }) => text)).toEqual(Array(2).fill('1 anomaly in Web shop (1 major)'));
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

  it('does not repeat a message when it crashes after recording', async () => {
    const { received, webhook_url } = await startWebhook();
    const journal = createMemoryJournal();
    let writes = 0;
    const crashing: AnnouncementJournal = {
      ...journal,
      writeChannel: (channel, state) =>
        ++writes > 1 ? Promise.reject(new Error('crash')) : journal.writeChannel(channel, state),
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
