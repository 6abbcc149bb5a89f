import { z } from 'zod';
import type { Comparison } from '../../anomaly/comparison';
import { EVENT_CHARACTERS } from '../../anomaly/comparison';
import { cached } from '../columns/cached';
import { MOST_EVENT_COLUMNS } from '../../detector/bucket_schema';
import type { FeatureDefinition } from '../../detector';
import { printable } from '../../printable';
import { UNSEEN } from '../category/category_encoding';
import type { ColumnEncoding, Watched } from '../columns/column_encoding';
import { learnNovelty, noveltySchema, type TimeParts } from '../columns/novelty';
import type { FieldReader } from '../fields/field_access';
import type { GroupReader } from '../fields/group_fields';
import { MAX_MESSAGE_TOKENS } from '../template/message_tokens';
import { TemplateMatcher, templateTextOf } from '../template/template_matcher';
import { MAX_TEMPLATES, mineCounted } from '../template/template_miner';
import {
  LONGEST_TOKEN,
  readTally,
  SharedTexts,
  TEXT_LIMITS,
  tokensOfEvent,
  variantOfEvent,
  writtenTokens,
  type EventTally,
} from './event_tally';
import { ABSENT, BEGIN, learnOrders, ordersSchema, readOrders, type Places } from './event_order';
import { learnComponents, residualOf } from './principal_components';
import { learnProfiles, nearestProfile, profilesSchema } from './usual_sessions';
import { learnShares, readShares, sharesSchema } from './usual_shares';

/** Different masked messages that templates are mined from, the most frequent ones of those that {@link SharedTexts} hold. */
const MOST_MINED = 50_000;
/** Rows that hold a template before it has a column of its own. */
const FEWEST_ROWS = 5;
/** Steps that an explanation names. */
const TOLD_STEPS = 3;
const MOST_COLUMNS = MOST_EVENT_COLUMNS + 1;

const count = z.number().int().min(0).max(1e15);
const component = z.array(z.number().min(-1e6).max(1e6)).max(MOST_COLUMNS);

export const eventStateSchema = z
  .strictObject({
    kind: z.literal('event_counts'),
    /** Tokens of each known template, and the training rows that hold it; those with a column come first. */
    templates: z
      .array(
        z.tuple([
          z
            .array(z.string().max(LONGEST_TOKEN))
            .min(1)
            .max(MAX_MESSAGE_TOKENS + 1),
          count,
        ]),
      )
      .max(MAX_TEMPLATES),
    /** Templates with a column of their own. */
    columns: z.number().int().min(0).max(MOST_EVENT_COLUMNS),
    /** Training rows with messages. */
    total: count,
    novelty: noveltySchema,
    /** Of rows that are compared with those of their group. */
    shares: sharesSchema.optional(),
    /** Of sessions: the directions in which they differ from each other, the most frequent kinds of them, and who follows whom. */
    components: z
      .strictObject({ centre: component, components: z.array(component).max(MOST_COLUMNS) })
      .optional(),
    profiles: profilesSchema.optional(),
    orders: ordersSchema.optional(),
  })
  .refine(({ columns, templates }) => columns <= templates.length, 'more columns than templates')
  .refine(
    ({ columns, components, shares }) =>
      [...(components === undefined ? [] : [components.centre, ...components.components])].every(
        ({ length }) => length === columns + 1,
      ) && (shares?.groups ?? []).every(({ shares: own }) => own.length === columns + 1),
    'other columns than templates',
  )
  .refine(
    ({ columns, orders }) =>
      orders === undefined ||
      (orders.sessions.length === columns + 1 &&
        [orders.followed, orders.preceded, orders.after].every(
          (table) => table.length === columns + 1 && table.every(({ length }) => length === columns),
        )),
    'other steps than templates',
  );
type EventState = z.infer<typeof eventStateSchema>;

/** The messages of a row and the groups that it is compared within, the widest first. */
interface Reading {
  readonly tally: unknown;
  readonly groups: readonly string[];
}

/** Reads the fields of counted events at once. */
export const eventCountsReader =
  (tally: FieldReader, groups: GroupReader): FieldReader =>
  (document): Reading => ({ tally: tally(document), groups: groups(document) });

const UNMATCHED = -2;

