import { countMatches, MAX_MATCHES, PATTERN_TEXT_LENGTH, safePattern } from './bounded_regex';

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
  ])('accepts %s', (regex) => expect(() => safePattern({ name: 'p', regex })).not.toThrow());
  it.each([
    ['(a+)+$', 'too long'],
    ['(a|a)*b', 'too long'],
    ['(a|aa)+$', 'too long'],
    ['.*.*x', 'too long'],
    ['(a{0,30}){0,30}b', 'too long'],
    ['((x+x+)+y', 'not a regular expression'],
    ['(', 'not a regular expression'],
    ['(a)\\1', 'refers back'],
    ['(?:a?){60}a{60}', 'too long'],
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
