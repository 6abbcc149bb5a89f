import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

/** One entry of `GET _security/user/_privileges`, as far as it is read here. */
export interface GrantedIndices {
  readonly names: string | readonly string[];
  readonly privileges: readonly string[];
  /** Document-level security: only documents that one of these queries selects. */
  readonly query?: string | readonly unknown[];
  /** Field-level security. */
  readonly field_security?: readonly { readonly grant?: unknown; readonly except?: unknown }[];
}

/** Patterns of which the user sees only a part. */
export interface RestrictedView {
  readonly documents: readonly string[];
  readonly fields: readonly string[];
}

const READING: ReadonlySet<string> = new Set(['read', 'all']);

/** @returns whether some name is matched by both patterns, in which `*` stands for any characters */
export function canMeet(one: string, other: string): boolean {
  // reached[j]: what was read of `one` can be what is before place j of `other`.
  let reached = Array.from(
    { length: other.length + 1 },
    (_, place) => place === 0 || /^\**$/.test(other.slice(0, place)),
  );
  for (const character of one) {
    const next: boolean[] = [character === '*' && reached[0]];
    for (let place = 1; place <= other.length; place++) {
      const against = other[place - 1];
      next[place] =
        character === '*' || against === '*'
          ? reached[place] || next[place - 1] || reached[place - 1]
          : reached[place - 1] && (character === '?' || against === '?' || character === against);
    }
    reached = next;
  }
  return reached[other.length];
}

/** A regular expression of Lucene stands between slashes and may match anything. */
const isExpression = (name: string): boolean => name.startsWith('/');

const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');

/** @returns whether `name` matches all that `pattern` does: its asterisks count as characters */
const covers = (name: string, pattern: string): boolean =>
  !isExpression(name) &&
  new RegExp(`^${escaped(name).replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 's').test(pattern);

/**
 * Returns the patterns of which a user sees only a part. Several roles add up: one that grants all of a pattern lifts what another
 * one limits.
 *
 * @param patterns indices of the logs
 */
export function restrictedView(
  granted: readonly GrantedIndices[],
  patterns: readonly string[],
): RestrictedView {
  const readable = granted
    .filter(({ privileges }) => privileges.some((privilege) => READING.has(privilege)))
    .map((entry) => ({ ...entry, names: typeof entry.names === 'string' ? [entry.names] : entry.names }));
  const limited = (isLimited: (entry: GrantedIndices) => boolean): string[] =>
    patterns.filter((pattern) => {
      const isWhole = readable.some(
        (entry) => !isLimited(entry) && entry.names.some((name) => covers(name, pattern)),
      );
      return (
        !isWhole &&
        readable.some(
          (entry) =>
            isLimited(entry) && entry.names.some((name) => isExpression(name) || canMeet(name, pattern)),
        )
      );
    });
  return {
    documents: limited(({ query }) => query !== undefined && query.length > 0),
    fields: limited(({ field_security: fields }) => fields !== undefined && fields.length > 0),
  };
}

/** Asks for what the user of the client may; every user may ask that. */
export async function readRestrictedView(
  client: ElasticsearchClient,
  patterns: readonly string[],
  options: { policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<RestrictedView> {
  const { policy, signal } = options;
  const { indices } = await attempt(() => client.security.getUserPrivileges({}, { signal }), {
    what: 'ask what you may see of the logs',
    policy,
    signal,
  });
  return restrictedView(indices, patterns);
}

/** @returns a sentence for each kind of limit, for whoever saves a detector */
export function warningsOf({ documents, fields }: RestrictedView): string[] {
  const named = (patterns: readonly string[]): string => patterns.map((pattern) => `"${pattern}"`).join(', ');
  const rest =
    'Results, models and feedback hold what you see, for everybody who may read them in this space. Limit who may, or what is copied: copy_fields.';
  return [
    ...(documents.length > 0
      ? [`Your role shows you only some documents of ${named(documents)}. ${rest}`]
      : []),
    ...(fields.length > 0 ? [`Your role shows you only some fields of ${named(fields)}. ${rest}`] : []),
  ];
}
