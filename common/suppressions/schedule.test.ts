import { compileSchedule, coverageOf, windowsOf } from './schedule';
import { scheduleSchema, type Schedule } from './suppression';

const at = (text: string): number => Date.parse(text);
const shown = (schedule: Schedule, from: string, to: string): string[] =>
  windowsOf(schedule, { from: at(from), to: at(to) }).map(
    (window) => `${new Date(window.from).toISOString()} ${(window.to - window.from) / 60_000}m`,
  );
const weekly = (change: object): Schedule =>
  scheduleSchema.parse({
    type: 'weekly',
    days: ['sunday'],
    from: '01:00',
    to: '04:00',
    time_zone: 'Europe/Berlin',
    ...change,
  });
const NIGHTLY = { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] };

describe('weekly quiet times', () => {
  it('follow local time over both changes of daylight saving', () => {
    expect(shown(weekly({}), '2026-03-20', '2026-04-07')).toEqual([
      '2026-03-22T00:00:00.000Z 180m',
      // Clocks go from 2:00 to 3:00: three hours on the clock are two.
      '2026-03-29T00:00:00.000Z 120m',
      '2026-04-04T23:00:00.000Z 180m',
    ]);
    expect(shown(weekly({}), '2026-10-18', '2026-11-02')).toEqual([
      '2026-10-18T00:00:00.000Z 120m',
      // Clocks go from 3:00 to 2:00: it lasts four.
      '2026-10-24T23:00:00.000Z 240m',
      '2026-11-01T00:00:00.000Z 180m',
    ]);
  });

  it('begin by the clock before where clocks skip the time, and at the first of two', () => {
    const early = weekly({ from: '02:30', to: '03:30' });
    expect(shown(early, '2026-03-29', '2026-03-30')).toEqual([]);
    expect(shown(weekly({ from: '02:30', to: '05:00' }), '2026-03-29', '2026-03-30')).toEqual([
      '2026-03-29T01:30:00.000Z 90m',
    ]);
    expect(shown(early, '2026-10-25', '2026-10-26')).toEqual(['2026-10-25T00:30:00.000Z 120m']);
  });

  it('go over midnight from the day on which they begin', () => {
    const night = weekly({ days: ['friday'], from: '22:00', to: '06:00', time_zone: 'America/New_York' });
    expect(shown(night, '2026-11-06', '2026-11-09')).toEqual(['2026-11-07T03:00:00.000Z 480m']);
    // The range begins within.
    expect(shown(night, '2026-11-07T10:00Z', '2026-11-08')).toEqual(['2026-11-07T10:00:00.000Z 60m']);
    expect(shown(weekly({ ...NIGHTLY, from: '00:00', to: '24:00' }), '2026-11-06', '2026-11-08')).toEqual([
      '2026-11-06T00:00:00.000Z 2880m',
    ]);
  });

  it('say of each minute what their windows say', () => {
    for (const [from, to] of [
      ['01:30', '02:30'],
      ['22:15', '03:15'],
      ['00:00', '00:00'],
    ]) {
      const schedule = weekly({ days: ['saturday', 'sunday'], from, to });
      const holds = compileSchedule(schedule);
      const range = { from: at('2026-10-23T00:00Z'), to: at('2026-10-27T00:00Z') };
      const windows = windowsOf(schedule, range);
      for (let time = range.from; time < range.to; time += 15 * 60_000) {
        expect(holds(time)).toBe(windows.some((window) => time >= window.from && time < window.to));
      }
    }
  });

  it('know how much they cover', () => {
    const range = { from: at('2026-11-02'), to: at('2026-11-09') };
    expect(coverageOf(weekly({}), range)).toBeCloseTo(3 / (7 * 24), 10);
  });
});

it('one-off windows are half-open and may overlap', () => {
  const schedule = scheduleSchema.parse({
    type: 'once',
    windows: [
      { from: '2026-11-01T10:00:00Z', to: '2026-11-01T11:00:00Z' },
      { from: '2026-11-01T10:30:00Z', to: '2026-11-01T12:00:00Z' },
    ],
  });
  expect(shown(schedule, '2026-11-01', '2026-11-02')).toEqual(['2026-11-01T10:00:00.000Z 120m']);
  const holds = compileSchedule(schedule);
  expect(
    ['09:59:59.999', '10:00', '11:59:59.999', '12:00'].map((time) => holds(at(`2026-11-01T${time}Z`))),
  ).toEqual([false, true, true, false]);
});

it('refuses what is no schedule', () => {
  const problem = (value: object): string => scheduleSchema.safeParse(value).error?.issues[0].message ?? '';
  expect(problem({ type: 'once', windows: [{ from: '2026-11-02', to: '2026-11-01' }] })).toContain('before');
  expect(problem({ type: 'weekly', days: ['monday'], from: '25:00', to: '26:00' })).toContain('23:59');
  expect(() => windowsOf(weekly({ time_zone: 'Mars/Base' }), { from: 0, to: 1 })).toThrow('Mars/Base');
});
