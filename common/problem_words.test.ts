import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from './api';
import { detectorSchema, featureSchema } from './detector';
import { suppressionDraftSchema } from './suppressions/suppression';
import { describeZodIssues } from './validation';

/** The lines that a schema gives for an input. */
function lines(schema: z.ZodType, input: unknown): string[] {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : describeZodIssues(parsed.error, input);
}

const detector = { name: 'Web', source: { index: 'logs-*' }, features: [{ type: 'number', field: 'bytes' }] };

describe('what is wrong with a setting', () => {
  it.each<[string, object, string]>([
    ['an empty name', { name: '' }, 'name: must not be empty (got "")'],
    ['a name that is none', { name: 5 }, 'name: must be a text (got 5)'],
    ['no source', { source: undefined }, 'source: must be given'],
    ['no index', { source: {} }, 'source.index: must be given'],
    ['a long name', { name: 'a'.repeat(201) }, 'name: must have at most 200 characters'],
    ['an unknown setting', { nane: 1 }, '(root): has no setting "nane"'],
    ['a number below', { forest: { tree_count: 0 } }, 'forest.tree_count: must be at least 1 (got 0)'],
    [
      'a number above',
      { forest: { tree_count: 1_001 } },
      'forest.tree_count: must be at most 1000 (got 1001)',
    ],
    [
      'a broken number',
      { forest: { tree_count: 1.5 } },
      'forest.tree_count: must be a whole number (got 1.5)',
    ],
    [
      'a bound that is not allowed itself',
      { threshold: { method: 'adaptive', alerts_per_day: 0 } },
      'threshold.alerts_per_day: must be more than 0 (got 0)',
    ],
    ['no number', { forest: { tree_count: null } }, 'forest.tree_count: must be a number (got null)'],
    [
      'another word',
      { forest: { splits: 'deep' } },
      'forest.splits: must be one of axis, extended, fair_cut, mixed (got "deep")',
    ],
    [
      'another kind',
      { threshold: { method: 'magic' } },
      'threshold.method: must be one of contamination, fixed, adaptive (got "magic")',
    ],
    [
      'one of two ways, written wrongly',
      { forest: { subsample_size: 1 } },
      'forest.subsample_size: must be at least 2 (got 1)',
    ],
    [
      'neither of two ways',
      { forest: { subsample_size: 'some' } },
      'forest.subsample_size: must be auto, or must be a number (got "some")',
    ],
    [
      'a part of a list',
      { features: [{ type: 'deviation', field: 'bytes', by: ['host.name', 5] }] },
      'features.0.by: 1 must be a text, or 1 must be an object of settings (got ["host.name",5])',
    ],
    [
      'too many',
      { features: Array(65).fill(detector.features[0]) },
      'features: must have at most 64 entries',
    ],
    ['a list that is none', { features: 'bytes' }, 'features: must be a list (got "bytes")'],
    ['our own words', { training: { window: 'soon' } }, 'training.window: must be a duration such as 30s'],
  ])('%s is said in words', (_name, change, expected) => {
    const [first] = lines(detectorSchema, { ...detector, ...change });
    expect(first.slice(0, expected.length)).toBe(expected);
  });
});

/** Words of the library that say nothing to people. */
const RAW = /Too (small|big)|Invalid|[Ee]xpected|Unrecognized|received/;
const ODD_VALUES = [
  null,
  '',
  'x'.repeat(100_000),
  -1,
  1.5,
  Number.NaN,
  1e300,
  true,
  [],
  [[]],
  {},
  { a: { b: 1 } },
];

/** Odd values for the whole and for each setting that the schema names, two levels deep. */
function* oddInputs(schema: z.ZodType, levels = 2): Generator<unknown> {
  yield undefined;
  yield* ODD_VALUES;
  if (levels === 0) return;
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as {
    properties?: Record<string, { properties?: object }>;
  };
  for (const name of Object.keys(json.properties ?? {})) {
    for (const value of ODD_VALUES) yield { [name]: value };
    for (const inner of Object.keys(json.properties?.[name].properties ?? {})) {
      for (const value of ODD_VALUES) yield { [name]: { [inner]: value } };
    }
  }
}

const schemas: [string, z.ZodType][] = [
  ['a detector', detectorSchema],
  ['a feature', featureSchema],
  ['a suppression', suppressionDraftSchema],
  ...Object.entries(ENDPOINTS as Record<string, Endpoint>).flatMap(([name, { params, query, body }]) =>
    [params, query, body].flatMap((schema) => (schema ? [[name, schema] as [string, z.ZodType]] : [])),
  ),
];

it.each(schemas)('no problem of %s is told in the words of the library', (_name, schema) => {
  let told = 0;
  for (const input of oddInputs(schema)) {
    for (const line of lines(schema, input)) {
      told += 1;
      expect(line.replace(/ \(got .*\)$/s, '')).not.toMatch(RAW);
    }
  }
  expect(told).toBeGreaterThan(0);
});
