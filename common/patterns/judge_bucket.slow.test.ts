import { createRandom } from '../demo_logs/random';
import { DAY, HOUR, MINUTE } from '../duration';
import { hashOfJson } from '../model_snapshot/canonical_json';
import { simulate } from '../../scripts/bench/simulated_counts';
import { gamma, poisson } from '../../scripts/bench/traffic/count_draws';
import { judgeBucket, type Arrivals } from './judge_bucket';
import { ALL_ENTITIES, emptyProfile, newSeries, type PatternFinding, type PatternModel } from '.';

const SPAN = 15 * MINUTE;
const START = Date.UTC(2026, 0, 5);

const settings = { days: 8, span: SPAN, falseAlarmsPerDay: 1, plantedOfEach: 0, patterns: 40 };

test('few changes of nothing are told, of Poisson counts and of such with excess variance', () => {
  for (const dispersion of [0, 0.3]) {
    const { falseFindings, tests, days } = simulate({ ...settings, dispersion, seed: 3 });
    expect(tests).toBeGreaterThan(20_000);
    const changes = falseFindings.filter(({ change }) => change !== 'new' && change !== 'returned');
    // Half of one a day is put up with: the chance of more than 8 in 8 days is below 1 in 40.
    expect(changes.length).toBeLessThanOrEqual(days);
    expect(falseFindings.length).toBeLessThanOrEqual(2 * days);
  }
});

test('changes of frequent patterns are told within two buckets', () => {
  const { planted, found } = simulate({
    ...settings,
    days: 10,
    patterns: 90,
    dispersion: 0.05,
    plantedOfEach: 3,
    seed: 5,
  });
  expect(planted).toHaveLength(12);
  expect(found).toBeGreaterThanOrEqual(10);
});

/** Counts of each bucket by pattern and entity. */
type Counts = Record<string, Record<string, number>>;

/** Judges buckets one after the other from the beginning. */
class World {
  readonly models = new Map<string, PatternModel>();
  readonly told: PatternFinding[] = [];
  arrivals: Arrivals = [];

  constructor(private readonly order: (ids: string[]) => string[] = (ids) => ids) {}

  judge(bucket: number, counts: Counts): void {
    const time = START + bucket * SPAN;
    const summed = new Map<string, Map<string, number>>();
    for (const id of this.order(Object.keys(counts))) {
      const of = new Map(this.order(Object.keys(counts[id])).map((entity) => [entity, counts[id][entity]]));
      of.set(
        ALL_ENTITIES,
        [...of.values()].reduce((sum, logs) => sum + logs, 0),
      );
      summed.set(id, of);
      if (!this.models.has(id)) {
        this.models.set(id, {
          id,
          tokens: [id],
          firstSeen: time,
          lastSeen: time,
          since: bucket < 96 ? START : time,
          example: id,
          members: [],
          profile: emptyProfile(time),
          series: new Map([[ALL_ENTITIES, newSeries(time)]]),
        });
      }
    }
    const verdict = judgeBucket({
      patterns: this.order([...this.models.keys()]).map((id) => this.models.get(id)!),
      time,
      span: SPAN,
      counts: summed,
      since: START,
      arrivals: this.arrivals,
      silences: [],
      falseAlarmsPerDay: 1,
    });
    this.told.push(...verdict.findings);
    ({ arrivals: this.arrivals } = verdict);
  }

