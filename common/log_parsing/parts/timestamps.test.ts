import { isIpAddress } from './text_values';
import { parseAccessLogTime, parseIsoTime, parseTime, shiftTimestamp } from './timestamps';

const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());

describe('parseAccessLogTime', () => {
  it.each([
    ['17/May/2015:10:05:03 +0000', '2015-05-17T10:05:03.000Z'],
    ['01/Jan/2024:00:30:00 +0545', '2023-12-31T18:45:00.000Z'],
    ['31/Dec/2023:23:30:00 -0930', '2024-01-01T09:00:00.000Z'],
    ['29/Feb/2024:00:00:00 +0000', '2024-02-29T00:00:00.000Z'],
    ['01/Jan/0099:00:00:00 +0000', '0099-01-01T00:00:00.000Z'],
    ['29/Feb/2023:00:00:00 +0000', undefined],
    ['1/Feb/2023:00:00:00 +0000', undefined],
    ['01/feb/2023:00:00:00 +0000', undefined],
    ['01/Feb/2023:00:60:00 +0000', undefined],
    ['', undefined],
  ])('%s is %s', (text, expected) => expect(iso(parseAccessLogTime(text))).toBe(expected));
});

describe('parseTime', () => {
  it.each([
    ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T10:00:00', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01 10:00:00,123', '2024-05-01T10:00:00.123Z'],
    ['2024-05-01 10:00:00 +0200', '2024-05-01T08:00:00.000Z'],
    ['2024-05-01T10:00:00.123456789-07', '2024-05-01T17:00:00.123Z'],
    ['2024-05-01', '2024-05-01T00:00:00.000Z'],
    ['17/May/2015:10:05:03 +0000', '2015-05-17T10:05:03.000Z'],
    ['1714557600', '2024-05-01T10:00:00.000Z'],
    ['1714557600.25', '2024-05-01T10:00:00.250Z'],
    [1714557600000, '2024-05-01T10:00:00.000Z'],
    [1714557600, '2024-05-01T10:00:00.000Z'],
    ['1714557600123456', '2024-05-01T10:00:00.123Z'],
    [1714557600123456, '2024-05-01T10:00:00.123Z'],
    ['1714557600123456789', '2024-05-01T10:00:00.123Z'],
    [1.714557600123e18, '2024-05-01T10:00:00.123Z'],
    ['253402300799999', '9999-12-31T23:59:59.999Z'],
    ['253402300800000', undefined],
    ['17145576001234567', undefined],
    ['9999-12-31T23:59:59-01:00', undefined],
    ['0000-01-01T00:00:00+01:00', undefined],
    ['2024-13-01T10:00:00Z', undefined],
    ['now', undefined],
    ['9'.repeat(100), undefined],
    [NaN, undefined],
    [-1, undefined],
    [1e300, undefined],
    [null, undefined],
    [{}, undefined],
  ])('%p is %s', (value, expected) => expect(iso(parseTime(value))).toBe(expected));
});

describe('parseIsoTime', () => {
  it('takes no number, and local times in the zone that is given', () => {
    expect(parseIsoTime('1714557600')).toBeUndefined();
    const inBerlin = (text: string) => iso(parseIsoTime(text, { timeZone: 'Europe/Berlin' }));
    expect(inBerlin('2024-05-01 12:00:00')).toBe('2024-05-01T10:00:00.000Z');
    expect(inBerlin('2024-05-01')).toBe('2024-04-30T22:00:00.000Z');
    expect(inBerlin('2024-05-01T12:00:00+00:00')).toBe('2024-05-01T12:00:00.000Z');
  });
});

describe('shiftTimestamp', () => {
  it('moves the time and nothing else', () => {
    const document = { '@timestamp': '2015-05-17T10:05:03.000Z', message: 'm' };
    expect(shiftTimestamp(document, 86_400_000)).toEqual({
      ...document,
      '@timestamp': '2015-05-18T10:05:03.000Z',
    });
    expect(document['@timestamp']).toBe('2015-05-17T10:05:03.000Z');
  });
  it('leaves alone what has no time or would leave the calendar', () => {
    const without = { message: 'm' };
    expect(shiftTimestamp(without, 1)).toBe(without);
    const document = { '@timestamp': '2015-05-17T10:05:03.000Z' };
    expect(shiftTimestamp(document, 1e16)).toBe(document);
    expect(shiftTimestamp(document, 8e15)).toBe(document);
    expect(shiftTimestamp(document, NaN)).toBe(document);
  });
});

describe('isIpAddress', () => {
  it.each([
    '1.2.3.4',
    '255.255.255.255',
    '::',
    '::1',
    '1::',
    '2001:db8::1:2',
    '1:2:3:4:5:6:7:8',
    '::ffff:1.2.3.4',
  ])('takes %s', (text) => expect(isIpAddress(text)).toBe(true));
  it.each([
    '',
    '1.2.3',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4.5',
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '1.2.3.4::',
    ':1:2:3:4:5:6:7',
  ])('refuses %p', (text) => expect(isIpAddress(text)).toBe(false));
});
