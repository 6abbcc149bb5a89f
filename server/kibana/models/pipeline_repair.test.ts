import { DetectionError } from '../../../common/detection_error';
import { HOUR, MINUTE } from '../../../common/duration';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { modelRecord, modelWork, savedDetector } from '../../../test/fakes/model_work';
import { livePipeline, type LivePipeline } from '../../elasticsearch/ingest';
import { isUpkeepDue, keepModelGood } from './model_upkeep';
import { swapPipeline } from './pipeline_swap';

jest.mock('./pipeline_swap');
jest.mock('../../elasticsearch/ingest');

const NOW = Date.parse('2026-03-02T10:00:00Z');
const MODEL = modelRecord('active', { status: 'active', createdAt: new Date(NOW).toISOString() });

/** A detector with `scoring: ingest` and a pipeline that was put ten minutes ago. */
function workOf({ scoring = 'ingest', pipeline = {} }: { scoring?: string; pipeline?: object } = {}) {
  const detector = savedDetector({ scoring, threshold: { method: 'fixed', score: 0.6 } });
  const snapshot = { version: 'active', threshold: 0.6, detector } as ModelSnapshot;
  const snapshots = new Map([['active', snapshot]]);
  const work = modelWork({ now: NOW, detector, records: [MODEL], snapshots });
  const putAt = new Date(NOW - 10 * MINUTE).toISOString();
  const live: LivePipeline = { name: 'x', version: 'active', threshold: 0.6, putAt, ...pipeline };
  jest.mocked(livePipeline).mockResolvedValue(live);
  const { job, services } = work;
  return {
    ...work,
    isDue: () => isUpkeepDue(services, job, MODEL, { mayMeasure: false, live }),
    keep: () =>
      keepModelGood({ services, job, model: MODEL, counted: [], signal: new AbortController().signal }),
  };
}

beforeEach(() => jest.mocked(swapPipeline).mockReset());

it.each([
  ['the model of a promotion that was cut off', { version: 'other', previousVersion: 'active' }, 'other'],
  ['the model of a way back that was cut off', { version: 'other', previousVersion: 'first' }, undefined],
  ['another threshold', { threshold: 0.7 }, undefined],
])('the active model is put again where the pipeline scores with %s', async (_name, pipeline, refused) => {
  const { isDue, keep, warnings, services, job } = workOf({ pipeline });
  expect(await isDue()).toBe(true);
  await keep();
  expect(jest.mocked(swapPipeline).mock.calls).toEqual([
    [services, job, 'active', { signal: expect.anything(), refused }],
  ]);
  expect(warnings).toEqual([expect.stringContaining('scores with the active model active again')]);
});

it.each([
  ['it holds the active model under the threshold of today', {}],
  [
    'it was put just now, and may wait for a promotion',
    { pipeline: { version: 'other', putAt: new Date(NOW - MINUTE).toISOString() } },
  ],
  ['version 0.1.0 has put it', { pipeline: { threshold: NaN, putAt: undefined } }],
  ['logs are scored by the job', { scoring: 'job', pipeline: { version: 'other' } }],
])('the pipeline is left alone: %s', async (_name, given) => {
  const { isDue, keep } = workOf(given);
  expect(await isDue()).toBe(false);
  await keep();
  expect(swapPipeline).not.toHaveBeenCalled();
});

it('a pipeline whose trial fails is tried again after an hour', async () => {
  const { isDue, keep, clock, warnings } = workOf({ pipeline: { version: 'other' } });
  jest.mocked(swapPipeline).mockRejectedValue(new DetectionError('refused', 'It is too slow.'));
  await keep();
  expect(warnings).toEqual([expect.stringContaining('It is too slow.')]);
  expect(await isDue()).toBe(false);
  clock.at += HOUR;
  expect(await isDue()).toBe(true);
});
