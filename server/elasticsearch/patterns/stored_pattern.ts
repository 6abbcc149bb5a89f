import { DAY, MINUTE } from '../../../common/duration';
import {
  ALL_ENTITIES,
  copyOfSeries,
  patternText,
  SeriesTable,
  type PatternFinding,
  type PatternIgnored,
  type PatternModel,
  type PatternState,
  type Series,
  type WeekProfile,
} from '../../../common/patterns';
import { documentId } from '../indices/names';

/** A document of kind `pattern`: one pattern of a detector. Times are epoch milliseconds. */
export interface PatternDocument {
  readonly kind: 'pattern';
  readonly detector_id: string;
  readonly pattern_id: string;
  readonly text: string;
  readonly level?: string;
  /** In all entities together; `states` of them and of each entity. */
  readonly state: PatternState;
  readonly state_since: number;
  readonly states: readonly string[];
  readonly entities: readonly string[];
  readonly first_seen: number;
  readonly last_seen: number;
  readonly example: string;
  readonly merged_into?: string;
  /** A person has merged it, and its past is not a part of the other yet. */
  readonly is_joining?: boolean;
  readonly is_to_be_taken_apart?: boolean;
  readonly is_ignored: boolean;
  readonly ignored?: PatternIgnored;
  readonly judged?: number;
  readonly model: {
    readonly tokens: readonly string[];
    readonly since: number;
    readonly profile: {
      readonly at: number;
      readonly hours: readonly number[];
      readonly zone?: string;
      readonly open?: WeekProfile['open'];
    };
    readonly series: readonly (readonly [entity: string, series: Series])[];
    readonly members: readonly string[];
    readonly forms?: readonly (readonly string[])[];
  };
}

/** A document of kind `counts`: logs of a pattern in a day, by entity and minute of the day. */
export interface CountsDocument {
  readonly kind: 'counts';
  readonly detector_id: string;
  readonly pattern_id: string;
  readonly day: number;
  /** Begin of the last bucket in it. */
  readonly until: number;
  readonly logs: number;
  /** Number of the counts that were added last. */
  readonly applied?: number;
  /** Likewise of those of a backfill. */
  readonly applied_past?: number;
  /** Ids of parts of the pattern whose counts are among these. */
  readonly taken?: readonly string[];
  /** Keys as {@link entityKey} makes them. */
  readonly cells: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Logs of all entities by minute of the day, a small part of `cells`. Absent or less than `logs` in all where an older version wrote last. */
  readonly sums?: Readonly<Record<string, number>>;
}

/** A document of kind `event`: a change that was found. */
export interface EventDocument {
  readonly kind: 'event';
  readonly detector_id: string;
  readonly pattern_id: string;
  readonly '@timestamp': number;
  readonly change: PatternFinding['change'];
  readonly entity?: string;
  readonly count: number;
  readonly usual: number;
  readonly chance?: number;
  readonly text: string;
  readonly level?: string;
}

export const patternDocumentId = (detectorId: string, id: string): string =>
  documentId('pattern', detectorId, id);
export const countsDocumentId = (detectorId: string, id: string, day: number): string =>
  documentId('pattern_counts', detectorId, id, String(day));
export const eventDocumentId = (
  detectorId: string,
  { patternId, entity, change, time }: PatternFinding,
): string => documentId('pattern_event', detectorId, patternId, change, entity ?? '', String(time));

/** Names of entities as keys of an object: none is empty or means something to a language. */
export const entityKey = (entity: string): string => `e:${entity}`;
export const entityOfKey = (key: string): string => key.slice(2);

export const dayOf = (time: number): number => Math.floor(time / DAY) * DAY;
export const minuteOf = (bucket: number): string => String(Math.round((bucket - dayOf(bucket)) / MINUTE));

const DIGITS = 6;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

/** Parts of a document that judging changes. */
export function judgedPartOf(
  model: PatternModel,
): Omit<
  PatternDocument,
  | 'kind'
  | 'detector_id'
  | 'pattern_id'
  | 'first_seen'
  | 'last_seen'
  | 'is_ignored'
  | 'ignored'
  | 'example'
  | 'level'
> {
  const { tokens, since, profile, series, members, forms, judged } = model;
  const all = series.get(ALL_ENTITIES);
  const entities = [...series.keys()].filter((name) => name !== ALL_ENTITIES);
  return {
    text: patternText(tokens),
    state: all?.state ?? 'usual',
    state_since: all?.stateSince ?? model.firstSeen,
    states: [...new Set([...series.values()].map(({ state }) => state))],
    entities,
    ...(judged !== undefined && { judged }),
    model: {
      tokens,
      since,
      profile: {
        at: profile.at,
        hours: [...profile.hours].map(rounded),
        ...(profile.zone !== undefined && { zone: profile.zone }),
        ...(profile.open !== undefined && {
          open: { ...profile.open, logs: rounded(profile.open.logs) },
        }),
      },
      series: [...series].map(([entity, each]) => [
        entity,
        {
          ...copyOfSeries(each),
          weighted: rounded(each.weighted),
          excess: rounded(each.excess),
          squares: rounded(each.squares),
          ...(each.together !== undefined && { together: rounded(each.together) }),
          longestGap: rounded(each.longestGap),
          toldGap: rounded(each.toldGap),
        },
      ]),
      members,
      ...(forms !== undefined && { forms }),
    },
  };
}

export function documentOf(detectorId: string, model: PatternModel): PatternDocument {
  const { id, firstSeen, lastSeen, example, level, ignored } = model;
  return {
    kind: 'pattern',
    detector_id: detectorId,
    pattern_id: id,
    ...judgedPartOf(model),
    first_seen: firstSeen,
    last_seen: lastSeen,
    example,
    ...(level !== undefined && { level }),
    is_ignored: ignored !== undefined,
    ...(ignored !== undefined && { ignored }),
  };
}

/** @param nameOf gives one text for all that are alike: entities have the same names in thousands of patterns */
export function modelOf(
  document: PatternDocument,
  nameOf: (name: string) => string = (name) => name,
): PatternModel {
  const { pattern_id: id, first_seen, last_seen, example, level, ignored, judged, model } = document;
  return {
    id,
    tokens: model.tokens,
    firstSeen: first_seen,
    lastSeen: last_seen,
    since: model.since,
    example,
    ...(level !== undefined && { level }),
    members: model.members,
    ...(model.forms !== undefined && { forms: model.forms }),
    ...(document.is_to_be_taken_apart === true && { isToBeTakenApart: true }),
    ...(ignored != null && { ignored }),
    profile: { ...model.profile, hours: Float64Array.from(model.profile.hours) },
    series: new SeriesTable(model.series.map(([entity, each]) => [nameOf(entity), each] as const)),
    ...(judged !== undefined && { judged }),
  };
}
