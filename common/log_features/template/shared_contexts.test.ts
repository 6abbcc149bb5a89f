import { sharedContexts, type SharedContext } from './shared_contexts';

/** Draws whole numbers below a bound, the same ones for each seed. */
function drawOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % bound;
  };
}

/** The same by one text for each place of each row. */
function byTexts(rows: readonly (readonly string[])[], mayDiffer: (row: number, place: number) => boolean) {
  const contexts = new Map<string, { place: number; members: number[] }>();
  rows.forEach((words, row) =>
    words.forEach((_word, place) => {
      if (!mayDiffer(row, place)) return;
      const key = words.map((word, at) => (at === place ? '\u0002' : word)).join('\u0000');
      const context = contexts.get(key);
      if (context === undefined) contexts.set(key, { place, members: [row] });
      else context.members.push(row);
    }),
  );
  return [...contexts]
    .filter(([, { members }]) => members.length > 1)
    .sort(([one, a], [other, b]) => b.members.length - a.members.length || (one < other ? -1 : 1))
    .map(([, context]): SharedContext => context);
}

describe('sharedContexts', () => {
  it.each([
    [2, 6, 40],
    [3, 4, 60],
    [5, 3, 80],
    [2, 1, 9],
    [40, 12, 30],
  ])(
    'finds what texts of all words find: %i words at each of %i places in %i rows',
    (words, length, count) => {
      for (let seed = 1; seed < 20; seed++) {
        const draw = drawOf(seed);
        const rows = Array.from({ length: count }, () =>
          Array.from({ length }, () => 'ab'.repeat(1 + draw(3)).slice(draw(2)) + draw(words)),
        );
        const mayDiffer = (row: number, place: number): boolean => (row + place) % 5 > 0;
        expect(sharedContexts(rows, mayDiffer)).toEqual(byTexts(rows, mayDiffer));
      }
    },
  );

  it('tells rows that are alike in all places', () => {
    const rows = [
      ['a', 'b'],
      ['a', 'b'],
      ['c', 'd'],
    ];
    expect(sharedContexts(rows, () => true)).toEqual([
      { place: 0, members: [0, 1] },
      { place: 1, members: [0, 1] },
    ]);
    expect(sharedContexts([], () => true)).toEqual([]);
  });
});
