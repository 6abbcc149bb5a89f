import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  durationToMilliseconds,
  entityFieldsOf,
  entitySettingOf,
  type Detector,
} from '../../../common/detector';
import { partsOfEntity } from '../../../common/detector/entity_fields';
import type { LogRange } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { boundSchema, spanOf, type EntityBound } from '../../../common/buckets';
import { learnCommonValues, listEntities, type ListOptions } from './entities';

/** An entity that gets a place by a later choice is expected to log where it did so in as many of the last buckets. */
const FRESH_BUCKETS = 3;

/** State of a reader of buckets from earlier ranges: kept in the checkpoint, bounded by `bucket.max_entities`. */
const memorySchema = z.strictObject({
  v: z.literal(1),
  /** Of the settings that it belongs to. */
  of: z.string(),
  /** Start of the last bucket with logs, by entity. */
  known: z.record(z.string(), z.number()),
  common: z.record(z.string(), z.array(z.string())),
  /** Up to when the common values were learned. */
  learned_at: z.number(),
  /** Present with more entities than places: the time of the choice of those in `known`, and what was left out. */
  bound: z.strictObject({ chosen_at: z.number(), left_out: boundSchema }).optional(),
  /** Of those in `known`: not expected to log before they do so once. */
  quiet: z.array(z.string()).optional(),
  /** Integers beyond 2^53 are held to the last digit; 0.1.0 held them rounded, and wrote no such mark. */
  exact: z.literal(true).optional(),
});
type Memory = z.infer<typeof memorySchema>;

const fingerprint = (detector: Detector): string =>
  createHash('sha256')
    .update(
      JSON.stringify([detector.source, entitySettingOf(detector), detector.bucket, detector.training.window]),
    )
    .digest('base64url')
    .slice(0, 16);

/** Logs of the detector, without what a pass adds to its query: what is remembered is of all of them. */
export const wholeRange = (range: LogRange, { source }: Detector): LogRange => ({
  ...range,
  query: source.query,
});

const LONG_INTEGER = /^-?\d{16,}$/;
/** True of the text of a double that may stand for another integer than its own. */
const isRounded = (value: string): boolean =>
  LONG_INTEGER.test(value) && !Number.isSafeInteger(Number(value)) && String(Number(value)) === value;

/** True of what 0.1.0 has stored of a field of integers beyond 2^53: no name in it is certain to be that of an entity. */
function isOfRoundedNames({ exact, known, common }: Memory, fields: number): boolean {
  if (exact === true) return false;
  const values = Object.keys(known).flatMap((entity) => partsOfEntity(entity, fields));
  return [...values, ...Object.values(common).flat()].some(
    (value) => value !== undefined && isRounded(value),
  );
}

/** The entities that are expected to log, and the values that are common, from bucket to bucket. */
export interface BucketMemory {
  readonly common: Readonly<Record<string, readonly string[]>>;
  /** Known entities at that time, without those that were silent for longer than `bucket.look_back`. */
  known(start: number): string[];
  /** All entities that have a place, where there are more than places; undefined where each has one. */
  places(): readonly string[] | undefined;
  /** @returns false for an entity that has no place */
  saw(entity: string, start: number): boolean;
  /** Forgets what is too old at that time. */
  tidy(start: number): void;
  /**
   * Chooses the entities anew that have places, where there are more than places and the last choice is `look_back` old. Between two
   * choices nobody else gets a place.
   *
   * @returns true where it has chosen: rows that were selected by the places of before lack those of the new ones
   */
  choose(now: number): Promise<boolean>;
  /** Entities left out by the last choice; undefined where none were. */
  bound(): EntityBound | undefined;
  /** Notes what was left out of one bucket, where silence is not told: entities have places in each bucket anew. */
  leftOut(bound: EntityBound): void;
  toJSON(): Memory;
}

/**
 * Goes on from what a checkpoint holds, or looks back in Elasticsearch where that is missing, of other settings or too
 * old: for entities over `bucket.look_back`, for common values over `training.window`.
 */
export async function openMemory(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  { stored, options }: { stored: unknown; options: ListOptions },
): Promise<BucketMemory> {
  const of = fingerprint(detector);
  const lookBack = durationToMilliseconds(detector.bucket?.look_back ?? '1d');
  const window = durationToMilliseconds(detector.training.window);
  const most = detector.bucket?.max_entities ?? 0;
  const { from } = range;
  const parsed = memorySchema.safeParse(stored);
  const usable =
    parsed.success &&
    parsed.data.of === of &&
    !isOfRoundedNames(parsed.data, Math.max(1, entityFieldsOf(detector).length))
      ? parsed.data
      : undefined;
  const isSilenceTold = detector.bucket?.silence !== false;
  let known = new Map<string, number>(Object.entries(usable?.known ?? {}));
  const quiet = new Set(usable?.quiet);
  let bound = usable?.bound;
  let isOverfull = false;
  const list = async (now: number): Promise<void> => {
    const found = await listEntities(client, detector, { ...range, from: now - lookBack, to: now }, options);
    known = new Map([...found.entities].map(([entity, { last }]) => [entity, last]));
    bound = found.bound && { chosen_at: now, left_out: found.bound };
    isOverfull = false;
  };
  /** Silence of entities that had no place, and ended before they got one, is nothing new. */
  const listAnew = async (now: number): Promise<void> => {
    const expected = new Set([...known.keys()].filter((entity) => !quiet.has(entity)));
    await list(now);
    quiet.clear();
    const fresh = now - FRESH_BUCKETS * spanOf(detector);
    for (const [entity, last] of known) if (last < fresh && !expected.has(entity)) quiet.add(entity);
  };
  if (usable === undefined && isSilenceTold) await list(from);
  const isFresh = usable !== undefined && Math.abs(from - usable.learned_at) < lookBack;
  const common = isFresh
    ? usable.common
    : await learnCommonValues(client, detector, { ...range, from: from - window, to: from }, options);
  const learnedAt = isFresh ? usable.learned_at : from;
  let worst: EntityBound | undefined;
  return {
    common,
    known: (start) =>
      [...known].flatMap(([entity, last]) =>
        last < start && start - last <= lookBack && !quiet.has(entity) ? [entity] : [],
      ),
    places: () => (bound === undefined ? undefined : [...known.keys()]),
    saw: (entity, start) => {
      if (!isSilenceTold) return true;
      const before = known.get(entity);
      if (before === undefined && (bound !== undefined || known.size >= most)) {
        isOverfull ||= bound === undefined;
        return false;
      }
      if (start >= (before ?? -Infinity)) {
        known.set(entity, start);
        quiet.delete(entity);
      }
      return true;
    },
    tidy: (start) => {
      for (const [entity, last] of known) {
        if (start - last <= lookBack) continue;
        known.delete(entity);
        quiet.delete(entity);
      }
    },
    choose: async (now) => {
      const isOld = bound !== undefined && now - bound.chosen_at >= lookBack;
      if (!isOverfull && !isOld) return false;
      await listAnew(now);
      return true;
    },
    bound: () => (isSilenceTold ? bound?.left_out : worst),
    leftOut: (found) => {
      if (worst === undefined || found.of > worst.of) worst = found;
    },
    toJSON: () => ({
      v: 1,
      of,
      known: Object.fromEntries(known),
      common: Object.fromEntries(Object.entries(common).map(([name, values]) => [name, [...values]])),
      learned_at: learnedAt,
      ...(bound && { bound }),
      ...(quiet.size > 0 && { quiet: [...quiet] }),
      exact: true,
    }),
  };
}
