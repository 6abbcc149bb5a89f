import { parseDetector } from '../../../common/detector';
import type { PatternChange, PatternFinding } from '../../../common/patterns';
import { PATTERN_CHANGES } from '../../../common/patterns';
import { patternsOfRun } from '../../../server/detection/patterns/count_patterns';
import type { BenchRow, BenchSection } from '../section';
import { memoryPatternStore } from './memory_pattern_store';
import {
  BUCKETS,
  DAYS,
  FIRST_PLANTED,
  patternMonth,
  SPAN,
  START,
  type PatternMonth,
  type PlantedChange,
} from './pattern_month';

/*
 * Changes of patterns that are told in a month, by the code of a job: counting, catalogue, grouping and judging, bucket by
 * bucket, on a store in memory.
 */

const PATTERNS = 2_000;
const PLANTED_OF_EACH = 12;
/** The first was looked at while the detection was worked on, the second only to measure it. */
const SEEDS = [
  { seed: 11, of: 'seed in view' },
  { seed: 193, of: 'seed apart' },
];
const LEAST_FOUND = 0.9;
const MOST_FALSE_A_DAY = 1;
const BUCKETS_TO_FIND = 2;
/** After a change what it leaves behind is told as well. */
const AFTERWARDS = 4;

const detector = parseDetector({
  name: 'month',
  source: { index: 'logs' },
  entity_field: 'host.name',
  features: [{ type: 'template', field: 'message' }],
  patterns: { field: 'message', span: '1h' },
});

/** Finding of a bucket, with the pattern of the month that it is of; undefined for a pattern that several became. */
interface Told extends PatternFinding {
  readonly bucket: number;
  readonly pattern?: number;
}

function* logsOf(month: PatternMonth, bucket: number): Generator<Record<string, unknown>> {
  for (const { pattern, entity, logs } of month.countsOf(bucket)) {
    const { messages, level } = month.sources[pattern];
    // The same log counts as often as it came: which second each came in is of no matter.
    const [first, second] = messages.map((message, place) => ({
      '@timestamp': new Date(START + bucket * SPAN + place * 1_000 + (pattern % 800)).toISOString(),
      ...{ message, 'log.level': level, 'host.name': entity },
    }));
    for (let each = 0; each < logs; each++) yield each % 2 === 0 ? first : second;
  }
}

/** Counts and judges a month as a job does. */
async function live(month: PatternMonth): Promise<Told[]> {
  const store = memoryPatternStore();
  let now = START;
  const patterns = patternsOfRun({
    ...{ store, detector, templates: () => [], now: () => now },
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
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const reached = now;
    now = START + (bucket + 1) * SPAN;
    const logs = [...logsOf(month, bucket)].map((document) => ({ index: 'logs', id: '', document }));
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

/** A pattern without a log is told as either. */
const isOfKind = (told: PatternChange, change: PatternChange): boolean =>
  told === change || (['dropping', 'vanished'].includes(told) && ['dropping', 'vanished'].includes(change));

const isFound = (told: readonly Told[], { pattern, change, from }: PlantedChange): boolean =>
  told.some(
    (each) =>
      each.pattern === pattern &&
      isOfKind(each.change, change) &&
      each.bucket >= from &&
      each.bucket < from + BUCKETS_TO_FIND,
  );

const isTrue = ({ pattern, bucket }: Told, planted: readonly PlantedChange[]): boolean =>
  planted.some(
    ({ pattern: changed, from, to, silentFrom }) =>
      changed === pattern && bucket >= (silentFrom ?? from) && bucket <= to + AFTERWARDS,
  );

async function rowsOf({ seed, of }: (typeof SEEDS)[number]): Promise<BenchRow[]> {
  const month = patternMonth(PATTERNS, PLANTED_OF_EACH, seed);
  const told = await live(month);
  const found = month.planted.filter((change) => isFound(told, change));
  const wrong = told.filter((each) => !isTrue(each, month.planted));
  const later = wrong.filter(({ bucket }) => bucket >= FIRST_PLANTED);
  const perDay = (later.length * 86_400_000) / ((BUCKETS - FIRST_PLANTED) * SPAN);
  const ofKind = (kind: string, changes: readonly { readonly change: string }[]): number =>
    changes.filter(({ change }) => change === kind).length;
  if (process.env.BENCHMARK_DETAILS !== undefined) details(month, told, wrong);
  return [
    {
      name: `${of}: ${month.planted.length} planted changes told within ${BUCKETS_TO_FIND} buckets (${PATTERN_CHANGES.map((kind) => `${kind} ${ofKind(kind, found)} of ${ofKind(kind, month.planted)}`).join(', ')})`,
      value: (100 * found.length) / month.planted.length,
      unit: '%',
      target: `at least ${100 * LEAST_FOUND}%`,
      met: found.length >= LEAST_FOUND * month.planted.length,
    },
    {
      name: `${of}: told of nothing from the second week on (${PATTERN_CHANGES.map((kind) => `${kind} ${ofKind(kind, later)}`).join(', ')})`,
      value: perDay,
      unit: 'a day',
      target: `at most ${MOST_FALSE_A_DAY}`,
      met: perDay <= MOST_FALSE_A_DAY,
    },
    {
      name: `${of}: told in the first week, in which nobody knows of a week`,
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
  for (const each of SEEDS) rows.push(...(await rowsOf(each)));
  return {
    title: `Changes of ${PATTERNS.toLocaleString('en')} patterns in ${DAYS} days, told in buckets of an hour`,
    notes:
      'Planted from the ninth day on: new patterns with 5 to 60 logs in a bucket; surges of 4 to 12 times the usual, by 25 logs at least; drops to 2 to 15 % of at least 25 logs; patterns with at least 20 logs that vanish; and some with at least 5 that return after one to five days. Of all patterns counts vary by more than chance, their variance by 0.01 to 0.3 of the squared mean.',
    rows,
  };
}
