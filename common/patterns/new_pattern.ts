import { LEARNING } from './judge_bucket';
import { ALL_ENTITIES, newSeries, type PatternModel } from './pattern';
import type { SeenPattern } from './pattern_counts';
import { SeriesTable } from './series_table';
import { emptyProfile } from './usual_rate';

/**
 * Makes the model of a pattern that was seen for the first time; those of the first day are all taken to have been there before.
 *
 * @param begin `since`: begin of all counting, epoch milliseconds; `zone`: of the hours of the profile, absent: UTC
 */
export function newPattern(
  id: string,
  { first, last, example, level, tokens }: SeenPattern & { readonly tokens: readonly string[] },
  { since, zone }: { readonly since: number; readonly zone?: string },
): PatternModel {
  const begins = first < since + LEARNING ? since : first;
  return {
    id,
    tokens,
    firstSeen: first,
    lastSeen: last,
    since: begins,
    example,
    ...(level !== undefined && { level }),
    members: [],
    profile: emptyProfile(begins, zone),
    series: new SeriesTable([[ALL_ENTITIES, newSeries(begins)]]),
  };
}
