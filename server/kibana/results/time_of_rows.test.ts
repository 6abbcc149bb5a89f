import { DAY, HOUR, MINUTE } from '../../../common/duration';
import { MOST_ROWS, timeOfRows } from './time_of_rows';

const NOW = Date.parse('2026-03-04T10:00:00Z');
const span = 5 * MINUTE;
const longest = MOST_ROWS * span;
const ask = (from: number, to: number, time: number) => timeOfRows({ from, to }, { now: NOW, span, time });

it('ends now where more is asked for: rows to come are not silent', () => {
  const midnight = NOW - 10 * HOUR;
  expect(ask(midnight, midnight + DAY, NOW - HOUR)).toEqual({ from: midnight, to: NOW });
  expect(ask(midnight, NOW - HOUR, midnight)).toEqual({ from: midnight, to: NOW - HOUR });
});

it('is empty where the time has not begun', () => {
  expect(ask(NOW + HOUR, NOW + DAY, NOW - HOUR)).toEqual({ from: NOW + HOUR, to: NOW + HOUR });
  expect(ask(NOW, NOW + DAY, NOW - HOUR)).toEqual({ from: NOW, to: NOW });
});

it('lies around the result where there are more rows than are shown', () => {
  const from = NOW - 30 * DAY;
  const time = NOW - 20 * DAY;
  expect(ask(from, NOW + DAY, time)).toEqual({ from: time - longest / 2, to: time + longest / 2 });
});

it('stays within what is asked for near its ends', () => {
  const from = NOW - 30 * DAY;
  expect(ask(from, NOW, from + HOUR)).toEqual({ from, to: from + longest });
  expect(ask(from, NOW + DAY, NOW - HOUR)).toEqual({ from: NOW - longest, to: NOW });
});

it.each([
  ['before', NOW - 40 * DAY],
  ['after', NOW + HOUR],
])('is the last part where the result lies %s all of it', (_where, time) => {
  expect(ask(NOW - 30 * DAY, NOW, time)).toEqual({ from: NOW - longest, to: NOW });
});
