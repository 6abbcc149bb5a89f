import { ALL_ENTITIES, newSeries, PATTERN_LIMITS, type PatternModel, type Series } from './pattern';
import { patternIdOf, patternText } from './pattern_catalogue';
import { copyOfSeries, SeriesTable } from './series_table';
import { ageProfile, emptyProfile, halfLifeWeight, profileInZone, type WeekProfile } from './usual_rate';

/**
 * One pattern of several that turned out to be the same: it has been there since the first of them, and its logs are
 * theirs together. It is ignored only where all of them are, or where the first of `members` is with `withForms`.
 *
 * @param tokens of the outcome
 * @param options `withForms`: messages of the others do not follow these tokens, which are those of the first of `members`
 */
export function mergePatterns(
  tokens: readonly string[],
  members: readonly PatternModel[],
  { withForms = false }: { readonly withForms?: boolean } = {},
): PatternModel {
  const [first] = [...members].sort(
    (one, other) => one.firstSeen - other.firstSeen || (one.id < other.id ? -1 : 1),
  );
  const at = Math.max(...members.map(({ profile }) => profile.at));
  const { zone } = members[0].profile;
  const profile = emptyProfile(at, zone);
  const series = new SeriesTable();
  for (const member of members) {
    ageProfile(member.profile, at);
    profileInZone(member.profile, zone).hours.forEach((count, hour) => (profile.hours[hour] += count));
    for (const [entity, of] of member.series) series.set(entity, joined(series.get(entity), of));
  }
  profile.open = openOf(members.map((member) => member.profile));
  const judged = members.flatMap((member) => member.judged ?? []);
  const id = patternIdOf(tokens);
  const forms = new Map(
    members
      .flatMap((member) => [
        ...(withForms && member.id !== id ? [member.tokens] : []),
        ...(member.forms ?? []),
      ])
      .map((form) => [patternIdOf(form), form] as const),
  );
  const isIgnored = members.every((member) => member.ignored !== undefined);
  const ignored = withForms ? members[0].ignored : isIgnored ? first.ignored : undefined;
  return {
    id,
    tokens,
    firstSeen: first.firstSeen,
    lastSeen: Math.max(...members.map(({ lastSeen }) => lastSeen)),
    since: Math.min(...members.map(({ since }) => since)),
    example: first.example,
    ...(first.level !== undefined && { level: first.level }),
    // Without its id the counts of a form would be those of nothing.
    members: [...new Set([...forms.keys(), ...members.flatMap((member) => [member.id, ...member.members])])]
      .filter((member) => !withForms || member !== id)
      .slice(0, PATTERN_LIMITS.members),
    ...(forms.size > 0 && { forms: [...forms.values()].slice(0, PATTERN_LIMITS.forms) }),
    ...(ignored !== undefined && { ignored }),
    profile,
    series,
    ...(judged.length > 0 && { judged: Math.max(...judged) }),
  };
}

/**
 * Ids of parts that a merged pattern has no room to name: their counts are to be added to its own, or nobody knows whose they are.
 *
 * @param parts that it was made of
 */
export function partsWithoutName(merged: PatternModel, parts: readonly PatternModel[]): string[] {
  const named = new Set([merged.id, ...merged.members]);
  return [...new Set(parts.flatMap(({ id, members }) => [id, ...members]))].filter((id) => !named.has(id));
}

/** Returns the latest hour that was added to, and what all together have of it. */
function openOf(profiles: readonly WeekProfile[]): WeekProfile['open'] {
  const begin = Math.max(...profiles.map(({ open }) => open?.begin ?? -Infinity));
  if (begin === -Infinity) return undefined;
  const logs = profiles.reduce((sum, { open }) => sum + (open?.begin === begin ? open.logs : 0), 0);
  return { begin, logs };
}

function joined(one: Series | undefined, other: Series): Series {
  if (one === undefined) return copyOfSeries(other);
  const at = Math.max(one.at, other.at);
  const weighted =
    one.weighted * halfLifeWeight(at - one.at) + other.weighted * halfLifeWeight(at - other.at);
  return {
    ...newSeries(Math.min(one.since, other.since)),
    weighted,
    at,
    lastSeen: Math.max(one.lastSeen, other.lastSeen),
    longestGap: Math.max(one.longestGap, other.longestGap),
  };
}

/**
 * The pattern without what a person has merged into it, and each of that as a pattern: all are learned from `time` on, since the
 * past is that of all together, and none is news. Where the pattern is ignored, all are.
 *
 * @param time epoch milliseconds
 */
export function takeApart(
  { forms = [], isToBeTakenApart: _done, ...pattern }: PatternModel,
  time: number,
): { readonly pattern: PatternModel; readonly parts: readonly PatternModel[] } {
  const learnedAnew = () => ({
    since: time,
    profile: emptyProfile(time, pattern.profile.zone),
    series: new SeriesTable([[ALL_ENTITIES, newSeries(time)]]),
    judged: time,
  });
  const { firstSeen, ignored } = pattern;
  const parts = forms.map((tokens): PatternModel => ({
    id: patternIdOf(tokens),
    tokens,
    firstSeen,
    lastSeen: time,
    example: patternText(tokens),
    members: [],
    ...(ignored !== undefined && { ignored }),
    ...learnedAnew(),
  }));
  const apart = new Set(parts.map(({ id }) => id));
  const members = pattern.members.filter((id) => !apart.has(id));
  return { pattern: { ...pattern, members, ...learnedAnew() }, parts };
}
