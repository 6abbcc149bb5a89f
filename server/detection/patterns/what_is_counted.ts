import { entityFieldsOf, type Detector } from '../../../common/detector';
import { hashOfJson } from '../../../common/model_snapshot/canonical_json';
import {
  ALL_ENTITIES,
  emptyProfile,
  newPattern,
  newSeries,
  SeriesTable,
  type PatternModel,
} from '../../../common/patterns';
import { TOKENISER } from '../../../common/log_features/template/message_tokens';
import type { MessageReadingSettings } from '../../../common/log_features/template/template_encoding';

/**
 * Digest of all that decides which messages are counted as which patterns, and in which entities. With another one, what is
 * known of patterns says nothing of what is to come.
 */
export const digestOfCounted = (
  { patterns, source, ...detector }: Detector,
  { masks, maxLength }: MessageReadingSettings,
): string =>
  hashOfJson([
    source.index,
    source.query ?? null,
    patterns?.field ?? null,
    [TOKENISER, ...(masks ?? [])],
    maxLength,
    entityFieldsOf(detector),
  ]);

/**
 * Patterns that are known from before `time` as if counting began there: none of them is missed, however often it came, and none is new.
 * What a person has ignored or merged stays so.
 *
 * @param time epoch milliseconds
 * @returns those that are changed
 */
export const learnedAnew = (patterns: readonly PatternModel[], time: number): PatternModel[] =>
  patterns
    .filter(({ judged, firstSeen }) => judged !== undefined || firstSeen < time)
    .map((pattern) => ({
      ...pattern,
      since: time,
      profile: emptyProfile(time, pattern.profile.zone),
      series: new SeriesTable([[ALL_ENTITIES, newSeries(time)]]),
      judged: time,
    }));

/** Returns a pattern without anything that was judged of it; what people want of it, and what became a part of it, stays. */
export const begunAt = (
  pattern: PatternModel,
  begin: { readonly since: number; readonly zone?: string },
): PatternModel => {
  const { firstSeen: first, lastSeen: last, judged: _judged, ...kept } = pattern;
  const { since, profile, series } = newPattern(pattern.id, { ...pattern, first, last }, begin);
  return { ...kept, firstSeen: first, lastSeen: last, since, profile, series };
};
