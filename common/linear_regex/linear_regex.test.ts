import fc from 'fast-check';
import { compileRegex, ProgramTooLarge, UnsupportedSyntax } from '.';

const LENGTH = 2_048;
const MOST = 100;
const ALL = 1e9;

/** As matches were found before: by the engine of the language, which tracks back. */
function byBacktracking(source: string, text: string): { start: number; end: number }[] {
  const regex = new RegExp(source, 'gi');
  const found: { start: number; end: number }[] = [];
  for (let match = regex.exec(text); match !== null && found.length < MOST; match = regex.exec(text)) {
    found.push({ start: match.index, end: match.index + match[0].length });
    if (match[0] === '') regex.lastIndex++;
  }
  return found;
}

const atom = fc.oneof(
  fc.constantFrom(
    ...'abAB01_- .%',
    '\\.',
    '\\d',
    '\\w',
    '\\s',
    '\\W',
    '\\D',
    '\\S',
    '.',
    '\\x41',
    '\\u00e9',
    'é',
    'ß',
    'ſ',
    'K',
    '\\n',
  ),
  fc.constantFrom(
    '[ab]',
    '[^ab]',
    '[a-f0-9]',
    '[^\\w]',
    '[\\W_]',
    '[\\d-]',
    '[^]',
    '[]',
    '[é-ü]',
    '[\\s\\S]',
  ),
);
const assertion = fc.constantFrom('^', '$', '\\b', '\\B');
/** Taken as often as they like they must take something: what tries nothing first is counted otherwise. */
const repeated = fc
  .tuple(
    fc.oneof(
      atom,
      fc.tuple(atom, atom).map(([a, b]) => `(?:${a}${b})`),
      fc.tuple(atom, atom).map(([a, b]) => `(${a}|${b}${a})`),
    ),
    fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '*?', '+?', '??', '{1,3}?'),
  )
  .map(([a, quantifier]) => a + quantifier);
const pattern = fc.letrec<{ choice: string; sequence: string; part: string }>((tie) => ({
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((options) => options.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 2 },
    atom,
    repeated,
    assertion,
    tie('choice').map((inner) => `(?:${inner})`),
    fc
      .tuple(tie('choice'), fc.constantFrom('*', '+?', '??', '{0,2}', '{2,}'))
      .map(([inner, quantifier]) => `(?:(?:${inner})x)${quantifier}`),
  ),
})).choice;
const text = fc.string({
  unit: fc.constantFrom(...'abABx01_- .%\n\u2028éÉßſſsSKk\ud83d\ude00'),
  maxLength: 24,
});

describe('compileRegex', () => {
  it('finds what the engine of the language finds, for any pattern and text', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 6 }), (source, texts) => {
        const regex = compileRegex(source, LENGTH);
        for (const each of texts) {
          const expected = byBacktracking(source, each);
          expect(regex.matches(each, MOST, ALL)).toEqual(expected);
          expect(regex.count(each, MOST, ALL)).toBe(expected.length);
        }
      }),
      { seed: 13, numRuns: 1_000 },
    );
  });

  it('has every code unit in the classes that the language has it in', () => {
    for (const source of [
      '\\w',
      '\\s',
      '.',
      '\\d',
      '[à-þ]',
      '[^À-Þ]',
      'ǆ',
      'σ',
      'İ',
      '[\\u0130-\\u0180]',
      '\\W',
      '[^\\W]',
    ]) {
      const native = new RegExp(`^(?:${source})$`, 'i');
      const regex = compileRegex(`^(?:${source})$`, LENGTH);
      const wrong: number[] = [];
      for (let unit = 0; unit <= 0xffff; unit++) {
        const one = String.fromCharCode(unit);
        if (native.test(one) !== regex.count(one, 1, ALL) > 0) wrong.push(unit);
      }
      expect([source, wrong]).toEqual([source, []]);
    }
  });

  it('reads what the language reads, old notations among it', () => {
    for (const source of [
      'a{',
      '{a}',
      'a]',
      '\\a',
      '\\07',
      '\\c',
      '[\\b]',
      '(?<name>a)',
      'a{,5}',
      '\\p{L}',
      '\\u{61}',
      '\\/',
    ]) {
      for (const each of [
        'a{',
        '{a}',
        'a]',
        'a',
        '\x07',
        '\\c',
        '\b',
        'a{,5}',
        'p{L}',
        'u{61}',
        '/',
        'uuu',
      ]) {
        expect([source, each, compileRegex(source, LENGTH).matches(each, MOST, ALL)]).toEqual([
          source,
          each,
          byBacktracking(source, each),
        ]);
      }
    }
  });

  it.each([
    ['(?=a)', UnsupportedSyntax],
    ['(?!a)b', UnsupportedSyntax],
    ['(?<=a)b', UnsupportedSyntax],
    ['(?<!a)b', UnsupportedSyntax],
    ['(a)\\1', UnsupportedSyntax],
    ['(', SyntaxError],
    ['a**', SyntaxError],
    ['((a{0,40}){0,40}|b){0,40}', ProgramTooLarge],
  ])('refuses %s', (source, kind) => expect(() => compileRegex(source, LENGTH)).toThrow(kind));

  it('takes repetitions that no text can hold for what they are', () => {
    expect(() => compileRegex('(?:abcd){1,2000}', LENGTH)).not.toThrow();
    expect(compileRegex('a{3000}|b', LENGTH).matches('aab', MOST, ALL)).toEqual([{ start: 2, end: 3 }]);
  });

  it('takes the steps that its pattern and its text make, whatever it has read before', () => {
    const source = '(.*a.{9}|.*b.{9}){3}c|a';
    const text = Array.from({ length: LENGTH }, (_, i) => 'abcx0'[(i * i * 7 + (i >> 3)) % 5]).join('');
    const counts = (regex = compileRegex(source, LENGTH)) =>
      [1e3, 1e4, 1e5, 1e6].map((allowance) => regex.count(text, MOST, allowance));
    const used = compileRegex(source, LENGTH);
    for (let run = 0; run < 3; run++) used.count(`${text.slice(run)}zz${run}`, MOST, 1e6);
    expect(counts(used)).toEqual(counts());
    expect(new Set(counts()).size).toBeGreaterThan(1);
  });

  it('does not take a text that it may not read to the end for one that ends there', () => {
    expect(compileRegex('a$', LENGTH).count('a'.repeat(100), MOST, 30)).toBe(0);
    expect(compileRegex('a$', LENGTH).count('a'.repeat(100), MOST, 3_000)).toBe(1);
  });
});
