import { daysWithLogs } from './days_with_logs';
import { DAY } from './duration';

const range = { from: 0, to: 7 * DAY };

describe('days with logs', () => {
  it.each([
    ['of logs that came all the time', 0, 7],
    ['of logs that came for the last two days', 5 * DAY, 2],
    ['of which nothing is known', undefined, 7],
    ['of a first log before the range', -DAY, 7],
    ['of a log a second ago', 7 * DAY - 1_000, 1 / 24],
  ])('%s', (_what, first, days) => {
    expect(daysWithLogs(range, first)).toBeCloseTo(days, 9);
  });
});
