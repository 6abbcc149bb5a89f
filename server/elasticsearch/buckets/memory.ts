import { createHash } from 'node:crypto';
import { z } from 'zod';
import { durationToMilliseconds, entitySettingOf, type Detector } from '../../../common/detector';
import type { LogRange } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { learnCommonValues, listEntities, refuseTooMany } from './entities';
import type { RequestOptions } from '../transport/attempt';

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
  saw(entity: string, start: number): void;
  /** Forgets what is too old at that time. @throws DetectionError `refused` when there are too many entities */
  tidy(start: number): void;
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
  options: RequestOptions,
): Promise<BucketMemory> {
  const of = fingerprint(detector);
  const lookBack = durationToMilliseconds(detector.bucket?.look_back ?? '1d');
  const window = durationToMilliseconds(detector.training.window);
  const { from } = range;
  const parsed = memorySchema.safeParse(stored);
  const usable = parsed.success && parsed.data.of === of ? parsed.data : undefined;
  const isSilenceTold = detector.bucket?.silence !== false;
  const known = new Map<string, number>(Object.entries(usable?.known ?? {}));
  if (usable === undefined && isSilenceTold) {
    const entities = await listEntities(
      client,
      detector,
      { ...range, from: from - lookBack, to: from },
      options,
    );
    for (const [entity, { last }] of entities) known.set(entity, last);
  }
  const isFresh = usable !== undefined && Math.abs(from - usable.learned_at) < lookBack;
  const common = isFresh
    ? usable.common
    : await learnCommonValues(client, detector, { ...range, from: from - window, to: from }, options);
  const learnedAt = isFresh ? usable.learned_at : from;
  return {
    common,
    known: (start) =>
      [...known].flatMap(([entity, last]) => (last < start && start - last <= lookBack ? [entity] : [])),
    saw: (entity, start) => {
      if (isSilenceTold && start >= (known.get(entity) ?? -Infinity)) known.set(entity, start);
    },
    tidy: (start) => {
      for (const [entity, last] of known) if (start - last > lookBack) known.delete(entity);
      refuseTooMany(detector, known.size, `in ${detector.bucket?.look_back}`);
    },
    toJSON: () => ({
      v: 1,
      of,
      known: Object.fromEntries(known),
      common: Object.fromEntries(Object.entries(common).map(([name, values]) => [name, [...values]])),
      learned_at: learnedAt,
    }),
  };
}
