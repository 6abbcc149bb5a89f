import { setTimeout } from 'node:timers/promises';
import { createStatusStore } from '../../server/kibana/records/status_store';
import { type ApiResponse, type DetectorRecord, type Endpoints, type Operation } from '../../common/api';
import { RUNS_KEPT } from '../../common/api/status';
import { DetectionError } from '../../common/detection_error';
import { parseDetector } from '../../common/detector';
import { contaminationThreshold } from '../../common/threshold/contamination_threshold';
import { ownerRole, readerRole, resultsPattern, type RoleDefinition } from '../../server/elasticsearch';
import { demoPrivileges } from '../../server/elasticsearch/logs/demo_index';
import { demoIndex } from '../../server/elasticsearch/indices/names';
import {
  backfillTaskId,
  demoTaskId,
  detectionTaskId,
  trainingTaskId,
} from '../../server/kibana/contracts/identifiers';
import { administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { thisMinute, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, refusalOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './fixtures/kibana_stand_in';

/** Requests of the pages beside the life of a detector, through the HTTP API over a real Elasticsearch. */
const SECONDS = 7_200;
const admin = administrator();
const index = uniqueName('pagelogs');
const space = uniqueName('pages').toLowerCase();
const start = thisMinute() - SECONDS * 1_000;
const cleanUp: (() => Promise<unknown>)[] = [];
let kibana: KibanaStandIn;
let owner: Person;
let reader: Person;
let detector: DetectorRecord;
let beforeTraining: ((signal: AbortSignal | undefined) => Promise<void>) | undefined;

async function person(...given: [string, RoleDefinition, Person['privileges']]): Promise<Person> {
  const { remove, ...somebody } = await personWith(admin, ...given);
  cleanUp.push(remove);
  return somebody;
}
const ok = <Name extends Operation>(
  who: Person,
  operation: Name,
  given?: Parameters<KibanaStandIn['call']>[2],
): Promise<ApiResponse<Endpoints[Name]>> => answerOf(kibana, who, operation, given, space);

const refresh = () => admin.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: start, to: start + SECONDS * 1_000 }), {
    mappings: {
      runtime: { shop: { type: 'keyword' } },
      properties: {
        '@timestamp': { type: 'date' },
        event: { properties: { ingested: { type: 'date' } } },
        message: { type: 'text' },
      },
    },
  });
  kibana = startKibanaStandIn({
    administrator: admin,
    beforeTraining: async (signal) => beforeTraining?.(signal),
  });
  kibana.now = () => start + SECONDS * 1_000 + MINUTE;
  owner = await person('olga', ownerRole([index], space), ['read', 'write']);
  reader = await person('rita', readerRole(space), ['read']);
  detector = await ok(owner, 'createDetector', { body: { detector: webDetector(index), start: true } });
  const target = { space, detectorId: detector.id };
  await ok(owner, 'startDetector', { params: { id: detector.id } });
  await kibana.tasks.run(trainingTaskId(target));
  await kibana.tasks.run(detectionTaskId(target));
  await refresh();
});

afterAll(async () => {
  for (const work of cleanUp) await work();
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: [index, ...Object.keys(results)], ignore_unavailable: true });
  await admin.close();
});

describe('a filter made of a query bar', () => {
  const range = { from: String(start), to: String(start + SECONDS * 1_000) };
  /** Of the odd requests, those that took longest. */
  const SLOWEST = 33_000;
  const slowest = JSON.stringify({ bool: { filter: [{ range: { response_time: { gte: SLOWEST } } }] } });

  it('chooses among results and among the anomalies of summaries alike, not among logs scored', async () => {
    const query = { detector_id: detector.id, ...range };
    const all = await ok(reader, 'searchResults', { query });
    const chosen = await ok(reader, 'searchResults', { query: { ...query, filter: slowest } });
    expect(chosen.total).toBeGreaterThan(0);
    expect(chosen.total).toBe(
      all.results.filter(({ result }) => (result.response_time as number) >= SLOWEST).length,
    );
    expect(chosen.total).toBeLessThan(all.total);
    const [before] = (await ok(reader, 'summarizeResults', { query })).groups;
    const [after] = (await ok(reader, 'summarizeResults', { query: { ...query, filter: slowest } })).groups;
    expect(before).toMatchObject({ anomalies: all.total });
    expect(after).toMatchObject({ anomalies: chosen.total, logs: before.logs });
    const highest = Math.max(...chosen.results.map(({ result }) => result.anomaly.confidence));
    expect(Math.max(...after.buckets.map((bucket) => bucket.max_confidence ?? 0))).toBeCloseTo(highest, 6);
  });

  it('leaves the entities of nothing it chooses without anomalies', async () => {
    const { groups } = await ok(reader, 'summarizeResults', {
      query: { detector_id: detector.id, ...range, by: 'entity', severity: 'critical', filter: slowest },
    });
    const blog = groups.find(({ key }) => key === 'blog');
    expect(blog?.logs).toBeGreaterThan(0);
    expect(blog).toMatchObject({ anomalies: 0 });
  });

  it('is refused with what is wrong', async () => {
    const search = (filter: string) => kibana.call(reader, 'searchResults', { query: { filter } }, space);
    expect(refusalOf(await search('service.name : shop'))).toMatch(/^400 filter: .*JSON object/);
    expect(refusalOf(await search('[]'))).toMatch(/^400 filter: .*JSON object/);
    expect(refusalOf(await search('{"no_such_query":{}}'))).toMatch(/^400 .*no_such_query/);
    const broken = JSON.stringify({ query_string: { query: 'service.name:(' } });
    expect(refusalOf(await search(broken))).toMatch(/^400 .*Encountered/);
  });
});

