import type { CandidateGate, DriftMeasurement, ModelRecordBody } from '../../common/api';
import { createModelSnapshot, decodeModelSnapshot, encodeModelSnapshot } from '../../common/model_snapshot';
import { resultsPattern } from '../../server/elasticsearch';
import { MINUTE } from './fixtures/elasticsearch_fixture';
import { slower, upkeepWorld } from './fixtures/upkeep_world';

/** Upkeep of a detector's model: drift, retraining, gated promotion, and the watch after it. */

jest.setTimeout(240_000);

const world = upkeepWorld();
const { admin, space, kibana, train, ok, status, run, runTraining, trail, pass, wait, running } = world;
const { actionsOf, modelsOf } = world;

const wrecked = (text: string, threshold: number): string =>
  encodeModelSnapshot(createModelSnapshot({ ...decodeModelSnapshot(text), threshold }));

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
  const none = { from: String(kibana.now() + MINUTE), to: String(kibana.now() + 2 * MINUTE) };
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
  wait(10);
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
  wait(1);
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
  const exported = await kibana.call(
    world.owner(),
    'exportModel',
    { params: { id, version: active } },
    space,
  );
  const text = wrecked(exported.body, threshold * 0.75);
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
