import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { ignorePattern } from './ignore_pattern';
import { mergePatternInto, takePatternApart } from './regroup_pattern';

/** Stores that write down what is asked of them; `refused` is what they do not do. */
function world(refused: 'audit' | 'change') {
  const done: string[] = [];
  const take = async (name: string, isRefused: boolean): Promise<void> => {
    if (isRefused) throw new DetectionError('forbidden', `no ${name}`);
    done.push(name);
  };
  const change = () => take('change', refused === 'change');
  const found = { text: 'queue is full', forms: ['a'] };
  return {
    done,
    stores: {
      patterns: {
        ...{ find: async () => found as never, joining: async () => [] },
        ...{ ignore: change, join: change, separate: change },
      },
      audit: {
        append: ([{ reason }]: readonly AuditEntry[]) => take(`record: ${reason}`, refused === 'audit'),
      },
      clock: { now: () => 0 },
    },
  };
}
const pattern = { detectorId: 'till', patternId: 'b' };

const CHANGES: [string, (stores: ReturnType<typeof world>['stores']) => Promise<void>][] = [
  ['ignored', (stores) => ignorePattern(stores, pattern, { ignored: true }, {})],
  ['merged', (stores) => mergePatternInto(stores, pattern, 'a', {})],
  ['taken apart', (stores) => takePatternApart(stores, pattern, {})],
];

describe.each(CHANGES)('a pattern that is to be %s', (words, change) => {
  test('stays as it is where that cannot be put on record', async () => {
    const { stores, done } = world('audit');
    await expect(change(stores)).rejects.toMatchObject({ code: 'forbidden' });
    expect(done).toEqual([]);
  });

  test('has a second entry where the change is refused', async () => {
    const { stores, done } = world('change');
    await expect(change(stores)).rejects.toThrow('no change');
    expect(done).toEqual([
      expect.stringMatching(new RegExp(`^record: .* ${words}`)),
      expect.stringMatching(new RegExp(`^record: It was refused, and nothing has changed: .* ${words}`)),
    ]);
  });
});