  hash(): string {
    const models = [...this.models.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    return hashOfJson(
      JSON.parse(
        JSON.stringify([
          models.map(({ profile, series, judged }) => [[...profile.hours], [...series].sort(), judged]),
          this.told,
          this.arrivals,
        ]),
      ),
    );
  }
}

const usual = (bucket: number): Counts => ({
  steady: { shop: 30 + (bucket % 5), till: 10 + (bucket % 3) },
  frequent: { shop: 80 + ((bucket * 7) % 11) },
  ...(bucket % 12 === 0 && { rare: { till: 1 } }),
});

test('a pattern surges in one entity, vanishes and returns, and a new one is told', () => {
  const world = new World();
  const toldFrom = (from: number): string[] =>
    world.told
      .filter(({ time }) => time >= START + from * SPAN)
      .map(({ change, patternId, entity }) => [change, patternId, ...(entity ? [entity] : [])].join(' '));
  const end = 4 * 96;
  for (let bucket = 0; bucket < end; bucket++) world.judge(bucket, usual(bucket));
  expect(world.told).toEqual([]);
  world.judge(end, { ...usual(end), steady: { shop: 30, till: 60 } });
  expect(toldFrom(end)).toEqual(expect.arrayContaining(['surging steady till']));
  for (let bucket = end + 1; bucket < end + 4; bucket++) {
    const { frequent: _frequent, ...others } = usual(bucket);
    world.judge(bucket, { ...others, crash: { shop: 6 } });
  }
  expect(toldFrom(end + 1).sort()).toEqual(['new crash shop', 'vanished frequent shop']);
  expect(world.models.get('frequent')!.series.get(ALL_ENTITIES)!.state).toBe('vanished');
  world.judge(end + 4, usual(end + 4));
  expect(toldFrom(end + 4)).toEqual(['returned frequent shop']);
});

test('neither the order of patterns and entities nor judging a bucket again changes anything', () => {
  const run = (order: (ids: string[]) => string[], repeated: number): string => {
    const world = new World(order);
    for (let bucket = 0; bucket < 150; bucket++) {
      const counts = { ...usual(bucket), ...(bucket > 140 && { crash: { a: 2, b: 5 } }) };
      world.judge(bucket, counts);
      if (bucket === repeated) {
        const before = world.hash();
        world.judge(bucket, counts);
        expect(world.hash()).toBe(before);
      }
    }
    return world.hash();
  };
  const random = createRandom(9);
  const wanted = run((ids) => ids, -1);
  expect(run((ids) => [...ids].reverse(), -1)).toBe(wanted);
  expect(run((ids) => [...ids].sort(() => random.uniform() - 0.5), 99)).toBe(wanted);
});

test('an ignored pattern is counted, learned and never told', () => {
  const world = new World();
  for (let bucket = 0; bucket < 4 * 96; bucket++) world.judge(bucket, usual(bucket));
  const model = world.models.get('frequent')!;
  model.ignored = { at: '2026-01-08T00:00:00.000Z' };
  world.judge(4 * 96, { ...usual(4 * 96), frequent: { shop: 4_000 } });
  expect(world.told).toEqual([]);
  expect(model.judged).toBe(START + 4 * DAY + SPAN);
});

test('a surge that one of several entities makes is told with that entity, also where it moves all together', () => {
  const world = new World();
  const end = 4 * 96;
  for (let bucket = 0; bucket < end; bucket++) world.judge(bucket, usual(bucket));
  world.judge(end, { ...usual(end), steady: { shop: 30, till: 900 } });
  expect(world.models.get('steady')!.series.get(ALL_ENTITIES)!.state).toBe('surging');
  expect(world.told).toMatchObject([{ change: 'surging', patternId: 'steady', entity: 'till' }]);
});

test('what vanished everywhere is told once, and once when it returns', () => {
  const world = new World();
  const end = 4 * 96;
  for (let bucket = 0; bucket < end; bucket++) world.judge(bucket, usual(bucket));
  for (let bucket = end; bucket < end + 24; bucket++) {
    const { steady: _steady, ...others } = usual(bucket);
    world.judge(bucket, others);
  }
  world.judge(end + 24, { ...usual(end + 24), steady: { shop: 30 } });
  for (let bucket = end + 25; bucket < end + 30; bucket++) world.judge(bucket, usual(bucket));
  const told = world.told.filter(({ patternId }) => patternId === 'steady');
  expect(told.map(({ change }) => change)).toEqual(['vanished', 'returned']);
});

test('a loss is told among thousands of patterns that are too sparse to be missed', () => {
  const world = new World();
  const end = 4 * 96;
  const sparse = (bucket: number): Counts =>
    Object.fromEntries(
      Array.from({ length: 20 }, (_, place) => [`sparse ${(bucket * 20 + place) % 2_000}`, { till: 1 }]),
    );
  for (let bucket = 0; bucket < end; bucket++) world.judge(bucket, { ...usual(bucket), ...sparse(bucket) });
  const { frequent: _frequent, ...others } = usual(end);
  world.judge(end, { ...others, ...sparse(end), frequent: { shop: 24 } });
  expect(world.told).toMatchObject([{ change: 'dropping', patternId: 'frequent' }]);
});

/** Patterns of one mean and excess variance, judged by the hour. */
function hourlyWorld(
  seed: number,
  patterns: number,
  dropped: (pattern: number, hour: number) => boolean,
): PatternFinding[] {
  const random = createRandom(seed);
  const span = HOUR;
  const ids = Array.from({ length: patterns }, (_, pattern) => `p${pattern}`);
  const means = ids.map((_id, pattern) => (pattern === 0 ? 80 : 6));
  const models = ids.map((id): PatternModel => ({
    ...{ id, tokens: [id], firstSeen: START, lastSeen: START, since: START, example: id, members: [] },
    profile: emptyProfile(START),
    series: new Map([[ALL_ENTITIES, newSeries(START)]]),
  }));
  const told: PatternFinding[] = [];
  for (let hour = 0; hour < 72; hour++) {
    const counts = new Map<string, Map<string, number>>();
    ids.forEach((id, pattern) => {
      const dispersion = pattern === 0 ? 0.01 : 0.2;
      const mean = means[pattern] * gamma(random.uniform, 1 / dispersion);
      const logs = dropped(pattern, hour) ? 2 : poisson(random.uniform, mean);
      if (logs > 0) counts.set(id, new Map([[ALL_ENTITIES, logs]]));
    });
    const time = START + hour * span;
    const fixed = { since: START, arrivals: [], silences: [], falseAlarmsPerDay: 1 };
    told.push(...judgeBucket({ patterns: models, time, span, counts, ...fixed }).findings);
  }
  return told.filter(({ change }) => change === 'dropping');
}

test('patterns that are too sparse to drop are not told to, however many have few logs by chance', () => {
  for (const seed of [1, 2, 3]) {
    // In two days half of one a day is put up with, of all kinds.
    expect(hourlyWorld(seed, 200, () => false).length).toBeLessThanOrEqual(2);
  }
});

test('a drop of a frequent pattern is told among patterns that are too sparse to drop', () => {
  const told = hourlyWorld(4, 200, (pattern, hour) => pattern === 0 && hour === 70);
  expect(told).toMatchObject([{ patternId: 'p0', time: START + 70 * HOUR }]);
});

test('a silence of a job at its hour is judged in the first bucket in which logs are due', () => {
  const world = new World();
  const nightly = (bucket: number): Counts => ({
    ...usual(bucket),
    // Few logs by day, the last of them right before the hour of the job.
    ...(((bucket % 96) >> 2 === 2 || bucket % 3 === 1) && {
      nightly: { till: (bucket % 96) >> 2 === 2 ? 20 : 1 },
    }),
  });
  const end = 10 * 96 + 8;
  for (let bucket = 0; bucket < end; bucket++) world.judge(bucket, nightly(bucket));
  expect(world.told).toEqual([]);
  world.judge(end, usual(end));
  expect(world.told).toMatchObject([{ change: 'vanished', patternId: 'nightly', time: START + end * SPAN }]);
});

test('many patterns that return do not crowd out a new one', () => {
  const world = new World();
  const end = 4 * 96;
  for (let bucket = 0; bucket < end; bucket++) world.judge(bucket, usual(bucket));
  const back: Counts = {};
  for (let number = 0; number < 25; number++) {
    const id = `back ${number}`;
    back[id] = { shop: 1 };
    world.models.set(id, {
      ...{ id, tokens: [id], firstSeen: START, lastSeen: START, since: START, example: id, members: [] },
      profile: emptyProfile(START),
      series: new Map([[ALL_ENTITIES, { ...newSeries(START), state: 'vanished' as const }]]),
      judged: START + SPAN,
    });
  }
  world.judge(end, { ...usual(end), ...back, crash: { shop: 6 } });
  expect(world.told).toHaveLength(20);
  expect(world.told[0]).toMatchObject({ change: 'new', patternId: 'crash' });
});
