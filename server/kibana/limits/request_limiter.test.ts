import { DetectionError } from '../../../common/detection_error';
import { BackgroundSlots } from './background_slots';
import { RequestLimiter, type LaneLimits } from './request_limiter';
import { lanesOf, usageLimitsSchema } from './usage_limits';

const LIMITS: LaneLimits = { atOnce: 2, waiting: 4, waitingPerUser: 2, longestWait: 60_000 };

let over = new AbortController();
afterEach(() => {
  // Whoever still waits goes, and its timer with it.
  over.abort();
  over = new AbortController();
});

/** Work that ends when it is told to; `begun` names who has got a turn, in order. */
function world(limits: Partial<LaneLimits> = {}) {
  let now = 0;
  const lane = { ...LIMITS, ...limits };
  const limiter = new RequestLimiter({ preview: lane, search: lane }, () => now);
  const begun: string[] = [];
  const ends = new Map<string, (fail?: Error) => void>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    limiter,
    begun,
    settle,
    ask: (name: string, user: string | undefined = name[0], signal = over.signal) =>
      limiter.run(
        'preview',
        user,
        () => {
          begun.push(name);
          return new Promise<string>((resolve, reject) =>
            ends.set(name, (fail) => (fail ? reject(fail) : resolve(name))),
          );
        },
        signal,
      ),
    /** It stays where it is until the test is over. */
    hold(...names: string[]): void {
      for (const name of names) void this.ask(name).catch(() => undefined);
    },
    end: async (name: string, { after = 0, fail }: { after?: number; fail?: Error } = {}): Promise<void> => {
      now += after;
      ends.get(name)?.(fail);
      await settle();
    },
  };
}

const refusal = async (asked: Promise<unknown>): Promise<DetectionError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DetectionError);
  return error as DetectionError;
};

describe('the limiter of requests', () => {
  it('lets so many run at once, and the next when one ends, however it ends', async () => {
    const { ask, begun, end, settle } = world();
    const first = ask('a1');
    const failing = ask('b1');
    const third = ask('c1');
    await settle();
    expect(begun).toEqual(['a1', 'b1']);
    await Promise.all([
      expect(failing).rejects.toThrow('no logs'),
      end('b1', { fail: new Error('no logs') }),
    ]);
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    await end('a1');
    await end('c1');
    expect(await Promise.all([first, third])).toEqual(['a1', 'c1']);
  });

  it('serves whoever has the fewest running first, whatever came before', async () => {
    const { ask, begun, end, settle } = world();
    const all = [ask('a1'), ask('a2'), ask('a3'), ask('a4'), ask('b1')];
    await settle();
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('b1');
    await end('a2');
    await end('a3');
    await end('a4');
    await Promise.all(all);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  it('refuses what one user asks for beyond a share, and takes that of another', async () => {
    const limited = world();
    const { ask, settle } = limited;
    limited.hold('a1', 'a2', 'a3', 'a4');
    await settle();
    const { code, message, details } = await refusal(ask('a5'));
    expect(code).toBe('busy');
    expect(message).toMatch(
      /^Kibana is busy with previews: 2 of yours wait already, at most 2 may\. Try again in \d+ seconds\.$/,
    );
    expect(details).toEqual({ retry_after_seconds: expect.any(Number) });
    limited.hold('b1', 'b2');
    await settle();
    expect((await refusal(ask('c1'))).message).toMatch(/: 2 run and 4 wait, at most 4 may\./);
  });

  it('does not tell users apart where there are none', async () => {
    const { limiter, settle } = world();
    const never = (): Promise<never> => new Promise(() => undefined);
    for (let i = 0; i < 6; i++)
      void limiter.run('search', undefined, never, over.signal).catch(() => undefined);
    await settle();
    expect((await refusal(limiter.run('search', undefined, never))).message).toMatch(
      /^Kibana is busy with expensive requests: 2 run and 4 wait, at most 4 may\./,
    );
    expect(await limiter.run('preview', undefined, async () => 'at once')).toBe('at once');
  });

  it('says when to come again by how long requests take', async () => {
    const limited = world({ atOnce: 1, waiting: 1 });
    const { ask, end, settle } = limited;
    for (let round = 0; round < 30; round++) {
      const asked = ask(`a${round}`);
      await settle();
      await end(`a${round}`, { after: 20_000 });
      await asked;
    }
    limited.hold('b1', 'c1');
    await settle();
    const { details, message } = await refusal(ask('d1'));
    // One waits before it, and 20 seconds are what each takes.
    expect(details?.retry_after_seconds).toBe(40);
    expect(message).toMatch(/Try again in 40 seconds\.$/);
  });

  it('gives up who has waited for too long, and who has gone away', async () => {
    const { ask, begun, end, settle } = world({ atOnce: 1, longestWait: 30 });
    const first = ask('a1');
    const gone = new AbortController();
    const leaving = ask('b1', 'b', gone.signal);
    const waiting = refusal(ask('c1'));
    await settle();
    gone.abort();
    expect((await refusal(leaving)).code).toBe('interrupted');
    expect((await waiting).message).toMatch(/it was not its turn within 0\.03 seconds/);
    await end('a1');
    await first;
    expect(begun).toEqual(['a1']);
    // Nobody holds a place any more.
    const next = ask('d1');
    await settle();
    await end('d1');
    expect(await next).toBe('d1');
  });
});

describe('places of background work', () => {
  let now = 0;
  const slotsOf = () => new BackgroundSlots({ training: 1, backfill: 2 }, () => now);

  it('are so many, and come free again', () => {
    const slots = slotsOf();
    const leave = slots.take('training', 'a');
    expect(leave).toBeDefined();
    expect(slots.take('training', 'b')).toBeUndefined();
    expect(slots.take('backfill', 'b')).toBeDefined();
    leave?.();
    expect(slots.take('training', 'b')).toBeDefined();
  });

  it('go to what asked first, which is told', () => {
    const slots = slotsOf();
    const woken: string[] = [];
    const ask = (who: string) => slots.take('training', who, () => woken.push(who));
    const leave = ask('a');
    ask('b');
    ask('c');
    ask('b');
    leave?.();
    expect(woken).toEqual(['b']);
    expect(ask('c')).toBeUndefined();
    const second = ask('b');
    expect(second).toBeDefined();
    second?.();
    expect(woken).toEqual(['b', 'c']);
    expect(ask('c')).toBeDefined();
  });

  it('wait for nothing that another Kibana has taken', () => {
    const slots = slotsOf();
    const leave = slots.take('training', 'a');
    slots.take('training', 'elsewhere');
    leave?.();
    now += 10_000;
    expect(slots.take('training', 'b')).toBeUndefined();
    now += 20_000;
    expect(slots.take('training', 'b')).toBeDefined();
  });
});

describe('the settings', () => {
  it('make lanes, and refuse a wait that Kibana does not wait for', () => {
    const lanes = lanesOf(usageLimitsSchema.parse({ previews_at_once: 1, longest_wait: '5s' }));
    expect(lanes.preview).toEqual({ atOnce: 1, waiting: 32, waitingPerUser: 4, longestWait: 5_000 });
    expect(lanes.search.atOnce).toBe(8);
    expect(usageLimitsSchema.safeParse({ longest_wait: '2m' }).error?.message).toMatch(/from 1s to 100s/);
  });
});
