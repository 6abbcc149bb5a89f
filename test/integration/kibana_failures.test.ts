import { type DetectorRecord, type DetectorStatus, type Operation } from '../../common/api';
import { checkpointsIndex, repairIndices, resultsIndex, resultsPattern } from '../../server/elasticsearch';
import { runDetector } from '../../server/kibana/tasks/run_detector';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { addLogs, administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, resultIdsOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './fixtures/kibana_stand_in';

/** Runs of a detector while Elasticsearch itself refuses: nothing is lost, nothing doubled, and the status says why. */

const SECONDS = 3_600;
const MAPPINGS = { mappings: TIME_MAPPINGS };

const admin = administrator();
const index = uniqueName('failures');
const unassigned = `${index}-unassigned`;
const space = uniqueName('space').toLowerCase();
const start = thisMinute() - SECONDS * 1_000;
const end = start + SECONDS * 1_000;
const anyone: Person = { name: 'anyone', client: admin, privileges: ['read', 'write'] };
let kibana: KibanaStandIn;
let id: string;

const ok = <Body>(operation: Operation, given?: Parameters<KibanaStandIn['call']>[2]): Promise<Body> =>
  answerOf(kibana, anyone, operation, given, space) as Promise<Body>;

const status = (): Promise<DetectorStatus> => ok('getStatus', { params: { id } });
const run = (): Promise<unknown> => kibana.tasks.run(detectionTaskId({ space, detectorId: id }));

const oddOnes = (): Promise<string[]> => resultIdsOf(admin, space, id);

/** A minute of logs just before now, one of them odd. */
async function addMinute(
  prefix: string,
  change: (document: object) => object = (same) => same,
): Promise<void> {
  const now = kibana.now();
  const logs = webLogs({ from: now - 2 * MINUTE, to: now - MINUTE }, (i) => i === 30, prefix);
  await addLogs(
    admin,
    index,
    logs.map(({ id: logId, document }) => ({ id: logId, document: change(document) })),
  );
}

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: start, to: end }), MAPPINGS);
  kibana = startKibanaStandIn({ plain: admin, canEncrypt: false });
  kibana.now = () => end + MINUTE;
  const detector = webDetector(`${index}*`);
  id = (await ok<DetectorRecord>('createDetector', { body: { detector, start: true } })).id;
  await run();
  await kibana.tasks.run(trainingTaskId({ space, detectorId: id }));
  await run();
  expect((await status()).state).toBe('running');
});

afterAll(async () => {
  await admin.indices.delete({ index: [index, unassigned], ignore_unavailable: true });
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: Object.keys(results), ignore_unavailable: true });
  await admin.close();
});

let minutes = 1;
beforeEach(() => {
  const now = end + ++minutes * 5 * MINUTE;
  kibana.now = () => now;
});

it('takes half as much after a run that was too slow, says so, and loses nothing', async () => {
  await addMinute('slow');
  const before = await oddOnes();
  const target = { space, detectorId: id };
  const outOfTime = new AbortController();
  const tooSlow = { failures: 0, share: 1, signal: outOfTime.signal, isOutOfTime: () => true };
  const { clock } = kibana.services;
  // The time is over once the detector and its key are read.
  const now = (): number => {
    outOfTime.abort();
    return clock.now();
  };
  expect(await runDetector({ ...kibana.services, clock: { ...clock, now } }, target, tooSlow)).toMatchObject({
    failures: 1,
    delay: 0,
    share: 0.5,
    failure: {
      code: 'unavailable',
      message:
        'The run took longer than 20 s and was stopped; nothing is lost. The next run takes half as much.',
    },
  });
  const task = kibana.tasks.scheduled.get(detectionTaskId(target))!;
  kibana.tasks.scheduled.set(task.id, { ...task, state: { failures: 1, share: 0.5 } });
  await run();
  const half = (await status()).last_run;
  expect(half).toMatchObject({ complete: false });
  expect(kibana.tasks.scheduled.get(task.id)?.state).toEqual({ failures: 0 });
  await run();
  const rest = (await status()).last_run;
  expect(rest).toMatchObject({ complete: true });
  expect(half!.logs + rest!.logs).toBe(60);
  // The sample that was drawn decides how many usual logs lie beyond the threshold.
  const after = await oddOnes();
  expect(after).toEqual(expect.arrayContaining([...before, 'slow-30']));
  expect(after.filter((each) => each === 'slow-30')).toHaveLength(1);
  expect((await status()).state).toBe('running');
});

