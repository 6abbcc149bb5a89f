/**
 * Limits that keep suppressions from silencing a detector, by mistake or on purpose. All limits are here; docs/feedback.md
 * lists them.
 */
export const SUPPRESSION_LIMITS = {
  /** Suppressions in effect for one detector, those for all of the space among them; verdicts on one log do not count. */
  active: 100,
  /** New ones wider than one log, for each detector in 24 hours; what was removed since counts, too. */
  newWideADay: 50,
  /** One for an entity or wider must expire within so many days. */
  longestWideDays: 365,
  /** Share of the time that a schedule may cover before it counts as none. */
  scheduledShare: 0.5,
  /** Days that are replayed before, and marked when, a suppression is applied. */
  replayDays: 30,
  /** Share of the results of these days that one hides without being asked twice. */
  hiddenShare: 0.5,
  /** Stored results that one may hide. */
  marked: 100_000,
  /** Confirmed anomalies that a replay lists. */
  listed: 20,
  /** Changes of one result that are kept, newest last. */
  history: 20,
} as const;

/** Bounds of an iCalendar text. */
export const CALENDAR_LIMITS = {
  characters: 256_000,
  events: 500,
  /** Occurrences looked at, from the first one on, to find those of a range; a daily event reaches 20,000 in 54 years. */
  steps: 20_000,
  /** Offsets of time zones that the text defines itself: a zone with daylight saving has two. */
  zoneRules: 200,
  /** Years that the rules of its zones are followed through, added up: two from 1601 on, as Outlook writes them, are 868. */
  zoneYears: 5_000,
  /** Single dates at which its zones change. */
  zoneDates: 1_000,
  earliestYear: 1_900,
  latestYear: 2_200,
  /** Milliseconds in which a calendar must have been read and followed. */
  deadline: 5_000,
} as const;

/** Consequences that a caller has to accept by name before such a suppression is applied. */
export const CONSEQUENCES = ['hides_confirmed_anomalies', 'hides_most_results'] as const;
export type Consequence = (typeof CONSEQUENCES)[number];
