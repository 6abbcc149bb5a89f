import type { Client } from '@elastic/elasticsearch';
import {
  type ApiResponse,
  type BackfillReport,
  type DetectorRecord,
  type DetectorStatus,
  type Endpoints,
  type Operation,
} from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import {
  joinedRoles,
  ownerRole,
  pipelineRole,
  readerRole,
  resultsPattern,
  type RoleDefinition,
} from '../../server/elasticsearch';
import { pipelineName } from '../../server/elasticsearch/ingest';
import { backfillTaskId, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { addLogs, administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { thisMinute, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, refusalOf, resultIdsOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './fixtures/kibana_stand_in';

const SECONDS = 3_600;

const admin = administrator();
const index = uniqueName('weblogs').toLowerCase();
const copy = `${index}-copy`;
const space = uniqueName('space').toLowerCase();
const start = thisMinute() - SECONDS * 1_000;
let kibana: KibanaStandIn;
let owner: Person;
let lesser: Person;
let reader: Person;
const cleanUp: (() => Promise<unknown>)[] = [];

async function person(...given: [string, RoleDefinition, Person['privileges']]): Promise<Person> {
  const { remove, ...somebody } = await personWith(admin, ...given);
  cleanUp.push(remove);
  return somebody;
}
const ok = <Body>(
  who: Person,
  operation: Operation,
  given?: Parameters<KibanaStandIn['call']>[2],
): Promise<Body> => answerOf(kibana, who, operation, given, space) as Promise<Body>;
const refused = async (
  who: Person,
  operation: Operation,
  given?: Parameters<KibanaStandIn['call']>[2],
): Promise<string> => {
  return refusalOf(await kibana.call(who, operation, given, space));
};

const target = (detectorId: string) => ({ space, detectorId });
const status = (id: string): Promise<DetectorStatus> => ok(reader, 'getStatus', { params: { id } });
const train = async (id: string): Promise<DetectorStatus> => {
  await ok(owner, 'trainDetector', { params: { id } });
  await kibana.tasks.run(trainingTaskId(target(id)));
  return status(id);
};
const detectorOf = (change: Partial<DetectorInput> = {}): DetectorInput =>
  webDetector(index, { scoring: 'ingest', training: { window: '2h', max_rows: 2_000 }, ...change });

async function created(change: Partial<DetectorInput> = {}): Promise<DetectorRecord> {
  return ok(owner, 'createDetector', { body: { detector: detectorOf(change), start: false } });
}

async function sourcesOf(client: Client, where: string): Promise<{ model?: { version: string } }[]> {
  await client.indices.refresh({ index: where });
  const { hits } = await client.search<{ model?: { version: string } }>({
    index: where,
    size: 10_000,
    _source: ['model'],
  });
  return hits.hits.map(({ _source }) => _source ?? {});
}

const resultIds = (detectorId: string): Promise<string[]> => resultIdsOf(admin, space, detectorId);

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: start, to: start + SECONDS * 1_000 }), {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        event: { properties: { ingested: { type: 'date' } } },
        service: { properties: { name: { type: 'keyword' } } },
        http: { properties: { response: { properties: { status_code: { type: 'long' } } } } },
      },
    },
  });
  kibana = startKibanaStandIn({ administrator: admin });
  kibana.now = () => start + SECONDS * 1_000 + MINUTE;
  owner = await person(
    'olga',
    joinedRoles(ownerRole([index], space, 'ingest'), pipelineRole([index]), {
      cluster: [],
      indices: [{ names: [copy], privileges: ['read', 'write', 'manage'] }],
    }),
    ['read', 'write'],
  );
  lesser = await person('lee', ownerRole([index], space), ['read', 'write']);
  reader = await person('rita', readerRole(space), ['read']);
});

afterEach(async () => {
  kibana.savedObjects.objects.clear();
  kibana.tasks.scheduled.clear();
  await admin.indices.putSettings({ index, settings: { index: { final_pipeline: '_none' } } });
  await admin.ingest
    .deletePipeline({ id: `${pipelineName('', space).slice(0, 40)}*` })
    .catch(() => undefined);
});
afterAll(async () => {
  for (const work of cleanUp) await work();
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: [index, copy, ...Object.keys(results)], ignore_unavailable: true });
  await admin.ingest.deletePipeline({ id: `log-anomalies-score.${space}.*` }).catch(() => undefined);
  await admin.close();
});