it('waits for a shard that no node holds, rather than passing over its logs', async () => {
  await admin.indices.create({
    index: unassigned,
    settings: { 'index.routing.allocation.require._name': 'no-such-node' },
    wait_for_active_shards: 0,
    ...MAPPINGS,
  });
  await addMinute('shard');
  const { checkpoint } = await status();
  await run();
  expect(await status()).toMatchObject({
    state: 'failing',
    consecutive_failures: 1,
    checkpoint,
    last_error: { code: 'unavailable', retried: true, next_step: expect.stringContaining('health') },
  });
  expect(kibana.reported.at(-1)).toEqual({ detectorId: id, outcome: 'failed' });
  await admin.indices.delete({ index: unassigned });
  await run();
  expect(await status()).toMatchObject({ state: 'running', consecutive_failures: 0, last_run: { logs: 60 } });
  expect(kibana.reported.at(-1)).toEqual({ detectorId: id, outcome: 'good' });
  expect(await oddOnes()).toContain('shard-30');
});

it('says that an index of its pattern is closed, for as long as that is so', async () => {
  const closed = `${index}-closed`;
  await createLogs(admin, closed, [{ document: { '@timestamp': new Date(end).toISOString() } }], MAPPINGS);
  const findings = async (): Promise<string[]> =>
    ((await status()).readiness ?? [])
      .filter(({ kind }) => kind === 'closed_indices')
      .map(({ level, message }) => `${level}: ${message}`);
  try {
    await admin.indices.close({ index: closed });
    const now = kibana.now();
    kibana.now = () => now + MINUTE;
    await addMinute('beside-closed');
    await run();
    expect((await status()).last_run).toMatchObject({ complete: true, closed_indices: [closed] });
    expect(await findings()).toEqual([
      `warning: An index of the source is closed: ${closed}. No run reads its logs.`,
    ]);
  } finally {
    await admin.indices.delete({ index: closed });
  }
  const now = kibana.now();
  kibana.now = () => now + MINUTE;
  await addMinute('all-open');
  await run();
  expect(await findings()).toEqual([]);
});

it('keeps its place while results are refused with 429, as on a full disk', async () => {
  const results = Object.keys(await admin.indices.get({ index: resultsPattern(space) }));
  const block = (value: boolean | null) =>
    admin.indices.putSettings({ index: results, settings: { 'index.blocks.read_only_allow_delete': value } });
  await addMinute('blocked');
  await block(true);
  try {
    await run();
    expect(await status()).toMatchObject({
      state: 'failing',
      consecutive_failures: 1,
      last_error: { code: 'unavailable', retried: true },
    });
  } finally {
    await block(null);
  }
  await run();
  expect((await status()).state).toBe('running');
  expect((await oddOnes()).filter((each) => each === 'blocked-30')).toHaveLength(1);
});

it('goes on when a field of the model is in no log any more, counts that and says so', async () => {
  await addMinute('bare', (document) => {
    const { response_time: _gone, ...rest } = document as Record<string, unknown>;
    return rest;
  });
  await run();
  const { state, last_run: lastRun, readiness } = await status();
  expect(state).toBe('running');
  expect(lastRun).toMatchObject({ logs: 60, dirt: { response_time: { missing: 60 } } });
  expect(readiness).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'missing_feature',
        level: 'warning',
        message: 'The feature response_time is missing in 100% of the logs.',
      }),
    ]),
  );
});

