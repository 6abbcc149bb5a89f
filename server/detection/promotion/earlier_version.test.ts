import type { ModelRecord } from '../ports';
import { earlierVersion } from './earlier_version';

/** @param promotions versions by letter, in the order in which they became active; a small one was gone back to */
const modelsOf = (promotions: string, stored = promotions.toUpperCase()): ModelRecord[] =>
  [...new Set(stored)].map((version): ModelRecord => {
    const isActive = promotions.toUpperCase().endsWith(version);
    return {
      version,
      detectorId: 'web',
      status: isActive ? 'active' : 'retired',
      createdAt: '2026-11-27T00:00:00.000Z',
      promotedAt: new Date(promotions.toUpperCase().lastIndexOf(version)).toISOString(),
      ...(isActive && {
        promotions: [...promotions].map((letter) => ({
          version: letter.toUpperCase(),
          isBack: letter !== letter.toUpperCase(),
        })),
      }),
      threshold: 0.6,
      rows: 1,
      sha256: version,
    };
  });

it.each([
  ['A', undefined, 'the first'],
  ['AB', 'A', 'the one before'],
  ['ABa', undefined, 'B was taken back'],
  ['ABCb', 'A', 'C was taken back'],
  ['ABCba', undefined, 'both were taken back'],
  ['ABaC', 'A', 'C came after A, since B was taken back'],
  ['ABaBC', 'B', 'B was made active once more'],
  ['ABA', 'B', 'A was chosen anew, and nothing taken back'],
  ['ABab', 'A', 'B was chosen anew by a revert of its pipeline'],
  ['ABAb', undefined, 'A was taken back, although it had been active before B'],
  ['Aba', undefined, 'B, of which no promotion is known any more, was taken back'],
])('after %s it is %s: %s', (promotions, expected, _why) => {
  expect(earlierVersion(modelsOf(promotions))).toBe(expected);
});

it('passes over a version that was deleted, and knows none where no model is active', () => {
  expect(earlierVersion(modelsOf('ABC', 'AC'))).toBe('A');
  expect(earlierVersion([])).toBeUndefined();
});
