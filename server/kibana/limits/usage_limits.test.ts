import { parseDetector } from '../../../common/detector';
import { allowedSchedule, checkDetectorCount, checkInterval, usageLimitsSchema } from './usage_limits';

const detectorThatRunsEvery = (interval: string) =>
  parseDetector({
    name: 'Web',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'size' }],
    schedule: { interval },
  });
const usage = usageLimitsSchema.parse({});

describe('the shortest interval', () => {
  it('is told with the setting, the value and what is allowed', () => {
    expect(() => checkInterval(detectorThatRunsEvery('9s'), usage)).toThrow(
      'The detector is not valid: schedule.interval: must be at least 10s (logAnomalies.limits.min_interval) (got "9s")',
    );
    for (const interval of ['10s', '1m', '1w']) checkInterval(detectorThatRunsEvery(interval), usage);
    checkInterval(detectorThatRunsEvery('1s'), usageLimitsSchema.parse({ min_interval: '1s' }));
  });

  it('holds what is stored already, whose other settings stay', () => {
    const { schedule } = detectorThatRunsEvery('1s');
    expect(allowedSchedule(schedule, usage)).toEqual({ ...schedule, interval: '10s' });
    const slow = detectorThatRunsEvery('1m').schedule;
    expect(allowedSchedule(slow, usage)).toBe(slow);
  });

  it('cannot be so long that no detector would run', () => {
    expect(usageLimitsSchema.safeParse({ min_interval: '1h' }).success).toBe(true);
    expect(usageLimitsSchema.safeParse({ min_interval: '61m' }).success).toBe(false);
  });
});

describe('the number of detectors of a space', () => {
  it('is told with what is there and what is allowed', () => {
    checkDetectorCount(499, 1, usage);
    expect(() => checkDetectorCount(499, 2, usage)).toThrow(
      'The space has 499 detectors, so 2 more cannot be made: at most 500 are allowed (logAnomalies.limits.max_detectors).',
    );
  });

  it('that is too large already keeps nobody from what makes none', () => {
    checkDetectorCount(600, 0, usage);
  });
});
