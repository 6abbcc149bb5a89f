import { DetectionError } from '../../../common/detection_error';
import { DAY, MINUTE } from '../../../common/duration';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { modelRecord, modelWork, savedDetector } from '../../../test/fakes/model_work';
import { forgetEdit, untrainedEditFinding, withEditNoted } from '../records/untrained_edit';
import { seeToTraining } from './see_to_training';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const TRAINED = savedDetector();
const EDITED = savedDetector({ features: [{ type: 'number', field: 'bytes' }] });

function workOf({ detector = EDITED, trained = TRAINED } = {}) {
  const model = modelRecord('first', { status: 'active' });
  const snapshot = { version: 'first', detector: trained } as ModelSnapshot;
  const work = modelWork({ now: NOW, detector, records: [model], snapshots: new Map([['first', snapshot]]) });
  const see = () =>
    seeToTraining(work.services, work.job, model, {
      training: work.parts.get('training') as never,
      edited: work.parts.get('edited') as never,
    });
  const training = () => work.parts.get('training') as { state: string; reason: string } | undefined;
  const edit = (save = async (): Promise<void> => {}) =>
    withEditNoted(work.job.status, 'shop', { before: TRAINED, after: detector, now: work.clock.now() }, save);
  return { ...work, see, edit, training };
}

it('trains after an edit that was saved while the detector was stopped', async () => {
  const { see, edit, training, tasks } = workOf();
  await edit();
  await see();
  expect(training()).toMatchObject({ state: 'queued', reason: 'edit' });
  expect(tasks.size).toBe(1);
});

it('repeats a training after an edit that failed, after a pause', async () => {
  const { see, edit, training, parts, tasks, clock } = workOf();
  await edit();
  await see();
  parts.set('training', { ...training(), state: 'failed', failure: { code: 'too_few_logs' } });
  tasks.clear();
  clock.at += 9 * MINUTE;
  await see();
  expect(training()).toMatchObject({ state: 'failed' });
  clock.at += MINUTE;
  await see();
  expect(training()).toMatchObject({ state: 'queued', reason: 'edit' });
});

it('does so although a candidate from before the edit is scored in shadow', async () => {
  const { see, edit, training, parts } = workOf();
  await edit();
  parts.set('candidate', { version: 'other', state: 'shadowing', since: '', until: '' });
  await see();
  expect(training()).toMatchObject({ reason: 'edit' });
});

it('repeats a training that fails each time less and less often, down to once a day', async () => {
  const { see, edit, training, parts, clock } = workOf();
  await edit();
  await see();
  const times: number[] = [];
  for (const end = NOW + 10 * DAY; clock.at < end; clock.at += 10 * MINUTE) {
    await see();
    if (training()?.state !== 'queued') continue;
    times.push((clock.at - NOW) / MINUTE);
    parts.set('training', { ...training(), state: 'failed', failure: { code: 'refused' } });
  }
  expect(times.slice(0, 6)).toEqual([0, 10, 20, 40, 80, 160]);
  expect(times[times.length - 1] - times[times.length - 2]).toBe(DAY / MINUTE);
});

it('takes an edit off the record that could not be saved, and no other one', async () => {
  const { edit, parts, clock } = workOf();
  const fails = (): Promise<never> => Promise.reject(new DetectionError('conflict', 'changed meanwhile'));
  await expect(edit(fails)).rejects.toThrow('changed meanwhile');
  expect(parts.has('edited')).toBe(false);
  await edit();
  const earlier = parts.get('edited');
  clock.at += MINUTE;
  await expect(edit(fails)).rejects.toThrow('changed meanwhile');
  expect(parts.get('edited')).toEqual(earlier);
  const other = { at: new Date(NOW + 2 * MINUTE).toISOString() };
  const withOther = (): Promise<never> => {
    parts.set('edited', other);
    return fails();
  };
  await expect(edit(withOther)).rejects.toThrow('changed meanwhile');
  expect(parts.get('edited')).toEqual(other);
});

it('keeps an edit on record whose saving was not answered', async () => {
  const { edit, see, training } = workOf();
  const unsure = (): Promise<never> => Promise.reject(new DetectionError('unavailable', 'no answer'));
  await expect(edit(unsure)).rejects.toThrow('no answer');
  await see();
  expect(training()).toMatchObject({ state: 'queued', reason: 'edit' });
});

it('trains no more once the edit was learned, though its model was refused', async () => {
  const { job, see, edit, training } = workOf();
  await edit();
  await forgetEdit(job.status, 'shop', await job.status.readPart('shop', 'edited'));
  await see();
  expect(training()).toBeUndefined();
});

it('asks for nothing after an edit that was undone, that takes no new model or was never saved', async () => {
  const undone = workOf({ detector: TRAINED });
  await undone.job.status.writePart('shop', 'edited', { at: new Date(NOW).toISOString() });
  await undone.see();
  expect(undone.training()).toBeUndefined();
  expect(undone.parts.has('edited')).toBe(false);
  const slower = workOf({ detector: savedDetector({ schedule: { interval: '5m' } }) });
  await slower.edit();
  expect(slower.parts.has('edited')).toBe(false);
});

it('leaves a model alone that people brought with other settings of training', async () => {
  const { see, training } = workOf({ detector: TRAINED, trained: savedDetector({ forest: { seed: 7 } }) });
  await see();
  expect(training()).toBeUndefined();
});

it('is said in the status, with what to do', () => {
  const edited = { at: new Date(NOW).toISOString() };
  expect(untrainedEditFinding(edited, { enabled: false, hasModel: true })).toMatchObject([
    { kind: 'untrained_edit', next_step: 'Start the detector, or train a model.' },
  ]);
  expect(untrainedEditFinding(edited, { enabled: true, hasModel: false })).toEqual([]);
  expect(untrainedEditFinding(undefined, { enabled: true, hasModel: true })).toEqual([]);
});

it('ends a training that was stopped as its Kibana ended, and begins no other', async () => {
  const { see, edit, training, parts, tasks, clock } = workOf();
  await edit();
  await see();
  const requested_at = (training() as { requested_at?: string } | undefined)?.requested_at;
  const at = new Date(clock.at).toISOString();
  parts.set('training', { ...training(), state: 'running', beat_at: at });
  parts.set('training_cancelled', { requested_at });
  tasks.clear();
  clock.at += MINUTE;
  await see();
  expect(training()).toMatchObject({ state: 'cancelled', reason: 'edit', finished_at: expect.any(String) });
  expect(tasks.size).toBe(0);
  await see();
  expect(training()).toMatchObject({ state: 'cancelled' });
});
