import { DAY, MINUTE } from '../../../common/duration';
import { wholeLength } from './sample_sessions';

test('spans of all sessions hold neither more sessions nor more logs than are read at a time', () => {
  const settings = { gap: 5 * MINUTE, longest: 60 * MINUTE };
  const of = (ids: number, logs: number): number =>
    wholeLength({ from: 0, to: 14 * DAY }, settings, { ids, logs });
  expect(of(1_000, 20_000)).toBe(28 * DAY);
  expect(of(1_000, 299_000)).toBeGreaterThan(14 * DAY);
  // Few ids with many logs: within a gap only those are read whose sessions are over.
  expect(of(1_000, 14_000_000)).toBe(5 * MINUTE);
  expect(of(10, 2_016_000_000)).toBeCloseTo(3 * MINUTE);
  expect(of(10, 1e12)).toBe(MINUTE);
  expect(of(100_000, 1_000_000)).toBe(5 * MINUTE);
});
