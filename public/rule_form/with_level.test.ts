import { withLevel } from './with_level';

it('takes a level once, in upper or lower case, and none that is empty', () => {
  expect(withLevel(['error'], 'ERROR ')).toEqual(['error']);
  expect(withLevel(['error'], 'Notice')).toEqual(['error', 'Notice']);
  expect(withLevel([], ' ')).toEqual([]);
});
