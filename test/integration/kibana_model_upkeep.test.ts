import {
  ENDPOINTS,
  type ApiResponse,
  type CandidateGate,
  type DetectorRecord,
  type DetectorStatus,
  type DriftMeasurement,
  type Endpoints,
  type ModelRecordBody,
  type Operation,
} from '../../common/api';
import type { AuditEntryBody } from '../../common/api/audit';
import type { DetectorInput } from '../../common/detector';
import { createModelSnapshot, decodeModelSnapshot, encodeModelSnapshot } from '../../common/model_snapshot';
import { createCheckpointStore, ownerRole, resultsPattern } from '../../server/elasticsearch';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/identifiers';
import { addLogs, administrator, createLogs, MINUTE, uniqueName, userWith } from './elasticsearch_fixture';
import { isOddRequest, thisMinute, webDetector, webLogs } from './kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './kibana_stand_in';

/** What keeps the model of a detector good: drift, retraining, gated promotion, the watch after it. */

jest.setTimeout(240_000);

const HOURS = 2;
const admin = administrator();
const space = uniqueName('space').toLowerCase();
const end = thisMinute();
/** Each detector has logs of its own. */
let index: string;
const indices: string[] = [];
/** Has the rights of an owner and no more; so has the key that the detector works with. */
let anyone: Person;
let removeOwner: () => Promise<void>;
let kibana: KibanaStandIn;
let train: KibanaStandIn['services']['train'];
let now = end + MINUTE;

async function ok<Body>(operation: Operation, given?: Parameters<KibanaStandIn['call']>[2]): Promise<Body> {
  const reply = await kibana.call(anyone, operation, given, space);
  if (reply.status !== 200) throw new Error(`${operation}: ${reply.status} ${JSON.stringify(reply.body)}`);
  ENDPOINTS[operation].response.parse(JSON.parse(JSON.stringify(reply.body)));
  return reply.body as Body;
}

const status = (id: string): Promise<DetectorStatus> => ok('getStatus', { params: { id } });
const run = (id: string): Promise<void> => kibana.tasks.run(detectionTaskId({ space, detectorId: id }));
const runTraining = (id: string): Promise<void> =>
  kibana.tasks.run(trainingTaskId({ space, detectorId: id }));
const modelsOf = async (id: string): Promise<ModelRecordBody[]> =>
  (await ok<{ models: ModelRecordBody[] }>('listModels', { params: { id } })).models;

/** Oldest first. */
async function trail(id: string): Promise<AuditEntryBody[]> {
  const { entries } = await ok<{ entries: AuditEntryBody[] }>('listAudit', { params: { id } });
  return entries.reverse();
}
const actionsOf = async (id: string): Promise<string[]> => (await trail(id)).map(({ action }) => action);

/** Lets time pass, in which logs come in as they used to, or changed. */
async function pass(minutes: number, change: (log: Record<string, unknown>) => object = (log) => log) {
  const logs = webLogs({ from: now - MINUTE, to: now + (minutes - 1) * MINUTE }, isOddRequest, `at-${now}`);
  await addLogs(
    admin,
    index,
    logs.map(({ id, document }) => ({ id, document: change(document as Record<string, unknown>) })),
  );
  now += minutes * MINUTE;
}

const slower = (log: Record<string, unknown>): object => ({
  ...log,
  response_time: 3 * (log.response_time as number),
});

async function newLogs(): Promise<void> {
  index = uniqueName('upkeep');
  indices.push(index);
  const to = now - MINUTE;
  await createLogs(admin, index, webLogs({ from: to - HOURS * 60 * MINUTE, to }), {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        event: { properties: { ingested: { type: 'date' } } },
      },
    },
  });
}

/** Creates a detector with its first model and runs it once. */
async function running(change: Partial<DetectorInput>): Promise<string> {
  await newLogs();
  const detector = webDetector(index, change);
  const { id } = await ok<DetectorRecord>('createDetector', { body: { detector, start: true } });
  await run(id);
  await runTraining(id);
  await run(id);
  expect(await status(id)).toMatchObject({
    state: 'running',
    training: { state: 'promoted', reason: 'first' },
  });
  return id;
}

const wrecked = (text: string, threshold: number): string =>
  encodeModelSnapshot(createModelSnapshot({ ...decodeModelSnapshot(text), threshold }));

beforeAll(async () => {
  const user = await userWith(admin, ownerRole(['test-upkeep-*'], space));
  removeOwner = user.remove;
  const { username, password, client } = user;
  anyone = { name: 'olga', client, authorization: { username, password }, privileges: ['read', 'write'] };
  kibana = startKibanaStandIn({ administrator: admin });
  kibana.now = () => now;
  ({ train } = kibana.services);
});

