import { createRandom } from '../../common/demo_logs/random';
import { DAY, HOUR } from '../../common/duration';
import {
  ALL_ENTITIES,
  emptyProfile,
  judgeBucket,
  newSeries,
  type Arrivals,
  type PatternChange,
  type PatternFinding,
  type PatternModel,
} from '../../common/patterns';
import { gamma, poisson } from './traffic/count_draws';

/** A change that is put into counts. */
export interface PlantedChange {
  readonly patternId: string;
  readonly change: Exclude<PatternChange, 'returned'>;
  /** Buckets, half-open. */
  readonly from: number;
  readonly to: number;
}

export interface SimulationOptions {
  readonly patterns: number;
  readonly days: number;
  /** Milliseconds. */
  readonly span: number;
  /** Largest excess variance of a pattern in units of the squared mean; 0: Poisson. */
  readonly dispersion: number;
  /** Of each kind of change. */
  readonly plantedOfEach: number;
  readonly falseAlarmsPerDay: number;
  readonly seed: number;
}

export interface Simulation {
  readonly planted: readonly PlantedChange[];
  /** Planted changes that were told within two buckets. */
  readonly found: number;
  /** Of each kind. */
  readonly foundOf: Readonly<Record<string, number>>;
  /** Findings that belong to no planted change, after the first day. */
  readonly falseFindings: readonly PatternFinding[];
  readonly tests: number;
  readonly days: number;
}

/** A Monday. */
const START = Date.UTC(2026, 0, 5);
/** Logs of a bucket, from the rarest to the most frequent pattern. */
const RATES = [0.003, 100] as const;
/** A planted surge is so many times the usual, a drop such a share of it. */
const SURGE = 6;
const DROP = 0.1;
/** Logs of a bucket below which no surge or drop is planted: it cannot be seen within two. */
const LEAST_RATE = 20;
const PLANTED_BUCKETS = 8;

/**
 * Counts of patterns with a rhythm of day and week, from rare to frequent, with changes put in after two weeks, judged bucket
 * by bucket.
 */
export function simulate(options: SimulationOptions): Simulation {
  const { patterns: many, days, span, dispersion, plantedOfEach, seed } = options;
  const random = createRandom(seed);
  const buckets = Math.round((days * DAY) / span);
  const settings = Array.from({ length: many }, (_, index) => ({
    id: `p${index}`,
    rate: Math.exp(Math.log(RATES[0]) + random.uniform() * Math.log(RATES[1] / RATES[0])),
    amplitude: 0.9 * random.uniform(),
    phase: 24 * random.uniform(),
    weekend: 0.3 + 0.7 * random.uniform(),
    dispersion: dispersion * random.uniform(),
  }));
  const meanAt = ({ rate, amplitude, phase, weekend }: (typeof settings)[number], bucket: number): number => {
    const time = bucket * span;
    const ofDay = 1 + amplitude * Math.sin((2 * Math.PI * (time / HOUR - phase)) / 24);
    return rate * ofDay * (Math.floor(time / DAY) % 7 >= 5 ? weekend : 1);
  };
  const planted: PlantedChange[] = [];
  const used = new Set<string>();
  const first = Math.min(buckets / 2, (14 * DAY) / span);
  const place = (): number => Math.floor(first + random.uniform() * (buckets - first - 2 * PLANTED_BUCKETS));
  for (const change of ['surging', 'dropping', 'vanished'] as const) {
    for (let tries = 0, made = 0; made < plantedOfEach && tries < 100 * many; tries++) {
      const setting = settings[Math.floor(random.uniform() * many)];
      const from = place();
      if (used.has(setting.id) || meanAt(setting, from) < LEAST_RATE) continue;
      used.add(setting.id);
      planted.push({ patternId: setting.id, change, from, to: from + PLANTED_BUCKETS });
      made++;
    }
  }
  for (let made = 0; made < plantedOfEach; made++) {
    const from = place();
    planted.push({ patternId: `new${made}`, change: 'new', from, to: buckets });
  }
  const models = new Map<string, PatternModel>();
  let arrivals: Arrivals = [];
  const told: PatternFinding[] = [];
  let tests = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const time = START + bucket * span;
    const counts = new Map<string, Map<string, number>>();
    const count = (id: string, logs: number): void => {
      if (logs === 0) return;
      counts.set(id, new Map([[ALL_ENTITIES, logs]]));
      if (!models.has(id)) models.set(id, modelOf(id, time, START));
    };
    for (const setting of settings) {
      const change = planted.find(
        ({ patternId, from, to }) => patternId === setting.id && bucket >= from && bucket < to,
      );
      let mean = meanAt(setting, bucket);
      if (change !== undefined)
        mean *= change.change === 'surging' ? SURGE : change.change === 'dropping' ? DROP : 0;
      if (setting.dispersion > 0) mean *= gamma(random.uniform, 1 / setting.dispersion);
      count(setting.id, poisson(random.uniform, mean));
    }
    for (const { patternId, change, from } of planted) {
      if (change === 'new' && bucket >= from) count(patternId, 1 + poisson(random.uniform, 10));
    }
    const verdict = judgeBucket({
      patterns: [...models.values()],
      time,
      span,
      counts,
      since: START,
      arrivals,
      silences: [],
      falseAlarmsPerDay: options.falseAlarmsPerDay,
    });
    ({ arrivals } = verdict);
    tests += verdict.tests;
    told.push(...verdict.findings);
  }
  const bucketOf = ({ time }: PatternFinding): number => Math.round((time - START) / span);
  const foundOf: Record<string, number> = {};
  for (const { patternId, change, from } of planted) {
    const isFound = told.some(
      (finding) =>
        finding.patternId === patternId &&
        bucketOf(finding) >= from &&
        bucketOf(finding) <= from + 1 &&
        (finding.change === change || (change === 'vanished' && finding.change === 'dropping')),
    );
    if (isFound) foundOf[change] = (foundOf[change] ?? 0) + 1;
  }
  const falseFindings = told.filter(
    (finding) =>
      !planted.some(
        ({ patternId, from, to }) =>
          patternId === finding.patternId && bucketOf(finding) >= from && bucketOf(finding) <= to + 4,
      ),
  );
  const found = Object.values(foundOf).reduce((sum, of) => sum + of, 0);
  return { planted, found, foundOf, falseFindings, tests, days };
}

const modelOf = (id: string, time: number, start: number): PatternModel => ({
  id,
  tokens: [id],
  firstSeen: time,
  lastSeen: time,
  since: time < start + DAY ? start : time,
  example: id,
  members: [],
  profile: emptyProfile(time),
  series: new Map([[ALL_ENTITIES, newSeries(time)]]),
});
