import { createRandom } from '../demo_logs/random';
import { hashOfJson } from '../model_snapshot/canonical_json';
import { PATTERN_LIMITS, OTHER_ENTITIES, OTHER_PATTERNS } from './pattern';
import { generalise, MOST_COMPARED_TOKENS, PatternCatalogue, patternText } from './pattern_catalogue';
import { PatternCounts, type CountedLog, type PackedCounts } from './pattern_counts';

const HOUR = 3_600_000;
const catalogue = new PatternCatalogue(
  [{ id: 'known', tokens: ['User', ' <*>', ' logged', ' in'] }],
  () => [],
  2_048,
);

function counted(logs: readonly CountedLog[], before = new PatternCounts()): PatternCounts {
  for (const log of logs) {
    const pattern = catalogue.find(log.message);
    if (pattern !== undefined) before.add(pattern, log);
  }
  return before;
}

function logsOf(count: number, seed: number): CountedLog[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const time = random.integer(0, 4 * HOUR);
    const words = ['alpha', 'beta', 'gamma', 'delta'].map(
      (word) => `${word}${'x'.repeat(random.integer(0, 6))}`,
    );
    const level = random.chance(0.5) ? random.pick(['INFO', 'error']) : undefined;
    return {
      message: random.chance(0.5)
        ? `User u${random.integer(1, 9)} logged in`
        : `Cannot ${random.pick(words)} ${random.pick(words)} ${random.pick(words)} after ${random.integer(1, 500)} ms`,
      time,
      bucket: Math.floor(time / HOUR) * HOUR,
      ...(random.chance(0.9) && { entity: `host-${random.integer(1, 80)}` }),
      levelOf: () => level,
    };
  });
}

/** A hash of counts, in whatever order they are held. */
function sorted(counts: PatternCounts): string {
  const { seen, cells } = counts.toJSON();
  const byText = (one: unknown, other: unknown): number =>
    JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
  return hashOfJson({ seen: [...seen].sort(byText), cells: [...cells].sort(byText) });
}

test('finds the pattern of a message, and masks what varies in one that is unlike any', () => {
  expect(catalogue.find('User u17 logged in')).toEqual({ id: 'known' });
  const one = catalogue.find('Timeout after 30 ms')!;
  expect(catalogue.find('Timeout after 4 ms')!.id).toBe(one.id);
  expect(patternText(one.tokens!)).toBe('Timeout after <duration>');
  expect(catalogue.find('   ')).toBeUndefined();
});

test('neither the order of the logs nor a pause in between changes the counts', () => {
  for (const seed of [1, 2]) {
    const logs = logsOf(4_000, seed);
    const random = createRandom(seed + 100);
    const wanted = sorted(counted(logs));
    const shuffled = [...logs]
      .map((log) => ({ log, at: random.uniform() }))
      .sort((one, other) => one.at - other.at)
      .map(({ log }) => log);
    const cut = random.integer(1, logs.length - 1);
    const begun = counted(shuffled.slice(0, cut));
    const resumed = new PatternCounts(
      JSON.parse(JSON.stringify(begun)) as ReturnType<PatternCounts['toJSON']>,
    );
    expect(sorted(counted(shuffled.slice(cut), resumed))).toBe(wanted);
    const packed = JSON.parse(JSON.stringify(counted(shuffled.slice(0, cut)).packed())) as PackedCounts;
    expect(sorted(counted(shuffled.slice(cut), new PatternCounts(packed)))).toBe(wanted);
  }
});

test('packed counts stay as they are while others are added', () => {
  const [first, ...others] = logsOf(50, 3);
  const counts = counted([first]);
  const packed = counts.packed();
  const before = JSON.stringify(packed);
  counted(others, counts);
  expect(JSON.stringify(packed)).toBe(before);
  expect(JSON.stringify(counts.packed())).not.toBe(before);
});

test('names of entities that are no longer counted apart are forgotten', () => {
  const counts = new PatternCounts();
  for (let user = 20_000; user > 0; user--) {
    counts.add(
      { id: 'known' },
      { message: 'x', time: 5, bucket: 0, entity: `user-${String(user).padStart(5, '0')}` },
    );
  }
  const { entities, cells } = counts.packed();
  expect(entities.length).toBeLessThanOrEqual(1_000);
  expect(new Set(entities)).toContain(OTHER_ENTITIES);
  expect(new Set(entities)).toContain('user-00001');
  const [[, , logs]] = cells;
  expect(logs.reduce((sum, count, at) => sum + (at % 2) * count, 0)).toBe(20_000);
});

test('no log is lost beyond the bounds: it is counted with the others', () => {
  const logs = Array.from({ length: 2_400 }, (_, index) => ({
    message: `Cannot ${[...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('')} it`,
    time: 5,
    bucket: 0,
    entity: `e${index % 120}`,
  }));
  const { cells, seen } = counted([...logs, ...logs]).toJSON();
  expect(cells.reduce((sum, [, , , count]) => sum + count, 0)).toBe(4_800);
  expect(seen).toHaveLength(PATTERN_LIMITS.fresh);
  const rest = cells.filter(([id]) => id === OTHER_PATTERNS);
  expect(rest.reduce((sum, [, , , count]) => sum + count, 0)).toBe(2 * (2_400 - PATTERN_LIMITS.fresh));
  expect(rest.map(([, entity]) => entity)).toContain(OTHER_ENTITIES);
  expect(rest).toHaveLength(PATTERN_LIMITS.entities + 1);
});

test('patterns that differ in ever new values become one', () => {
  const patterns = 'amy bob cleo dan eve finn gil hal iris jon kay leo mia ned ola'.split(' ').map((name) => {
    const { id, tokens } = catalogue.find(`Session of ${name} was closed`)!;
    return { id, tokens: tokens!, logs: 1 };
  });
  const other = catalogue.find('Disk is full')!;
  const found = generalise([
    ...patterns,
    { id: other.id, tokens: other.tokens!, logs: 3 },
    { id: 'known', tokens: ['User', ' <*>', ' logged', ' in'], logs: 9 },
  ]);
  expect(found).toHaveLength(1);
  expect(patternText(found[0].tokens)).toBe('Session of <*> was closed');
  expect(found[0].members).toEqual(patterns.map(({ id }) => id).sort());
  expect(generalise([...patterns].reverse())).toEqual(found);
});

test('patterns that are too long to be compared at once are left as they are', () => {
  const named = (length: number, count: number) =>
    Array.from({ length: count }, (_none, i) => {
      const word = String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26));
      const tokens = [`begin${length}`, ...new Array<string>(length - 2).fill(' and'), ` ${word}`];
      return { id: `${length}-${i}`, tokens, logs: 1 };
    });
  const found = generalise([...named(250, 600), ...named(5, 20)]);
  expect(found.map(({ members }) => members.length).sort((a, b) => a - b)).toEqual([
    20,
    Math.floor((MOST_COMPARED_TOKENS - 20 * 5) / 250),
  ]);
});