afterEach(() => {
  Object.assign(kibana.services, { train });
  kibana.savedObjects.objects.clear();
  kibana.tasks.scheduled.clear();
});

afterAll(async () => {
  await removeOwner();
  await admin.indices.delete({ index: indices, ignore_unavailable: true });
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: Object.keys(results), ignore_unavailable: true });
  await admin.close();
});

it('asks once for a new model when logs have drifted for two measurements, and says what has moved', async () => {
  const id = await running({ drift: { every: '5m', window: '5m' } });
  await pass(6);
  await run(id);
  const calm = await status(id);
  expect(calm.drift).toMatchObject({ over: false, limit: 0.25 });
  expect(calm.training).toMatchObject({ state: 'promoted' });

  await pass(6, slower);
  await run(id);
  expect((await status(id)).drift).toMatchObject({ over: true });
  expect((await status(id)).training).toMatchObject({ state: 'promoted', reason: 'first' });

  await pass(6, slower);
  await run(id);
  const asked = await status(id);
  expect(asked.training).toMatchObject({ state: 'queued', reason: 'drift' });
  expect(asked.readiness!.map(({ kind }) => kind)).toContain('drift');
  await runTraining(id);
  const requested = (await trail(id)).filter(({ action }) => action === 'retraining_requested');
  expect(requested).toHaveLength(1);
  expect(requested[0]).toMatchObject({ reason: expect.stringMatching(/response_time by \d/) });
  expect(requested[0]).not.toHaveProperty('by');

  for (let i = 0; i < 3; i++) {
    await pass(6, slower);
    await run(id);
  }
  expect((await actionsOf(id)).filter((action) => action === 'retraining_requested')).toHaveLength(1);

  await admin.indices.refresh({ index: resultsPattern(space) });
  const { measurements, limit } = await ok<{ measurements: DriftMeasurement[]; limit: number }>('listDrift', {
    params: { id },
  });
  expect(limit).toBe(0.25);
  expect(measurements.length).toBeGreaterThanOrEqual(6);
  expect(measurements.map(({ over }) => over).slice(0, 3)).toEqual([false, true, true]);
  expect(measurements[1].features[0]).toMatchObject({ feature: 'response_time' });
  const none = { from: String(now + MINUTE), to: String(now + 2 * MINUTE) };
  expect(await ok('listDrift', { params: { id }, query: none })).toEqual({ limit: 0.25, measurements: [] });
  const { total } = await ok<{ total: number }>('searchResults', { query: { detector_id: id } });
  const { count } = await admin.count({
    index: resultsPattern(space),
    query: { bool: { filter: [{ term: { 'detector.id': id } }, { term: { 'result.type': 'log' } }] } },
  });
  expect(total).toBe(count);
});

it('measures nothing while no log comes, and nothing where that is switched off', async () => {
  const id = await running({ drift: { every: '5m', window: '30m' } });
  now += 10 * MINUTE;
  await run(id);
  expect(await status(id)).not.toHaveProperty('drift');
  const off = await running({ drift: { every: 'off' } });
  await pass(90);
  await run(off);
  expect(await status(off)).not.toHaveProperty('drift');
});

it('refuses a candidate that would cry wolf, keeps its report, and lets a person promote it all the same', async () => {
  const id = await running({ drift: { every: 'off' }, promotion: { watch: '2h' } });
  const [{ version: active, threshold }] = await modelsOf(id);
  Object.assign(kibana.services, {
    train: async (...given: Parameters<typeof train>) => {
      const outcome = await train(...given);
      const text = wrecked(outcome.text, threshold * 0.75);
      const { version } = decodeModelSnapshot(text);
      return { ...outcome, text, version, threshold: threshold * 0.75 };
    },
  });
  now += MINUTE;
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const { training, model } = await status(id);
  expect(training).toMatchObject({
    state: 'refused',
    reason: 'hand',
    message: expect.stringMatching(/false alarms a day, at most/),
  });
  expect(model!.version).toBe(active);
  const bad = (await modelsOf(id)).find(({ status: state }) => state === 'candidate')!;
  expect(bad.gate).toMatchObject({ verdict: 'fail', active_version: active, shadow: false });
  expect(await actionsOf(id)).toEqual(['model_trained', 'model_promoted', 'model_trained', 'model_refused']);

  await ok('promoteModel', { params: { id, version: bad.version }, body: { note: 'I know better' } });
  const promoted = (await trail(id)).pop()!;
  expect(promoted).toMatchObject({
    action: 'model_promoted',
    from: active,
    to: bad.version,
    reason: 'I know better',
  });
  expect(promoted.by).toBe('olga');
  await pass(12);
  await run(id);
  const { watch } = await status(id);
  expect(watch).toMatchObject({ state: 'watching', accepted: expect.arrayContaining(['false_alarms']) });

  await ok('revertModel', { params: { id } });
  expect((await trail(id)).pop()).toMatchObject({ action: 'model_reverted', from: bad.version, to: active });
  await ok('deleteModel', { params: { id, version: bad.version } });
  expect((await trail(id)).pop()).toMatchObject({ action: 'model_deleted', from: bad.version });
});

