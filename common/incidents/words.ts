import { printable } from '../printable';
import type { Group } from './grouping';
import type { Incident } from './incident';

const LONGEST_KEY = 120;
const LONGEST_PLACE = 80;
const LONGEST_LINE = 80;

/** A variable part of a pattern, such as `<num>`. */
const MASK = /<[^<>\s]+>/;
/** A pattern with so many words of its own says what it is, however many masks it has. */
const TELLING_WORDS = 3;

/** @example countText({ logs: 3, buckets: 0, changes: 1 }) // '3 logs and 1 change of a pattern' */
export function countText({ logs, buckets, changes = 0 }: Incident['counts']): string {
  const said = (count: number, one: string, many: string): string[] =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  const parts = [
    ...said(logs, 'log', 'logs'),
    ...said(buckets, 'bucket', 'buckets'),
    ...said(changes, 'change of a pattern', 'changes of patterns'),
  ];
  if (parts.length < 2) return parts[0] ?? 'no anomalies any more';
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

/** Tells whether a pattern says what its logs are: next to nothing but masks is left of some, as of `GET <*> <num> <num>B`. */
export function isTelling(pattern: string): boolean {
  const tokens = pattern.split(/\s+/);
  const masked = tokens.filter((token) => MASK.test(token)).length;
  const words = tokens.filter((token) => !MASK.test(token) && /\p{L}{2}/u.test(token)).length;
  return words >= TELLING_WORDS || words >= masked;
}

/** Returns a pattern as a title names it: one that says nothing by one of its lines. */
export const nameOfPattern = (pattern: string, line: string | undefined): string =>
  line === undefined || isTelling(pattern) ? pattern : printable(line, LONGEST_LINE);

/** The result that an incident is named after: the most severe one, or the most severe with signs of an attack. */
export interface Lead {
  /** Its pattern or route; absent where it is a bucket. */
  readonly key?: string;
  /** Its leading reason in a few words, where there are some. */
  readonly headline?: string;
  /** First line of the incident, for a pattern that says nothing. */
  readonly line?: string;
}

/**
 * Names an incident: why, what, and where.
 *
 * @param place entity, host, or name of the detector
 * @example titleOf(group, { key: 'POST /charge 503', headline: 'Status 503' }, 'checkout') // 'Status 503: POST /charge of checkout'
 */
export function titleOf(
  group: Pick<Group, 'scope' | 'patterns' | 'routes' | 'sources'>,
  { key, headline, line }: Lead,
  place: string,
): string {
  const where = printable(place, LONGEST_PLACE);
  if (group.scope.kind === 'others') return `Many other anomalies of ${where}`;
  const { patterns, routes, sources } = group;
  const kinds = Math.max(patterns.length, routes.length);
  if (kinds === 0 || key === undefined) {
    return headline === undefined ? `${where} as a whole` : `${headline} of ${where}`;
  }
  const why = headline === undefined ? '' : `${headline}: `;
  if (routes.length === 1) return `${why}${printable(routes[0], LONGEST_KEY)} of ${where}`;
  if (patterns.length === 1 && (routes.length === 0 || isTelling(patterns[0])))
    return `${why}${printable(nameOfPattern(patterns[0], line), LONGEST_KEY)} of ${where}`;
  if (sources.length === 1) {
    const value = sources[0].slice(sources[0].indexOf('=') + 1);
    return `${why}${printable(value, LONGEST_KEY)}, ${kinds} patterns of ${where}`;
  }
  return `${why}${printable(key, LONGEST_KEY)} and ${kinds - 1} more of ${where}`;
}
