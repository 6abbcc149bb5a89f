import type { ApiResponse, DetectorRecord, Endpoints } from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import { createCheckpointStore } from '../../server/elasticsearch';
import { MINUTE } from './fixtures/elasticsearch_fixture';
import { webDetector } from './fixtures/kibana_logs';
import { slower, upkeepWorld } from './fixtures/upkeep_world';

/** Logs that a training learns from and logs that it leaves out. */

jest.setTimeout(240_000);

const world = upkeepWorld();
const { admin, space, kibana, ok, status, run, runTraining, trail, pass, running } = world;
const { latestIndex, modelsOf } = world;

/** Says something of so many logs of the last two hours, anomalous or not. */
async function judge(id: string, count: number, verdictOf: (place: number) => string): Promise<void> {
  const query = { range: { '@timestamp': { gte: kibana.now() - 2 * 3_600_000, format: 'epoch_millis' } } };
  const { hits } = await admin.search({ index: latestIndex(), size: count, query, _source: false });
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

  const detector = webDetector(latestIndex(), { training: { window: '2h', min_rows: 50_000 } });
  const { id: hungry } = await ok<DetectorRecord>('createDetector', { body: { detector, start: false } });
  await ok('trainDetector', { params: { id: hungry } });
  await runTraining(hungry);
  const { training, readiness } = await status(hungry);
  expect(training).toMatchObject({ state: 'failed', failure: { code: 'too_few_logs' } });
  expect(readiness).toEqual([
    expect.objectContaining({
      kind: 'too_few_logs',
      level: 'blocking',
      message: expect.stringMatching(
        /of 50,000, and at their rate a training window of 2 h holds about [\d,]+, so waiting does not help/,
      ),
    }),
  ]);
});

it('names the calendar where what it keeps out leaves too few logs, and not the window', async () => {
  const id = await running({ drift: { every: 'off' } });
  const { count } = await admin.count({ index: latestIndex() });
  const training = { window: '3h', max_rows: count, min_rows: Math.round(count * 0.9) };
  const { detector, version } = await ok<DetectorRecord>('getDetector', { params: { id } });
  const changed = { ...detector, training: { ...detector.training, ...training } };
  await ok('updateDetector', { params: { id }, body: { detector: changed, version } });
  const [at, ends_at] = [60, 10].map((ago) => new Date(kibana.now() - ago * MINUTE).toISOString());
  const noted = { kind: 'maintenance', title: 'Move', at, ends_at, id: 'move' };
  await ok('addAnnotation', { body: noted });
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  const failed = await status(id);
  const advice = expect.stringMatching(/^Remove incidents and maintenance from the calendar/);
  expect(failed.training).toMatchObject({
    state: 'failed',
    failure: {
      code: 'too_few_logs',
      left_out_by: 'calendar',
      message: expect.stringMatching(/\(training\.min_rows\)\. The training window holds [\d,]+, many/),
      next_step: advice,
    },
  });
  expect(failed.readiness).toContainEqual(
    expect.objectContaining({
      kind: 'too_few_logs',
      next_step: advice,
      said: { code: 'logs_left_out', values: expect.objectContaining({ by: 'calendar' }) },
    }),
  );
  await ok('removeAnnotation', { params: { annotation_id: 'move' } });
  await ok('trainDetector', { params: { id } });
  await runTraining(id);
  expect((await status(id)).training?.state).not.toBe('failed');
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

  const [from, to] = [kibana.now(), kibana.now() + 40 * MINUTE].map((time) => new Date(time).toISOString());
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