it('takes a promoted model back by itself when it breaks its limits', async () => {
  const id = await running({ drift: { every: 'off' }, promotion: { watch: '2h' } });
  const [{ version: active, threshold }] = await modelsOf(id);
  const exported = await kibana.call(anyone, 'exportModel', { params: { id, version: active } }, space);
  const text = wrecked(exported.body as string, threshold * 0.75);
  const bad = await ok<ModelRecordBody>('importModel', { params: { id }, body: JSON.parse(text) });
  await ok('promoteModel', { params: { id, version: bad.version } });
  expect((await status(id)).watch).toMatchObject({
    state: 'watching',
    version: bad.version,
    previous: active,
  });

  await pass(2);
  await run(id);
  expect((await status(id)).model!.version).toBe(bad.version);
  await pass(10);
  await run(id);
  const after = await status(id);
  expect(after.watch).toMatchObject({ state: 'taken_back', version: bad.version });
  expect(after.watch!.reasons!.join()).toMatch(/false alarms a day/);
  expect(after.model!.version).toBe(active);
  const last = (await trail(id)).pop()!;
  expect(last).toMatchObject({ action: 'model_reverted', from: bad.version, to: active });
  expect(last.reason).toMatch(/was taken back: .*false alarms/);
  expect(last).not.toHaveProperty('by');
  await pass(12);
  await run(id);
  expect(await status(id)).toMatchObject({ state: 'running', model: { version: active } });
});

it('keeps a good model after its watch', async () => {
  const id = await running({ drift: { every: 'off' }, promotion: { watch: '15m' } });
  const [{ version: first }] = await modelsOf(id);
  await pass(10);
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const { training, watch, model } = await status(id);
  expect(training!.message).toMatch(/^Trained on/);
  expect(training).toMatchObject({ state: 'promoted', reason: 'hand' });
  expect(watch).toMatchObject({ state: 'watching', previous: first });
  await pass(8);
  await run(id);
  await pass(8);
  await run(id);
  const after = await status(id);
  expect(after.watch).toMatchObject({ state: 'kept' });
  expect(after.model).toEqual(model);
});

it('scores a candidate in shadow first, over logs that came after its training', async () => {
  const id = await running({ drift: { every: 'off' }, promotion: { shadow: '10m' } });
  const [{ version: first }] = await modelsOf(id);
  await pass(5);
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const trained = await status(id);
  expect(trained.training).toMatchObject({ state: 'shadowing' });
  expect(trained.candidate).toMatchObject({ state: 'shadowing', version: trained.training!.version });
  expect(trained.model!.version).toBe(first);
  await pass(5);
  await run(id);
  expect((await status(id)).training).toMatchObject({ state: 'shadowing' });
  const since = Date.parse(trained.candidate!.since);
  await pass(7);
  await run(id);
  const after = await status(id);
  expect(after.training).toMatchObject({ state: 'promoted' });
  expect(after).not.toHaveProperty('candidate');
  expect(after.model!.version).toBe(trained.training!.version);
  const { gate } = (await modelsOf(id)).find(({ version }) => version === after.model!.version)!;
  expect(gate).toMatchObject({ verdict: 'pass', shadow: true, active_version: first });
  expect(Date.parse(gate!.from)).toBe(since);
  expect(gate!.planted.length).toBeGreaterThan(0);
  expect((await actionsOf(id)).slice(-3)).toEqual(['model_trained', 'model_shadowed', 'model_promoted']);
});

it('asks a person where the detector is to ask', async () => {
  const id = await running({ drift: { every: 'off' }, promotion: { mode: 'ask' } });
  const [{ version: first }] = await modelsOf(id);
  await pass(5);
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const trained = await status(id);
  expect(trained.training!.message).toMatch(/It passed its gate/);
  expect(trained.training).toMatchObject({ state: 'waiting' });
  expect(trained.candidate).toMatchObject({ state: 'waiting' });
  expect(trained.model!.version).toBe(first);
  const { version } = trained.candidate!;
  const gate = await ok<CandidateGate>('gateModel', { params: { id, version } });
  expect(gate).toMatchObject({ verdict: 'pass', active_version: first });
  await ok('promoteModel', { params: { id, version } });
  const after = await status(id);
  expect(after.model!.version).toBe(version);
  expect(after).not.toHaveProperty('candidate');
  expect(after.training).toMatchObject({ state: 'promoted', version });
  expect((await actionsOf(id)).slice(-2)).toEqual(['model_waiting', 'model_promoted']);
});