describe('a detector with scoring: ingest through the HTTP API', () => {
  it('is trained into a pipeline, attached on request, and its results are collected', async () => {
    expect(
      await refused(lesser, 'createDetector', { body: { detector: detectorOf(), start: false } }),
    ).toMatch(/^403 .*manage_ingest_pipelines on the cluster/);
    const { id } = await created();
    await ok(owner, 'startDetector', { params: { id } });
    const after = await train(id);
    expect(after.training).toMatchObject({ state: 'promoted' });
    const version = after.model!.version;
    expect(after.pipeline).toMatchObject({ name: pipelineName(id, space), version });

    const before = await ok(owner, 'getPipeline', { params: { id } });
    expect(before).toMatchObject({
      pipeline: { version },
      active_version: version,
      indices: [{ index, attached: false }],
    });
    const plan = await ok<{ requests: { path: string }[] }>(owner, 'planAttachment', { params: { id } });
    expect(plan).toMatchObject({
      processor: { pipeline: { name: pipelineName(id, space) } },
      component_template: { method: 'PUT' },
    });
    expect(plan.requests.map(({ path }) => path)).toEqual([`/${index}/_mapping`, `/${index}/_settings`]);
    expect(await ok(owner, 'getPipeline', { params: { id } })).toEqual(before);

    // Nothing is attached: logs arrive without a score, which the status says.
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect((await status(id)).last_run).toMatchObject({ logs: 0, anomalies: 0 });
    expect((await status(id)).last_run!.unscored).toBeGreaterThan(800);

    expect(await refused(lesser, 'attachPipeline', { params: { id }, body: {} })).toMatch(/^403 /);
    await ok(owner, 'attachPipeline', { params: { id }, body: {} });
    expect(await ok(owner, 'getPipeline', { params: { id } })).toMatchObject({
      indices: [{ index, attached: true, final_pipeline: pipelineName(id, space) }],
    });

    const clock = kibana.now;
    const arrived = webLogs({ from: clock(), to: clock() + 400_000 }, undefined, 'new');
    await addLogs(admin, index, arrived);
    kibana.now = () => clock() + 500_000;
    try {
      await kibana.tasks.run(detectionTaskId(target(id)));
      const ran = await status(id);
      expect(ran).toMatchObject({
        state: 'running',
        last_run: { logs: 400, unscored: 0, complete: true },
        pipeline: { version },
      });
      expect(await resultIds(id)).toEqual(expect.arrayContaining(['new-100', 'new-300']));
      const found = await ok<{ results: { result: object }[] }>(reader, 'searchResults', {
        query: { detector_id: id, sort: 'score', size: '1' },
      });
      expect(found.results[0].result).toMatchObject({
        model: { version },
        anomaly: { entity: 'shop', reason: expect.stringContaining('response_time') },
      });
      const groups = await ok<{ groups: { key: string; logs: number }[] }>(reader, 'summarizeResults', {
        query: { detector_id: id, by: 'entity', to: String(kibana.now()) },
      });
      expect(groups.groups.reduce((sum, { logs }) => sum + logs, 0)).toBe(400);
    } finally {
      kibana.now = clock;
      await admin.deleteByQuery({ index, query: { ids: { values: arrived.map((log) => log.id) } } });
    }

    expect(await refused(owner, 'deletePipeline', { params: { id } })).toMatch(/final pipeline/);
    expect(await ok(owner, 'detachPipeline', { params: { id }, body: {} })).toEqual({ detached: [index] });
    const { warnings } = await ok<{ warnings: string[] }>(owner, 'deleteDetector', { params: { id } });
    expect(warnings).toEqual([]);
    expect(await admin.ingest.getPipeline({ id: pipelineName(id, space) }).catch(() => 'gone')).toBe('gone');
  });

  it('swaps, reverts and limits the pipeline with its models', async () => {
    const { id, version: revision } = await created();
    const first = (await train(id)).model!.version;
    const trial = await ok<{ trial: { microseconds_per_log: number; logs: number } }>(
      owner,
      'simulatePipeline',
      {
        params: { id },
        body: { logs: 200 },
      },
    );
    expect(trial.trial.logs).toBe(200);
    expect(
      await refused(owner, 'simulatePipeline', {
        params: { id },
        body: { max_microseconds_per_log: 0.000_1 },
      }),
    ).toMatch(/^422 The pipeline costs .* microseconds a log/);
    await ok(owner, 'putPipeline', { params: { id }, body: { max_microseconds_per_log: 50_000 } });

    const clock = kibana.now;
    kibana.now = () => clock() + 1_000;
    const trained = await train(id);
    kibana.now = clock;
    const second = trained.model!.version;
    expect(second).not.toBe(first);
    expect(trained.pipeline).toMatchObject({
      version: second,
      previous_version: first,
      max_microseconds_per_log: 50_000,
    });
    expect(await refused(owner, 'putPipeline', { params: { id }, body: { version: first } })).toMatch(
      /^422 With scoring: ingest the pipeline scores with the active model/,
    );

    // Whoever promotes chooses what the pipeline is made of: the detector's own key does not stand in for the right.
    expect(await refused(lesser, 'promoteModel', { params: { id, version: first }, body: {} })).toMatch(
      /^403 .*ingest pipeline/,
    );
    expect(await status(id)).toMatchObject({ model: { version: second }, pipeline: { version: second } });
    await ok(owner, 'promoteModel', { params: { id, version: first }, body: {} });
    expect((await status(id)).pipeline).toMatchObject({ version: first, previous_version: second });
    await ok(owner, 'revertModel', { params: { id }, body: {} });
    expect(await status(id)).toMatchObject({ model: { version: second }, pipeline: { version: second } });
    await ok(owner, 'revertPipeline', { params: { id } });
    expect(await status(id)).toMatchObject({ model: { version: first }, pipeline: { version: first } });
    const audit = { params: { id }, query: { actions: 'model_reverted' } };
    const { entries } = await ok<{ entries: object[] }>(owner, 'listAudit', audit);
    expect(entries).toContainEqual(
      expect.objectContaining({ from: second, to: first, reason: 'reverted with the pipeline' }),
    );

    // The threshold of an edit goes live with it, and of one that is not saved it does not.
    const edited = detectorOf({ threshold: { method: 'fixed', score: 0.7 } });
    const save = (detector: DetectorInput, version: string) => ({
      params: { id },
      body: { detector, version },
    });
    const late = detectorOf({ threshold: { method: 'fixed', score: 0.8 } });
    await ok(owner, 'updateDetector', save(edited, revision));
    expect((await status(id)).pipeline).toMatchObject({ version: first, threshold: 0.7 });
    expect(await refused(owner, 'updateDetector', save(late, revision))).toMatch(/^409 /);
    const live = await admin.ingest.getPipeline({ id: pipelineName(id, space) });
    expect(live[pipelineName(id, space)]._meta).toMatchObject({ threshold: 0.7 });
    const { version: next } = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const { create } = kibana.services.apiKeys.records;
    Object.assign(kibana.services.apiKeys.records, { create: () => Promise.reject(new Error('no room')) });
    try {
      expect((await kibana.call(owner, 'updateDetector', save(late, next), space)).status).toBe(500);
    } finally {
      Object.assign(kibana.services.apiKeys.records, { create });
    }
    expect((await status(id)).pipeline).toMatchObject({ version: first, threshold: 0.7 });

    // So does that of an edit which takes a new model as well: nobody knows when that one is promoted.
    const both = detectorOf({ threshold: { method: 'fixed', score: 0.75 }, forest: { seed: 7 } });
    await ok(owner, 'updateDetector', save(both, next));
    expect((await status(id)).pipeline).toMatchObject({ version: first, threshold: 0.75 });
    const adaptive = await ok<{ issues: string[] }>(owner, 'validateDetector', {
      body: { detector: detectorOf({ threshold: { method: 'adaptive' } }) },
    });
    expect(adaptive.issues[0]).toMatch(/^threshold.method: cannot be adaptive with scoring: ingest/);

    await ok(owner, 'deletePipeline', { params: { id } });
    expect((await status(id)).pipeline).toBeUndefined();
    expect(await refused(owner, 'planAttachment', { params: { id } })).toMatch(
      /^404 .*has no ingest pipeline/,
    );
  });

  it('scores history inside the cluster, shows how far, is cancelled and goes on', async () => {
    const { id } = await created();
    const { model } = await train(id);
    const range = { from: new Date(start).toISOString(), to: start + 2_000_000 };
    const task = backfillTaskId(target(id));
    const body = { ...range, logs_per_second: 300, slices: 1 };
    await ok(owner, 'startBackfill', { params: { id }, body });
    const slow = kibana.tasks.run(task);
    let seen: BackfillReport;
    do {
      await new Promise((wake) => setTimeout(wake, 200));
      seen = await ok(reader, 'getBackfill', { params: { id } });
    } while (seen.logs === 0 && seen.state !== 'done');
    expect(seen).toMatchObject({ state: 'running', where: 'cluster', total: 2_000, slices: 1 });
    await ok(owner, 'cancelBackfill', { params: { id } });
    await slow;
    const cancelled = await ok<BackfillReport>(reader, 'getBackfill', { params: { id } });
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.logs).toBeLessThan(2_000);

    await ok(owner, 'startBackfill', { params: { id }, body: { ...range, slices: 2 } });
    while (kibana.tasks.scheduled.has(task)) await kibana.tasks.run(task);
    const done = await ok<BackfillReport>(reader, 'getBackfill', { params: { id } });
    expect(done.state).toBe('done');
    expect(done.total! + cancelled.logs).toBeGreaterThanOrEqual(2_000);
    expect(done.anomalies).toBe(done.created);
    const scored = (await sourcesOf(admin, index)).filter(({ model: by }) => by?.version === model!.version);
    expect(scored).toHaveLength(2_000);
    const ids = await resultIds(id);
    expect(ids).toEqual(expect.arrayContaining(['log-100', 'log-1900']));
    expect(ids).toHaveLength(done.anomalies);

    await ok(owner, 'startBackfill', { params: { id }, body: { ...range, into: copy } });
    while (kibana.tasks.scheduled.has(task)) await kibana.tasks.run(task);
    expect(await sourcesOf(admin, copy)).toHaveLength(0);
    const other = { from: start + 2_000_000, to: start + 3_000_000, into: copy };
    await ok(owner, 'startBackfill', { params: { id }, body: other });
    while (kibana.tasks.scheduled.has(task)) await kibana.tasks.run(task);
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done', logs: 1_000 });
    expect(await sourcesOf(admin, copy)).toHaveLength(1_000);
    expect(
      await refused(owner, 'startBackfill', { params: { id }, body: { ...other, where: 'job' } }),
    ).toMatch(/^400 into: only for a backfill in the cluster/);
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('says that it counts no patterns in the cluster, and counts them where Kibana reads the same logs', async () => {
    const { id } = await created({ scoring: 'job', patterns: { field: 'message' } });
    await train(id);
    await ok(owner, 'putPipeline', { params: { id }, body: { max_microseconds_per_log: 50_000 } });
    const task = backfillTaskId(target(id));
    const backfill = async (where: 'cluster' | 'job'): Promise<BackfillReport> => {
      const body = { from: start, to: start + 1_000_000, where };
      const queued = await ok<BackfillReport>(owner, 'startBackfill', { params: { id }, body });
      while (kibana.tasks.scheduled.has(task)) await kibana.tasks.run(task);
      const done = await ok<BackfillReport>(reader, 'getBackfill', { params: { id } });
      expect(done.state).toBe('done');
      expect(done.patterns_not_counted).toBe(queued.patterns_not_counted);
      return done;
    };
    const counted = async (): Promise<number> => {
      const query = { from: String(start), to: String(start + 1_000_000) };
      const { patterns } = await ok<ApiResponse<Endpoints['listLogPatterns']>>(reader, 'listLogPatterns', {
        ...{ params: { id }, query },
      });
      return patterns.reduce((sum, { logs }) => sum + logs, 0);
    };
    expect((await backfill('cluster')).patterns_not_counted).toBe(true);
    expect(await counted()).toBe(0);
    expect((await backfill('job')).patterns_not_counted).toBeUndefined();
    expect(await counted()).toBeGreaterThan(0);
  });
});
