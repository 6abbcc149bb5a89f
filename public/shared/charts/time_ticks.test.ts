import moment from 'moment-timezone';
import { tickFormatOf, timeTicks } from './time_ticks';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const at = (time: string): number => moment.tz(time, 'Europe/Berlin').valueOf();
const labels = (from: number, to: number, most: number): string[] =>
  timeTicks({ from, to }, most).map(({ label, day }) => (day ? `${day} ${label}` : label));

beforeAll(() => {
  moment.tz.setDefault('Europe/Berlin');
});
afterAll(() => {
  moment.tz.setDefault();
});

describe('ticks of a time axis', () => {
  it('stand at round hours of the time zone, with the day where one begins', () => {
    expect(labels(at('2026-01-05T19:07:30'), at('2026-01-06T07:07:30'), 5)).toEqual([
      'Jan 5 21:00',
      'Jan 6 00:00',
      '03:00',
      '06:00',
    ]);
  });

  it('stand at round minutes and seconds of short times', () => {
    expect(labels(at('2026-01-05T19:07:30'), at('2026-01-05T19:52:30'), 5)).toEqual([
      'Jan 5 19:10',
      '19:20',
      '19:30',
      '19:40',
      '19:50',
    ]);
    expect(labels(at('2026-01-05T19:07:31'), at('2026-01-05T19:08:10'), 8)).toEqual([
      'Jan 5 19:07:35',
      '19:07:40',
      '19:07:45',
      '19:07:50',
      '19:07:55',
      '19:08:00',
      '19:08:05',
    ]);
  });

  it('stand at midnights, Mondays and first days of months of long times', () => {
    expect(labels(at('2026-01-05T19:00'), at('2026-01-09T19:00'), 5)).toEqual([
      'Jan 6',
      'Jan 7',
      'Jan 8',
      'Jan 9',
    ]);
    expect(labels(at('2026-01-01T00:00'), at('2026-02-01T00:00'), 5)).toEqual([
      'Jan 5',
      'Jan 12',
      'Jan 19',
      'Jan 26',
    ]);
    expect(labels(at('2026-01-15T00:00'), at('2026-05-15T00:00'), 5)).toEqual([
      'Feb 2026',
      'Mar 2026',
      'Apr 2026',
      'May 2026',
    ]);
  });

  it('keep round hours over a day of 23 and of 25 hours', () => {
    for (const [from, to] of [
      [at('2026-03-29T00:00'), at('2026-03-30T00:00')],
      [at('2026-10-25T00:00'), at('2026-10-26T00:00')],
    ]) {
      expect((to - from) / HOUR).toBe(from < at('2026-06-01') ? 23 : 25);
      expect(timeTicks({ from, to }, 9).map(({ label }) => label)).toEqual([
        '00:00',
        '03:00',
        '06:00',
        '09:00',
        '12:00',
        '15:00',
        '18:00',
        '21:00',
      ]);
    }
  });

  it.each([1, 3, 10])('are never more than there is room for, %i', (most) => {
    for (const span of [20_000, HOUR, 5 * HOUR, DAY, 9 * DAY, 90 * DAY, 700 * DAY]) {
      const ticks = timeTicks(
        { from: at('2026-01-05T19:07:30'), to: at('2026-01-05T19:07:30') + span },
        most,
      );
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
    }
  });
});

it.each([
  [30 / 60, '19:07:30'],
  [6, '19:07'],
  [5 * 24, 'Jan 5, 19:07'],
  [90 * 24, 'Jan 5'],
  [900 * 24, 'Jan 2026'],
])('are written alike where a chart chooses them itself, over %d hours', (hours, label) => {
  const from = at('2026-01-05T19:07:30');
  expect(tickFormatOf({ from, to: from + hours * HOUR })(from)).toBe(label);
});
