import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DetectionError } from '../../common/detection_error';
import type { Checkpoint, CheckpointStore } from '../../server/detection/ports';
import { DEEPEST_JSON, isNestedTooDeeply } from '../../common/json_values';
import { readBounded } from '../../server/notifications/read_bounded';
import { writeWhole } from './log_files';

/** Far more than the memory of the largest bucket detector takes. */
const LARGEST_CHECKPOINT_MB = 64;

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
});

const revisionOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Checkpoints in one file, replaced as a whole: after a crash it holds either the old place or the new one.
 * The revision is the hash of its content, so a second process on the same file is noticed (`conflict`).
 */
export function createCheckpointFile(path: string): CheckpointStore {
  const load = async (): Promise<{ checkpoint: Checkpoint; text: string } | undefined> => {
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
    return { checkpoint: parsed.data, text };
  };
  return {
    read: async (detectorId) => {
      const found = await load();
      if (found === undefined) return undefined;
      if (found.checkpoint.detectorId !== detectorId) {
        throw new DetectionError(
          'invalid_input',
          `The checkpoint file ${path} belongs to detector "${found.checkpoint.detectorId}", not "${detectorId}"; name another file.`,
        );
      }
      return { checkpoint: found.checkpoint, revision: revisionOf(found.text) };
    },
    write: async (checkpoint, revision) => {
      const found = await load();
      if ((found === undefined ? undefined : revisionOf(found.text)) !== revision) {
        throw new DetectionError(
          'conflict',
          `Another process moved the checkpoint in ${path}; only one may use it at a time.`,
        );
      }
      const text = `${JSON.stringify(checkpoint, null, 2)}\n`;
      await writeWhole(path, text);
      return revisionOf(text);
    },
  };
}