/** Messages of a row by template: ids of {@link EventState.templates}, {@link UNMATCHED} for one unlike any in training. */
export interface CountedEvents {
  /** By template. */
  readonly counts: ReadonlyMap<number, number>;
  /** Logs of texts beyond those that a row counts apart. */
  readonly rest: number;
  /** Logs of all. */
  readonly logs: number;
  /** Places of the templates; absent where rows have no order. */
  readonly places?: ReadonlyMap<number, { first: number; last: number }>;
}

type TemplateOf = (text: string) => number;

function countedBy(tally: EventTally, templateOf: TemplateOf): CountedEvents {
  const ids = tally.texts.map(templateOf);
  const counts = new Map<number, number>();
  let logs = tally.rest ?? 0;
  ids.forEach((id, place) => {
    counts.set(id, (counts.get(id) ?? 0) + tally.counts[place]);
    logs += tally.counts[place];
  });
  const { first, last } = tally;
  if (first === undefined || last === undefined) return { counts, rest: tally.rest ?? 0, logs };
  const places = new Map<number, { first: number; last: number }>();
  ids.forEach((id, place) => {
    const known = places.get(id);
    if (known === undefined) places.set(id, { first: first[place], last: last[place] });
    else {
      known.first = Math.min(known.first, first[place]);
      known.last = Math.max(known.last, last[place]);
    }
  });
  return { counts, rest: tally.rest ?? 0, logs, places };
}

/** Places of the templates with a column. */
function placesOf({ places }: CountedEvents, columns: number): Places {
  const first = new Int32Array(columns).fill(ABSENT);
  const last = new Int32Array(columns).fill(ABSENT);
  places?.forEach((own, id) => {
    if (id < 0 || id >= columns) return;
    first[id] = own.first;
    last[id] = own.last;
  });
  return { first, last };
}

/** @param cacheSize texts whose template is remembered */
function templateReader(templates: readonly (readonly string[])[], cacheSize?: number): TemplateOf {
  const matcher = new TemplateMatcher(templates);
  // Masked messages are longer than what is remembered elsewhere.
  return cached(
    (text) => {
      const found = matcher.match(tokensOfEvent(text));
      return found < 0 ? UNMATCHED : found;
    },
    { size: cacheSize, longest: Infinity },
  );
}

/** Counts of the templates with a column, then of all others that are known: what rows are compared by. */
function vectorOf({ counts, rest }: CountedEvents, columns: number): Float64Array {
  const vector = new Float64Array(columns + 1);
  vector[columns] = rest;
  for (const [id, logs] of counts) {
    if (id !== UNMATCHED) vector[Math.min(id, columns)] += logs;
  }
  return vector;
}

/**
 * Learns what messages rows hold: the templates of all, of which the most frequent become columns. Sessions, which have no
 * group to be compared with, are looked at in three ways: how often each template comes, how far that is from what differs
 * between sessions anyway (the residual of Xu et al. 2009), and who follows whom, since counts do not tell order.
 */
