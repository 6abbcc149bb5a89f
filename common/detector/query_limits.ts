import { type z } from 'zod';
import { isNestedTooDeeply, isWrittenWithin } from '../json_values';
import { printable } from '../printable';
import { detectorSchema, sourceSchema } from './detector_schema';

/** Levels of objects and lists. */
const DEEPEST_QUERY = 32;
/** Characters as JSON. */
const LARGEST_QUERY = 16_384;
/** Queries inside a query, of all levels; Elasticsearch itself takes 1,024 and more, by the memory of its nodes. */
const MOST_CLAUSES = 512;
/** Values of one `terms` or `ids` query. */
const MOST_VALUES = 1_024;
/** Characters of a pattern of `regexp` and `wildcard`. */
const LONGEST_PATTERN = 256;
/** Settings that say how much of an index one query may gather, with the most that is allowed of each. */
const GATHERED: Readonly<Record<string, number>> = {
  /** Default of Elasticsearch. */
  max_determinized_states: 10_000,
  /** Elasticsearch takes 50 unless told otherwise. */
  max_expansions: 1_024,
  fuzzy_max_expansions: 1_024,
};

/** By type of query, the settings that hold queries. */
const COMPOUND: Readonly<Record<string, readonly string[]>> = {
  bool: ['must', 'filter', 'should', 'must_not'],
  boosting: ['positive', 'negative'],
  constant_score: ['filter'],
  dis_max: ['queries'],
  nested: ['query'],
};
/** Settings of compound queries that are no queries: values alone, since an object such as `inner_hits` may hold a script. */
const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';
/** Types that hold no query, run no script, read no other index and hide nothing. */
const LEAVES = [
  'combined_fields',
  'exists',
  'fuzzy',
  'geo_bounding_box',
  'geo_distance',
  'geo_grid',
  'geo_shape',
  'ids',
  'match',
  'match_all',
  'match_bool_prefix',
  'match_none',
  'match_phrase',
  'match_phrase_prefix',
  'multi_match',
  'prefix',
  'query_string',
  'range',
  'regexp',
  'simple_query_string',
  'term',
  'terms',
  'wildcard',
];
const ALLOWED_TYPES = [...Object.keys(COMPOUND), ...LEAVES].sort();

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * Elasticsearch runs a query of a detector again and again, in the name of its owner: it may neither hold scripts nor read
 * other indices, and is bounded in size, depth and patterns. Its types are a closed list, since some hide others (`wrapper`).
 *
 * @param query Lucene query string or query DSL
 * @returns what is not allowed and what is, or undefined
 */
export function queryProblem(query: unknown): string | undefined {
  if (query === undefined || typeof query === 'string') return undefined;
  if (isNestedTooDeeply(query, DEEPEST_QUERY)) {
    return `is nested more than ${DEEPEST_QUERY} levels deep`;
  }
  if (!isWrittenWithin(query, LARGEST_QUERY)) {
    return `has more than ${LARGEST_QUERY} characters as JSON`;
  }
  const waiting: unknown[] = [query];
  for (let clauses = 1; waiting.length > 0; clauses++) {
    if (clauses > MOST_CLAUSES) return `holds more than ${MOST_CLAUSES} queries`;
    const clause = waiting.pop();
    if (!isNode(clause)) return 'must hold queries as objects, such as { "term": { "service.name": "web" } }';
    // Elasticsearch takes one type; an empty object selects all where there is a query at all.
    for (const [type, settings] of Object.entries(clause)) {
      const inner = Object.hasOwn(COMPOUND, type) ? COMPOUND[type] : undefined;
      if (inner === undefined) {
        const problem = leafProblem(type, settings);
        if (problem !== undefined) return problem;
      } else if (isNode(settings)) {
        for (const [name, value] of Object.entries(settings)) {
          if (inner.includes(name)) waiting.push(...[value].flat());
          else if (!isPlain(value)) {
            return `holds "${printable(name, 60)}" in ${type}; allowed there: ${inner.join(', ')}, and settings that are single values`;
          }
        }
      } else return `has no settings in ${type}; allowed: an object`;
    }
  }
  return undefined;
}

