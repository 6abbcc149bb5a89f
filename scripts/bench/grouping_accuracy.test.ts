import { groupingAccuracy } from './grouping_accuracy';

describe('groupingAccuracy', () => {
  it('counts messages of groups that are exactly an event', () => {
    expect(groupingAccuracy([1, 1, 2, 3], ['a', 'a', 'b', 'c'])).toBe(1);
    expect(groupingAccuracy([1, 1, 2, 3], ['a', 'a', 'b', 'b'])).toBe(0.5);
    expect(groupingAccuracy([1, 1, 1, 3], ['a', 'a', 'b', 'c'])).toBe(0.25);
    expect(groupingAccuracy([1, 2, 3], ['a', 'a', 'a'])).toBe(0);
  });
});