export function learnEvents(
  definition: FeatureDefinition,
  readings: readonly unknown[],
  inTime?: TimeParts,
): ColumnEncoding {
  const rows = (readings as readonly Reading[]).map(({ tally, groups }) => ({
    tally: readTally(tally),
    groups,
  }));
  const logsOf = new Map<string, number>();
  const shared = new SharedTexts();
  for (const { tally } of rows) {
    tally?.texts.forEach((text, place) => {
      if (shared.one(text) !== undefined) logsOf.set(text, (logsOf.get(text) ?? 0) + tally.counts[place]);
    });
  }
  const variants = [...logsOf]
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, MOST_MINED)
    .map(([text, logs]) => variantOfEvent(text, logs));
  const mined = mineCounted(variants);
  const place = templateReader(
    mined.map(({ tokens }) => tokens),
    TEXT_LIMITS.texts,
  );
  const rowsOf = new Array<number>(mined.length).fill(0);
  for (const { tally } of rows) {
    for (const id of new Set(tally?.texts.map(place))) if (id !== UNMATCHED) rowsOf[id]++;
  }
  const kept = mined
    .map(({ tokens, count: logs }, id) => ({ tokens, logs, rows: rowsOf[id] }))
    .sort(
      (one, other) =>
        other.rows - one.rows || other.logs - one.logs || (one.tokens.join() < other.tokens.join() ? -1 : 1),
    )
    .slice(0, MAX_TEMPLATES);
  const columns = Math.min(
    definition.templates ?? MOST_EVENT_COLUMNS,
    kept.filter((template) => template.rows >= FEWEST_ROWS).length,
  );
  const templateOf = templateReader(
    kept.map(({ tokens }) => tokens),
    TEXT_LIMITS.texts,
  );
  const counted = rows.map(({ tally }) => tally && countedBy(tally, templateOf));
  const rarest = (ids: Iterable<number>): number | undefined => {
    let found: number | undefined;
    for (const id of ids) {
      const isRarer = found === undefined || rarityOf(id) < rarityOf(found);
      if (isRarer || (found !== undefined && rarityOf(id) === rarityOf(found) && id > found)) found = id;
    }
    return found;
  };
  const rarityOf = (id: number): number => (id === UNMATCHED ? 0 : kept[id].rows);
  const state: EventState = {
    kind: 'event_counts',
    templates: kept.map((template): [string[], number] => [[...template.tokens], template.rows]),
    columns,
    total: counted.filter((row) => row !== undefined).length,
    novelty: learnNovelty(
      counted.map((row) => row && rarest(row.counts.keys())),
      inTime,
      (id) => id !== UNMATCHED,
    ),
  };
  const known = counted.flatMap((row, index) =>
    row === undefined ? [] : [{ vector: vectorOf(row, columns), groups: rows[index].groups, row }],
  );
  if (definition.by !== undefined) return decodeEvents({ ...state, shares: learnShares(known, columns + 1) });
  const distinct = new Map<string, { values: number[]; times: number }>();
  for (const { vector } of known) {
    const key = vector.join(' ');
    const same = distinct.get(key);
    if (same === undefined) distinct.set(key, { values: Array.from(vector), times: 1 });
    else same.times++;
  }
  const sorted = [...distinct].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
  const ordered = known.flatMap(({ row }) => (row.places === undefined ? [] : [placesOf(row, columns)]));
  return decodeEvents({
    ...state,
    components: learnComponents(
      sorted.map(({ values, times }) => ({ values: values.map((value) => Math.log1p(value)), times })),
    ),
    profiles: learnProfiles(sorted),
    ...(ordered.length > 0 && { orders: learnOrders(ordered, columns) }),
  });
}

/** Relative weights of the ways to look at a session: its counts together, the residual and the order. */
const WAYS = { counts: 1, unmatched: 0.5, residual: 1, order: 1 };

const readable = (tokens: readonly string[]): string =>
  printable(templateTextOf(tokens).trim(), EVENT_CHARACTERS);

/** A way to look at a row as a whole. */
interface Way {
  readonly name: string;
  readonly weight: number;
  readonly watched?: Watched;
  of(row: CountedEvents, vector: Float64Array, deviations: Float64Array | undefined): number;
}

/** Makes the encoding of counted events of what {@link learnEvents} has learned. */
export function decodeEvents(state: EventState): ColumnEncoding {
  const { columns, total, novelty, shares, components, profiles = [], orders } = state;
  const tokens = state.templates.map(([own]) => own);
  const templateOf = templateReader(tokens);
  const textOf = (id: number): string => readable(tokens[id]);
  const names = [...tokens.slice(0, columns).map((own) => `=${readable(own)}`), '.others'];
  const usual = shares && readShares(shares);
  const order = orders && readOrders(orders);
  const read = (value: unknown): CountedEvents | undefined => {
    const tally = readTally((value as Reading).tally);
    return tally && countedBy(tally, templateOf);
  };
  const ways = waysOf({ hasShares: usual !== undefined, components, order, novelty, columns });
  const encodeRow = (row: CountedEvents, groups: readonly string[]) => {
    const vector = vectorOf(row, columns);
    return { vector, deviations: usual?.deviationsOf(vector, groups) };
  };
  const told = (value: unknown) => {
    const row = read(value);
    if (row === undefined) return undefined;
    const { groups } = value as Reading;
    const { vector, deviations } = encodeRow(row, groups);
    const unseen = ((value as Reading).tally as EventTally).texts
      .filter((text) => templateOf(text) === UNMATCHED)
      .map((text) => ({ text: readable(writtenTokens(text)), count: 0 }));
    const differing =
      usual === undefined
        ? nearestProfile(profiles, vector, columns).map(({ column, usual: many }) => ({
            column,
            low: many,
            high: many,
          }))
        : usual.rangesOf(vector, groups, deviations as Float64Array);
    const steps = differing.map(({ column, low, high }) => ({
      text: textOf(column),
      count: vector[column],
      low,
      high,
    }));
    const rarest = order?.rarestOf(placesOf(row, columns));
    return { unseen, steps, rarest };
  };
  const saying = (value: unknown): Comparison => {
    const found = told(value);
    if (found === undefined) return { kind: 'events' };
    const { unseen, steps, rarest } = found;
    return {
      kind: 'events',
      logs: total,
      events: [...unseen.map(({ text }) => ({ text, never: true as const })), ...steps].slice(0, TOLD_STEPS),
      ...rareOrderOf(rarest, textOf),
    };
  };
  return {
    columns: [...names, ...ways.map(({ name }) => name)],
    watched: [...names.map(() => undefined), ...ways.map(({ watched }) => watched)],
    shares: [...names.map(() => WAYS.counts / names.length), ...ways.map(({ weight }) => weight)],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const row = read(value);
      if (row === undefined) {
        dirt.add('missing');
        return false;
      }
      if (row.counts.has(UNMATCHED)) dirt.add('unseen');
      const { vector, deviations } = encodeRow(row, (value as Reading).groups);
      for (let column = 0; column <= columns; column++) {
        out[offset + column] = deviations === undefined ? Math.log1p(vector[column]) : deviations[column];
      }
      ways.forEach(({ of }, way) => (out[offset + columns + 1 + way] = of(row, vector, deviations)));
      return true;
    },
    unseenAmong(value) {
      return read(value)?.counts.has(UNMATCHED) === true ? total : undefined;
    },
    actual(value) {
      const row = read(value);
      if (row === undefined) return undefined;
      const { events = [] } = saying(value);
      const [step] = events;
      return step === undefined
        ? `${row.logs} logs`
        : step.never === true
          ? step.text
          : `${step.text} (${step.count})`;
    },
    typical: `${columns} templates`,
    typicalOf(value) {
      const [step] = saying(value).events ?? [];
      return step?.low === undefined
        ? `${columns} templates`
        : String(step.low === step.high ? step.low : `${step.low} to ${step.high}`);
    },
    compare: saying,
    toJSON: () => state,
  };
}

