import { createHash } from 'node:crypto';
import { z } from 'zod';
import { durationToMilliseconds, entitySettingOf, type Detector } from '../../../common/detector';
import type { LogRange } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { boundSchema, type EntityBound } from '../../../common/buckets';
import { learnCommonValues, listEntities, type ListOptions } from './entities';

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
});
type Memory = z.infer<typeof memorySchema>;

const fingerprint = (detector: Detector): string =>
  createHash('sha256')
    .update(
      JSON.stringify([detector.source, entitySettingOf(detector), detector.bucket, detector.training.window]),
    )
    .digest('base64url')
    .slice(0, 16);

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
  /** Chooses the entities anew that have places, where there are more than places and the last choice is `look_back` old. */
  choose(now: number): Promise<void>;
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
  stored: unknown,
  options: ListOptions,
): Promise<BucketMemory> {
  const of = fingerprint(detector);
  const lookBack = durationToMilliseconds(detector.bucket?.look_back ?? '1d');
  const window = durationToMilliseconds(detector.training.window);
  const most = detector.bucket?.max_entities ?? 0;
  const { from } = range;
  const parsed = memorySchema.safeParse(stored);
  const usable = parsed.success && parsed.data.of === of ? parsed.data : undefined;
  const isSilenceTold = detector.bucket?.silence !== false;
  let known = new Map<string, number>(Object.entries(usable?.known ?? {}));
  let bound = usable?.bound;
  let isOverfull = false;
  const list = async (now: number): Promise<void> => {
    const found = await listEntities(client, detector, { ...range, from: now - lookBack, to: now }, options);
    known = new Map([...found.entities].map(([entity, { last }]) => [entity, last]));
    bound = found.bound && { chosen_at: now, left_out: found.bound };
    isOverfull = false;
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
      [...known].flatMap(([entity, last]) => (last < start && start - last <= lookBack ? [entity] : [])),
    places: () => (bound === undefined ? undefined : [...known.keys()]),
    saw: (entity, start) => {
      if (!isSilenceTold) return true;
      const before = known.get(entity);
      if (before === undefined && known.size >= most) {
        isOverfull ||= bound === undefined;
        return false;
      }
      if (start >= (before ?? -Infinity)) known.set(entity, start);
      return true;
    },
    tidy: (start) => {
      for (const [entity, last] of known) if (start - last > lookBack) known.delete(entity);
    },
    choose: async (now) => {
      const isOld = bound !== undefined && now - bound.chosen_at >= lookBack;
      if (isOverfull || isOld) await list(now);
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
    }),
  };
}
