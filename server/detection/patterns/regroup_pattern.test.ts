import { PATTERN_LIMITS, type PatternModel } from '../../../common/patterns';
import { mergePatternInto } from './regroup_pattern';

const stores = (waiting: number, isToBeTakenApart = false) => ({
  patterns: {
    find: async (id: string) => ({
      text: `text of ${id}`,
      forms: [],
      ...(id === 'a' && { isToBeTakenApart }),
    }),
    joining: async () =>
      Array.from({ length: waiting }, (_, each) => ({
        into: each === 0 ? 'a' : `p${each - 1}`,
        pattern: { id: `p${each}` } as unknown as PatternModel,
      })),
    join: async () => undefined,
    separate: async () => undefined,
  },
  audit: { append: async () => undefined },
  clock: { now: () => 0 },
});
const merge = (...given: Parameters<typeof stores>): Promise<void> =>
  mergePatternInto(stores(...given), { detectorId: 'till', patternId: 'b' }, 'a', {});

test('merges that wait for the end of a bucket count, too', async () => {
  await merge(PATTERN_LIMITS.forms - 1);
  await expect(merge(PATTERN_LIMITS.forms)).rejects.toThrow(
    'The pattern would be made of 51 others; at most 50 can be merged into one.',
  );
});

test('nothing is merged into a pattern that is to be taken apart', async () => {
  await expect(merge(0, true)).rejects.toThrow(/"text of a" is to be taken apart, .* merged after that/);
});
