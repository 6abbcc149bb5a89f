import type { TrainingReport } from '../../../common/api';
import type { ModelRecord } from '../../detection/ports';
import {
  LONGEST_TRAINING_MILLISECONDS,
  NEVER_RUN,
  stateOf,
  statusOf,
  type DetectorFacts,
} from './detector_state';
import { failureOf } from './failure_advice';

const NOW = Date.UTC(2026, 10, 1);
const model: ModelRecord = {
  version: 'web-1',
  detectorId: 'web',
  status: 'active',
  createdAt: new Date(NOW - 1_000).toISOString(),
  threshold: 0.6,
  rows: 1_000,
  sha256: '',
};
const training = (state: TrainingReport['state'], age = 0): TrainingReport => ({
  state,
  requested_at: new Date(NOW - age).toISOString(),
  ...(state === 'failed' && { failure: failureOf(new Error('no'), NOW) }),
});
const facts = (change: Partial<DetectorFacts>): DetectorFacts => ({
  id: 'web',
  name: 'Web',
  enabled: false,
  runs: NEVER_RUN,
  queryDelay: 30_000,
  now: NOW,
  ...change,
});
const failing = { consecutive_failures: 2, last_error: failureOf(new Error('no'), NOW) };

describe('the state of a detector', () => {
  it.each<[string, Partial<DetectorFacts>]>([
    ['created', {}],
    ['training', { training: training('queued') }],
    ['training', { enabled: true, training: training('running') }],
    ['created', { training: training('running', LONGEST_TRAINING_MILLISECONDS) }],
    ['created', { training: training('failed') }],
    ['failing', { enabled: true, training: training('failed') }],
    ['training', { enabled: true }],
    ['failing', { enabled: true, runs: failing }],
    ['ready', { model }],
    ['ready', { model, training: training('running') }],
    ['running', { model, enabled: true }],
    ['running', { model, enabled: true, training: training('failed') }],
    ['failing', { model, enabled: true, runs: failing }],
    ['stopped', { model, runs: failing }],
  ])('is %s for %j', (state, change) => {
    expect(stateOf(facts(change))).toBe(state);
  });

  it('tells the lag of whichever clock is further behind, and the next run of a started one only', () => {
    const checkpoint = { detectorId: 'web', timestampTo: NOW - 5_000, ingestedTo: NOW - 90_000, runId: 'r' };
    const status = statusOf(facts({ model, checkpoint, nextRunAt: NOW + 1, enabled: true }));
    expect(status).toMatchObject({ lag_ms: 90_000, next_run_at: new Date(NOW + 1).toISOString() });
    expect(statusOf(facts({ model, nextRunAt: NOW })).next_run_at).toBeUndefined();
  });

  it('tells when logs were last looked for, whether that was a run of its own or only moved the checkpoint', () => {
    const at = (timestampTo: number) => ({ detectorId: 'web', timestampTo, ingestedTo: NOW, runId: 'r' });
    const lastRun = (age: number) => ({
      consecutive_failures: 0,
      last_run: { finished_at: new Date(NOW - age).toISOString() } as never,
    });
    const lookAt = (change: Partial<DetectorFacts>) =>
      NOW - Date.parse(statusOf(facts(change)).last_look_at ?? '');
    expect(statusOf(facts({})).last_look_at).toBeUndefined();
    expect(lookAt({ checkpoint: at(NOW - 90_000) })).toBe(60_000);
    expect(lookAt({ checkpoint: at(NOW - 90_000), runs: lastRun(50_000) })).toBe(50_000);
    expect(lookAt({ checkpoint: at(NOW - 90_000), runs: lastRun(3_000_000) })).toBe(60_000);
    expect(lookAt({ runs: lastRun(10_000) })).toBe(10_000);
  });

  it('says why the training failed where there is nothing else to run', () => {
    const failed = training('failed');
    expect(statusOf(facts({ training: failed })).last_error).toEqual(failed.failure);
    expect(statusOf(facts({ training: failed, model })).last_error).toBeUndefined();
  });
});
