import {
  decodeText,
  encodedShare,
  normaliseText,
  revealText,
  SURPRISE_WINDOW,
  SYMBOL_COUNT,
  symbolOf,
  textStatistics,
} from './text_statistics';

const flat = new Float64Array(SYMBOL_COUNT * SYMBOL_COUNT).fill(2);

describe('decodeText', () => {
  it.each([
    ['a%20b+c', 'a b c'],
    ['%2527', "'"],
    ['%252527', '%27'],
    ['100%', '100%'],
    ['%zz%4', '%zz%4'],
    ['%e9', '\u00e9'],
    ['%%32%37', "'"],
  ])('reads %s as %s', (text, decoded) => expect(decodeText(text)).toBe(decoded));
});

it('normalises case, white space and comments', () => {
  expect(normaliseText('UNION/**/ALL\t\n SELECT Ä')).toBe('union all select Ä');
});

it('keeps a line break before the name of a header, where asked', () => {
  const text = 'a\r\n Set-Cookie: b\r\n\r\nSet-Cookie:\rHTTP/1.1 200\nand so: on\n-:';
  expect(normaliseText(text)).toBe('a set-cookie: b set-cookie: http/1.1 200 and so: on -:');
  expect(normaliseText(text, true)).toBe('a set-cookie: b \nset-cookie:\nhttp/1.1 200 and so: on -:');
});

it('reads thoroughly what is encoded once more, overlong or looks like a slash', () => {
  const text = '%2541\u00e0\u0080\u00ae\u00f0\u0080\u0081\u0081%u2216\u00e0\u00a4\u00b9\u00e0\u0080';
  expect(revealText(text, true)).toBe('A.A\\\u00e0\u00a4\u00b9\u00e0\u0080');
  expect(revealText(text)).toBe(
    '%2541\u00e0\u0080\u00ae\u00f0\u0080\u0081\u0081\u2216\u00e0\u00a4\u00b9\u00e0\u0080',
  );
});

describe('symbolOf', () => {
  it('gives every ASCII mark its own symbol and letters, digits, others one each', () => {
    const symbols = new Set(Array.from({ length: 200 }, (_, code) => symbolOf(code)));
    expect(symbols.size).toBe(SYMBOL_COUNT);
    expect([...symbols].every((symbol) => symbol >= 0 && symbol < SYMBOL_COUNT)).toBe(true);
    expect(symbolOf('A'.charCodeAt(0))).toBe(symbolOf('a'.charCodeAt(0)));
    expect(symbolOf('0'.charCodeAt(0))).toBe(symbolOf('9'.charCodeAt(0)));
  });
});

describe('textStatistics', () => {
  it('counts shares, longest token, marks and entropy', () => {
    const statistics = textStatistics("aB3'é;aaaa", flat);
    expect(statistics.upperShare).toBeCloseTo(0.1, 12);
    expect(statistics.digitShare).toBeCloseTo(0.1, 12);
    expect(statistics.specialShare).toBeCloseTo(0.2, 12);
    expect(statistics.nonAsciiShare).toBeCloseTo(0.1, 12);
    expect(statistics.longestToken).toBe(4);
    expect(statistics.marks).toBe(2);
    // a 5 times, five others once
    expect(statistics.entropy).toBeCloseTo(-0.5 * Math.log(0.5) - 5 * 0.1 * Math.log(0.1), 12);
  });

  it('leaves nothing behind for the next text', () => {
    textStatistics('zzzz', flat);
    expect(textStatistics('ab', flat).entropy).toBeCloseTo(Math.log(2), 12);
    expect(textStatistics('', flat)).toMatchObject({
      entropy: 0,
      marks: 0,
      peakSurprise: 0,
      specialShare: 0,
    });
  });

  it('takes the window with the largest surprise', () => {
    const surprises = new Float64Array(SYMBOL_COUNT * SYMBOL_COUNT);
    surprises[symbolOf(120) * SYMBOL_COUNT + symbolOf(121)] = 3;
    const calm = 'a'.repeat(40);
    expect(textStatistics(`${calm}xy${calm}xyxy${calm}`, surprises).peakSurprise).toBeCloseTo(
      6 / SURPRISE_WINDOW,
      12,
    );
    expect(textStatistics('xy', surprises).peakSurprise).toBeCloseTo(3 / SURPRISE_WINDOW, 12);
  });

  it('takes lone surrogates for characters beyond ASCII', () => {
    expect(textStatistics('\ud800a', flat).nonAsciiShare).toBe(0.5);
  });
});

it('measures the share of percent-escapes', () => {
  expect(encodedShare('ab%20cd%2')).toBeCloseTo(3 / 9, 12);
  expect(encodedShare('')).toBe(0);
  expect(encodedShare('%25%25')).toBe(1);
});
