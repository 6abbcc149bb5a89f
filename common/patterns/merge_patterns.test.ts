import { DAY, HOUR } from '../duration';
import { judgeBucket } from './judge_bucket';
import { mergePatterns, takeApart } from './merge_patterns';
import { ALL_ENTITIES, newSeries, PATTERN_LIMITS, type PatternModel } from './pattern';
import { patternIdOf } from './pattern_catalogue';
import { emptyProfile } from './usual_rate';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);

const patternOf = (tokens: readonly string[], change: Partial<PatternModel> = {}): PatternModel => ({
  ...{ id: patternIdOf(tokens), tokens, firstSeen: START, lastSeen: START, since: START },
  ...{ example: tokens.join(' '), members: [] },
  profile: emptyProfile(START),
  series: new Map([[ALL_ENTITIES, newSeries(START)]]),
  ...change,
});
const ignored = { at: '2026-01-05T00:00:00.000Z', by: 'ann' };
const withForms = { withForms: true };
const merge = (into: PatternModel, ...others: PatternModel[]): PatternModel =>
  mergePatterns(into.tokens, [into, ...others], withForms);

function judged(patterns: readonly PatternModel[], hour: number, logs: number) {
  const counts = new Map(patterns.map(({ id }) => [id, new Map([[ALL_ENTITIES, logs]])]));
  const time = START + hour * HOUR;
  return judgeBucket({
    ...{ patterns, time, span: HOUR, counts, since: START, arrivals: [], silences: [] },
    falseAlarmsPerDay: 1,
  }).findings;
}

test('all parts of a pattern that is taken apart are learned anew', () => {
  const whole = patternOf(['Paid'], { forms: [['Closed']], members: [patternIdOf(['Closed']), 'raw'] });
  for (let hour = 0; hour < 72; hour++) judged([whole], hour, 200);
  const time = START + 3 * DAY;
  const { pattern, parts } = takeApart(whole, time);
  expect(pattern.members).toEqual(['raw']);
  const all = [pattern, ...parts];
  for (const { since, judged: judgedTo, firstSeen } of all) {
    expect([since, judgedTo, firstSeen]).toEqual([time, time, START]);
  }
  // Half of the logs are those of the other one, which is no drop, on that day and later.
  const found = Array.from({ length: 60 }, (_, hour) => judged(all, 72 + hour, 20));
  expect(found.flat()).toEqual([]);
});

test('the one that others are merged into stays ignored, or heard of, and so do its parts', () => {
  const [paid, closed] = [patternOf(['Paid']), patternOf(['Closed'], { ignored })];
  expect(merge(paid, closed).ignored).toBeUndefined();
  const merged = merge(closed, paid);
  expect(merged.ignored).toEqual(ignored);
  expect(takeApart(merged, START).parts.map((part) => part.ignored)).toEqual([ignored]);
  expect(mergePatterns(['<*>'], [paid, closed]).ignored).toBeUndefined();
});

test('a form is one, and its counts are those of the pattern however many others it has', () => {
  const members = Array.from({ length: PATTERN_LIMITS.members }, (_, each) => `raw-${each}`);
  const [paid, closed, opened] = [
    patternOf(['Paid'], { members }),
    patternOf(['Closed']),
    patternOf(['Opened']),
  ];
  const merged = merge(merge(paid, closed), opened, closed);
  expect(merged.forms).toHaveLength(2);
  expect(merged.members).toHaveLength(PATTERN_LIMITS.members);
  expect(merged.members).toEqual(expect.arrayContaining([closed.id, opened.id]));
});
