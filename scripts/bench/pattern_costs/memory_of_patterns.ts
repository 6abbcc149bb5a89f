import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DAY, MINUTE } from '../../../common/duration';
import { masksOf } from '../../../common/log_features/template/template_encoding';
import {
  judgeBucket,
  newPattern,
  PatternCatalogue,
  PATTERN_LIMITS,
  PatternCounts,
  patternIdOf,
  type PatternModel,
} from '../../../common/patterns';
import type { BenchRow } from '../section';

const PATTERNS = 10_000;
const ENTITIES = 100;
const MOST_MEGABYTES = 100;
const SPAN = 15 * MINUTE;
const START = Date.UTC(2026, 0, 5);

/** Returns the bytes of the heap and of typed arrays that are alive. */
function aliveBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const WORDS = 'connection session order worker cache index payment request'.split(' ');

function tokensOf(pattern: number): string[] {
  const words = [0, 1, 2, 3].map((place) => WORDS[(pattern >> (3 * place)) % WORDS.length]);
  return [`part${pattern}`, ...words, '<number>', 'of', '<id>'];
}

/** Memory that patterns take in a process: what messages are matched with, counts of a bucket, and all statistics as one is judged. */
export function memoryRows(): BenchRow[] {
  const rows: BenchRow[] = [];
  const before = aliveBytes();
  const all = Array.from({ length: PATTERNS }, (_, pattern) => tokensOf(pattern));
  const catalogue = new PatternCatalogue(
    all.map((tokens) => ({ id: patternIdOf(tokens), tokens })),
    masksOf(undefined),
    2_048,
  );
  const ids = all.map(patternIdOf);
  const counts = new PatternCounts();
  for (let entity = 0; entity < ENTITIES; entity++) {
    for (const id of ids) {
      counts.add({ id }, { message: 'x', bucket: START, time: START, entity: `host-${entity}` });
    }
  }
  const afterCounts = aliveBytes();
  const models = modelsOf(ids, all);
  const afterModels = aliveBytes();
  const megabytes = (from: number, to: number): number => (to - from) / 1e6;
  const size = `${PATTERNS.toLocaleString('en')} patterns x ${ENTITIES} entities`;
  const counting = megabytes(before, afterCounts);
  const judging = megabytes(before, afterModels);
  const series = models.reduce((sum, each) => sum + each.series.size, 0);
  const target = `under ${MOST_MEGABYTES} MB`;
  rows.push(
    {
      name: `${size}, as they are counted: what messages are matched with, and ${counts.cellCount.toLocaleString('en')} counts of a bucket`,
      ...{ value: counting, unit: 'MB', target, met: counting < MOST_MEGABYTES },
    },
    {
      name: `${size}, as a bucket is judged: the same with ${series.toLocaleString('en')} series of statistics, of ${PATTERN_LIMITS.entities} entities of each pattern at most`,
      ...{ value: judging, unit: 'MB', target, met: judging < MOST_MEGABYTES },
    },
    {
      name: `the share of it that a detector keeps, ${PATTERN_LIMITS.patterns.toLocaleString('en')} patterns x ${PATTERN_LIMITS.entities} entities`,
      value: (judging * PATTERN_LIMITS.patterns) / PATTERNS,
      unit: 'MB',
    },
  );
  if (catalogue.find('nothing of these') === undefined) throw new Error('It is still there.');
  return rows;
}

/** Judges two buckets, so that each series has statistics. */
function modelsOf(ids: readonly string[], all: readonly (readonly string[])[]): PatternModel[] {
  const seen = { first: START, last: START, example: 'part 1 of 2' };
  const models = ids.map((id, place) => newPattern(id, { ...seen, tokens: all[place] }, { since: START }));
  for (const time of [START, START + DAY]) {
    const entities = new Map(
      Array.from({ length: ENTITIES }, (_, place) => [`host-${place}`, 1 + (place % 3)]),
    );
    entities.set(
      '',
      [...entities.values()].reduce((sum, logs) => sum + logs, 0),
    );
    judgeBucket({
      ...{
        patterns: models,
        time,
        span: SPAN,
        since: START,
        arrivals: [],
        silences: [],
        falseAlarmsPerDay: 1,
      },
      counts: new Map(ids.map((id) => [id, entities])),
    });
  }
  return models;
}
