import { DAY } from '../duration';
import { defaultBaseline } from '.';

it('compares with the time just before, four times as long and at most 366 days', () => {
  const to = Date.UTC(2026, 10, 1);
  expect(defaultBaseline({ from: to - DAY, to })).toEqual({ from: to - 5 * DAY, to: to - DAY });
  const from = to - 200 * DAY;
  expect(defaultBaseline({ from, to })).toEqual({ from: from - 366 * DAY, to: from });
});