it('names results that have lost their mapping, and goes on where it was once they are repaired', async () => {
  const index = resultsIndex(space, kibana.now() - MINUTE);
  const stray = {
    detector: { id },
    source: { index, id: 'stray' },
    result: { type: 'log', space },
    '@timestamp': new Date(end),
  };
  await admin.indices.delete({ index });
  await admin.index({ index, id: 'stray', document: stray, refresh: true });
  await addMinute('unmapped');
  await run();
  const failing = await status();
  expect(failing).toMatchObject({
    state: 'failing',
    last_error: {
      code: 'refused',
      message: expect.stringContaining(`The index "${index}" has lost its mapping`),
    },
  });
  expect(failing.readiness?.[0]).toMatchObject({ kind: 'index_mapping', level: 'blocking' });
  const listed = await ok<{ statuses: DetectorStatus[] }>('listStatus');
  expect(listed.statuses[0].readiness).toMatchObject([{ kind: 'index_mapping' }]);
  await repairIndices(admin, { space });
  await run();
  expect(await status()).toMatchObject({ state: 'running', last_run: { logs: 60 } });
  expect(await oddOnes()).toContain('unmapped-30');
  expect((await status()).readiness?.filter(({ kind }) => kind === 'index_mapping')).toEqual([]);
});

describe('what a newer version of the plugin has stored', () => {
  it('of a detector is left as it is, for a Kibana that can read it, without a growing pause', async () => {
    await addMinute('newer');
    const key = [...kibana.savedObjects.objects.keys()].find((each) => each.endsWith(id)) as string;
    const stored = kibana.savedObjects.objects.get(key)!;
    const { detector } = stored.attributes as { detector: object };
    const newer = {
      ...stored,
      attributes: { ...(stored.attributes as object), detector: { ...detector, of_tomorrow: true } },
    };
    kibana.savedObjects.objects.set(key, newer);
    for (let time = 0; time < 3; time++) await run();
    const task = kibana.tasks.scheduled.get(detectionTaskId({ space, detectorId: id }))!;
    expect(kibana.savedObjects.objects.get(key)).toEqual(newer);
    expect(+task.runAt! - kibana.now()).toBe(MINUTE);
    expect(task.state).toMatchObject({
      failures: 3,
      last_error: {
        message: expect.stringMatching(/"kibana\.test" cannot read this detector.*of_tomorrow/s),
      },
    });
    kibana.savedObjects.objects.set(key, stored);
    await run();
    expect(await status()).toMatchObject({ state: 'running', consecutive_failures: 0 });
    expect(await oddOnes()).toContain('newer-30');
  });

  it('of an index is refused in words, and nothing is written', async () => {
    await addMinute('schema');
    const index = checkpointsIndex(space);
    const before = await admin.count({ index });
    await admin.indices.putMapping({ index, _meta: { schema_version: 2, resource: 'checkpoints' } });
    const other = startKibanaStandIn({ plain: admin, canEncrypt: false });
    other.now = kibana.now;
    for (const [key, object] of kibana.savedObjects.objects) other.savedObjects.objects.set(key, object);
    const conditions = {
      failures: 0,
      share: 1,
      signal: new AbortController().signal,
      isOutOfTime: () => false,
    };
    try {
      expect(await runDetector(other.services, { space, detectorId: id }, conditions)).toMatchObject({
        failure: { code: 'refused', message: expect.stringContaining('Use a newer one') },
      });
      await admin.indices.refresh({ index });
      expect(await admin.count({ index })).toMatchObject({ count: before.count });
    } finally {
      await admin.indices.putMapping({ index, _meta: { schema_version: 1, resource: 'checkpoints' } });
    }
    await run();
    expect(await oddOnes()).toContain('schema-30');
  });
});
