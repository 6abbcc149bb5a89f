import { DAY } from '../duration';
import { newPattern } from './new_pattern';
import { ALL_ENTITIES, type PatternModel } from './pattern';
import { patternsToForget } from './patterns_to_forget';

const NOW = Date.UTC(2026, 0, 20);

function pattern(id: string, logs: number, daysAgo: number): PatternModel {
  const last = NOW - daysAgo * DAY;
  const made = newPattern(id, { tokens: [id], first: last, last, example: id }, { since: NOW - 30 * DAY });
  made.profile.at = last;
  made.profile.hours[0] = logs;
  return made;
}

const forgotten = (patterns: PatternModel[], most: number, counts = new Map()): string[] =>
  patternsToForget(patterns, counts, most).map(({ id }) => id);

test('the rarest are forgotten, not one that was frequent and has vanished', () => {
  const patterns = [pattern('vanished', 400, 5), pattern('rare', 1, 1), pattern('usual', 900, 0)];
  expect(forgotten(patterns, 3)).toEqual([]);
  expect(forgotten(patterns, 2)).toEqual(['rare']);
  expect(forgotten(patterns, 1)).toEqual(['vanished', 'rare']);
});

test('logs that were not learned yet count, also those under the id of a member', () => {
  const merged = { ...pattern('merged', 0, 0), members: ['member'] };
  const patterns = [pattern('new', 0, 0), merged, pattern('rare', 2, 0), pattern('none', 0, 0)];
  const of = (logs: number) => new Map([[ALL_ENTITIES, logs]]);
  const counts = new Map([
    [
      NOW,
      new Map([
        ['new', of(5)],
        ['member', of(3)],
      ]),
    ],
  ]);
  expect(forgotten(patterns, 1, counts)).toEqual(['merged', 'rare', 'none']);
});

test('what was frequent long ago is as one that is rare, and ignored ones are forgotten last', () => {
  const ignored = { ...pattern('ignored', 0, 50), ignored: { at: '2026-01-01T00:00:00.000Z' } };
  const patterns = [pattern('old', 12, 84), pattern('rare', 1, 0), ignored];
  expect(forgotten(patterns, 1)).toEqual(['rare', 'old']);
});
