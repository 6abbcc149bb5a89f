import { DAY, HOUR, MINUTE } from '../duration';
import { judgeBucket } from './judge_bucket';
import { newPattern } from './new_pattern';
import { ALL_ENTITIES, type PatternModel } from './pattern';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);

/** Judges some nights of a job, by its logs at a time after midnight in milliseconds, beside a pattern that is always there. */
function toldOf(nights: number, span: number, logsAt: (night: number, time: number) => number): string[] {
  const models = new Map<string, PatternModel>();
  const told: string[] = [];
  for (let time = START; time < START + nights * DAY; time += span) {
    const night = Math.floor((time - START) / DAY);
    const counts = new Map<string, Map<string, number>>();
    for (const [id, logs] of Object.entries({ other: 20, job: logsAt(night, (time - START) % DAY) })) {
      if (logs === 0) continue;
      counts.set(id, new Map([ALL_ENTITIES, 'a'].map((entity) => [entity, logs])));
      const seen = { tokens: [id], first: time, last: time, example: id };
      if (!models.has(id)) models.set(id, newPattern(id, seen, { since: START }));
    }
    const fixed = { span, since: START, arrivals: [], silences: [], falseAlarmsPerDay: 1 };
    const { findings } = judgeBucket({ patterns: [...models.values()], time, counts, ...fixed });
    for (const { patternId, change } of findings)
      if (patternId === 'job') told.push(`${change} ${night} ${((time - START) % DAY) / HOUR}`);
  }
  return told;
}

const logsOf = (night: number): number => 22 + ((night * 7) % 9);

test('a job of some minutes has not vanished in the rest of its hour', () => {
  const job = (night: number, time: number): number => (time === 4 * HOUR ? logsOf(night) : 0);
  expect(toldOf(10, 15 * MINUTE, job)).toEqual([]);
});

test('a job that comes some minutes early or late is as usual, in the hour before or after as well', () => {
  // Its buckets around 04:00.
  const early = [0, 1, 0, 0, -1, 0, 1, -1, 0, 0, -1, 1];
  const at = (night: number, span: number): number => 4 * HOUR + (early[night] < 0 ? -span : 0);
  const job =
    (span: number) =>
    (night: number, time: number): number =>
      time === at(night, span) ? logsOf(night) : 0;
  expect(toldOf(early.length, HOUR, job(HOUR))).toEqual([]);
  expect(toldOf(early.length, 15 * MINUTE, job(15 * MINUTE))).toEqual([]);
});

test('a job is told that has far more logs than usual, that runs at another time of the day, or stays away', () => {
  const nightly = (night: number, time: number): number => (time === 4 * HOUR ? logsOf(night) : 0);
  const isLast = (night: number): boolean => night === 11;
  expect(toldOf(12, HOUR, (night, time) => nightly(night, time) * (isLast(night) ? 5 : 1))).toEqual([
    'surging 11 4',
  ]);
  expect(
    toldOf(12, HOUR, (night, time) => nightly(night, time) + (isLast(night) && time === 12 * HOUR ? 25 : 0)),
  ).toEqual(['surging 11 12']);
  expect(toldOf(12, HOUR, (night, time) => (isLast(night) ? 0 : nightly(night, time)))).toEqual([
    'vanished 11 4',
  ]);
});
