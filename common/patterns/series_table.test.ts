import * as fc from 'fast-check';
import { HOUR } from '../duration';
import { createRandom } from '../demo_logs/random';
import { judgeBucket, type Arrivals } from './judge_bucket';
import {
  ALL_ENTITIES,
  newSeries,
  PATTERN_STATES,
  type PatternModel,
  type Series,
  type SeriesByEntity,
} from './pattern';
import { copyOfSeries, SeriesTable } from './series_table';
import { emptyProfile } from './usual_rate';

const number = fc.double({ noNaN: true });
/** Of single precision, as a table keeps it. */
const single = fc.float({ noNaN: true });
const series: fc.Arbitrary<Series> = fc.record({
  ...{ since: number, weighted: number, at: number, lastSeen: number, excess: number, squares: number },
  ...{ longestGap: single, toldGap: number, stateSince: number, calm: fc.nat(9) },
  ...{ lastCount: single, together: single },
  state: fc.constantFrom(...PATTERN_STATES),
  peaks: fc.array(fc.record({ time: number, ratio: number }), { maxLength: 4 }),
});
const change = series.chain((of) =>
  fc.subarray(Object.keys(of)).map((keys) => {
    const { since: _fixed, ...part } = Object.fromEntries(
      Object.entries(of).filter(([key]) => keys.includes(key)),
    ) as Partial<Series>;
    return part;
  }),
);
const entity = fc.constantFrom(...Array.from({ length: 60 }, (_, place) => `host-${place}`), ALL_ENTITIES);

const plain = (of: SeriesByEntity): unknown => [...of].map(([name, each]) => [name, copyOfSeries(each)]);

test('a table holds what a map of objects holds, whatever is set and changed', () => {
  const steps = fc.array(
    fc.oneof(fc.record({ entity, series }), fc.record({ entity, change }), fc.record({ entity })),
    { maxLength: 150 },
  );
  fc.assert(
    fc.property(steps, (made) => {
      const [map, table] = [new Map<string, Series>(), new SeriesTable()];
      for (const step of made) {
        for (const each of [map, table]) {
          if ('series' in step) each.set(step.entity, copyOfSeries(step.series));
          else if ('change' in step) Object.assign(each.get(step.entity) ?? {}, step.change);
          else if (!each.has(step.entity)) each.set(step.entity, newSeries(7));
        }
      }
      expect(plain(table)).toEqual(plain(map));
      expect([...table.keys()]).toEqual([...map.keys()]);
      expect([...table.values()].map(copyOfSeries)).toEqual([...map.values()].map(copyOfSeries));
      expect(table.size).toBe(map.size);
      expect(new SeriesTable(table)).toEqual(table);
    }),
    { numRuns: 60 },
  );
});

/** Two weeks of three patterns: one with a day of surges, one that vanishes and returns. */
function judged(makeSeries: () => SeriesByEntity): unknown {
  const random = createRandom(5);
  const models = ['steady', 'surging', 'leaving'].map((id): PatternModel => {
    const of = makeSeries();
    of.set(ALL_ENTITIES, newSeries(0));
    return {
      ...{ id, tokens: [id], example: id, members: [] },
      ...{ firstSeen: 0, lastSeen: 0, since: 0, profile: emptyProfile(0), series: of },
    };
  });
  let arrivals: Arrivals = [];
  const found: unknown[] = [];
  for (let hour = 0; hour < 14 * 24; hour++) {
    const counts = new Map<string, Map<string, number>>();
    for (const { id } of models) {
      if (id === 'leaving' && hour > 240 && hour < 290) continue;
      const often = id === 'surging' && hour > 300 && hour < 310 ? 8 : 1;
      const hosts = [0, 1, 2].map((host): [string, number] => [`h${host}`, often * random.integer(5, 12)]);
      counts.set(id, new Map([...hosts, [ALL_ENTITIES, hosts.reduce((sum, [, logs]) => sum + logs, 0)]]));
    }
    const verdict = judgeBucket({
      ...{ patterns: models, time: hour * HOUR, span: HOUR, counts, since: 0, arrivals },
      ...{ silences: [], falseAlarmsPerDay: 1 },
    });
    ({ arrivals } = verdict);
    found.push(...verdict.findings);
  }
  return { found, models: models.map(({ profile, series: of }) => [[...profile.hours], plain(of)]) };
}

test('patterns are judged alike, whatever holds their series', () => {
  const wanted = judged(() => new Map<string, Series>()) as { found: { change: string }[] };
  expect(judged(() => new SeriesTable())).toEqual(wanted);
  expect(new Set(wanted.found.map(({ change: kind }) => kind))).toEqual(
    new Set(['surging', 'vanished', 'returned']),
  );
});
