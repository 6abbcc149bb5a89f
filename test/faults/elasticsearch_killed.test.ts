import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_LOCAL_VERSION,
  startLocalElasticsearch,
  type LocalElasticsearch,
} from '../../scripts/local_elasticsearch';
import { connect } from '../../server/elasticsearch';
import { openFaultWorld, seededRandom, STEP } from './fault_world';

/** Kills of Elasticsearch, and the seed of when. */
const KILLS = Number(process.env.KILLS ?? 2);
const SEED = Number(process.env.FAULT_SEED ?? 1);
const STEPS_BETWEEN = 3;

jest.setTimeout(300_000 + KILLS * 300_000);

it('loses, doubles and leaves untold nothing when Elasticsearch itself is killed within runs of two processes', async () => {
  const dataPath = await mkdtemp(join(tmpdir(), 'log-anomalies-killed-'));
  const random = seededRandom(SEED);
  const start = (port: number): Promise<LocalElasticsearch> =>
    startLocalElasticsearch({
      version: DEFAULT_LOCAL_VERSION,
      dataPath,
      port,
      heap: '512m',
      shortLived: true,
    });
  let node = await start(0);
  const port = Number(new URL(node.url).port);
  const admin = connect({ url: node.url });
  const world = await openFaultWorld(admin, { url: node.url, username: '', password: '' });
  let now = world.begin;
  const pauses: number[] = [];
  const step = async (): Promise<void> => {
    world.step++;
    await world.addLogs(now, world.step);
    now += STEP;
  };
  try {
    for (let kills = 0; kills < KILLS; kills++) {
      for (let calm = 0; calm < STEPS_BETWEEN; calm++) {
        await step();
        await world.runners[calm % 2].run({ now });
      }
      await step();
      // Both run: one goes on, the other finds that it was overtaken; somewhere in them it dies.
      const running = world.runners.map((runner) => runner.run({ now }));
      await new Promise((done) => setTimeout(done, 20 + random() * 250));
      await node.crash();
      for (const answer of await Promise.all(running)) {
        if (answer === 'killed') throw new Error('A runner died.');
        if (answer.failure === undefined) continue;
        expect(answer.advice).toBeTruthy();
        pauses.push(answer.pause ?? 60_000);
      }
      // A run while it is away.
      const away = await world.runners[kills % 2].run({ now });
      expect(away).toMatchObject({ failure: expect.stringContaining('unavailable') });
      node = await start(port);
    }
    for (const runner of world.runners) {
      world.step++;
      now += 2 * 60_000;
      const answer = await runner.run({ now });
      expect(answer).toMatchObject({ failuresInARow: 0 });
      expect(answer).not.toHaveProperty('failure');
    }
    const { expected, found } = await world.compare(now);
    const times = [...world.told.values()].map((at) => at.length);
    const untold = expected.results.filter((id) => !world.told.has(id));
    process.stderr.write(
      `${JSON.stringify({ kills: KILLS, seed: SEED, anomalies: expected.results.length, untold: untold.length, told_twice: times.filter((count) => count === 2).length, pauses })}\n`,
    );
    expect(expected.results).toHaveLength(KILLS * (STEPS_BETWEEN + 1));
    expect(found).toEqual(expected);
    expect(untold).toEqual([]);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
    expect(Math.max(0, ...pauses)).toBeLessThanOrEqual(60_000);
  } finally {
    await world.close().catch(() => undefined);
    await admin.close();
    await node.stop();
    await rm(dataPath, { recursive: true, force: true });
  }
});
