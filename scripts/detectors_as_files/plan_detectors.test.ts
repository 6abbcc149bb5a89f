import type { DetectorRecord } from '../../common/api';
import { parseDetector } from '../../common/detector';
import { differencesOf, planDetectors } from './plan_detectors';

const detectorNamed = (name: string, labels?: string[]) =>
  parseDetector({
    name,
    labels,
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
  });
const recordOf = (id: string, name: string, labels?: string[]): DetectorRecord => ({
  id,
  version: '1',
  detector: detectorNamed(name, labels),
  enabled: true,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
});
const file = (name: string) => ({ detector: detectorNamed(name), place: `${name}.yml:1` });
const actions = (...given: Parameters<typeof planDetectors>): string[] =>
  planDetectors(...given).map(({ name, action, record }) => `${action} ${name} ${record?.id ?? ''}`);

describe('planDetectors', () => {
  it('deletes only what has the label and stands in no file', () => {
    const records = [
      recordOf('1', 'a', ['shop']),
      recordOf('2', 'b', ['shop']),
      recordOf('3', 'c'),
      recordOf('4', 'd', ['bank']),
    ];
    expect(actions([file('a'), file('e')], records, { label: 'shop', prune: true })).toEqual([
      'leave a 1',
      'create e ',
      'delete b 2',
    ]);
    expect(actions([file('a')], records, { label: 'shop', prune: false })).toEqual(['leave a 1']);
    expect(actions([file('a')], records, { label: undefined, prune: true })).toEqual(['change a 1']);
  });

  it('refuses a name that several detectors have', () => {
    const records = [recordOf('1', 'a'), recordOf('2', 'a')];
    expect(() => planDetectors([file('a')], records, { label: undefined, prune: false })).toThrow(
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
