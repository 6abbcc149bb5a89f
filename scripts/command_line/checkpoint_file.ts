import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DetectionError } from '../../common/detection_error';
import type { CheckpointStore } from '../../server/detection/ports';
import { DEEPEST_JSON, isNestedTooDeeply } from '../../common/json_values';
import { readBounded } from '../../server/notifications/read_bounded';
import { clusterIdOf, type ElasticsearchClient } from '../../server/elasticsearch';
import { writeWhole } from './log_files';
import type { Session } from './session';

/** Far more than the memory of the largest bucket detector takes. */
const LARGEST_CHECKPOINT_MB = 64;

/** Cluster and space whose logs a checkpoint tells of. */
export interface CheckpointPlace {
  readonly space: string;
  /** Absent where the user may not see it: then it is neither compared nor written. */
  readonly cluster?: string;
}

/** Returns the place of the checkpoints of a command. */
export async function checkpointPlace(
  { config, signal }: Pick<Session, 'config' | 'signal'>,
  client: ElasticsearchClient,
): Promise<CheckpointPlace> {
  const cluster = await clusterIdOf(client, { signal });
  return { space: config.space, ...(cluster !== undefined && { cluster }) };
}

/** Loose: what a run keeps beside these comes back as it was written. */
const checkpointSchema = z.looseObject({
  detectorId: z.string(),
  timestampTo: z.number(),
  timestampPosition: z.unknown().optional(),
  ingestedTo: z.number(),
  ingestedPosition: z.unknown().optional(),
  sourceMemory: z.unknown().optional(),
  coverage: z.unknown().optional(),
  threshold: z.unknown().optional(),
  patterns: z.unknown().optional(),
  modelVersion: z.string().optional(),
  runId: z.string(),
  /** Absent in files of version 0.1.0, which get both when they are written next. */
  space: z.string().optional(),
  cluster: z.string().optional(),
});

type StoredCheckpoint = z.infer<typeof checkpointSchema>;

const revisionOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Checkpoints in one file, replaced as a whole: after a crash it holds either the old place or the new one.
 * The revision is the hash of its content, so a second process on the same file is noticed (`conflict`).
 *
 * @param place of the detector; the checkpoint of another one is refused (`invalid_input`)
 */
export function createCheckpointFile(path: string, place?: CheckpointPlace): CheckpointStore {
  const load = async (): Promise<{ stored: StoredCheckpoint; text: string } | undefined> => {
    const text = await readBounded(path, LARGEST_CHECKPOINT_MB).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new DetectionError(
        'invalid_input',
        `The checkpoint file ${path} is not JSON; remove it to start afresh.`,
        { cause: error },
      );
    }
    if (isNestedTooDeeply(value)) {
      throw new DetectionError(
        'invalid_input',
        `The checkpoint file ${path} is nested more than ${DEEPEST_JSON} levels deep; remove it to start afresh.`,
      );
    }
    const parsed = checkpointSchema.safeParse(value);
    if (!parsed.success) {
      throw new DetectionError(
        'invalid_input',
        `The file ${path} is not a checkpoint; name another or remove it.`,
      );
    }
    return { stored: parsed.data, text };
  };
  return {
    read: async (detectorId) => {
      const found = await load();
      if (found === undefined) return undefined;
      const { space, cluster, ...checkpoint } = found.stored;
      const mine: [what: string, of: string | undefined, wanted: string | undefined][] = [
        ['detector', checkpoint.detectorId, detectorId],
        ['space', space, place?.space],
        ['cluster', cluster, place?.cluster],
      ];
      for (const [what, of, wanted] of mine) {
        if (of === undefined || wanted === undefined || of === wanted) continue;
        throw new DetectionError(
          'invalid_input',
          `The checkpoint file ${path} belongs to ${what} "${of}", not "${wanted}"; name another file.`,
        );
      }
      return { checkpoint, revision: revisionOf(found.text) };
    },
    write: async (checkpoint, revision) => {
      const found = await load();
      if ((found === undefined ? undefined : revisionOf(found.text)) !== revision) {
        throw new DetectionError(
          'conflict',
          `Another process moved the checkpoint in ${path}; only one may use it at a time.`,
        );
      }
      const text = `${JSON.stringify({ ...checkpoint, ...place }, null, 2)}\n`;
      await writeWhole(path, text);
      return revisionOf(text);
    },
  };
}
