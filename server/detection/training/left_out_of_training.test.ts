import { DetectionError } from '../../../common/detection_error';
import { parseDetector } from '../../../common/detector';
import { AdaptiveThreshold, learnQuantiles } from '../../../common/threshold';
import type { ExcludedTimeStores } from './left_out_of_training';
import { frozenWindowsOf, leftOutOf } from './left_out_of_training';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
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

describe('a batch each night that a threshold knows', () => {
  const detector = parseDetector({
    name: 'Nightly',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
    threshold: { method: 'adaptive', alerts_per_day: 10 },
  });
  /** An hour's run, with a log, and at 03:00 the batch. @returns reported logs of that */
  const hourOf = (threshold: AdaptiveThreshold, time: number): number => {
    threshold.observe(0.41, time);
    const logs = time % DAY === 3 * HOUR ? 40 : 0;
    return Array.from({ length: logs }, (_none, log) => time + log * 1_000).filter((at) =>
      threshold.observe(0.8, at),
    ).length;
  };

  it.each([6, 12, 30])('stays known over a maintenance of %d days', async (days) => {
    const beginning = NOW + 6 * DAY;
    const end = beginning + days * DAY;
    const maintenance = {
      ...{ id: 'a', kind: 'maintenance' as const, title: 'Move', entities: [] },
      ...{ at: new Date(beginning).toISOString(), ends_at: new Date(end).toISOString() },
      recorded_at: new Date(beginning).toISOString(),
    };
    const stores: ExcludedTimeStores = {
      suppressions: { list: async () => [] },
      annotations: { during: async () => [maintenance] },
    };
    let threshold = AdaptiveThreshold.start({
      detector,
      quantiles: learnQuantiles(
        Float64Array.from({ length: 5_000 }, (_none, place) => 0.4 - 0.03 * Math.log((place + 0.5) / 5_000)),
      ),
      threshold: 0.4 + 0.03 * Math.log(100),
      training: { finished_at: new Date(NOW).toISOString() },
    });
    const reported: number[] = [];
    for (let time = NOW; time < end + 2 * DAY; time += HOUR) {
      threshold = AdaptiveThreshold.fromJSON(JSON.parse(JSON.stringify(threshold)));
      threshold.freezeDuring(await frozenWindowsOf(stores, 'web', detector.schedule, time + HOUR));
      if (time >= beginning && time < end) hourOf(threshold, time);
      else reported.push(hourOf(threshold, time));
    }
    const nightly = reported.filter((_none, hour) => hour % 24 === 3);
    expect(nightly).toEqual([40, 40, 40, 40, 0, 0, 0, 0]);
  });
});
