import { parseDetector } from '../../../common/detector';
import { idlePause, longestSilence } from './idle_pause';

const MINUTE = 60_000;
const scheduleOf = (schedule: object) =>
  parseDetector({
    name: 'web',
    source: { index: 'web' },
    features: [{ type: 'number', field: 'a' }],
    schedule,
  }).schedule;

describe('the pause of a detector without logs', () => {
  const schedule = scheduleOf({ interval: '1m', idle_interval: '10m' });

  it('is a quarter of the silence, no longer than idle_interval', () => {
    expect(idlePause(schedule, 8 * MINUTE)).toBe(2 * MINUTE);
    expect(idlePause(schedule, 40 * MINUTE)).toBe(10 * MINUTE);
    expect(idlePause(schedule, 600 * MINUTE)).toBe(10 * MINUTE);
    expect(idlePause(schedule, longestSilence(schedule))).toBe(10 * MINUTE);
  });

  it('is that of the schedule while logs came a moment ago, or where idle_interval is no longer than interval', () => {
    expect(idlePause(schedule, 0)).toBeUndefined();
    expect(idlePause(schedule, 4 * MINUTE)).toBeUndefined();
    expect(idlePause(scheduleOf({ interval: '5m', idle_interval: '5m' }), 600 * MINUTE)).toBeUndefined();
  });
});
