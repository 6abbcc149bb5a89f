import { detectFormat, parseLines, withEpochWord, type LogFormat } from '..';
import { readTimeAt } from './leading_time';

const CONTEXT = { latest: Date.UTC(2026, 10, 27, 12) };
const timeAndRest = (line: string): string => {
  const found = readTimeAt(line, 0, CONTEXT);
  return typeof found === 'object'
    ? `${new Date(found.time).toISOString().slice(11, 19)}|${line.slice(found.end)}`
    : '';
};

describe('what stands behind a clock', () => {
  it.each([
    ['Z', '12:00:00|'],
    ['Z [main]', '12:00:00| [main]'],
    ['z', '12:00:00|'],
    [' Z', '12:00:00|'],
    [' Z INFO', '12:00:00| INFO'],
    ['+02:00 INFO', '10:00:00| INFO'],
    ['+0200[main]', '10:00:00|[main]'],
    ['+02 INFO', '10:00:00| INFO'],
    ['.123-07:00', '19:00:00|'],
    [' +0200 [main] a', '10:00:00| [main] a'],
    [' -0700 server started', '19:00:00| server started'],
    [' +05:45, INFO', '06:15:00|, INFO'],
    [' +1000 AEST started', '02:00:00| AEST started'],
    [' +1100 started', '01:00:00| started'],
    [' -1000 HST started', '22:00:00| HST started'],
    [' -1000 [main]', '22:00:00| [main]'],
    [' -1000', '22:00:00|'],
    [' -1000 foo', '22:00:00| foo'],
    [' -1000 Foo', '22:00:00| Foo'],
    ['.987-0200: 151.126: [GC', '14:00:00|: 151.126: [GC'],
    [' +0200: Rack app error', '10:00:00|: Rack app error'],
    ['+02:00: hello', '10:00:00|: hello'],
    ['+02: hello', '10:00:00|: hello'],
    ['+02:00_web', '10:00:00|_web'],
    ['Z_web', '12:00:00|_web'],
    ['Z: hello', '12:00:00|: hello'],
  ])('is an offset: %s', (behind, expected) =>
    expect(timeAndRest(`2024-05-01 12:00:00${behind}`)).toBe(expected),
  );

  it.each([
    ' ZooKeeper started',
    ' zeus sshd[1]: x',
    ' Z-Wave is on',
    'Z1',
    ' -1000ms behind',
    ' -1000% of it',
    ' +2500 credits',
    ' -1300 [main]',
    ' +0207 [main]',
    ' -0100.50 paid',
    ' +14:30 x',
    ' -100 x',
    '+12:00:01',
    '+02:00x',
    '+02:0',
  ])('is none: %s', (behind) =>
    expect(timeAndRest(`2024-05-01 12:00:00${behind}`)).toBe(`12:00:00|${behind}`),
  );

  it('is no host of syslog', () => {
    const [{ document }] = [...parseLines(['2024-05-01T12:00:00 zeus sshd[7]: x'], 'syslog', CONTEXT)];
    expect(document).toMatchObject({ host: { name: 'zeus' }, process: { name: 'sshd' } });
  });
});

describe('a number', () => {
  const timesOf = (line: string): unknown =>
    [...parseLines([line], 'application', CONTEXT)].map(({ document }) => document?.['@timestamp']);
  it.each([
    '1714557600 started',
    '1714557600.000 started',
    '1714557600000 started',
    '[1714557600] started',
    'app [1714557600.000000] started',
    '- 1714557600 2024.05.01 R02-M1-N0-C:J12-U11 cache parity error',
  ])('is a time: %s', (line) => expect(timesOf(line)).toEqual(['2024-05-01T10:00:00.000Z']));
  it.each(['Heap used 4294967296 of', 'order 1714557600 is paid', 'read 1714557600000 bytes'])(
    'is none: %s',
    (line) => expect(timesOf(line)).toEqual([undefined]),
  );
});

describe('a number behind words', () => {
  const read = (lines: readonly string[]): unknown[] =>
    [...parseLines(lines, 'application', withEpochWord(lines, CONTEXT))].map(({ document }) => [
      document?.['@timestamp'],
      document?.message,
    ]);
  it.each([
    [
      [
        '134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change',
        '460903 node-70 action start 1077804743 1 clusterAddMember',
      ],
      [
        [
          '2004-02-26T14:12:22.000Z',
          '134681 node-246 unix.hw state_change.unavailable 1 Component State Change',
        ],
        ['2004-02-26T14:12:23.000Z', '460903 node-70 action start 1 clusterAddMember'],
      ],
    ],
    [
      ['worker-1 1700000000.123 INFO started', '\tat once', 'worker-2 1700000001.5 WARN late'],
      [
        ['2023-11-14T22:13:20.123Z', 'worker-1 started\n\tat once'],
        ['2023-11-14T22:13:21.500Z', 'worker-2 late'],
      ],
    ],
  ])('is a time where all lines have one: %j', (lines, expected) => {
    expect(detectFormat(lines, CONTEXT)).toBe('application');
    expect(read(lines)).toEqual(expected);
  });

  it('is none in a line that goes on with another', () => {
    const lines = ['2024-05-01 12:00:00 a', 'Heap used 1714557600 of', 'Heap used 1714557601 of'];
    expect(read(lines)).toEqual([['2024-05-01T12:00:00.000Z', ['a', ...lines.slice(1)].join('\n')]]);
  });

  it.each([
    [['Heap used 4294967296 of', 'Heap used 4294967297 of']],
    [['Heap used 1714557600kB of', 'Heap used 1714557601kB of']],
    [['customer: 2025550143 called', 'customer: 2025550144 called']],
    [['order 1714557600 is paid', 'it was late']],
    [['order 1714557600 is paid']],
  ])('is none that is no past time, or in a part of the lines: %j', (lines) =>
    expect(() => detectFormat(lines, CONTEXT)).toThrow(/not recognised/),
  );
});

it.each<[LogFormat, string[]]>([
  ['csv', ['time,message', '2024-05-01 12:00:00,m']],
  ['tsv', ['time\tmessage', '2024-05-01T12:00:00\tm']],
  ['logfmt', ['ts=2024-05-01T12:00:00 level=info msg=m']],
  ['json', ['{"time":"2024-05-01T12:00:00,000","msg":"m"}']],
  ['application', ['2024-05-01 12:00:00 INFO m']],
  [{ pattern: '$time_iso8601 $message' }, ['2024-05-01T12:00:00 m']],
])('a time without an offset is in the given zone: %j', (format, lines) => {
  const inZone = (given: string[]) =>
    [...parseLines(given, format, { ...CONTEXT, timeZone: 'Europe/Berlin' })].map(
      ({ document }) => document?.['@timestamp'],
    );
  expect(inZone(lines)).toEqual(['2024-05-01T10:00:00.000Z']);
  const withOffset = lines.map((line) => line.replace(/12:00:00(,000)?/, '12:00:00Z'));
  expect(inZone(withOffset)).toEqual(['2024-05-01T12:00:00.000Z']);
});