describe('work that is told of while it goes on', () => {
  const statusOf = () => ok(reader, 'getStatus', { params: { id: detector.id } });
  const target = () => ({ space, detectorId: detector.id });

  it('is a training with its step, which can be stopped', async () => {
    const steps: (string | undefined)[] = [];
    beforeTraining = async (signal) => {
      steps.push((await statusOf()).training?.step);
      expect(
        (await kibana.call(reader, 'cancelTraining', { params: { id: detector.id } }, space)).status,
      ).toBe(403);
      const task = kibana.tasks.scheduled.get(trainingTaskId(target()))!;
      kibana.tasks.scheduled.set(trainingTaskId(target()), { ...task, status: 'running' });
      await ok(owner, 'cancelTraining', { params: { id: detector.id } });
      await new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () =>
          reject(new DetectionError('interrupted', 'Training was interrupted.')),
        ),
      );
    };
    const before = (await statusOf()).model;
    await ok(owner, 'trainDetector', { params: { id: detector.id } });
    await kibana.tasks.run(trainingTaskId(target()));
    beforeTraining = undefined;
    expect(steps).toEqual(['sampling']);
    const after = await statusOf();
    expect(after.training).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
    expect(after.model).toEqual(before);
  });

  it('is begun anew when its Kibana has died, and says what retry and cancel did', async () => {
    const task = trainingTaskId(target());
    const train = async () => (await ok(owner, 'trainDetector', { params: { id: detector.id } })).training;
    const cancel = async () => (await ok(owner, 'cancelTraining', { params: { id: detector.id } })).training;
    /** The Kibana that trains is killed: its task stays claimed, and nothing is written any more. */
    const killed = async (): Promise<void> => {
      const beat_at = new Date(kibana.now() - 1_000).toISOString();
      const { requested_at } = (await statusOf()).training!;
      await createStatusStore(admin, { space }).writePart(detector.id, 'training', {
        state: 'running',
        requested_at,
        step: 'learning',
        beat_at,
      });
      const claimed = kibana.tasks.scheduled.get(task)!;
      kibana.tasks.scheduled.set(task, { ...claimed, status: 'running' });
    };
    expect(await cancel()).toBe('none');
    expect(await train()).toBe('queued');
    expect(await train()).toBe('under_way');
    await killed();
    expect(await train()).toBe('under_way');
    expect(await cancel()).toBe('stopping');
    const { now: clock } = kibana;
    const later = clock() + 40_000;
    kibana.now = () => later;
    try {
      expect(await train()).toBe('taken_up');
      expect(kibana.tasks.scheduled.get(task)).toMatchObject({ status: 'idle' });
      await killed();
      kibana.now = () => later + 40_000;
      expect(await cancel()).toBe('stopped');
      expect((await statusOf()).training?.state).toBe('cancelled');

      // Without anybody asking, the next run of the detector takes it up.
      expect(await train()).toBe('queued');
      await killed();
      kibana.now = () => later + 80_000;
      await kibana.tasks.run(detectionTaskId(target()));
      expect((await statusOf()).training?.state).toBe('queued');
      expect(kibana.tasks.scheduled.get(task)).toMatchObject({ status: 'idle' });
      expect(kibana.logged.some((line) => line.includes('its training had died and is begun anew'))).toBe(
        true,
      );
      expect(await cancel()).toBe('stopped');
    } finally {
      kibana.now = clock;
    }
  });

  it('is not begun when it was stopped in the queue', async () => {
    await ok(owner, 'trainDetector', { params: { id: detector.id } });
    await ok(owner, 'cancelTraining', { params: { id: detector.id } });
    expect(kibana.tasks.scheduled.has(trainingTaskId(target()))).toBe(false);
    expect((await statusOf()).training?.state).toBe('cancelled');
  });

  it('are runs, the last of which are remembered with what went wrong', async () => {
    const [first] = (await statusOf()).runs!;
    expect(first).toMatchObject({ complete: true, logs: expect.any(Number) });
    const { now: clock } = kibana;
    const later = clock() + 16 * MINUTE;
    kibana.now = () => later;
    await admin.indices.putSettings({ index, settings: { 'index.blocks.read': true } });
    try {
      await kibana.tasks.run(detectionTaskId(target()));
    } finally {
      await admin.indices.putSettings({ index, settings: { 'index.blocks.read': null } });
    }
    const [failed, before] = (await statusOf()).runs!;
    expect(failed).toMatchObject({ complete: false, failure: { next_step: expect.any(String) } });
    expect(before).toEqual(first);
    const many = RUNS_KEPT + 5;
    for (let run = 0; run < many; run++) {
      const now = kibana.now() + 61 * MINUTE;
      kibana.now = () => now;
      await kibana.tasks.run(detectionTaskId(target()));
    }
    kibana.now = clock;
    expect((await statusOf()).runs).toHaveLength(RUNS_KEPT);
  });
});

