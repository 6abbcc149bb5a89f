import { featureSchema } from '../../detector';
import { DirtCounter } from '../columns/field_value';
import { decodeTime, learnTime, offsetsOf, parseTimestamp } from './time_encoding';

const learn = (type: 'hour_of_day' | 'day_of_week', timeZone = 'UTC', values: readonly unknown[] = []) =>
  learnTime(featureSchema.parse({ type, field: 't', time_zone: timeZone }), values);
const encode = (encoding: ReturnType<typeof learn>, value: unknown): number[] | undefined => {
  const out = new Float64Array(2);
  return encoding.encode(value, out, 0, new DirtCounter()) ? [...out] : undefined;
};

describe('parseTimestamp', () => {
  it.each([
    ['2024-02-29T12:34:56.789Z', Date.UTC(2024, 1, 29, 12, 34, 56, 789)],
    ['2024-02-29T12:34:56.7Z', Date.UTC(2024, 1, 29, 12, 34, 56, 700)],
    ['2024-02-29T12:34:56.123456789Z', Date.UTC(2024, 1, 29, 12, 34, 56, 123)],
    ['2024-02-29T12:34:56+02:00', Date.UTC(2024, 1, 29, 10, 34, 56)],
    ['2024-02-29 12:34:56 -0330', Date.UTC(2024, 1, 29, 16, 4, 56)],
    ['2024-02-29T12:34', Date.UTC(2024, 1, 29, 12, 34)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('reads %s', (text, time) => expect(parseTimestamp(text)).toBe(time));

  it.each([
    '2024',
    'yesterday',
    '2024-13-01',
    '2024-01-01T25:00:00Z',
    '29/Feb/2024',
    `2024-01-01${' '.repeat(99)}`,
  ])('refuses %s', (text) => expect(parseTimestamp(text)).toBeUndefined());

  it('reads the form of Elasticsearch as all others', () => {
    const texts = [
      ...Array.from({ length: 500 }, (_none, number) =>
        new Date(Date.UTC(2024, 1, 27) + number * 86_399_123).toISOString(),
      ),
      '2026-02-30T00:00:60.999Z',
      '0099-01-01T00:00:00.000Z',
    ];
    // The same time in another form takes the other way.
    for (const text of texts) expect(parseTimestamp(text)).toBe(parseTimestamp(text.replace('.', ',')));
    for (const odd of ['2026-13-01T00:00:00.000Z', '2026-01-01T24:00:00.000Z', '2026-01-01T00:00:00.0x0Z'])
      expect(parseTimestamp(odd)).toBeUndefined();
  });
});

describe('hour of day', () => {
  it.each<[unknown, number]>([
    ['2024-01-01T06:00:00Z', 6],
    [Date.UTC(2024, 0, 1, 18, 30), 18.5],
    [String(Date.UTC(2024, 0, 1, 18, 30)), 18.5],
    [13, 13],
    ['7.25', 7.25],
    ['1969-12-31T23:00:00Z', 23],
  ])('places %p at %d', (value, hour) => {
    const [sine, cosine] = encode(learn('hour_of_day'), value)!;
    expect(sine).toBeCloseTo(Math.sin((2 * Math.PI * hour) / 24), 12);
    expect(cosine).toBeCloseTo(Math.cos((2 * Math.PI * hour) / 24), 12);
  });

  it('follows daylight saving time', () => {
    const encoding = learn('hour_of_day', 'Europe/Berlin');
    expect(encoding.actual('2024-01-15T12:00:00Z')).toBe('13:00');
    expect(encoding.actual('2024-07-15T12:00:00Z')).toBe('14:00');
    // the switch itself: 01:59:59 UTC+1 is followed by 03:00 UTC+2
    expect(encoding.actual('2024-03-31T00:59:00Z')).toBe('01:59');
    expect(encoding.actual('2024-03-31T01:00:00Z')).toBe('03:00');
  });

  it('knows offsets of quarter hours and before 1970', () => {
    expect(offsetsOf('Asia/Kathmandu')(Date.UTC(2024, 0, 1))).toBe(5.75 * 3_600_000);
    expect(offsetsOf('America/New_York')(Date.UTC(1965, 0, 1))).toBe(-5 * 3_600_000);
  });

  it.each(['noon', {}, true, null, 1e300, '12abc'])('has no value for %j', (value) => {
    expect(encode(learn('hour_of_day'), value)).toBeUndefined();
  });

  it('shows typical hours, also around midnight', () => {
    const office = Array.from({ length: 100 }, (_, index) => 8 + (index % 10));
    expect(learn('hour_of_day', 'UTC', office).typical).toMatch(/^0[89]:00-1[78]:00$/);
    expect(learn('hour_of_day', 'UTC', [22, 23, 0, 1, 22, 23, 0, 1]).typical).toBe('22:00-02:00');
    expect(
      learn(
        'hour_of_day',
        'UTC',
        Array.from({ length: 24 }, (_, hour) => hour),
      ).typical,
    ).toBe('any hour');
  });

  it('refuses unknown time zones and counts that do not fit', () => {
    expect(() => learn('hour_of_day', 'Mars/Olympus')).toThrow(/time_zone "Mars\/Olympus"/);
    expect(() =>
      decodeTime({ kind: 'hour_of_day', time_zone: 'UTC', counts: new Array<number>(7).fill(0) }),
    ).toThrow(/24 counts/);
  });
});

describe('day of week', () => {
  it.each<[unknown, string]>([
    ['2024-01-01T00:00:00Z', 'Mon'],
    ['1969-12-31T12:00:00Z', 'Wed'],
    [7, 'Sun'],
    [0, 'Sun'],
    [5, 'Fri'],
  ])('reads %p as %s', (value, day) => expect(learn('day_of_week').actual(value)).toBe(day));

  it('depends on the time zone', () => {
    expect(learn('day_of_week', 'Asia/Tokyo').actual('2023-12-31T16:00:00Z')).toBe('Mon');
  });
  it('lies on a circle of seven', () => {
    const [sine, cosine] = encode(learn('day_of_week'), 2)!;
    expect(sine).toBeCloseTo(Math.sin((4 * Math.PI) / 7), 12);
    expect(cosine).toBeCloseTo(Math.cos((4 * Math.PI) / 7), 12);
  });
  it('shows the usual days', () => {
    expect(learn('day_of_week', 'UTC', [1, 2, 3, 4, 5]).typical).toBe('Mon, Tue, Wed, Thu, Fri');
  });
});
