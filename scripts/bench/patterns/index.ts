import { parseDetector } from '../../../common/detector';
import { DAY, HOUR, MINUTE } from '../../../common/duration';
import { PATTERN_CHANGES } from '../../../common/patterns';
import { patternsOfRun } from '../../../server/detection/patterns/count_patterns';
import type { BenchRow, BenchSection } from '../section';
import { memoryPatternStore } from './memory_pattern_store';
import { DAYS, FIRST_PLANTED, patternMonth, START, type PatternMonth } from './pattern_month';
import { BUCKETS_TO_FIND, isFound, toldOfNothing, type Told } from './told_changes';

/*
 * Changes of patterns that are told in a month, by the code of a job: counting, catalogue, grouping and judging, bucket by
 * bucket, on a store in memory.
 */

const PLANTED_OF_EACH = 12;
/** The first seed was looked at while the detection was worked on, the others only to measure it. */
const MONTHS = [
  { seed: 11, of: 'seed in view', span: HOUR, patterns: 2_000 },
  { seed: 193, of: 'seed apart', span: HOUR, patterns: 2_000 },
  { seed: 307, of: 'second seed apart', span: HOUR, patterns: 2_000 },
  { seed: 193, of: 'seed apart, 500 patterns by 15 min', span: 15 * MINUTE, patterns: 500 },
];
const LEAST_FOUND = 0.9;
const MOST_FALSE_A_DAY = 1;

const detectorOf = (span: number) =>
  parseDetector({
    name: 'month',
    source: { index: 'logs' },
    entity_field: 'host.name',
    features: [{ type: 'template', field: 'message' }],
    patterns: { field: 'message', span: span === HOUR ? '1h' : `${span / MINUTE}m` },
  });

function* logsOf(month: PatternMonth, bucket: number, span: number): Generator<Record<string, unknown>> {
  for (const { pattern, entity, logs } of month.countsOf(bucket)) {
    const { messages, level } = month.sources[pattern];
    // The same log counts as often as it came: which second each came in is of no matter.
    const [first, second] = messages.map((message, place) => ({
      '@timestamp': new Date(START + bucket * span + place * 1_000 + (pattern % 800)).toISOString(),
      ...{ message, 'log.level': level, 'host.name': entity },
    }));
    for (let each = 0; each < logs; each++) yield each % 2 === 0 ? first : second;
  }
}

/** Counts and judges a month as a job does. */
async function live(month: PatternMonth, span: number): Promise<Told[]> {
  const store = memoryPatternStore();
  let now = START;
  const patterns = patternsOfRun({
    ...{ store, detector: detectorOf(span), templates: () => [], now: () => now },
    warn: (message) => {
      throw new Error(message);
    },
  })!;
  patterns.resume(undefined, START);
  const placeOf = new Map<string, number>();
  month.sources.forEach(({ messages }, pattern) =>
    messages.forEach((message) => placeOf.set(message, pattern)),
  );
  const told: Told[] = [];
  for (let bucket = 0; bucket < (DAYS * DAY) / span; bucket++) {
    const reached = now;
    now = START + (bucket + 1) * span;
    const logs = [...logsOf(month, bucket, span)].map((document) => ({ index: 'logs', id: '', document }));
    await patterns.count({ logs, position: now }, { now, reached });
    await patterns.finish(
      now,
      async () => void patterns.progress(),
      async (changes) => {
        for (const { finding, pattern } of changes)
          told.push({ ...finding, bucket, pattern: placeOf.get(pattern.example) });
      },
    );
  }
  return told;
}

