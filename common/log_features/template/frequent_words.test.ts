import { groupsByFrequentWords } from './frequent_words';
import { keptKeys, MessageCounter } from './message_counter';
import { tokeniseMessage } from './message_tokens';

function groupsOf(messages: readonly string[]): string[][] {
  const counter = new MessageCounter();
  for (const message of messages) counter.add(tokeniseMessage(message));
  return groupsByFrequentWords(counter.ordered()!).map((group) =>
    group.map(({ words }) => words.join(' ')).sort(),
  );
}

describe('groupsByFrequentWords', () => {
  it('keeps together what shares most words', () => {
    const opened = ['ada', 'bob', 'cleo'].map((name) => `session opened for ${name}`);
    const lost = ['eve', 'fay'].map((name) => `disk ${name} is lost`);
    expect(groupsOf([...opened, ...lost])).toEqual([lost, opened].sort());
  });

  it('keeps apart what shares less than half of its words', () => {
    expect(groupsOf(['one a b c', 'one d e f', 'g h i j'])).toHaveLength(3);
  });

  it('takes the longer path where it has the more words in common', () => {
    const one = ['x', 'y', 'z'].map((name) => `a b c d ${name}`);
    const other = ['u', 'v'].map((name) => `a b c k ${name}`);
    expect(groupsOf([...one, ...other])).toEqual([[...one, ...other]].map((group) => group.sort()));
    expect(groupsOf(['single line'])).toEqual([['single line']]);
  });
});

describe('keptKeys', () => {
  it('takes no more tokens than memory holds, of the most frequent messages', () => {
    const long = 'w\u0000'.repeat(250);
    const counts = new Map(Array.from({ length: 10_000 }, (_none, i) => [`${i}\u0000${long}`, i]));
    const kept = keptKeys(counts);
    expect(kept.size).toBe(Math.floor(2_000_000 / 251));
    expect(kept.has(`9999\u0000${long}`)).toBe(true);
    expect(kept.has(`1\u0000${long}`)).toBe(false);
  });
});
