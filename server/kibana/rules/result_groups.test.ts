import { MINUTE } from '../../../common/duration';
import { storedResult } from '../../../test/fakes/hiding_stores';
import type { FoundResult } from '../../elasticsearch';
import { ResultGroups } from './result_groups';

const found = (minute: number, confidence = 0.9, entity = 'shop'): FoundResult => ({
  id: `r${minute}`,
  result: storedResult(`r${minute}`, minute * MINUTE, { confidence, entity }),
});

/** Groups of results at these minutes, of a check that looks for them in windows of 5 minutes. */
function groupsOf(results: readonly FoundResult[], by: 'entity' | 'detector' = 'entity'): ResultGroups {
  const groups = new ResultGroups(by, 30 * MINUTE, 5 * MINUTE);
  for (const each of results) groups.add(each);
  return groups;
}

test('results of hours in which no window has enough of them make no alert', () => {
  const scattered = groupsOf([0, 10, 20, 30, 40, 50].map((minute) => found(minute)));
  expect(scattered.reaching(2)).toEqual([]);
  // One is enough: all of them are told.
  expect(scattered.reaching(1)).toMatchObject([{ count: 3, newCount: 3, peak: 1 }]);
});

test('a window that began before the last check counts once it ends with a new result', () => {
  const straddling = [26, 27, 29, 30, 30.5, 31].map((minute) => found(minute));
  expect(groupsOf(straddling).reaching(5)).toMatchObject([{ count: 6, newCount: 3, peak: 5 }]);
  expect(groupsOf([20, 21, 22, 23, 24, 40].map((minute) => found(minute))).reaching(5)).toEqual([]);
});

test('a window of the past that has enough makes one, of its own results and their time', () => {
  const [group, ...others] = groupsOf([
    found(0, 0.99),
    found(40),
    found(42, 0.95),
    found(44.9, 0.92),
    found(45),
    found(90),
  ]).reaching(3);
  expect(others).toEqual([]);
  expect(group).toMatchObject({ count: 4, newCount: 4, entityCount: 1, peak: 3 });
  expect(group.span).toEqual({ from: 40 * MINUTE, to: 45 * MINUTE });
  expect(group.top.map(({ id }) => id)).toEqual(['r42', 'r44.9', 'r40', 'r45']);
});

test('entities have to be in the same window, too', () => {
  const results = [
    found(40, 0.9, 'a'),
    found(41, 0.9, 'b'),
    found(60, 0.9, 'a'),
    found(61, 0.9, 'a'),
    found(62, 0.9, 'a'),
  ];
  expect(groupsOf(results, 'detector').reaching(2, 2)).toMatchObject([
    { count: 2, entityCount: 2, span: { from: 40 * MINUTE, to: 41 * MINUTE } },
  ]);
  expect(groupsOf(results, 'detector').reaching(3, 2)).toEqual([]);
});

test('without windows all that was added counts', () => {
  const groups = new ResultGroups('entity', 0);
  for (const minute of [0, 100]) groups.add(found(minute));
  const [group] = groups.reaching(2);
  expect([group.count, group.span]).toEqual([2, undefined]);
});
