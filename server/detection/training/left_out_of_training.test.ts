import { DetectionError } from '../../../common/detection_error';
import type { ExcludedTimeStores } from './left_out_of_training';
import { frozenWindowsOf, leftOutOf } from './left_out_of_training';

const NOW = Date.parse('2026-11-08T00:00:00.000Z');
const storesOf = (problem: DetectionError): ExcludedTimeStores => ({
  suppressions: { list: async () => [] },
  annotations: { during: () => Promise.reject(problem) },
});

it('detection goes on without the calendar, and says so', async () => {
  const problem = new DetectionError('unavailable', 'Could not read the calendar of changes.');
  const warnings: string[] = [];
  const stores = { ...storesOf(problem), warn: (text: string) => void warnings.push(text) };
  expect(await frozenWindowsOf(stores, 'web', { late_window: '1h' }, NOW)).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('Could not read the calendar of changes.')]);
});

it('maintenance of more than half of the window is learned from, and a warning says so', async () => {
  const noted = (hours: number) => ({
    ...{ id: 'a', kind: 'maintenance' as const, title: 'Move', entities: [] },
    ...{ at: new Date(NOW - hours * 3_600_000).toISOString(), ends_at: new Date(NOW).toISOString() },
    recorded_at: new Date(NOW).toISOString(),
  });
  const warnings: string[] = [];
  const timesOf = async (hours: number) =>
    (
      await leftOutOf(
        {
          suppressions: { list: async () => [] },
          feedback: { list: async () => [] },
          annotations: { during: async () => [noted(hours)] },
          warn: (text) => void warnings.push(text),
        },
        'web',
        { window: '1d' },
        NOW,
      )
    ).exclusions;
  expect(await timesOf(12)).toEqual([{ from: NOW - 12 * 3_600_000, to: NOW, by: 'calendar' }]);
  expect(warnings).toEqual([]);
  expect(await timesOf(13)).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('all entities cover more than half')]);
});

it('detection that is interrupted ends, and a training needs the calendar', async () => {
  const interrupted = storesOf(new DetectionError('interrupted', 'Stopped.'));
  await expect(frozenWindowsOf(interrupted, 'web', { late_window: '1h' }, NOW)).rejects.toThrow('Stopped.');
  const stores = {
    ...storesOf(new DetectionError('unavailable', 'Gone.')),
    feedback: { list: async () => [] },
  };
  await expect(leftOutOf(stores, 'web', { window: '1d' }, NOW)).rejects.toThrow('Gone.');
});
