import {
  ALL_ENTITIES,
  emptyProfile,
  newSeries,
  PATTERN_LIMITS,
  patternIdOf,
  type PatternModel,
} from '../../../common/patterns';
import type { PatternStore } from '../ports/patterns';
import { followPeople, wishesOf } from './follow_people';

const TIME = Date.UTC(2026, 0, 8);

const patternOf = (word: string, change: Partial<PatternModel> = {}): PatternModel => ({
  ...{
    id: patternIdOf([word]),
    tokens: [word],
    firstSeen: 0,
    lastSeen: 0,
    since: 0,
    example: word,
    members: [],
  },
  profile: emptyProfile(0),
  series: new Map([[ALL_ENTITIES, newSeries(0)]]),
  ...change,
});

/** Patterns in memory. @param joins words of those that are to be a part of others */
function storeOf(patterns: readonly PatternModel[], joins: Record<string, string>) {
  const own = new Map(patterns.map((pattern) => [pattern.id, pattern]));
  let joining = Object.entries(joins).map(([word, into]) => {
    const id = patternIdOf([word]);
    const pattern = own.get(id)!;
    own.delete(id);
    return { into: patternIdOf([into]), pattern };
  });
  const leave = (ids: readonly string[]): void => {
    joining = joining.filter(({ pattern }) => !ids.includes(pattern.id));
  };
  let isMortal = false;
  const store: Pick<PatternStore, 'joining' | 'put' | 'merge'> = {
    joining: async () => joining,
    put: async (given) => {
      leave(given.map(({ id }) => id));
      for (const pattern of given) own.set(pattern.id, pattern);
    },
    merge: async (into, members) => {
      own.set(into.id, into);
      if (isMortal) throw new Error('killed');
      leave(members.map(({ id }) => id));
    },
  };
  const follow = async (dies = false): Promise<void> => {
    isMortal = dies;
    const all = [...own.values()];
    const wishes = await wishesOf(store, all);
    if (wishes !== undefined) await followPeople(store, wishes, all, TIME);
  };
  const shown = () =>
    Object.fromEntries(
      [...own.values()].map(({ tokens, forms = [] }) => [tokens[0], forms.map(([word]) => word)]),
    );
  return { own, follow, shown, left: () => joining.length };
}

test('a pattern is taken apart before others are merged into it, and both are carried out', async () => {
  const whole = patternOf('a', { forms: [['b']], members: [patternIdOf(['b'])], isToBeTakenApart: true });
  const { follow, shown, own, left } = storeOf([whole, patternOf('c')], { c: 'a' });
  await follow();
  expect(shown()).toEqual({ a: ['c'], b: [] });
  expect([...own.values()].some(({ isToBeTakenApart }) => isToBeTakenApart === true)).toBe(false);
  expect(left()).toBe(0);
});

test('a pattern for which there is no room stays as it is', async () => {
  const forms = Array.from({ length: PATTERN_LIMITS.forms - 1 }, (_, each) => [`form-${each}`]);
  const { follow, shown, left } = storeOf([patternOf('a', { forms }), patternOf('b'), patternOf('c')], {
    b: 'a',
    c: 'a',
  });
  await follow();
  expect(shown().a).toEqual([...forms.map(([form]) => form), 'b']);
  expect(shown().c).toEqual([]);
  expect(left()).toBe(0);
});

test('a merge of which a run has died half way is not done twice', async () => {
  const past = emptyProfile(0);
  past.hours[3] = 8;
  const { follow, shown, own, left } = storeOf([patternOf('a'), patternOf('b', { profile: past })], {
    b: 'a',
  });
  await expect(follow(true)).rejects.toThrow('killed');
  await follow();
  expect(shown()).toEqual({ a: ['b'] });
  expect(own.get(patternIdOf(['a']))?.profile.hours[3]).toBe(8);
  expect(left()).toBe(0);
});

test('those of a chain are merged into its end', async () => {
  const { follow, shown } = storeOf(
    ['a', 'b', 'c'].map((word) => patternOf(word)),
    { c: 'b', b: 'a' },
  );
  await follow();
  expect(Object.keys(shown())).toEqual(['a']);
  expect(shown().a.sort()).toEqual(['b', 'c']);
});
