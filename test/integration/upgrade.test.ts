import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { ENDPOINTS, type ApiResponse, type Endpoint, type Endpoints, type Operation } from '../../common/api';
import { decodeModelSnapshot } from '../../common/model_snapshot';
import {
  auditIndex,
  checkpointsIndex,
  createAuditTrail,
  createCheckpointStore,
  createDriftStore,
  createFeedbackStore,
  createResultStore,
  createSnapshotStore,
  createSuppressionStore,
  deleteOldIndices,
  feedbackIndex,
  isUpgraded,
  modelsIndex,
  oldSpaces,
  ownerRole,
  readerRole,
  resultsPattern,
  upgradeSpace,
} from '../../server/elasticsearch';
import { detectionTaskId } from '../../server/kibana/contracts/identifiers';
import { createStatusStore } from '../../server/kibana/records/status_store';
import { createElasticsearchJournal } from '../../server/elasticsearch/stores/announcement_journal';
import {
  addLogs,
  administrator,
  createLogs,
  MINUTE,
  QUICK,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { TIME_MAPPINGS, webLogs } from './fixtures/kibana_logs';
import { answerOf, resultIdsOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './fixtures/kibana_stand_in';
import { requestsOf } from '../security/requests';
import { run as command } from './fixtures/command_line_fixture';

/** Operations that change nothing, though they are sent as POST. */
const READING_BY_POST: readonly Operation[] = [
  'validateDetector',
  'suggestFeatures',
  'describeLogs',
  'previewDetector',
];

/** Written by version 0.1.0 in two spaces, one of which begins with the name of the other: see README.md there. */
const FOLDER = join(__dirname, 'fixtures/version_0_1_0');
const SPACES = ['sec-a', 'sec-a-x'] as const;
const LOGS = 'weblogs-of-0.1.0';
const FROM = Date.UTC(2026, 9, 31, 23);
const TO = FROM + 2 * 3_600_000;

interface OldDocument {
  readonly index: string;
  readonly id: string;
  readonly document: Record<string, unknown>;
}
const linesOf = <Line>(file: string): Line[] =>
  readFileSync(join(FOLDER, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const documents = linesOf<OldDocument>('documents.ndjson');
const objects = linesOf<{ id: string; type: string; space: string }>('saved_objects.ndjson');
const detectorOf = (space: string): string => objects.find((object) => object.space === space)!.id;

const admin = administrator();

async function removeAll(): Promise<void> {
  const names = [
    'log-anomalies-models',
    'log-anomalies-checkpoints',
    ...SPACES.flatMap((space) => [
      `log-anomalies-feedback-${space}`,
      `log-anomalies-results-${space}-2026.10`,
      `log-anomalies-results-${space}-2026.11`,
      `log-anomalies-results-${space}-2026.12`,
      auditIndex(space),
      checkpointsIndex(space),
      feedbackIndex(space),
      modelsIndex(space),
      ...['2026.10', '2026.11', '2026.12'].map((month) => resultsPattern(space).replace('*', month)),
    ]),
  ];
  await admin.indices.delete({ index: names, ignore_unavailable: true });
}

beforeAll(async () => {
  await admin.indices.delete({ index: LOGS, ignore_unavailable: true });
  await createLogs(admin, LOGS, webLogs({ from: FROM, to: TO }), { mappings: TIME_MAPPINGS });
  const later = webLogs({ from: TO + MINUTE, to: TO + 5 * MINUTE }, undefined, 'later');
  await addLogs(admin, LOGS, later);
});
beforeEach(async () => {
  await removeAll();
  const indices = JSON.parse(readFileSync(join(FOLDER, 'indices.json'), 'utf8')) as Record<string, object>;
  for (const [index, description] of Object.entries(indices)) {
    await admin.indices.create({ index, ...description });
  }
  const { errors } = await admin.bulk({
    operations: documents.flatMap(({ index, id, document }) => [
      { create: { _index: index, _id: id } },
      document,
    ]),
    refresh: true,
  });
  expect(errors).toBe(false);
});
afterAll(async () => {
  await removeAll();
  await admin.indices.delete({ index: LOGS, ignore_unavailable: true });
  await admin.close();
});

const move = (space: string, client: Client = admin) =>
  upgradeSpace(client, { space, now: () => TO, policy: QUICK });

/** Everything in the new indices of a space, by id, as it is stored. */
async function storedOf(space: string): Promise<Map<string, unknown>> {
  const { hits } = await admin.search({
    index: [
      resultsPattern(space),
      ...[modelsIndex, checkpointsIndex, feedbackIndex, auditIndex].map((nameOf) => nameOf(space)),
    ],
    ignore_unavailable: true,
    size: 10_000,
    query: { bool: { must_not: [{ term: { type: 'upgrade' } }] } },
  });
  return new Map(hits.hits.map(({ _id, _source }) => [_id as string, _source]));
}

/** Returns the expected data of a space, from the names of its indices and, in shared indices, from the documents. */
const expectedOf = (space: string): Map<string, unknown> =>
  new Map(
    documents
      .filter(({ index, document }) => {
        const checkpoint = document.checkpoint as { detectorId: string; runId: string } | undefined;
        if (checkpoint !== undefined) {
          return checkpoint.detectorId === 'web'
            ? checkpoint.runId === `run in ${space}`
            : checkpoint.detectorId === detectorOf(space);
        }
        return document.space === undefined
          ? new RegExp(`^log-anomalies-(feedback-${space}|results-${space}-2026\\.1[01])$`).test(index)
          : document.space === space;
      })
      .map(({ id, document }) => [id, document]),
  );

test('the data of version 0.1.0 has everything that it stored, in both spaces', () => {
  const kinds = documents.map(({ document }) => {
    const { type: result } = (document.result ?? {}) as { type?: string };
    return String(document.kind ?? document.type ?? result ?? 'checkpoint');
  });
  expect([...new Set(kinds)].sort()).toEqual(
    [
      'active',
      'announced',
      'audit',
      'bucket',
      'channel',
      'checkpoint',
      'drift',
      'log',
      'model',
      'part',
      'status',
    ].concat('suppressed', 'suppression', 'verdict'),
  );
  expect(expectedOf('sec-a').size + expectedOf('sec-a-x').size).toBe(documents.length);
});

test('each document comes to its own space, unchanged, once', async () => {
  expect(await oldSpaces(admin)).toEqual([...SPACES]);
  expect(await move('sec-a')).toEqual({ state: 'moved', documents: expectedOf('sec-a').size });
  expect(await storedOf('sec-a')).toEqual(expectedOf('sec-a'));
  expect((await storedOf('sec-a-x')).size).toBe(0);
  await move('sec-a-x');
  for (const space of SPACES) {
    expect(await storedOf(space)).toEqual(expectedOf(space));
    expect(await move(space)).toEqual({ state: 'earlier', documents: 0 });
  }
  // Verdicts removed since then do not come back.
  await createFeedbackStore(admin, { space: 'sec-a' }).remove('web', { index: LOGS, id: '1' });
  await move('sec-a');
  expect(
    await createFeedbackStore(admin, { space: 'sec-a' }).find('web', { index: LOGS, id: '1' }),
  ).toBeUndefined();
});

test('a move that was cut off is carried on, and what is there already stays', async () => {
  const interruption = new AbortController();
  await expect(
    upgradeSpace(admin, {
      space: 'sec-a',
      now: () => TO,
      policy: QUICK,
      signal: interruption.signal,
      progress: (done) => {
        if (done > 20) interruption.abort();
      },
    }),
  ).rejects.toMatchObject({ code: 'interrupted' });
  expect(await isUpgraded(admin, 'sec-a')).toBe(false);
  // Somebody else may still be at it; after two minutes without a word he is not.
  await expect(move('sec-a')).rejects.toMatchObject({ code: 'conflict' });
  const again = await upgradeSpace(admin, { space: 'sec-a', now: () => TO + 3 * MINUTE, policy: QUICK });
  expect(again.state).toBe('moved');
  expect(await storedOf('sec-a')).toEqual(expectedOf('sec-a'));
  expect(await isUpgraded(admin, 'sec-a')).toBe(true);
});

test.each(SPACES)('the stores of space %s read what was moved', async (space) => {
  await move(space);
  const id = detectorOf(space);
  const options = { space, policy: QUICK };
  const models = createSnapshotStore(admin, options);
  expect((await models.list('web')).map(({ version, status, note }) => [version, status, note])).toEqual(
    expect.arrayContaining([
      ['web-1', 'retired', `by hand in ${space}`],
      ['web-2', 'active', `by hand in ${space}`],
    ]),
  );
  const active = await models.active(id);
  expect(decodeModelSnapshot(await models.load(id, active!.version)).version).toBe(active!.version);
  const { checkpoint } = (await createCheckpointStore(admin, options).read('web'))!;
  expect(checkpoint).toMatchObject({ detectorId: 'web', runId: `run in ${space}`, timestampTo: TO - MINUTE });
  const feedback = createFeedbackStore(admin, options);
  expect((await feedback.list('web')).map(({ comment }) => comment)).toEqual([space]);
  expect((await feedback.list(id)).map(({ verdict }) => verdict).sort()).toEqual(['not_an_anomaly', 'real']);
  const suppressions = await createSuppressionStore(admin, { ...options, now: () => TO }).list();
  expect(suppressions.map(({ name }) => name)).toEqual([`Deployment in ${space}`]);
  const trail = createAuditTrail(admin, options);
  expect((await trail.list('web')).entries).toMatchObject([{ reason: `by hand in ${space}`, by: 'ann' }]);
  expect((await trail.list(id)).total).toBe(5);
  const results = createResultStore(admin, options);
  expect((await results.search({ detectorId: 'web' })).results.map(({ result }) => result.source.id)).toEqual(
    [`october-of-${space}`],
  );
  expect((await results.search({ detectorId: id })).total).toBe(3);
  expect(await createDriftStore(admin, options).list('web', { from: FROM, to: TO + MINUTE })).toHaveLength(1);
  const status = (await createStatusStore(admin, { space }).read([id])).get(id);
  expect(status).toMatchObject({ training: { state: 'promoted' }, runs: { last_run: expect.anything() } });
  const journal = createElasticsearchJournal(admin, { space, detectorId: 'web' }, () => TO);
  expect([...(await journal.announced([`announced in ${space}`])).keys()]).toEqual([`announced in ${space}`]);
  expect(await journal.readChannel('slack')).toEqual({ sentAt: [TO], outbox: [] });
});

describe('a Kibana of this version', () => {
  const start = (options: { plain?: Client; administrator?: Client }): KibanaStandIn => {
    const kibana = startKibanaStandIn(options);
    kibana.now = () => TO + MINUTE;
    for (const object of objects) {
      kibana.savedObjects.objects.set(`${object.type}/${object.id}`, structuredClone(object) as never);
    }
    return kibana;
  };
  const callAs =
    (kibana: KibanaStandIn, who: Person, space: string) =>
    <Name extends Operation>(
      operation: Name,
      given?: Parameters<KibanaStandIn['call']>[2],
    ): Promise<ApiResponse<Endpoints[Name]>> =>
      answerOf(kibana, who, operation, given, space);
  const run = async (kibana: KibanaStandIn, space: string): Promise<void> => {
    const target = { space, detectorId: detectorOf(space) };
    const id = detectionTaskId(target);
    await kibana.tasks.ensureScheduled({
      id,
      taskType: 'logAnomalies:detect',
      params: { ...target },
      state: {},
      schedule: { interval: '1m' },
    });
    await kibana.tasks.run(id);
  };

  test('goes on from the checkpoint: no log is scored twice and none is missed', async () => {
    const kibana = start({ plain: admin });
    for (const space of SPACES) {
      const view = `log-anomalies-results-${space}`;
      await kibana.savedObjects
        .client(space, { includedHiddenTypes: [] })
        .create('index-pattern', { title: `${view}-*`, timeFieldName: '@timestamp' }, { id: view });
    }
    const ann: Person = { name: 'ann', client: admin, privileges: ['read', 'write'] };
    for (const space of SPACES) {
      const id = detectorOf(space);
      const call = callAs(kibana, ann, space);
      kibana.now = () => TO + 6 * MINUTE;
      await run(kibana, space);
      const status = await call('getStatus', { params: { id } });
      expect(status).toMatchObject({ consecutive_failures: 0 });
      // Version 0.1.0 had read the quarter of an hour to half a minute past one.
      await admin.indices.refresh({ index: resultsPattern(space) });
      const { hits } = await admin.search<{ bucket: { logs: number } }>({
        index: resultsPattern(space),
        size: 1_000,
        query: { bool: { filter: [{ term: { 'detector.id': id } }, { term: { 'result.type': 'bucket' } }] } },
      });
      const logs = hits.hits.reduce((sum, hit) => sum + hit._source!.bucket.logs, 0);
      expect(logs).toBe(840 + 4 * 60);
      const odd = await resultIdsOf(admin, space, id);
      expect(new Set(odd).size).toBe(odd.length);
      expect(odd).toEqual(expect.arrayContaining(['later-100']));
      expect(
        (await call('listModels', { params: { id } })).models.filter(({ status: is }) => is === 'active'),
      ).toHaveLength(1);
      expect((await call('listFeedback', { params: { id } })).feedback).toHaveLength(2);
      expect((await call('searchResults', { query: { detector_id: id, status: 'suppressed' } })).total).toBe(
        1,
      );
    }
    for (const space of SPACES) {
      const view = await kibana.savedObjects
        .client(space, { includedHiddenTypes: [] })
        .get('index-pattern', `log-anomalies-results-${space}`);
      expect(view.attributes).toEqual({ title: resultsPattern(space), timeFieldName: '@timestamp' });
    }
    expect(kibana.logged.filter((line) => line.includes('were moved'))).toHaveLength(2);
  });

  test('reads all of it on every page: each request that reads is answered, also by what 0.1.0 did not have', async () => {
    const kibana = start({ plain: admin });
    const [space] = SPACES;
    const ann: Person = { name: 'ann', client: admin, privileges: ['read', 'write'] };
    const id = detectorOf(space);
    kibana.now = () => TO + 6 * MINUTE;
    // The first run moves what was stored; the next ones write beside it.
    await run(kibana, space);
    await admin.indices.refresh({ index: 'log-anomalies-*' });
    const call = callAs(kibana, ann, space);
    const { results } = await call('searchResults', { query: { detector_id: id } });
    // Logs from TO on were read by this version.
    const found = results.find(({ result }) => Date.parse(result['@timestamp']) < TO);
    expect(found).toBeDefined();
    const old = found!;
    const { models } = await call('listModels', { params: { id } });
    const { detector, version } = await call('getDetector', { params: { id } });
    const { suppressions } = await call('listSuppressions', { query: { detector_id: id } });
    const { incidents } = await call('listIncidents', { query: { detector_id: id } });
    const source = { index: old.result.source.index, sourceId: old.result.source.id };
    const requests = requestsOf({
      detectorId: id,
      detector,
      version,
      models: models.map((model) => model.version),
      modelFile: undefined,
      result: { id: old.id, ...source },
      judged: { index: source.index, id: source.sourceId },
      suppressionId: suppressions[0]?.id ?? 'none',
      incidentId: incidents[0]?.id ?? 'none',
      annotationId: 'no-such-annotation',
      from: FROM,
      to: TO,
    });
    const refused: [Operation, number][] = [];
    for (const [operation, { method }] of Object.entries(ENDPOINTS) as [Operation, Endpoint][]) {
      if (method !== 'get' && !READING_BY_POST.includes(operation)) continue;
      const answer = await kibana.call(ann, operation, requests[operation], space);
      if (answer.status >= 400) refused.push([operation, answer.status]);
    }
    // It has no backfill, one model and no pipeline. A result of 0.1.0 tells of its number in words alone: pages ask for no chart of it.
    expect(refused).toEqual([
      ['getBackfill', 404],
      ['getValueOverTime', 400],
      ['compareModels', 400],
      ['planAttachment', 404],
    ]);
    expect(incidents.length).toBeGreaterThan(0);
    expect(kibana.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('tells an owner with the role of this version alone that somebody has to move old data, and waits for it', async () => {
    for (const space of SPACES) {
      const id = detectorOf(space);
      const kibana = start({ administrator: admin });
      const { client, username, password, remove } = await userWith(admin, ownerRole([LOGS], space));
      const authorization = { username, password };
      const ann: Person = { name: 'ann', client, authorization, privileges: ['read', 'write'] };
      const call = callAs(kibana, ann, space);
      const refused = await kibana.call(ann, 'startDetector', { params: { id } }, space);
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        403,
        expect.stringMatching(/data of version 0\.1\.0.*all rights on log-anomalies-\* moves it/),
      ]);
      // Nothing was begun anew beside what is to be moved.
      expect((await storedOf(space)).size).toBe(0);
      const problems = async () => (await call('checkSetup')).problems.filter((each) => /0\.1\.0/.test(each));
      expect(await problems()).toEqual([expect.stringContaining(`space "${space}"`)]);
      await move(space);
      expect(await problems()).toEqual([]);
      await call('startDetector', { params: { id } });
      kibana.now = () => TO + 6 * MINUTE;
      await run(kibana, space);
      expect(await call('getStatus', { params: { id } })).toMatchObject({ consecutive_failures: 0 });
      expect((await call('listModels', { params: { id } })).models.length).toBeGreaterThan(0);
      expect((await call('listFeedback', { params: { id } })).feedback).toHaveLength(2);
      expect(await resultIdsOf(admin, space, id)).toEqual(expect.arrayContaining(['later-100']));
      await remove();
    }
  });
});

test('the documented roles are enough afterwards, and see nothing of the other space or of the old names', async () => {
  for (const space of SPACES) await move(space);
  for (const space of SPACES) {
    const other = SPACES.find((each) => each !== space) as string;
    for (const role of [ownerRole([], space), readerRole(space)]) {
      const user = await userWith(admin, role);
      const models = createSnapshotStore(user.client, { space, policy: QUICK });
      expect((await models.list()).map(({ version }) => version)).toHaveLength(3);
      expect(await createSnapshotStore(user.client, { space: other, policy: QUICK }).list()).toEqual([]);
      for (const index of [
        'log-anomalies-models',
        'log-anomalies-checkpoints',
        resultsPattern(space).replace(/\.(.*)\./, '-$1-'),
      ]) {
        const found = await user.client
          .search({ index, ignore_unavailable: true, allow_no_indices: true })
          .then(({ hits }) => hits.hits.length)
          .catch((error: { statusCode?: number }) => error.statusCode);
        expect([index, found === 403 || found === 0]).toEqual([index, true]);
      }
      await user.remove();
    }
  }
});

test('who sees old data and may not move it is told what to do', async () => {
  const user = await userWith(admin, {
    cluster: [],
    indices: [
      {
        names: [
          'log-anomalies-results-sec-a-*',
          'log-anomalies-models',
          'log-anomalies-checkpoints',
          'log-anomalies-feedback-sec-a',
        ],
        privileges: ['create_index', 'view_index_metadata', 'read', 'index', 'delete'],
      },
    ],
  });
  await expect(move('sec-a', user.client)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('all rights on log-anomalies-* moves it'),
    details: { hint: expect.stringContaining('log-anomalies migrate') },
  });
  expect((await storedOf('sec-a')).size).toBe(0);
  await user.remove();
});

test('who sees a part of the old data moves nothing, and nothing is marked as moved', async () => {
  const role = ownerRole([], 'sec-a');
  const partly = { names: ['log-anomalies-results-sec-a-*'], privileges: ['read', 'view_index_metadata'] };
  const user = await userWith(admin, { ...role, indices: [...role.indices, partly] });
  await expect(move('sec-a', user.client)).rejects.toMatchObject({ code: 'forbidden' });
  expect((await storedOf('sec-a')).size).toBe(0);
  expect(await move('sec-a')).toEqual({ state: 'moved', documents: expectedOf('sec-a').size });
  expect(await move('sec-a', user.client)).toEqual({ state: 'earlier', documents: 0 });
  await user.remove();
});

test('an old index that was written after the move is moved by the next, and not deleted before', async () => {
  for (const space of SPACES) await move(space);
  await createFeedbackStore(admin, { space: 'sec-a' }).remove('web', { index: LOGS, id: '1' });
  const late = 'log-anomalies-results-sec-a-2026.12';
  const { mappings } = (await admin.indices.get({ index: 'log-anomalies-results-sec-a-2026.11' }))[
    'log-anomalies-results-sec-a-2026.11'
  ];
  await admin.indices.create({ index: late, mappings });
  await admin.index({ index: late, id: 'late', document: { message: 'late' }, refresh: true });
  await expect(deleteOldIndices(admin)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('the data of "sec-a" has not been moved'),
  });
  expect(await move('sec-a')).toEqual({ state: 'moved', documents: 1 });
  // Verdicts removed since the first move do not come back.
  expect((await storedOf('sec-a')).size).toBe(expectedOf('sec-a').size);
  expect(await deleteOldIndices(admin)).toContain(late);
});

test('what an earlier version moved without a note of the indices is not copied back, and they are not deleted', async () => {
  for (const space of SPACES) await move(space);
  await admin.updateByQuery({
    index: checkpointsIndex('sec-a'),
    query: { term: { type: 'upgrade' } },
    script: { source: "ctx._source.remove('moved')" },
    refresh: true,
  });
  await createFeedbackStore(admin, { space: 'sec-a' }).remove('web', { index: LOGS, id: '1' });
  const left = await storedOf('sec-a');
  expect(left.size).toBe(expectedOf('sec-a').size - 1);
  expect(await move('sec-a')).toEqual({ state: 'earlier', documents: 0 });
  expect(await storedOf('sec-a')).toEqual(left);
  expect(await isUpgraded(admin, 'sec-a')).toBe(true);
  // That version may have seen a part of the old data alone.
  await expect(deleteOldIndices(admin)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(
      /^Nothing was deleted: .*log-anomalies-results-sec-a-2026\.10, .* of "sec-a" were moved by an earlier version/,
    ),
  });
  expect(await oldSpaces(admin)).toEqual([...SPACES]);
});

test('the command line refuses to work beside old data, moves it, and deletes it afterwards', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-upgrade-'));
  writeFileSync(join(folder, 'config.yaml'), 'space: sec-a\n');
  await expect(deleteOldIndices(admin)).rejects.toMatchObject({ code: 'refused' });
  const early = await command(folder, 'list-models');
  expect([early.code, early.stderr]).toEqual([7, expect.stringContaining('log-anomalies migrate')]);
  const dry = await command(folder, 'migrate', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toEqual({ spaces: [...SPACES] });
  const moved = await command(folder, 'migrate', '--json');
  expect(JSON.parse(moved.stdout).spaces).toMatchObject([
    { space: 'sec-a', state: 'moved' },
    { space: 'sec-a-x', state: 'moved' },
  ]);
  const deleted = await command(folder, 'migrate', '--delete-old', '--json');
  expect(JSON.parse(deleted.stdout).deleted).toHaveLength(8);
  expect(await oldSpaces(admin)).toEqual([]);
  for (const space of SPACES) expect(await storedOf(space)).toEqual(expectedOf(space));
  const listed = await command(folder, 'list-models', '--json');
  expect(JSON.parse(listed.stdout)).toHaveLength(3);
  rmSync(folder, { recursive: true });
});