describe('what the form of a detector shows', () => {
  it('are a few logs and what the fields hold, by one request for all of them', async () => {
    const features = [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'service.name' },
      { type: 'category', field: 'no.such.field' },
      { type: 'category', field: 'shop' },
    ];
    const body = { source: { index }, window: '3h', features };
    const found = await ok(owner, 'describeLogs', { body });
    expect(found).toMatchObject({ logs: SECONDS, sampled: 500 });
    // They came in two of the three hours.
    expect(found.days).toBeCloseTo(SECONDS / 86_400, 2);
    expect(found.documents).toHaveLength(10);
    expect(found.documents[0].document).toMatchObject({ service: { name: expect.any(String) } });
    const [time, service, none, runtime] = found.distributions;
    expect(time.bins.reduce((sum, bin) => sum + bin.logs, 0)).toBe(500);
    expect(service.values.map(({ value }) => value).sort()).toEqual(['blog', 'shop']);
    expect(none).toMatchObject({ missing: 500, values: [] });
    expect([time, service, none, runtime].map(({ is_mapped: isMapped }) => isMapped)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    const kinds = Object.fromEntries(found.fields.map(({ field, kind }) => [field, kind]));
    expect(kinds).toMatchObject({
      '@timestamp': 'time',
      response_time: 'number',
      'service.name': expect.stringMatching(/value|text/),
    });
    const denied = await kibana.call(reader, 'describeLogs', { body }, space);
    expect(denied.status).toBe(403);
    const nothing = { ...body, source: { index, query: 'service.name:none' } };
    expect(refusalOf(await kibana.call(owner, 'describeLogs', { body: nothing }, space))).toMatch(
      /^422 .* holds logs in the last 3h, but none that the query selects\.$/,
    );
  });

  it('is a preview whose threshold follows from its scores for any share', async () => {
    const preview = await ok(owner, 'previewDetector', {
      body: { detector: parseDetector(webDetector(index, { training: { window: '7d' } })), top: 40 },
    });
    expect(preview.alerts_per_day / preview.alert_share).toBeCloseTo(86_400, -3);
    expect(preview.top).toHaveLength(40);
    expect(contaminationThreshold(preview.quantiles, 0.01)).toBeCloseTo(preview.threshold, 9);
    const flagged = preview.top.filter(({ score }) => score >= preview.threshold);
    expect(flagged.every(({ is_anomaly }) => is_anomaly)).toBe(true);
    expect(preview.top.filter(({ is_anomaly }) => is_anomaly)).toHaveLength(flagged.length);
  });
});

