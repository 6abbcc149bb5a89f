import { leastTime } from '../../../test/unit/thread_time';
import {
  countMatches,
  MAX_MATCHES,
  PATTERN_TEXT_LENGTH,
  safePattern,
  safePatterns,
  type SafePattern,
} from './bounded_regex';

describe('safePattern', () => {
  it.each([
    'admin',
    '\\d+',
    'select.{0,40}from',
    '(?:%[0-9a-f]{2})+',
    '(foo|bar){1,8}',
    '^/wp-',
    '\\.php$',
    '[a-z]{1,20}\\d{1,20}',
    '(a+)+$',
    '(a|a)*b',
    '.*.*x',
    '(?:a?){60}a{60}',
  ])('accepts %s', (regex) => expect(() => safePattern({ name: 'p', regex })).not.toThrow());
  it.each([
    ['((x+x+)+y', 'not a regular expression'],
    ['(', 'not a regular expression'],
    ['(a)\\1', 'refers back to a group by \\1'],
    ['a(?=b)', 'looks around by (?=b)'],
    ['(?<!a)b', 'looks around by (?<!a)'],
    ['((a{0,50}){0,50}){0,50}b|c', 'lower the bounds of its repetitions'],
  ])('refuses %s: %s', (regex, why) => {
    expect(() => safePattern({ name: 'mine', regex })).toThrow(why);
    expect(() => safePattern({ name: 'mine', regex })).toThrow(/"mine"/);
  });
});

describe('countMatches', () => {
  it('counts matches of either case up to a limit, also empty ones', () => {
    expect(countMatches(safePattern({ name: 'p', regex: 'ab' }), 'abAB ab')).toBe(3);
    expect(countMatches(safePattern({ name: 'p', regex: 'a' }), 'a'.repeat(2_000))).toBe(MAX_MATCHES);
    expect(countMatches(safePattern({ name: 'p', regex: 'x*' }), 'ab')).toBe(3);
  });
  it('looks at the head of the text only', () => {
    expect(countMatches(safePattern({ name: 'p', regex: 'z' }), `${'a'.repeat(PATTERN_TEXT_LENGTH)}z`)).toBe(
      0,
    );
  });
});

describe('the time that one log takes', () => {
  const hostile = ['((.*a.*|.*b.*){20}c)|a', '(a.*b)|a', '(a{0,30}){0,30}b', '(.*x.*y.*z){9}|a'];
  const text = Array.from(
    { length: PATTERN_TEXT_LENGTH },
    (_, i) => 'abcx0'[(i * i * 7 + (i >> 3)) % 5],
  ).join('');
  const count = (patterns: readonly SafePattern[], each: string): void => {
    for (const pattern of patterns) countMatches(pattern, each);
  };
  it('stays below 50 ms with 16 patterns whose searches all go to the end of the text in vain', () => {
    const patterns = safePatterns(
      Array.from({ length: 16 }, (_, i) => ({ name: `p${i}`, regex: `${hostile[i % 4]}|${i}` })),
    );
    for (const each of ['warm', text, 'a'.repeat(PATTERN_TEXT_LENGTH), text]) {
      expect(leastTime(() => count(patterns, each), 50)).toBeLessThan(50);
    }
  });
  it('is enough to count all that harmless patterns find', () => {
    const patterns = safePatterns(
      ['\\d+', 'select.{0,40}from', '(?:%[0-9a-f]{2})+', '\\.php$', '[a-z]{1,20}\\d{1,20}'].map((regex) => ({
        name: regex,
        regex,
      })),
    );
    const line = 'abc12 %20%3a z9.php '.repeat(102);
    for (const pattern of patterns) {
      const expected = [...line.slice(0, PATTERN_TEXT_LENGTH).matchAll(new RegExp(pattern.regex, 'gi'))]
        .length;
      expect([pattern.name, countMatches(pattern, line)]).toEqual([
        pattern.name,
        Math.min(MAX_MATCHES, expected),
      ]);
    }
  });
});

describe('patterns of models that 0.1.0 wrote', () => {
  const stored = (regex: string) => safePatterns([{ name: 'old', regex }], { isStored: true })[0];
  it('may look around and count as before', () => {
    expect(countMatches(stored('(?<!\\d)\\d{3}(?!\\d)'), '200 2000 404')).toBe(2);
    expect(countMatches(stored('foo(?=.{0,20}bar)'), 'foo and bar, foo')).toBe(1);
  });
  it('look at less of the text where they could take long', () => {
    const pattern = stored('(?=a).*b');
    const long = 'a'.repeat(PATTERN_TEXT_LENGTH);
    expect(countMatches(pattern, long)).toBe(0);
    expect(leastTime(() => countMatches(pattern, long), 20)).toBeLessThan(20);
    expect(countMatches(pattern, 'xx ab')).toBe(1);
  });
  it('never referred back', () => expect(() => stored('(a)\\1')).toThrow('refers back'));
});
