import { differencesOf, planByName } from './plan_by_name';

const named = (name: string) => ({ name });
const found = (id: string, name: string, labels: string[] = []) => ({ id, settings: named(name), labels });
const file = (name: string) => ({ settings: named(name), place: `${name}.yml:1` });
const actions = (
  files: ReturnType<typeof file>[],
  all: ReturnType<typeof found>[],
  options: { label: string | undefined; prune: boolean },
): string[] =>
  planByName(files, all, { kind: 'detector', ...options }).map(
    ({ name, action, found: before }) => `${action} ${name} ${before?.id ?? ''}`,
  );

describe('planByName', () => {
  it('deletes only what has the label and stands in no file', () => {
    const records = [
      found('1', 'a', ['shop']),
      found('2', 'b', ['shop']),
      found('3', 'c'),
      found('4', 'd', ['bank']),
    ];
    expect(actions([file('a'), file('e')], records, { label: 'shop', prune: true })).toEqual([
      'leave a 1',
      'create e ',
      'delete b 2',
    ]);
    expect(actions([file('a')], records, { label: 'shop', prune: false })).toEqual(['leave a 1']);
    expect(actions([file('a')], records, { label: undefined, prune: true })).toEqual(['leave a 1']);
  });

  it('refuses a name that several detectors have', () => {
    const records = [found('1', 'a'), found('2', 'a')];
    expect(() => actions([file('a')], records, { label: undefined, prune: false })).toThrow(
      'a.yml:1: name: "a" is that of 2 detectors of the space (1, 2)',
    );
  });
});

describe('differencesOf', () => {
  it('names settings by their path', () => {
    const before = { a: { b: 1, c: 2 }, list: ['x'], features: [{ type: 'number' }, { type: 'text' }] };
    const after = { a: { b: 1, d: 3 }, list: ['y'], features: [{ type: 'rarity' }] };
    expect(differencesOf(before, after)).toEqual([
      { setting: 'a.c', before: 2 },
      { setting: 'a.d', after: 3 },
      { setting: 'list', before: ['x'], after: ['y'] },
      { setting: 'features.0.type', before: 'number', after: 'rarity' },
      { setting: 'features.1', before: { type: 'text' } },
    ]);
  });

  it('finds none between equals, whatever the order of their keys', () => {
    expect(differencesOf({ a: 1, b: [{ c: 1 }] }, { b: [{ c: 1 }], a: 1 })).toEqual([]);
  });
});
