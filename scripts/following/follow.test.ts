import { DetectionError } from '../../common/detection_error';
import type { ModelSnapshot } from '../../common/model_snapshot';
import type { Session } from '../command_line/session';
import type { Followed } from './choose_models';
import { follow } from './follow';
import { nothingYet, type Follower } from './follower';
import type { FollowOptions } from './options';
import { renewed, type RenewalWork } from './renewal';

const OPTIONS = { once: true, limit: 10, context: 3 } as FollowOptions;

const snapshotOf = (version: string) =>
  ({
    version,
    detector: { name: 'Web', unit: 'log', threshold: { method: 'fixed' } },
  }) as unknown as ModelSnapshot;

function worldOf() {
  const steps: string[] = [];
  const stop = new AbortController();
  const session = {
    signal: stop.signal,
    json: false,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    say: (text: string) => void steps.push(text),
    emit: () => undefined,
  } as unknown as Session;
  const followerOf = (change: Partial<Follower> = {}): Follower => {
    const snapshot = change.snapshot ?? snapshotOf('v1');
    return {
      detectorId: 'web',
      checkpointPath: 'web.json',
      snapshot,
      total: nothingYet(),
      interval: 1_000,
      run: async () => {
        steps.push(`run ${snapshot.version}`);
        return true;
      },
      flush: async () => {
        steps.push('flush');
        return 0;
      },
      ...change,
    };
  };
  return { session, steps, stop, followerOf };
}
const kept = (followers: readonly Follower[]) => Promise.resolve(followers);

describe('once', () => {
  it('sends what waits before it ends, and says what still does', async () => {
    const { session, steps, followerOf } = worldOf();
    await follow(session, OPTIONS, [followerOf(), followerOf({ flush: async () => 2 })], kept);
    expect(steps.slice(0, 4)).toEqual(['run v1', 'run v1', 'flush', '2 messages wait for the next run.']);
  });

  it.each([
    ['a run that comes to an end', async () => false],
    ['a run that gives up', () => Promise.reject(new DetectionError('interrupted', 'Stopped.'))],
  ])('is interrupted when it is stopped in %s', async (_way, end) => {
    const { session, steps, stop, followerOf } = worldOf();
    const run = (): Promise<boolean> => {
      stop.abort();
      return end();
    };
    await expect(follow(session, OPTIONS, [followerOf({ run })], kept)).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(steps).toEqual(['0 logs scored, 0 anomalies (0 new).']);
  });
});

it('ends well when it is stopped while it follows', async () => {
  const { session, steps, stop, followerOf } = worldOf();
  const flush = async (): Promise<number> => {
    stop.abort();
    return 0;
  };
  await follow(session, { ...OPTIONS, once: false }, [followerOf({ flush })], kept);
  expect(steps).toEqual(['run v1', '0 logs scored, 0 anomalies (0 new).']);
});

describe('a model that becomes active meanwhile', () => {
  it('takes over at the next look, with the totals, and those of other detectors stay', async () => {
    const { session, steps, stop, followerOf } = worldOf();
    const active: Record<string, string | undefined> = { web: 'v1', shop: undefined };
    const work: RenewalWork = {
      activeVersion: async (detectorId) => active[detectorId],
      choose: async () =>
        ['web', 'shop'].map((detectorId) => ({
          detectorId,
          checkpointPath: '',
          snapshot: snapshotOf(active[detectorId] ?? 'v0'),
        })),
      build: (followed: Followed, total) => followerOf({ ...followed, total }),
      say: session.say,
    };
    let rounds = 0;
    const shop = followerOf({ detectorId: 'shop', snapshot: snapshotOf('v0') });
    const renew = (followers: readonly Follower[]): Promise<readonly Follower[]> => {
      if (++rounds === 2) active.web = 'v2';
      if (rounds === 3) stop.abort();
      return renewed(work, followers);
    };
    const web = followerOf({ total: { ...nothingYet(), logs: 7 } });
    await follow(session, { ...OPTIONS, once: false }, [web, shop], renew);
    expect(steps.filter((step) => step !== 'flush')).toEqual([
      ...['run v1', 'run v0', 'v2 is the active model of web now, in the place of v1.'],
      ...['run v2', 'run v0', 'run v2', 'run v0'],
      ...['Web: 7 logs scored, 0 anomalies (0 new).', 'Web: 0 logs scored, 0 anomalies (0 new).'],
      'Together 0 rows; what several found is one of them.',
    ]);
  });

  it('is left alone where it cannot be followed with, which is said once', async () => {
    const { session, steps, followerOf } = worldOf();
    const web = followerOf();
    const known: (readonly Follower[])[] = [];
    const work: RenewalWork = {
      activeVersion: async () => 'v2',
      choose: (followers) => {
        known.push(followers);
        return Promise.reject(new DetectionError('refused', 'The model is of a newer version.'));
      },
      build: () => followerOf(),
      say: session.say,
    };
    expect(await renewed(work, [web])).toEqual([web]);
    expect(await renewed(work, [web])).toEqual([web]);
    expect(known).toEqual([[web], [web]]);
    expect(steps).toEqual([
      'Another model is active, which cannot be followed with; detect goes on as before: The model is of a newer version.',
    ]);
    const away: RenewalWork = {
      ...work,
      choose: () => Promise.reject(new DetectionError('unavailable', 'Elasticsearch is away.')),
    };
    await expect(renewed(away, [web])).rejects.toMatchObject({ code: 'unavailable' });
  });
});
