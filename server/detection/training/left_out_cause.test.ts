import { DetectionError } from '../../../common/detection_error';
import type { TrainingExclusion } from './training_sample';
import { leftOutCause, leftOutSentence } from './left_out_cause';

const noted: TrainingExclusion = { from: 0, to: 10, by: 'calendar' };
const silent: TrainingExclusion = { from: 20, to: 30, by: 'quiet_times' };
const named: TrainingExclusion = { from: 40, to: 50 };

/** A window of 100 logs, one a millisecond. */
const draw = (exclusions: readonly TrainingExclusion[]) =>
  Promise.resolve({
    logs: 100 - exclusions.reduce((sum, { from, to }) => sum + to - from, 0),
    logsInWindow: 100,
  });
const causeOf = async (needed: number, ...exclusions: TrainingExclusion[]) =>
  (await leftOutCause(exclusions, { logs: (await draw(exclusions)).logs, needed }, draw))?.by;

test('the kind without which there were enough is the cause', async () => {
  expect(await causeOf(95, noted)).toBe('calendar');
  expect(await causeOf(95, silent)).toBe('quiet_times');
  expect(await causeOf(90, noted, silent)).toBe('calendar');
  expect(await causeOf(90, noted, { ...silent, to: 40 })).toBe('quiet_times');
  expect(await causeOf(95, noted, silent)).toBe('both');
});

test('there is none where there are enough, and where there were too few anyway', async () => {
  expect(await causeOf(90, noted)).toBeUndefined();
  expect(await causeOf(101, noted, silent)).toBeUndefined();
  // Times that somebody has named for this one time are meant.
  expect(await causeOf(95, named)).toBeUndefined();
  expect(await causeOf(90, named, noted)).toBe('calendar');
  expect(await leftOutCause([noted], { logs: 80, needed: 90 }, draw)).toEqual({
    by: 'calendar',
    logsInWindow: 100,
  });
});

test('it is not known where drawing again fails, and an interruption is one', async () => {
  const failing = (code: 'unavailable' | 'interrupted') =>
    leftOutCause([noted], { logs: 80, needed: 90 }, () => Promise.reject(new DetectionError(code, 'Gone.')));
  expect(await failing('unavailable')).toBeUndefined();
  await expect(failing('interrupted')).rejects.toThrow('Gone.');
});

test('a number of logs that is reckoned is said to be about so many', async () => {
  const estimate = (exclusions: readonly TrainingExclusion[]) =>
    draw(exclusions).then((drawn) => ({ ...drawn, isEstimate: exclusions.length > 0 }));
  const cause = await leftOutCause([noted, { ...silent, to: 40 }], { logs: 70, needed: 90 }, estimate);
  expect(cause).toEqual({ by: 'quiet_times', logsInWindow: 100, isEstimate: true });
  expect(leftOutSentence(cause!)).toContain('window holds about 100, many');
  expect(leftOutSentence({ ...cause!, isEstimate: false })).toContain('window holds 100, many');
});
