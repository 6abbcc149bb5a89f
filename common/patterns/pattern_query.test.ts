import { kqlOf } from './pattern_query';

const TOKENS = ['Timeout', ' of', ' <*>', ' after', ' <duration>', ':', ' "', 'retry', '"'];

test('is the runs of fixed words, quoted', () => {
  expect(kqlOf(TOKENS, 'message', 'words')).toBe(
    'message : "Timeout of" and message : "after" and message : ": \\"retry\\""',
  );
});

test('is one text with gaps where the field is searched as a whole', () => {
  expect(kqlOf(TOKENS, 'message', 'whole')).toBe('message : *Timeout*of*after*\\:*\\"retry\\"*');
  expect(kqlOf(['not', ' (', 'found', ')'], 'a:b', 'whole')).toBe('a\\:b : *not*\\(found\\)*');
});

test('is any message for a pattern without a fixed word', () => {
  expect(kqlOf(['<num>', ' -'], 'message', 'words')).toBe('message : *');
});
