import { TestScheduler } from 'rxjs/testing';
import { pluginStatus, RunOutcomes } from './plugin_status';

const LEVELS = { available: { toString: () => 'available' }, degraded: { toString: () => 'degraded' } };

const HOUR = 3_600_000;

/** Records each status of the plugin. */
function watch() {
  const scheduler = new TestScheduler(() => undefined);
  const runs = new RunOutcomes(scheduler);
  const told: string[] = [];
  const subscription = pluginStatus(runs.watch(), LEVELS).subscribe((status) =>
    told.push(`${String(status.level)}: ${status.summary}`),
  );
  const pass = (milliseconds: number): void => {
    scheduler.maxFrames = scheduler.now() + milliseconds;
    scheduler.flush();
    scheduler.frame = scheduler.maxFrames;
  };
  const last = (): string | undefined => told.at(-1);
  return { runs, told, last, pass, end: () => subscription.unsubscribe() };
}

it('has a status at once, before any detector ran', () => {
  const { told, end } = watch();
  expect(told).toEqual(['available: No detector fails']);
  end();
});

it('names a detector that fails, and is degraded only when there are several and all do', () => {
  const { runs, last, told, end } = watch();
  runs.report({ detectorId: 'web', outcome: 'failed' });
  expect(last()).toBe('available: Detectors that fail: 1 of 1. The pages of detectors say which, and why.');
  runs.report({ detectorId: 'api', outcome: 'good' });
  expect(last()).toBe('available: Detectors that fail: 1 of 2. The pages of detectors say which, and why.');
  runs.report({ detectorId: 'api', outcome: 'failed' });
  expect(last()).toBe('degraded: Detectors that fail: 2 of 2. The pages of detectors say which, and why.');
  runs.report({ detectorId: 'api', outcome: 'good' });
  runs.report({ detectorId: 'web', outcome: 'good' });
  runs.report({ detectorId: 'web', outcome: 'good' });
  expect(last()).toBe('available: No detector fails');
  expect(told).toHaveLength(6);
  end();
});

it('does not count a detector that was deleted, and names at most five', () => {
  const { runs, last, end } = watch();
  for (const number of [1, 2, 3, 4, 5, 6, 7]) {
    runs.report({ detectorId: `detector-${number}`, outcome: 'failed' });
  }
  expect(last()).toBe('degraded: Detectors that fail: 7 of 7. The pages of detectors say which, and why.');
  for (const number of [1, 2, 3, 4, 5, 6, 7]) {
    runs.report({ detectorId: `detector-${number}`, outcome: 'gone' });
  }
  expect(last()).toBe('available: No detector fails');
  end();
});

it('forgets what another Kibana has taken over', () => {
  const { runs, last, pass, end } = watch();
  runs.report({ detectorId: 'web', outcome: 'failed' });
  pass(HOUR / 2);
  expect(last()).toMatch(/1 of 1\./);
  pass(HOUR);
  expect(last()).toBe('available: No detector fails');
  end();
});