/** Says something of so many logs of the last two hours, anomalous or not. */
async function judge(id: string, count: number, verdictOf: (place: number) => string): Promise<void> {
  const query = { range: { '@timestamp': { gte: kibana.now() - 2 * 3_600_000, format: 'epoch_millis' } } };
  const { hits } = await admin.search({ index, size: count, query, _source: false });
  expect(hits.hits).toHaveLength(count);
  for (const [place, { _index, _id }] of hits.hits.entries()) {
    const body = { source: { index: _index, id: _id }, verdict: verdictOf(place) };
    await ok('saveFeedback', { params: { id }, body });
  }
}

it('never trains on confirmed anomalies, and says what is missing while there are too few logs', async () => {
  const id = await running({ drift: { every: 'off' } });
  const [{ rows }] = await modelsOf(id);
  await judge(id, 3, () => 'real');
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const trained = (await trail(id)).filter(({ action }) => action === 'model_trained').pop()!;
  expect(trained.details).toMatchObject({ confirmed_left_out: 3 });
  expect(rows).toBeGreaterThan(1_000);

  const detector = webDetector(index, { training: { window: '2h', min_rows: 50_000 } });
  const { id: hungry } = await ok<DetectorRecord>('createDetector', { body: { detector, start: false } });
  await ok('trainDetector', { params: { id: hungry } });
  await runTraining(hungry);
  const { training, readiness } = await status(hungry);
  expect(training).toMatchObject({ state: 'failed', failure: { code: 'too_few_logs' } });
  expect(readiness).toEqual([
    expect.objectContaining({
      kind: 'too_few_logs',
      level: 'blocking',
      message: expect.stringMatching(/of 50,000, ready in about \d+ (h|min)/),
    }),
  ]);
});

it('learns from what people said of results once there are ten verdicts, unless it is told not to', async () => {
  const id = await running({ drift: { every: 'off' } });
  await judge(id, 12, (place) => (place % 2 === 0 ? 'not_an_anomaly' : 'real'));
  const verdictsOfTraining = async (): Promise<unknown> => {
    await ok('trainDetector', { params: { id } });
    await runTraining(id);
    return (await trail(id)).filter(({ action }) => action === 'model_trained').pop()!.details?.verdicts;
  };
  expect(await verdictsOfTraining()).toBe(12);
  const { detector, version } = await ok<DetectorRecord>('getDetector', { params: { id } });
  const training = { ...detector.training, learn_from_feedback: false };
  await ok('updateDetector', { params: { id }, body: { detector: { ...detector, training }, version } });
  expect(await verdictsOfTraining()).toBe(0);
});

it('leaves excluded times out of the training, and an adaptive threshold does not learn from them', async () => {
  const threshold: DetectorInput['threshold'] = { method: 'adaptive', alerts_per_day: 20 };
  const id = await running({ drift: { every: 'off' }, threshold });
  const begun = await ok<ThresholdBody>('getThreshold', { params: { id } });
  expect(begun).toMatchObject({ method: 'adaptive', alerts_per_day: 20 });
  expect(begun.history[0]).toMatchObject({ reason: 'start, from the training sample' });
  expect(begun.rhythm).toHaveLength(168);

  const [from, to] = [now, now + 40 * MINUTE].map((time) => new Date(time).toISOString());
  const suppression = {
    detector_ids: [id],
    name: 'release',
    schedule: { type: 'once', windows: [{ from, to }] },
    origin: 'calendar',
    exclude_from_training: true,
  };
  await ok('addSuppression', { body: { suppression, accept: ['hides_most_results'] } });
  const { checkpoint: before } = await stateOf(id);
  await pass(30, slower);
  await run(id);
  const { checkpoint: after } = await stateOf(id);
  // The minute before it began is all that was learned from.
  expect(after.threshold.logs - before.threshold.logs).toBeLessThanOrEqual(61);
  expect(after.threshold.days).toBe(before.threshold.days);

  await pass(20);
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const trained = (await trail(id)).filter(({ action }) => action === 'model_trained').pop()!;
  expect(trained.details).toMatchObject({ excluded_ms: 40 * MINUTE });
});

type ThresholdBody = ApiResponse<Endpoints['getThreshold']>;

async function stateOf(
  detectorId: string,
): Promise<{ checkpoint: { threshold: { logs: number; days: number } } }> {
  const stored = await createCheckpointStore(admin, { space }).read(detectorId);
  return { checkpoint: { threshold: stored!.checkpoint.threshold as { logs: number; days: number } } };
}
