import { CHANGE_PHRASES, joinPhrases, readPhrases, writePhrase, type ChangePhrase } from './change_phrases';

it.each(Object.keys(CHANGE_PHRASES) as ChangePhrase[])('%s is read as it was written', (phrase) => {
  const numbers = CHANGE_PHRASES[phrase].match(/#/g)?.map((_each, i) => 7 + i) ?? [];
  expect(readPhrases(writePhrase(phrase, ...numbers))).toEqual([{ phrase, numbers }]);
});

it('reads phrases one after the other, and nothing that somebody else has written', () => {
  const reason = joinPhrases([writePhrase('tooMany'), writePhrase('highest'), writePhrase('burst', 12)]);
  expect(reason).toBe(
    'more alerts than the budget allows; at its upper limit, time to train again; 12 logs of a burst were not learned from',
  );
  expect(readPhrases(reason)?.map(({ phrase }) => phrase)).toEqual(['tooMany', 'highest', 'burst']);
  expect(readPhrases(`${reason}; by hand`)).toBeUndefined();
});
