import { logAnomalyParamsSchema, lowestConfidence } from '../../../common/rules';
import { windowOf } from './log_anomaly';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const SETTLED = NOW - 10_000;

describe('the window of a check', () => {
  it('is as long as asked, and everything in it is new at first', () => {
    expect(windowOf(NOW, 300_000, undefined)).toEqual({
      from: SETTLED - 300_000,
      to: SETTLED,
      newFrom: SETTLED - 300_000,
    });
  });

  it('knows what an earlier check has seen', () => {
    const seenTo = SETTLED - 60_000;
    expect(windowOf(NOW, 300_000, seenTo)).toEqual({ from: SETTLED - 300_000, to: SETTLED, newFrom: seenTo });
  });

  it('reaches back a window behind the last check, where a burst may have begun, but no further than a day', () => {
    const seenTo = SETTLED - 2 * HOUR;
    expect(windowOf(NOW, 60_000, seenTo)).toEqual({ from: seenTo - 60_000, to: SETTLED, newFrom: seenTo });
    const afterPause = windowOf(NOW, 60_000, SETTLED - 100 * HOUR);
    expect(afterPause.from).toBe(SETTLED - 60_000 - 24 * HOUR);
    expect(afterPause.newFrom).toBe(afterPause.from);
  });

  it('does not believe a check of the future', () => {
    expect(windowOf(NOW, 60_000, NOW + HOUR).newFrom).toBe(SETTLED - 60_000);
  });
});

it('takes the stricter of confidence and severity', () => {
  const lowest = (given: object): number => lowestConfidence(logAnomalyParamsSchema.parse(given));
  expect(lowest({})).toBe(0.5);
  expect(lowest({ min_severity: 'major' })).toBe(0.9);
  expect(lowest({ min_severity: 'minor', min_confidence: 0.95 })).toBe(0.95);
});
