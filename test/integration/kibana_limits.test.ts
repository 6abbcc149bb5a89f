import type { DetectorRecord, DetectorStatus } from '../../common/api';
import { backfillTaskId, trainingTaskId } from '../../server/kibana/identifiers';
import { createOpenApiDocument } from '../../server/kibana/open_api';
import { webDetector } from './kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Reply } from './kibana_stand_in';
import { webWorld } from './kibana_world';

jest.setTimeout(120_000);

const world = webWorld();
const { admin, index, space } = world;

/** A Kibana over the same logs where training goes on until the test lets it. */
function heldKibana(usage: Parameters<typeof startKibanaStandIn>[0]['usage']) {
  const held: (() => void)[] = [];
  const kibana: KibanaStandIn = startKibanaStandIn({
    administrator: admin,
    usage,
    beforeTraining: () => new Promise((resolve) => held.push(resolve)),
  });
  kibana.now = world.kibana.now;
  return {
    kibana,
    held,
    async untilHeld(count: number): Promise<void> {
      while (held.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

describe('previews', () => {
  it('run two at once, wait in a queue, and beyond it are answered with 429 and when to come again', async () => {
    const { kibana, held, untilHeld } = heldKibana({ requests_waiting: 2, requests_waiting_per_user: 1 });
    const { owner, reader } = world.people;
    const body = { detector: webDetector(index), rows: 512 };
    const preview = (who = owner): Promise<Reply> => kibana.call(who, 'previewDetector', { body }, space);
    const running = [preview(), preview()];
    await untilHeld(2);
    const waiting = preview();
    const refused = await preview();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.body).toMatchObject({
      message: expect.stringMatching(
        /^Kibana is busy with previews: 1 of yours wait already, at most 1 may\. Try again in \d+ seconds\.$/,
      ),
      attributes: { code: 'busy', details: { retry_after_seconds: Number(refused.headers['retry-after']) } },
    });
    // Others are not kept out by it, and what costs little goes on.
    const other = preview({ ...owner, name: 'otto' });
    expect((await kibana.call(reader, 'listDetectors', {}, space)).status).toBe(200);
    expect(held).toHaveLength(2);
    held[0]();
    await untilHeld(3);
    for (let i = 1; i < 4; i++) {
      await untilHeld(i + 1);
      held[i]();
    }
    const replies = await Promise.all([...running, waiting, other]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe('background work', () => {
  it('of trainings runs so many at once: the others come again later', async () => {
    const { kibana, held, untilHeld } = heldKibana({ trainings_at_once: 1 });
    const { owner } = world.people;
    const asked: string[] = [];
    for (const name of ['first', 'second']) {
      const body = { detector: webDetector(index, { name }), start: false };
      const { body: made } = await kibana.call(owner, 'createDetector', { body }, space);
      const { id } = made as DetectorRecord;
      await kibana.call(owner, 'trainDetector', { params: { id } }, space);
      asked.push(id);
    }
    const taskOf = (id: string): string => trainingTaskId({ space, detectorId: id });
    const stateOf = async (id: string): Promise<DetectorStatus['training']> =>
      ((await kibana.call(owner, 'getStatus', { params: { id } }, space)).body as DetectorStatus).training;
    const first = kibana.tasks.run(taskOf(asked[0]));
    await untilHeld(1);
    await kibana.tasks.run(taskOf(asked[1]));
    expect(kibana.tasks.scheduled.get(taskOf(asked[1]))?.runAt?.getTime()).toBe(kibana.now() + 10_000);
    expect(await stateOf(asked[1])).toMatchObject({ state: 'queued' });
    held[0]();
    await first;
    const second = kibana.tasks.run(taskOf(asked[1]));
    await untilHeld(2);
    held[1]();
    await second;
    expect(await stateOf(asked[1])).toMatchObject({ state: 'promoted' });
  });

  it('of backfills likewise', async () => {
    const { kibana, ok, people, trained } = world;
    const { id } = await trained();
    const body = { from: world.start, to: world.start + 600_000 };
    await ok(people.owner, 'startBackfill', { params: { id }, body });
    const leave = [kibana.services.slots.take('backfill'), kibana.services.slots.take('backfill')];
    const task = backfillTaskId({ space, detectorId: id });
    await kibana.tasks.run(task);
    expect(kibana.tasks.scheduled.get(task)?.runAt?.getTime()).toBe(kibana.now() + 5_000);
    leave.forEach((each) => each?.());
    await kibana.tasks.run(task);
    expect(await ok(people.owner, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done' });
  });
});

describe('the API', () => {
  it('says of every expensive request that it may be answered with 429', () => {
    const { paths } = createOpenApiDocument() as {
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, object> }>>;
    };
    const limited = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .filter(({ responses }) => responses['429'] !== undefined)
      .map(({ operationId }) => operationId);
    expect(limited).toEqual(
      expect.arrayContaining(['previewDetector', 'whatIf', 'importModel', 'getEvidence']),
    );
    expect(limited).not.toContain('listDetectors');
  });
});
