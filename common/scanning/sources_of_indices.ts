import { INDEX_PREFIX } from '../index_names';

/** Ways in which a detector reaches the logs of a source. */
export const REACHED_AS = ['data_stream', 'pattern', 'index', 'alias'] as const;
export type ReachedAs = (typeof REACHED_AS)[number];

/** Reasons for which indices are not among the sources of a scan. */
export const LEFT_OUT_REASONS = [
  'hidden',
  'own',
  'no_logs_by_name',
  'no_recent_logs',
  'odd_name',
  'too_many',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** Logs that belong together, and are read by one detector. */
export interface FoundSource {
  /** Data stream, index, alias or pattern. */
  readonly index: string;
  readonly reachedAs: ReachedAs;
  readonly timestampField: string;
  /** In the window. */
  readonly logs: number;
  /** Indices that hold them, by name; behind a data stream its backing indices. */
  readonly indices: readonly string[];
}

export interface LeftOut {
  readonly reason: LeftOutReason;
  readonly count: number;
  /** Some of their names. */
  readonly examples: readonly string[];
}

/** Part of what `_resolve/index` answers: only what the caller may read is named. */
export interface ResolvedNames {
  readonly indices: readonly { readonly name: string; readonly attributes?: readonly string[] }[];
  readonly aliases: readonly { readonly name: string; readonly indices: string | readonly string[] }[];
  readonly data_streams: readonly {
    readonly name: string;
    readonly backing_indices: string | readonly string[];
  }[];
}

/** Logs of one index in the window. */
export interface CountedIndex {
  readonly index: string;
  readonly logs: number;
  readonly timestampField: string;
}

const EXAMPLES = 5;
const MOST_NAMES = 20;
/** Longest `source.index` of a detector. */
const LONGEST_INDEX = 1_024;

/** Data streams and indices that hold no logs, by the naming scheme of data streams and the names that Elastic's products give. */
const NO_LOGS = /^(metrics|traces|profiling|synthetics|apm|ml|slo|entities|monitoring|metricbeat|heartbeat)-/;
/** Older ones may have characters that address something else today. */
const ODD = /[\\/*?"<>| ,#:]|^[-_+]/;
const BACKING_INDEX = /^(?:(?:partial|restored)-)?\.ds-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6}$/;
/** A date, and or a counter, at the end of a name; with a version of a Beat before it. */
const ROTATED =
  /^(.+?)(?:-\d+\.\d+\.\d+)?([-_.])(\d{4}[-_.]?\d{2}(?:[-_.]?\d{2})?(?:[-_.]?\d{2})?(?:-\d{6})?|\d{4}[-_.]w?\d{2}|\d{6})$/i;

const listed = (names: string | readonly string[]): readonly string[] => [names].flat();

/**
 * Makes sources out of indices that hold logs: what stands behind a data stream is one source, what rotates by date or counter is one
 * under a pattern, and an index that can only be read by its alias is read by that. An alias beside its indices is no source of its own.
 *
 * @param counted indices with logs in the window
 * @param names all that the caller may read
 * @param most sources at most, those with most logs
 */
export function sourcesOfIndices(
  counted: readonly CountedIndex[],
  names: ResolvedNames,
  most: number,
): { sources: FoundSource[]; leftOut: LeftOut[] } {
  const streams = new Map(
    names.data_streams.flatMap(({ name, backing_indices: backing }) =>
      listed(backing).map((index) => [index, name] as const),
    ),
  );
  const hidden = new Set(
    names.indices
      .filter(({ attributes = [] }) => attributes.some((each) => each === 'hidden' || each === 'system'))
      .map(({ name }) => name),
  );
  const readable = new Set(names.indices.map(({ name }) => name));
  const left = new Map<LeftOutReason, Set<string>>();
  const leave = (reason: LeftOutReason, name: string): void => {
    left.set(reason, (left.get(reason) ?? new Set()).add(name));
  };
  const groups = new Map<string, { reachedAs: ReachedAs; rotated?: Rotation; indices: CountedIndex[] }>();
  const put = (key: string, reachedAs: ReachedAs, index: CountedIndex, rotated?: Rotation): void => {
    const group = groups.get(key) ?? { reachedAs, rotated, indices: [] };
    group.indices.push(index);
    groups.set(key, group);
  };
  for (const each of counted) {
    const stream = streams.get(each.index) ?? BACKING_INDEX.exec(each.index)?.[1];
    const name = stream ?? each.index;
    const problem = problemOf(name, hidden);
    if (problem !== undefined) {
      leave(problem, name);
      continue;
    }
    if (stream !== undefined) put(stream, 'data_stream', each);
    else if (readable.size > 0 && !readable.has(name)) {
      const alias = names.aliases.find(({ indices }) => listed(indices).includes(name));
      if (alias === undefined || problemOf(alias.name, hidden) !== undefined) leave('hidden', name);
      else put(alias.name, 'alias', each);
    } else {
      const rotated = rotationOf(name);
      put(rotated?.stem ?? name, rotated === undefined ? 'index' : 'pattern', each, rotated);
    }
  }
  const all = [
    ...readable,
    ...names.data_streams.map(({ name }) => name),
    ...counted.map(({ index }) => index),
  ];
  const sources = [...groups]
    .map(([name, { reachedAs, rotated, indices }]): FoundSource => {
      const own = indices.map(({ index }) => index).sort();
      const logs = indices.reduce((sum, index) => sum + index.logs, 0);
      const { timestampField } = [...indices].sort((one, other) => other.logs - one.logs)[0];
      const rest = { timestampField, logs, indices: own };
      if (rotated === undefined) return { index: name, reachedAs, ...rest };
      const pattern = patternOf(rotated, own, all);
      return pattern === undefined
        ? { index: joinedNames(own), reachedAs: 'index', ...rest }
        : { index: pattern, reachedAs, ...rest };
    })
    .sort((one, other) => other.logs - one.logs || (one.index < other.index ? -1 : 1));
  for (const { index } of sources.slice(most)) leave('too_many', index);
  const seen = new Set(counted.map(({ index }) => index));
  for (const { name } of names.indices) {
    if (!seen.has(name) && !streams.has(name)) leave(problemOf(name, hidden) ?? 'no_recent_logs', name);
  }
  for (const { name, backing_indices: backing } of names.data_streams) {
    if (!groups.has(name) && !listed(backing).some((index) => seen.has(index))) {
      leave(problemOf(name, hidden) ?? 'no_recent_logs', name);
    }
  }
  return {
    sources: sources.slice(0, most),
    leftOut: LEFT_OUT_REASONS.flatMap((reason) => {
      const found = [...(left.get(reason) ?? [])].sort();
      return found.length === 0 ? [] : [{ reason, count: found.length, examples: found.slice(0, EXAMPLES) }];
    }),
  };
}

function problemOf(name: string, hidden: ReadonlySet<string>): LeftOutReason | undefined {
  if (name.startsWith('.') || hidden.has(name)) return 'hidden';
  if (name.startsWith(INDEX_PREFIX)) return 'own';
  if (NO_LOGS.test(name)) return 'no_logs_by_name';
  return ODD.test(name) ? 'odd_name' : undefined;
}

interface Rotation {
  /** With the mark before the date, which all indices of the source begin with. */
  readonly stem: string;
  readonly first: string;
}

function rotationOf(name: string): Rotation | undefined {
  const [, stem, mark, date] = ROTATED.exec(name) ?? [];
  return stem === undefined ? undefined : { stem: `${stem}${mark}`, first: date.slice(0, 2) };
}

/** @returns undefined where each pattern would match indices of other sources as well, or miss some of the source */
function patternOf(
  { stem, first }: Rotation,
  indices: readonly string[],
  all: readonly string[],
): string | undefined {
  const isOwn = (name: string): boolean => rotationOf(name)?.stem === stem;
  return [stem, `${stem}${first}`]
    .filter((start) => indices.every((name) => name.startsWith(start)))
    .filter((start) => all.every((name) => !name.startsWith(start) || isOwn(name)))
    .map((start) => `${start}*`)[0];
}

/** The newest indices by name, as many as a detector may name. */
export function joinedNames(indices: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const name of [...indices].sort().reverse().slice(0, MOST_NAMES)) {
    length += name.length + 1;
    if (kept.length > 0 && length > LONGEST_INDEX) break;
    kept.push(name);
  }
  return kept.reverse().join(',');
}
