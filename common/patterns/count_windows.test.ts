import { chanceIn, leastChanceOfFewer, withBucketBefore } from './count_windows';
import { countTails } from './tail_probabilities';

const now = { count: 4, mean: 30, dispersion: 0.1, variance: 0.02 };
const any = (): boolean => true;

test('two buckets are as dispersed as one where their bursts are the same, and half as much where they are not', () => {
  const same = withBucketBefore(now, { count: 4, mean: 30 }, 0.1);
  expect(same).toEqual({ count: 8, mean: 60, dispersion: expect.closeTo(0.1, 10), variance: 0.02 });
  expect(withBucketBefore(now, { count: 4, mean: 30 }, 0).dispersion).toBeCloseTo(0.05, 10);
});

test('the chance is that of the least likely window, of two sides, and of as many tests as there are windows', () => {
  const both = withBucketBefore(now, { count: 4, mean: 30 }, 0);
  const { lower } = countTails(8, 60, 1 / 0.07);
  expect(chanceIn([now, both], 'fewer', any)).toBeCloseTo(4 * lower, 12);
  expect(chanceIn([now, both], 'fewer', any)).toBeLessThan(chanceIn([now], 'fewer', any));
  expect(chanceIn([now, both], 'more', any)).toBe(1);
  expect(chanceIn([now, both], 'fewer', () => false)).toBe(1);
});

test('no count has a smaller chance than none', () => {
  const both = withBucketBefore(now, { count: 0, mean: 25 }, 0.03);
  const none = [now, both].map((window) => ({ ...window, count: 0 }));
  expect(leastChanceOfFewer([now, both])).toBeCloseTo(chanceIn(none, 'fewer', any), 12);
});