async function rowsOf({ seed, of, span, patterns }: (typeof MONTHS)[number]): Promise<BenchRow[]> {
  const month = patternMonth({ patterns, plantedOfEach: PLANTED_OF_EACH, seed, span });
  const told = await live(month, span);
  const jobs = month.planted.filter(({ isNightly }) => isNightly);
  const planted = month.planted.filter(({ isNightly }) => !isNightly);
  const found = planted.filter((change) => isFound(told, change));
  const wrong = toldOfNothing(told, month.planted);
  const later = wrong.filter(({ time }) => time >= START + FIRST_PLANTED);
  const perDay = (later.length * DAY) / (DAYS * DAY - FIRST_PLANTED);
  const ofKind = (kind: string, changes: readonly { readonly change: string }[]): number =>
    changes.filter(({ change }) => change === kind).length;
  const lostFound = (nights: number): number =>
    jobs.filter((job) => isFound(told, job, (nights * DAY) / span)).length;
  if (process.env.BENCHMARK_DETAILS !== undefined) details(month, told, wrong);
  return [
    {
      name: `${of}: ${planted.length} planted changes told within ${BUCKETS_TO_FIND} buckets (${PATTERN_CHANGES.map((kind) => `${kind} ${ofKind(kind, found)} of ${ofKind(kind, planted)}`).join(', ')})`,
      value: (100 * found.length) / planted.length,
      unit: '%',
      target: `at least ${100 * LEAST_FOUND}%`,
      met: found.length >= LEAST_FOUND * planted.length,
    },
    {
      name: `${of}: jobs of once a night that stay away, told within ${BUCKETS_TO_FIND} buckets of their time (the night after: ${lostFound(1)} of ${jobs.length})`,
      value: lostFound(0),
      unit: `of ${jobs.length}`,
    },
    {
      name: `${of}: told of nothing, or again, from the second week on (${PATTERN_CHANGES.map((kind) => `${kind} ${ofKind(kind, later)}`).join(', ')})`,
      value: perDay,
      unit: 'a day',
      target: `at most ${MOST_FALSE_A_DAY}`,
      met: perDay <= MOST_FALSE_A_DAY,
    },
    {
      name: `${of}: told of nothing in the first week, in which nobody knows of a week`,
      value: wrong.length - later.length,
      unit: '',
    },
  ];
}

/** Prints what was missed and what was told of nothing. */
function details({ planted }: PatternMonth, told: readonly Told[], wrong: readonly Told[]): void {
  for (const change of planted) {
    if (isFound(told, change)) continue;
    const of = told.filter(
      ({ pattern, bucket }) => pattern === change.pattern && bucket >= (change.silentFrom ?? change.from) - 4,
    );
    const seen = of.map(
      ({ change: kind, bucket, count, usual }) =>
        `${kind} +${bucket - change.from}: ${count} of ${usual.toFixed(1)}`,
    );
    process.stderr.write(`  missed ${JSON.stringify(change)} told ${seen.join('; ')}\n`);
  }
  for (const { change, bucket, pattern, entity, count, usual, chance } of wrong) {
    process.stderr.write(
      `  of nothing: bucket ${bucket} pattern ${pattern} ${change} ${entity ?? ''} ${count} of ${usual.toFixed(2)} ${chance?.toExponential(1)}\n`,
    );
  }
}

/** Changes of patterns in a month that is known. */
export async function run(): Promise<BenchSection> {
  const rows: BenchRow[] = [];
  // A month takes some minutes: BENCHMARK_MONTH names one of them.
  const only = process.env.BENCHMARK_MONTH;
  for (const each of MONTHS) if (only === undefined || each.of === only) rows.push(...(await rowsOf(each)));
  return {
    title: `Changes of 2,000 patterns in ${DAYS} days, told in buckets of an hour`,
    notes:
      'Planted from the ninth day on: new patterns with 5 to 60 logs in a bucket; surges of 4 to 12 times the usual, by 25 logs at least; drops to 2 to 15 % of at least 25 logs; patterns with at least 20 logs that vanish; some with at least 5 that return after one to five days; and jobs with 10 to 40 logs once a night that stay away. Of all patterns counts vary by more than chance, their variance by 0.01 to 0.3 of the squared mean.',
    rows,
  };
}
