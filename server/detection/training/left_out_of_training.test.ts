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

it('detection that is interrupted ends, and a training needs the calendar', async () => {
  const interrupted = storesOf(new DetectionError('interrupted', 'Stopped.'));
  await expect(frozenWindowsOf(interrupted, 'web', { late_window: '1h' }, NOW)).rejects.toThrow('Stopped.');
  const stores = {
    ...storesOf(new DetectionError('unavailable', 'Gone.')),
    feedback: { list: async () => [] },
  };
  await expect(leftOutOf(stores, 'web', { window: '1d' }, NOW)).rejects.toThrow('Gone.');
});