describe('a comparison of models', () => {
  it('has figures from feedback, the distribution of scores and the drift of each feature', async () => {
    const { models } = await ok(reader, 'listModels', { params: { id: detector.id } });
    const { results } = await ok(reader, 'searchResults', { query: { detector_id: detector.id, size: '3' } });
    const judge = (place: number, verdict: string) =>
      ok(owner, 'saveFeedback', {
        params: { id: detector.id },
        body: {
          source: { index: results[place].result.source.index, id: results[place].result.source.id },
          verdict,
        },
      });
    await judge(0, 'real');
    await judge(1, 'real');
    await judge(2, 'not_an_anomaly');
    const [{ version }] = models;
    const found = await ok(owner, 'compareModels', {
      params: { id: detector.id },
      query: { left: version, right: version },
    });
    expect(found.left).toEqual(found.right);
    expect(found.left.judged).toEqual([
      { from: 'feedback', logs: 3, precision: 2 / 3, recall: 1, false_alarms_per_day: expect.any(Number) },
    ]);
    expect(found.left.judged[0].false_alarms_per_day).toBeCloseTo(found.left.alerts_per_day / 3, 6);
    expect(found.left.score_shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(found.score_edges).toHaveLength(found.left.score_shares.length + 1);
    expect(found.feature_drift.map(({ feature }) => feature).sort()).toEqual([
      'http.response.status_code',
      'response_time',
    ]);
    for (const { left } of found.feature_drift) expect(left).toBeLessThan(0.1);
  });
});

describe('the evidence for a result', () => {
  it('says how often and since when the logs hold its like, and what stands around it, to whoever may read them', async () => {
    const { results } = await ok(reader, 'searchResults', { query: { detector_id: detector.id, size: '1' } });
    const [{ id, result }] = results;
    const given = { params: { result_id: id } };
    const last = new Date(start + (SECONDS - 1) * 1_000).toISOString();
    const { pattern, neighbours } = await ok(owner, 'getEvidence', given);
    expect(pattern.value).toMatchObject({
      pattern: expect.stringMatching(/^GET \S*<num>/),
      of: 'logs',
      count: SECONDS,
      first_seen: new Date(start).toISOString(),
      last_seen: last,
      complete: true,
    });
    // Every other second is one of the same service.
    const seconds = (lines: { time: string }[] = []) =>
      lines.map(({ time }) => (Date.parse(time) - Date.parse(result['@timestamp'])) / 1_000);
    expect(seconds(neighbours.value?.before)).toEqual([-10, -8, -6, -4, -2]);
    expect(neighbours.value?.before[0].log).toMatchObject({ service: { name: result.anomaly.entity } });
    const denied = await ok(reader, 'getEvidence', given);
    expect(denied.pattern.failure?.code).toBe('forbidden');
    expect(denied.neighbours.failure?.code).toBe('forbidden');
    expect(denied.similar.value?.total).toBeGreaterThan(0);
  });
});

describe('several entities', () => {
  it('are chosen together', async () => {
    const query = { detector_id: detector.id, from: String(start) };
    const groupsOf = async (entity: string | string[]) =>
      (await ok(reader, 'summarizeResults', { query: { ...query, by: 'entity', entity } })).groups.map(
        ({ key }) => key,
      );
    expect((await groupsOf(['shop', 'blog'])).sort()).toEqual(['blog', 'shop']);
    expect(await groupsOf('blog')).toEqual(['blog']);
  });
});

describe('sample logs', () => {
  const countIn = async (where: string): Promise<number> => {
    await admin.indices.refresh({ index: where, ignore_unavailable: true, allow_no_indices: true });
    return (await admin.count({ index: where, ignore_unavailable: true, allow_no_indices: true })).count;
  };

  it('are made, learned and scored with the rights of whoever asks, and removed again', async () => {
    const role = ownerRole([], space);
    const newcomer = await person(
      'nora',
      {
        ...role,
        indices: [
          ...role.indices,
          demoPrivileges(space),
          { names: [resultsPattern(space)], privileges: ['delete'] },
        ],
      },
      ['read', 'write'],
    );
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'none', index: demoIndex(space) });
    const begun = await ok(newcomer, 'installSample');
    expect(begun).toMatchObject({ state: 'writing', done: 0 });
    expect((await kibana.call(newcomer, 'installSample', {}, space)).status).toBe(409);

    const target = { space, detectorId: begun.detector_id as string };
    // One run writes, trains, and asks for the scoring: each further one would begin seconds later.
    const making = kibana.tasks.run(demoTaskId(target));
    while ((await ok(reader, 'getSample')).state === 'writing') await setTimeout(50);
    const written = await countIn(demoIndex(space));
    expect(written).toBeGreaterThan(9_500);
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'training', done: written, total: written });
    expect(kibana.tasks.scheduled.has(trainingTaskId(target))).toBe(false);
    await making;
    expect(kibana.tasks.scheduled.has(demoTaskId(target))).toBe(false);
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'scoring', done: 0 });
    await kibana.tasks.run(backfillTaskId(target));
    const ready = await ok(reader, 'getSample');
    expect(ready).toMatchObject({ state: 'ready', detector_id: target.detectorId });
    expect(ready.done).toBe(ready.total);
    expect(ready.total).toBeGreaterThan(9_500);
    await refresh();
    const query = {
      detector_id: target.detectorId,
      from: String(Date.parse(begun.requested_at as string) - 7 * 86_400_000),
    };
    expect((await ok(newcomer, 'searchResults', { query })).total).toBeGreaterThan(50);

    expect((await ok(newcomer, 'removeSample')).warnings).toEqual([]);
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'none' });
    expect(await countIn(demoIndex(space))).toBe(0);
    expect(await admin.indices.exists({ index: demoIndex(space) })).toBe(false);
    await refresh();
    expect((await ok(newcomer, 'searchResults', { query })).total).toBe(0);
    expect(
      (await kibana.call(newcomer, 'getDetector', { params: { id: target.detectorId } }, space)).status,
    ).toBe(404);
    expect([...kibana.tasks.scheduled.keys()].filter((id) => id.includes(target.detectorId))).toEqual([]);
  }, 240_000);

  it('are not begun without each right that they take', async () => {
    const reply = refusalOf(await kibana.call(owner, 'installSample', {}, space));
    expect(reply).toBe(
      `403 The sample logs are made with your rights, and you lack: create_index, index, read, view_index_metadata, delete_index on "${demoIndex(space)}". Ask for a role that has them.`,
    );
    expect((await kibana.call(reader, 'installSample', {}, space)).status).toBe(403);
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'none' });
  });

  it('leave no detector behind when their index cannot be made', async () => {
    const role = ownerRole([], space);
    const newcomer = await person('nell', { ...role, indices: [...role.indices, demoPrivileges(space)] }, [
      'read',
      'write',
    ]);
    const named = async () =>
      (await ok(reader, 'listDetectors')).detectors.filter(({ detector }) => detector.name === 'Sample logs');
    const limit = (shards: number | null) =>
      admin.cluster.putSettings({ persistent: { 'cluster.max_shards_per_node': shards } });
    await limit(1);
    try {
      expect((await kibana.call(newcomer, 'installSample', {}, space)).status).toBeGreaterThanOrEqual(400);
    } finally {
      await limit(null);
    }
    expect(await named()).toEqual([]);
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'none' });

    // Nor when nobody would write them; an index that was there already stays.
    const scheduled = jest
      .spyOn(kibana.tasks, 'ensureScheduled')
      .mockRejectedValueOnce(new Error('no task now'));
    await admin.index({
      index: demoIndex(space),
      id: 'of-before',
      document: { message: 'kept' },
      refresh: true,
    });
    try {
      expect((await kibana.call(newcomer, 'installSample', {}, space)).status).toBeGreaterThanOrEqual(400);
      expect(scheduled).toHaveBeenCalledTimes(1);
    } finally {
      scheduled.mockRestore();
    }
    expect(await named()).toEqual([]);
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'none' });
    expect(await countIn(demoIndex(space))).toBe(1);
    await admin.indices.delete({ index: demoIndex(space) });
  });

  it('tell what went wrong on the way, and begin again', async () => {
    const role = ownerRole([], space);
    const newcomer = await person('nils', { ...role, indices: [...role.indices, demoPrivileges(space)] }, [
      'read',
      'write',
    ]);
    const begun = await ok(newcomer, 'installSample');
    await admin.indices.putSettings({ index: demoIndex(space), settings: { 'index.blocks.write': true } });
    await kibana.tasks.run(demoTaskId({ space, detectorId: begun.detector_id as string }));
    const failed = await ok(reader, 'getSample');
    expect(failed).toMatchObject({
      state: 'failed',
      failure: { message: expect.stringMatching(/write sample logs/) },
    });
    const again = await ok(newcomer, 'installSample');
    expect(again).toMatchObject({ state: 'writing' });
    expect(again.detector_id).not.toBe(begun.detector_id);
    await ok(newcomer, 'deleteDetector', { params: { id: again.detector_id as string } });
    expect(await ok(reader, 'getSample')).toMatchObject({ state: 'failed', failure: { code: 'not_found' } });
    await ok(newcomer, 'removeSample');
    expect(await admin.indices.exists({ index: demoIndex(space) })).toBe(false);
  });
});