function leafProblem(type: string, settings: unknown): string | undefined {
  if (!LEAVES.includes(type)) {
    return `holds a query of the type "${printable(type, 60)}"; allowed: ${ALLOWED_TYPES.join(', ')}`;
  }
  if (!isNode(settings)) return undefined;
  for (const [name, value] of Object.entries(settings)) {
    if (type === 'terms' && isNode(value)) {
      return `takes the values of terms on "${printable(name, 100)}" from another index; allowed: a list of values`;
    }
    if (type === 'geo_shape' && isNode(value) && value.indexed_shape !== undefined) {
      return `takes the shape of geo_shape on "${printable(name, 100)}" from another index; allowed: shape`;
    }
    if (Array.isArray(value) && (type === 'terms' || type === 'ids') && value.length > MOST_VALUES) {
      return `has ${value.length} values in ${type}; allowed: at most ${MOST_VALUES}`;
    }
    if (type === 'regexp' || type === 'wildcard') {
      const pattern = isNode(value) ? (value.value ?? value.wildcard) : value;
      if (typeof pattern === 'string' && pattern.length > LONGEST_PATTERN) {
        return `has a pattern of ${pattern.length} characters in ${type} on "${printable(name, 100)}"; allowed: at most ${LONGEST_PATTERN}`;
      }
    }
    for (const [setting, most] of Object.entries(GATHERED)) {
      const said = [isNode(value) ? value[setting] : undefined, name === setting ? value : undefined];
      if (said.some((each) => each !== undefined && !(Number(each) <= most))) {
        return `has ${setting} in ${type}; allowed: at most ${most}`;
      }
    }
  }
  return undefined;
}

interface Selecting {
  readonly index: string;
  readonly query?: unknown;
}

/** A name, or that behind a remote cluster, of an index of Elasticsearch, of Kibana or behind a data stream. */
const HIDDEN = /^(?:[^:]+:)?\./;

/** Returns the problem of the index of a source: logs lie in no hidden and no system index. */
function indexProblem(index: string): string | undefined {
  const hidden = index
    .split(',')
    .map((name) => name.trim())
    .find((name) => HIDDEN.test(name));
  return hidden === undefined
    ? undefined
    : `names "${printable(hidden, 100)}", which is a hidden or system index; allowed: indices, data streams, aliases and patterns that do not begin with a dot (of .ds-logs-web-…, the data stream logs-web)`;
}

/** Returns the problems of index and query of a source, each with its path in the source. */
const sourceProblems = ({ index, query }: Selecting): { path: string[]; message: string }[] => [
  ...[indexProblem(index)].flatMap((message) =>
    message === undefined ? [] : [{ path: ['index'], message }],
  ),
  ...[queryProblem(query)].flatMap((message) =>
    message === undefined ? [] : [{ path: ['query'], message }],
  ),
];

/** Settings of buckets that are queries. */
const BUCKET_QUERIES = ['errors', 'failures'] as const;

/** @returns one entry for each query of the detector that is not allowed */
function queryProblems(detector: {
  readonly source: Selecting;
  readonly bucket?: Readonly<Partial<Record<(typeof BUCKET_QUERIES)[number], unknown>>>;
}): { path: string[]; message: string }[] {
  return [
    ...sourceProblems(detector.source).map(({ path, message }) => ({ path: ['source', ...path], message })),
    ...BUCKET_QUERIES.flatMap((name) => {
      const message = queryProblem(detector.bucket?.[name]);
      return message === undefined ? [] : [{ path: ['bucket', name], message }];
    }),
  ];
}

/**
 * A detector that is to be saved or tried out. What is saved already is read by {@link detectorSchema}, which bounds no query: a
 * detector of an earlier version goes on until it is edited.
 */
export const newDetectorSchema = detectorSchema.superRefine((detector, context) => {
  for (const problem of queryProblems(detector)) context.addIssue({ code: 'custom', ...problem });
});

/** A source that logs are to be read from for a request. */
export const newSourceSchema = sourceSchema.superRefine((source, context) => {
  for (const problem of sourceProblems(source)) context.addIssue({ code: 'custom', ...problem });
});

const refuseHiddenIndex = (index: string, path: string[], context: z.RefinementCtx): void => {
  const message = indexProblem(index);
  if (message !== undefined) context.addIssue({ code: 'custom', path, message });
};

/** A detector of a file, and the source of one. Whoever runs a command may search by any query, but reads no hidden index either. */
export const detectorOfFileSchema = detectorSchema.superRefine(({ source }, context) =>
  refuseHiddenIndex(source.index, ['source', 'index'], context),
);
export const sourceOfFileSchema = sourceSchema.superRefine(({ index }, context) =>
  refuseHiddenIndex(index, ['index'], context),
);

/** @returns the problems of a query that comes as JSON, for a schema of its own */
export const refuseUnboundedQuery = (query: unknown, context: z.RefinementCtx): void => {
  const message = queryProblem(query);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
};
