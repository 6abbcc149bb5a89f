import { beginsWithKql, unquotedKql } from './kql';

test('what means something to the language is escaped outside of quotes', () => {
  expect(unquotedKql('a\\b (c) x:<y> "z" * {q}')).toBe('a\\\\b \\(c\\) x\\:\\<y\\> \\"z\\" \\* \\{q\\}');
  expect(unquotedKql('plain text')).toBe('plain text');
  expect(unquotedKql('one\ttwo\nthree\rfour')).toBe('one\\u0009two\\u000athree\\u000dfour');
});

test('no word of the language is left with white space after it', () => {
  expect(unquotedKql('this or that and not or OR these')).toBe(
    'this or\\u0020that and\\u0020not\\u0020or\\u0020OR\\u0020these',
  );
  expect(unquotedKql('cannot open for read')).toBe('cannot\\u0020open for read');
});

test('a beginning is followed by anything', () => {
  expect(beginsWithKql('*check out')).toBe('\\*check out*');
  expect(beginsWithKql('  a')).toBe('*a*');
});
