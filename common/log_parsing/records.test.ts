import { createRecordParser, detectFormat, LONGEST_LINE, parseLines, type NamedFormat } from '.';

const CONTEXT = { latest: Date.UTC(2026, 10, 27, 12) };
const LONG = 'x'.repeat(LONGEST_LINE + 1);

/** Messages of what was read; of the rest the line and what is wrong with it. */
const read = (format: NamedFormat, lines: readonly string[]): unknown[] =>
  [...parseLines(lines, format, CONTEXT)].map(
    ({ document, failure }) => document?.message ?? `${failure?.line}: ${failure?.error}`,
  );
const OPEN_QUOTE = 'a cell begins with a quote that does not end';

describe('rows of a table', () => {
  const head = ['time,status,message,by'];
  const row = (second: number, message: string): string => `2024-05-01 10:00:0${second},5,${message},a`;

  it('have quotes in a cell that begins without one as text', () => {
    expect(
      read('csv', [...head, row(0, '5" disk'), row(1, 'b'), row(2, 'is 6" or 7"'), row(3, 'c')]),
    ).toEqual(['5" disk', 'b', 'is 6" or 7"', 'c']);
  });

  it('have quoted cells with delimiters, two quotes for one, and text behind them', () => {
    expect(
      read('csv', [...head, row(0, '"a ""b"", c"'), row(1, '"disk" full'), row(2, '""'), row(3, '"a" ')]),
    ).toEqual(['a "b", c', '"disk" full', row(2, '""'), 'a']);
  });

  it('go on over lines in a quoted cell, blank ones among them', () => {
    const lines = ['2024-05-01 10:00:00,5,"one', '', ' two""",a', '', row(1, 'b')];
    expect(read('csv', [...head, ...lines])).toEqual(['one\n\n two"', 'b']);
  });

  it('are read one by one where a quote begins a cell and ends none', () => {
    expect(read('csv', [...head, row(0, '"disk'), row(1, 'b'), row(2, '"c"'), row(3, 'd')])).toEqual([
      `2: ${OPEN_QUOTE}`,
      'b',
      'c',
      'd',
    ]);
    expect(read('csv', [...head, row(0, 'a'), row(1, '"disk'), row(2, 'c')])).toEqual([
      'a',
      `3: ${OPEN_QUOTE}`,
      'c',
    ]);
  });

  it('are read one by one where the line that shows a stray quote opens another cell', () => {
    const opening = ['2024-05-01 10:00:03,5,a"b,"two', 'lines"'];
    expect(read('csv', [...head, row(0, '"disk'), ...opening, row(4, 'e')])).toEqual([
      `2: ${OPEN_QUOTE}`,
      'a"b',
      'e',
    ]);
  });

  it.each([
    ['after many rows', [...Array.from({ length: 10 }, (_none, second) => row(second % 10, 'a'))]],
    ['after one', [row(0, 'a')]],
  ])('make a table where one is open at the end of the first lines: %s', (_name, rows) => {
    const stack = Array.from(
      { length: 30 },
      (_none, line) => `\tat com.example.Shop.open(Shop.java:${line})`,
    );
    expect(detectFormat([...head, ...rows, '2024-05-01 10:00:03,5,"failed', ...stack], CONTEXT)).toBe('csv');
  });

  it('end where they grow too long, and those behind are read', () => {
    const rows = Array.from({ length: 40_000 }, (_none, place) => row(place % 10, `message ${place}`));
    const outcomes = read('csv', [...head, row(0, '"disk'), ...rows]);
    expect(outcomes).toHaveLength(40_001);
    expect(outcomes[0]).toBe(`2: ${OPEN_QUOTE}`);
    expect(outcomes[40_000]).toBe('message 39999');
  });

  it('are scanned once, however many lines a quoted cell has', () => {
    const parser = createRecordParser('csv', CONTEXT);
    parser.read(head[0], 1);
    const quotes = jest.spyOn(String.prototype, 'indexOf');
    const lines = 2_000;
    for (let line = 0; line < lines; line++) parser.read(line === 0 ? row(0, '"') : 'x "" x', line + 2);
    expect(quotes.mock.calls.length).toBeLessThan(10 * lines);
    quotes.mockRestore();
  });

  it('have empty last cells, also where tabs separate them', () => {
    const outcomes = [
      ...parseLines(
        ['time\tmessage\tuser', '2024-05-01 10:00:00\ta\t', '2024-05-01 10:00:01\tb\tann'],
        'tsv',
      ),
    ];
    expect(outcomes.map(({ document }) => document)).toEqual([
      { '@timestamp': '2024-05-01T10:00:00.000Z', message: 'a' },
      { '@timestamp': '2024-05-01T10:00:01.000Z', message: 'b', user: 'ann' },
    ]);
  });
});

describe('lines of a container', () => {
  const line = (stream: string, tag: string, text: string): string =>
    `2016-10-06T00:17:09.669794202Z ${stream} ${tag} ${text}`;

  it('are one log a stream, parts of the other between theirs', () => {
    expect(
      read('cri', [
        line('stdout', 'P', 'out 1, '),
        line('stderr', 'P', 'err 1, '),
        line('stdout', 'P', 'out 2, '),
        line('stderr', 'F', 'err 2'),
        line('stdout', 'F', 'out 3'),
        line('stderr', 'P', 'err open'),
        line('stdout', 'P', 'out open'),
      ]),
    ).toEqual(['err 1, err 2', 'out 1, out 2, out 3', 'err open', 'out open']);
  });

  it('go on behind a part whose text looks like the tag of a last one', () => {
    expect(
      read('cri', [line('stdout', 'P', 'a '), line('stdout', 'P', 'b stdout F '), line('stdout', 'F', 'c')]),
    ).toEqual(['a b stdout F c']);
  });

  it('that are too long end with their last part, are counted, and swallow nothing behind', () => {
    const part = 'x'.repeat(16_384);
    const lines = [
      ...new Array<string>(100).fill(line('stdout', 'P', part)),
      line('stdout', 'F', 'end'),
      ...new Array<string>(10).fill(line('stdout', 'F', 'next')),
    ];
    const outcomes = [...parseLines(lines, 'cri', CONTEXT)];
    expect(outcomes).toHaveLength(11);
    expect(outcomes[0]).toEqual({
      failure: {
        line: 1,
        error: `is ${100 * part.length + line('stdout', 'P', '').length + 3} characters long; at most 1048576 are read`,
        excerpt: expect.stringContaining('stdout P xxx'),
      },
      isTooLong: true,
    });
    expect(outcomes[10].document?.message).toBe('next');
  });
});

describe('a line that is too long', () => {
  const time = (second: number): string => `2024-05-01 10:00:0${second}`;
  it('ends the log before it, and takes what belongs to it along', () => {
    expect(
      read('application', [
        `${time(0)} ERROR a`,
        '\tat a',
        `${time(1)} ERROR ${LONG}`,
        '\tat b',
        `${time(2)} INFO c`,
        '\tat c',
      ]),
    ).toEqual(['a\n\tat a', expect.stringMatching(/^3: is \d+ characters long/), 'c\n\tat c']);
  });
  it('that goes on with a log is left out of it', () => {
    expect(read('application', [`${time(0)} ERROR a`, '\tat a', LONG, '\tat b'])).toEqual([
      expect.stringMatching(/^3: is \d+ characters long/),
      'a\n\tat a\n\tat b',
    ]);
  });
  it('is told as such', () => {
    expect([...parseLines([LONG], 'json')]).toEqual([
      { failure: expect.objectContaining({ line: 1 }), isTooLong: true },
    ]);
  });
});
