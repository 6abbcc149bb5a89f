import { readCalendar } from './calendar';
import { CALENDAR_LIMITS } from './limits';
import { slowness } from '../../test/unit/thread_time';

const BERLIN = `BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE`;
const event = (...lines: string[]): string =>
  ['BEGIN:VEVENT', 'UID:deploy', ...lines, 'END:VEVENT'].join('\n');
const calendar = (...parts: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...parts, 'END:VCALENDAR'].join('\n').replace(/\n/g, '\r\n');

const shown = (text: string, from: string, to: string, zone = 'UTC'): string[] =>
  readCalendar(text, zone)
    .windows({ from: Date.parse(from), to: Date.parse(to) })
    .map(
      (window) =>
        `${new Date(window.from).toISOString().slice(0, 16)} ${(window.to - window.from) / 60_000}m`,
    );

describe('an iCalendar text', () => {
  it('repeats by its rule, without its exceptions, in the zone that it defines', () => {
    const text = calendar(
      BERLIN,
      event(
        'DTSTART;TZID=Office:20261001T220000',
        'DTEND;TZID=Office:20261001T233000',
        'RRULE:FREQ=WEEKLY;BYDAY=TH',
        'EXDATE;TZID=Office:20261022T220000',
      ),
      event(
        'RECURRENCE-ID;TZID=Office:20261029T220000',
        'DTSTART;TZID=Office:20261030T080000',
        'DTEND;TZID=Office:20261030T090000',
      ),
      event(
        'RECURRENCE-ID;TZID=Office:20261105T220000',
        'DTSTART;TZID=Office:20261105T220000',
        'STATUS:CANCELLED',
      ),
    );
    expect(shown(text, '2026-10-10', '2026-11-20')).toEqual([
      '2026-10-15T20:00 90m',
      // Without daylight saving from here on, and moved to the next morning.
      '2026-10-30T07:00 60m',
      '2026-11-12T21:00 90m',
      '2026-11-19T21:00 90m',
    ]);
    expect(readCalendar(text, 'UTC').events).toBe(3);
  });

  it('goes on after an occurrence that was moved beyond what is asked for', () => {
    const text = calendar(
      event('DTSTART:20261101T080000Z', 'DTEND:20261101T090000Z', 'RRULE:FREQ=DAILY'),
      event('RECURRENCE-ID:20261103T080000Z', 'DTSTART:20261220T080000Z', 'DTEND:20261220T090000Z'),
    );
    expect(shown(text, '2026-11-02', '2026-11-06')).toEqual([
      '2026-11-02T08:00 60m',
      '2026-11-04T08:00 60m',
      '2026-11-05T08:00 60m',
    ]);
  });

  it('leaves an occurrence out that is cancelled without a time of its own', () => {
    const daily = event('DTSTART:20261101T080000Z', 'DTEND:20261101T090000Z', 'RRULE:FREQ=DAILY');
    const text = calendar(daily, event('RECURRENCE-ID:20261104T080000Z', 'STATUS:CANCELLED'));
    expect(shown(text, '2026-11-03', '2026-11-06')).toEqual(['2026-11-03T08:00 60m', '2026-11-05T08:00 60m']);
    const ends = ['RECURRENCE-ID;RANGE=THISANDFUTURE:20261104T080000Z', 'STATUS:CANCELLED'];
    for (const times of [[], ['DTSTART:20261104T080000Z', 'DTEND:20261104T090000Z']]) {
      const ended = calendar(daily, event(...ends, ...times));
      expect(shown(ended, '2026-11-03', '2026-11-06')).toEqual(['2026-11-03T08:00 60m']);
    }
    const changed = text.replace('STATUS:CANCELLED', 'SUMMARY:x');
    expect(() => readCalendar(changed, 'UTC')).toThrow('has an event without DTSTART');
  });

  it('has occurrences of an event that it does not have itself', () => {
    const text = calendar(
      event('RECURRENCE-ID:20261103T080000Z', 'DTSTART:20261104T080000Z', 'DTEND:20261104T090000Z'),
      event('RECURRENCE-ID:20261110T080000Z', 'STATUS:CANCELLED'),
    );
    expect(shown(text, '2026-11-01', '2026-12-01')).toEqual(['2026-11-04T08:00 60m']);
    const without = calendar(event('RECURRENCE-ID:20261103T080000Z', 'SUMMARY:x'));
    expect(() => readCalendar(without, 'UTC')).toThrow('DTSTART');
  });

  it('takes IANA names that it does not define, and the given zone where it names none', () => {
    const named = calendar(
      event('DTSTART;TZID=America/New_York:20261031T200000', 'DURATION:PT2H', 'RRULE:FREQ=DAILY'),
    );
    expect(shown(named, '2026-10-31', '2026-11-03')).toEqual([
      '2026-11-01T00:00 120m',
      '2026-11-02T01:00 120m',
    ]);
    const floating = calendar(event('DTSTART:20261101T080000', 'DTEND:20261101T090000'));
    expect(shown(floating, '2026-11-01', '2026-11-02', 'Asia/Tokyo')).toEqual([]);
    expect(shown(floating, '2026-10-31', '2026-11-02', 'Asia/Tokyo')).toEqual(['2026-10-31T23:00 60m']);
    const withZone = calendar(
      'X-WR-TIMEZONE:Europe/Berlin',
      event('DTSTART:20261101T080000', 'DURATION:PT1H'),
    );
    expect(shown(withZone, '2026-11-01', '2026-11-02')).toEqual(['2026-11-01T07:00 60m']);
  });

  it('has all-day events by local days, and other events of their own', () => {
    const text = calendar(
      event('DTSTART;VALUE=DATE:20261025', 'DTEND;VALUE=DATE:20261026'),
      event('DTSTART:20261101T080000Z', 'DTEND:20261101T090000Z').replace('deploy', 'other'),
      event('RECURRENCE-ID:20261101T080000Z', 'DTSTART:20261102T080000Z', 'DTEND:20261102T090000Z'),
    );
    // The day on which clocks go back has 25 hours.
    expect(shown(text, '2026-10-20', '2026-11-10', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00 1500m',
      '2026-11-01T08:00 60m',
      '2026-11-02T08:00 60m',
    ]);
  });

  it('ends by the clocks in a night in which they change, and after as many hours where it says these', () => {
    const nights: readonly [from: string, to: string, minutes: number][] = [
      ['20260328T220000', '20260329T060000', 420],
      ['20261024T220000', '20261025T060000', 540],
    ];
    for (const [begin, end, minutes] of nights) {
      for (const [zones, name] of [
        [[BERLIN], 'Office'],
        [[], 'Europe/Berlin'],
      ] as const) {
        const once = calendar(...zones, event(`DTSTART;TZID=${name}:${begin}`, `DTEND;TZID=${name}:${end}`));
        expect(shown(once, '2026-01-01', '2026-12-31')).toEqual([expect.stringContaining(` ${minutes}m`)]);
        const lasting = calendar(...zones, event(`DTSTART;TZID=${name}:${begin}`, 'DURATION:PT8H'));
        expect(shown(lasting, '2026-01-01', '2026-12-31')).toEqual([expect.stringContaining(' 480m')]);
      }
    }
    const weekly = calendar(
      BERLIN,
      event(
        'DTSTART;TZID=Office:20260328T220000',
        'DTEND;TZID=Office:20260329T060000',
        'RRULE:FREQ=WEEKLY;COUNT=2',
      ),
    );
    expect(shown(weekly, '2026-04-01', '2026-05-01')).toEqual(['2026-04-04T20:00 480m']);
    const days = calendar(event('DTSTART;VALUE=DATE:20260328', 'DURATION:P2D'));
    expect(shown(days, '2026-01-01', '2026-12-31', 'Europe/Berlin')).toEqual(['2026-03-27T23:00 2820m']);
  });

  it('is the same whether times are those of UTC, of another zone or of the zone of the event', () => {
    const daily = (...lines: string[]): string =>
      event(
        'DTSTART;TZID=Europe/Berlin:20260320T100000',
        'DTEND;TZID=Europe/Berlin:20260320T110000',
        ...lines,
      );
    const outcome = (...parts: string[]): string[] => shown(calendar(...parts), '2026-03-28', '2026-03-31');
    const withUntil = (until: string): string[] => outcome(daily(`RRULE:FREQ=DAILY;UNTIL=${until}`));
    expect(withUntil('20260329T080000Z')).toEqual(['2026-03-28T09:00 60m', '2026-03-29T08:00 60m']);
    expect(withUntil('20260329T075959Z')).toEqual(['2026-03-28T09:00 60m']);
    for (const time of [':20260329T080000Z', ';TZID=America/New_York:20260329T040000']) {
      const left = ['2026-03-28T09:00 60m', '2026-03-30T08:00 60m'];
      expect(outcome(daily('RRULE:FREQ=DAILY', `EXDATE${time}`))).toEqual(left);
      const moved = event(`RECURRENCE-ID${time}`, 'DTSTART:20260329T160000Z', 'DTEND:20260329T170000Z');
      expect(outcome(daily('RRULE:FREQ=DAILY'), moved)).toEqual([left[0], '2026-03-29T16:00 60m', left[1]]);
      expect(outcome(daily(`RDATE${time}`))).toEqual(['2026-03-29T08:00 60m']);
      const ends = event('DTSTART;TZID=Europe/Berlin:20260329T090000', `DTEND${time}`);
      expect(outcome(ends)).toEqual(['2026-03-29T07:00 60m']);
    }
    const defined = event(
      'DTSTART;TZID=Office:20260320T100000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY',
      'EXDATE;TZID=America/New_York:20260329T040000',
      'EXDATE:20260328T100000',
    );
    expect(outcome(BERLIN, defined)).toEqual(['2026-03-30T08:00 60m']);
  });

  it('is refused where it cannot be followed', () => {
    const rule = (text: string): string =>
      calendar(event('DTSTART:20260131T100000Z', 'DURATION:PT1H', `RRULE:${text}`));
    expect(() => readCalendar('hello', 'UTC')).toThrow('cannot be read');
    expect(() => readCalendar(calendar(), 'UTC')).toThrow('no event');
    expect(() => readCalendar(calendar(event('SUMMARY:x')), 'UTC')).toThrow('DTSTART');
    expect(() => readCalendar(rule('FREQ=MINUTELY'), 'UTC')).toThrow('FREQ=MINUTELY; allowed: DAILY, WEEKLY');
    expect(() => readCalendar(rule('FREQ=DAILY;INTERVAL=7;BYDAY=MO'), 'UTC')).toThrow('INTERVAL=7; allowed');
    expect(() => readCalendar(rule('FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2'), 'UTC')).toThrow('BYMONTHDAY');
    expect(() => readCalendar(rule('FREQ=MONTHLY;BYDAY=2SU,5SA;BYSETPOS=31'), 'UTC')).toThrow('BYSETPOS=31');
    expect(() => readCalendar(rule('FREQ=DAILY;BYDAY=5FR'), 'UTC')).toThrow('BYDAY=5FR in FREQ=DAILY');
    expect(() => readCalendar(rule('FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13'), 'UTC')).toThrow('FREQ=YEARLY');
    expect(() => readCalendar('x'.repeat(CALENDAR_LIMITS.characters + 1), 'UTC')).toThrow('256000');
    const ancient = calendar(event('DTSTART:19000101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'));
    expect(() => shown(ancient, '2026-01-01', '2026-01-02')).toThrow('20000 occurrences');
    const zone = calendar(event('DTSTART;TZID=Somewhere:20261001T220000', 'DURATION:PT1H'));
    expect(() => shown(zone, '2026-10-01', '2026-10-02')).toThrow('Somewhere');
  });

  it('never takes long, whatever its rule: it is followed or refused', () => {
    let state = 1;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const days = ['MO', 'TU', 'FR', 'SU', '1SA', '-1FR', '5WE', '53MO'];
    const some = (values: readonly (string | number)[]): string =>
      [...new Set([values[below(values.length)], values[below(values.length)]])].join(',');
    const parts: readonly (() => string)[] = [
      () => `INTERVAL=${1 + below(15)}`,
      () => `BYDAY=${some(days)}`,
      () => `BYMONTHDAY=${some([1, 13, 29, 31, -1, -31])}`,
      () => `BYMONTH=${some([1, 2, 6, 12])}`,
      () => `BYSETPOS=${some([1, -1, 4, 20])}`,
      () => `BYHOUR=${some([0, 7, 23])}`,
    ];
    const outcomes = { followed: 0, refused: 0 };
    const started = process.cpuUsage().user;
    for (let tried = 0; tried < 400; tried++) {
      const frequency = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'][tried % 4];
      const chosen = parts.filter(() => below(3) === 0).map((part) => part());
      const text = calendar(
        event(
          'DTSTART:20260131T100000Z',
          'DURATION:PT1H',
          `RRULE:${[`FREQ=${frequency}`, ...chosen].join(';')}`,
        ),
      );
      try {
        readCalendar(text, 'UTC').windows({ from: Date.UTC(2026, 10, 1), to: Date.UTC(2028, 10, 1) });
        outcomes.followed++;
      } catch {
        outcomes.refused++;
      }
    }
    expect((process.cpuUsage().user - started) / 1_000 / slowness()).toBeLessThan(20_000);
    expect(outcomes.followed).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(100);
  });

  it('may repeat on the last working day of each month', () => {
    const text = calendar(
      event(
        'DTSTART:20260130T100000Z',
        'DURATION:PT1H',
        'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      ),
    );
    expect(shown(text, '2026-05-01', '2026-07-01')).toEqual(['2026-05-29T10:00 60m', '2026-06-30T10:00 60m']);
  });
});

describe('a calendar that was made to take long', () => {
  const zone = (...changes: string[]): string =>
    ['BEGIN:VTIMEZONE', 'TZID:Z', ...changes, 'END:VTIMEZONE'].join('\n');
  const change = (rule: string, year = '1601'): string =>
    `BEGIN:STANDARD\nDTSTART:${year}0101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:${rule}\nEND:STANDARD`;
  const daily = event('DTSTART;TZID=Z:20260101T000000', 'DTEND;TZID=Z:20260101T010000', 'RRULE:FREQ=DAILY');
  const reading = (text: string) => () =>
    readCalendar(text, 'UTC').windows({ from: Date.UTC(2026, 0), to: Date.UTC(2028, 0) });

  it.each([
    [
      'rules of a zone',
      zone(...Array.from({ length: 13 }, () => change('FREQ=YEARLY'))),
      /rules hold for 5\d+ years/,
    ],
    [
      'offsets of zones',
      zone(...Array.from({ length: 201 }, () => change('FREQ=YEARLY', '2034'))),
      /201 offsets/,
    ],
    ['days of a zone', zone(change('FREQ=YEARLY;BYDAY=MO')), /changes on each MO/],
    ['months of a zone', zone(change('FREQ=YEARLY;BYMONTH=1,2,3')), /3 values of BYMONTH/],
    [
      'dates of a zone',
      zone(
        change('FREQ=YEARLY').replace(
          'RRULE:FREQ=YEARLY',
          `RDATE:${'20200101T000000,'.repeat(1_000)}20200101T000000`,
        ),
      ),
      /change on 1001 dates/,
    ],
  ])('is refused for the %s', (_what, zones, why) => expect(reading(calendar(zones, daily))).toThrow(why));

  it.each(['00010101T000000', '99990101T000000'])('is refused for an event at %s', (start) =>
    expect(reading(calendar(event(`DTSTART:${start}`)))).toThrow(/in the year \d+; allowed: 1900 to 2200/),
  );

  it('is read where two zones change as Outlook writes them', () => {
    const rule = 'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10';
    expect(
      reading(calendar(zone(change(rule), change('FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3')), daily)),
    ).not.toThrow();
  });
});