/** An order that fewer of the sessions with the first of two steps have is told as rare. */
const RARE_SHARE = 0.02;

/** The columns behind the counts: each looks at a row as a whole. */
function waysOf({
  hasShares,
  components,
  order,
  novelty,
  columns,
}: {
  hasShares: boolean;
  components: EventState['components'];
  order: ReturnType<typeof readOrders> | undefined;
  novelty: EventState['novelty'];
  columns: number;
}): Way[] {
  return [
    {
      name: '.unmatched',
      weight: WAYS.unmatched,
      of: ({ counts }) => Math.log1p(counts.get(UNMATCHED) ?? 0),
    },
    {
      name: UNSEEN,
      weight: WAYS.unmatched,
      watched: { unseen: novelty },
      of: ({ counts }) => (counts.has(UNMATCHED) ? 1 : 0),
    },
    ...(!hasShares
      ? []
      : [
          {
            name: '.largest',
            weight: WAYS.counts / 2,
            watched: { tail: 'high' } as const,
            of: (_row: CountedEvents, _vector: Float64Array, deviations: Float64Array | undefined) =>
              Math.max(0, ...(deviations ?? [])),
          },
          {
            name: '.smallest',
            weight: WAYS.counts / 2,
            watched: { tail: 'low' } as const,
            of: (_row: CountedEvents, _vector: Float64Array, deviations: Float64Array | undefined) =>
              Math.min(0, ...(deviations ?? [])),
          },
        ]),
    ...(components === undefined
      ? []
      : [
          {
            name: '.residual',
            weight: WAYS.residual,
            watched: { tail: 'high' } as const,
            of: (_row: CountedEvents, vector: Float64Array) => residualOf(components, vector.map(Math.log1p)),
          },
        ]),
    ...(order === undefined
      ? []
      : [
          {
            name: '.order',
            weight: WAYS.order,
            watched: { tail: 'high' } as const,
            of: (row: CountedEvents) => order.surpriseOf(placesOf(row, columns)),
          },
        ]),
  ];
}

function rareOrderOf(
  rarest: ReturnType<ReturnType<typeof readOrders>['rarestOf']>,
  textOf: (id: number) => string,
): Pick<Comparison, 'order'> {
  const isRare = rarest !== undefined && rarest.share < RARE_SHARE;
  if (!isRare) return {};
  return {
    order: {
      rule: rarest.rule,
      ...(rarest.step !== BEGIN && { step: textOf(rarest.step) }),
      other: textOf(rarest.other),
      rows: rarest.rows,
      of: rarest.of,
    },
  };
}
