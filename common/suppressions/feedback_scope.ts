import type { Match } from './suppression';

/** Scopes of "not an anomaly". */
export const FEEDBACK_SCOPES = ['one', 'pattern', 'entity', 'combination'] as const;
export type FeedbackScope = (typeof FEEDBACK_SCOPES)[number];

/** Facts known of a result when it was judged. */
export interface JudgedFacts extends Omit<Match, 'source'> {
  /** ISO 8601, of the log. */
  readonly time?: string;
  readonly confidence?: number;
}

/**
 * Returns the facts of a result that a verdict of some scope matches: `combination` is pattern, entity and top feature together.
 *
 * @returns undefined where the result lacks what the scope is about
 */
export function matchOfScope(
  scope: FeedbackScope,
  source: { index: string; id: string },
  facts: JudgedFacts,
): Match | undefined {
  const { pattern, entity, top_feature } = facts;
  switch (scope) {
    case 'one':
      return { source };
    case 'pattern':
      return pattern === undefined ? undefined : { pattern };
    case 'entity':
      return entity === undefined ? undefined : { entity };
    case 'combination':
      return pattern === undefined
        ? undefined
        : {
            pattern,
            ...(entity !== undefined && { entity }),
            ...(top_feature !== undefined && { top_feature }),
          };
  }
}

export interface JudgedLike {
  readonly verdict: 'real' | 'not_an_anomaly';
  readonly judged?: JudgedFacts;
}
/** Results alike that were judged both ways. */
export interface Contradiction<Said extends JudgedLike> {
  readonly pattern: string;
  readonly real: readonly Said[];
  readonly not_an_anomaly: readonly Said[];
}

/** Labels are never averaged: who reads them sees where they disagree. */
export function contradictionsOf<Said extends JudgedLike>(feedback: readonly Said[]): Contradiction<Said>[] {
  const byPattern = new Map<string, { real: Said[]; not_an_anomaly: Said[] }>();
  for (const said of feedback) {
    const pattern = said.judged?.pattern;
    if (pattern === undefined) continue;
    let both = byPattern.get(pattern);
    if (both === undefined) {
      both = { real: [], not_an_anomaly: [] };
      byPattern.set(pattern, both);
    }
    both[said.verdict].push(said);
  }
  return [...byPattern].flatMap(([pattern, { real, not_an_anomaly }]) =>
    real.length > 0 && not_an_anomaly.length > 0 ? [{ pattern, real, not_an_anomaly }] : [],
  );
}
