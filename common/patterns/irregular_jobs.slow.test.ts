import { createRandom } from '../demo_logs/random';
import { HOUR } from '../duration';
import { judgeBucket } from './judge_bucket';
import { newPattern } from './new_pattern';
import { ALL_ENTITIES, type PatternFinding, type PatternModel } from './pattern';
import { copyOfSeries, SeriesTable } from './series_table';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);

/** Judges the counts of one pattern by hour, as stored and read again each day; 4 others come all the time. */
function changesOf(countAt: (hour: number) => number, days: number): PatternFinding[] {
  let job: PatternModel | undefined;
  const modelOf = (id: string, time: number): PatternModel =>
    newPattern(id, { first: time, last: time, example: id, tokens: [id] }, { since: START });
  const others = Array.from({ length: 4 }, (_, place) => modelOf(`other${place}`, START));
  const told: PatternFinding[] = [];
  const random = createRandom(3);
  for (let hour = 0; hour < 24 * days; hour++) {
    const time = START + hour * HOUR;
    const counts = new Map(
      others.map(({ id }) => [id, new Map([[ALL_ENTITIES, random.integer(15, 25)]])] as const),
    );
    const count = countAt(hour);
    if (count > 0) {
      job ??= modelOf('job', time);
      counts.set('job', new Map([[ALL_ENTITIES, count]]));
    }
    if (job !== undefined && hour % 24 === 0) {
      const series = [...job.series].map(([entity, of]) => [entity, copyOfSeries(of)] as const);
      job = { ...job, series: new SeriesTable(JSON.parse(JSON.stringify(series)) as typeof series) };
    }
    const verdict = judgeBucket({
      patterns: job === undefined ? others : [...others, job],
      ...{ time, span: HOUR, counts, since: START, arrivals: [], silences: [], falseAlarmsPerDay: 0.1 },
    });
    told.push(...verdict.findings.filter(({ patternId, change }) => patternId === 'job' && change !== 'new'));
  }
  return told;
}
const summary = (told: readonly PatternFinding[]): string[] =>
  told.map(({ change, time }) => `${change} ${(time - START) / HOUR}`);

/** Hours at which a job runs, some days apart, at any hour. */
function hoursOf(seed: number, apart: { least: number; most: number }, days: number): number[] {
  const random = createRandom(seed);
  const hours: number[] = [];
  for (let hour = random.integer(30, 60); hour < 24 * days; hour += random.integer(apart.least, apart.most))
    hours.push(hour);
  return hours;
}

it.each([1, 2, 3])('hears of a job that runs at any hour once or twice at most, seed %s', (seed) => {
  for (const apart of [
    { least: 20, most: 90 },
    { least: 120, most: 220 },
  ]) {
    const hours = hoursOf(seed, apart, 100);
    const told = changesOf((hour) => (hours.includes(hour) ? 30 + ((hour * 7) % 9) : 0), 100);
    expect(told.map(({ change }) => change)).toEqual(told.length > 1 ? ['surging', 'surging'] : ['surging']);
  }
});

it('hears of a job on the first of the month once', () => {
  const hours = [0, 31, 59, 90, 120].map((day) => (day + 4) * 24 + 2);
  expect(summary(changesOf((hour) => (hours.includes(hour) ? 40 : 0), 140))).toEqual([`surging ${hours[1]}`]);
});

it('tells of far more logs of such a job, and of what is rare and comes in mass', () => {
  const hours = hoursOf(7, { least: 20, most: 90 }, 60);
  const [large] = hours.slice(-3);
  const ofJob = changesOf((hour) => (hours.includes(hour) ? 30 * (hour === large ? 6 : 1) : 0), 60);
  expect(summary(ofJob)).toContain(`surging ${large}`);

  const random = createRandom(5);
  const singles = Array.from({ length: 24 * 60 }, () => Number(random.chance(0.05)));
  const masses = [30, 45].map((day) => 24 * day + 5);
  const ofRare = changesOf((hour) => (masses.includes(hour) ? 40 : singles[hour]), 60);
  expect(summary(ofRare)).toEqual(masses.map((hour) => `surging ${hour}`));
});

it('tells of a nightly job that runs in the day', () => {
  const told = changesOf((hour) => (hour % 24 === 2 || hour === 24 * 30 + 14 ? 40 : 0), 35);
  expect(summary(told)).toEqual([`surging ${24 * 30 + 14}`]);
});

it('tells of a surge by night of what comes by day alone', () => {
  const ofDay = (hour: number): number => (hour % 24 >= 8 && hour % 24 < 18 ? 90 + ((hour * 13) % 20) : 0);
  const at = 24 * 30 + 3;
  expect(summary(changesOf((hour) => (hour === at ? 80 : ofDay(hour)), 32))).toContain(`surging ${at}`);
});

it('forgets runs of months ago', () => {
  const hours = [40, 60, 75].map((hour) => hour + 24);
  const later = 24 * 110;
  const told = changesOf((hour) => (hours.includes(hour) || hour === later ? 40 : 0), 112);
  expect((told[told.length - 1].time - START) / HOUR).toBe(later);
});
