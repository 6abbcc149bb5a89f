import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../../server/detection/ports';
import { createCheckpointFile, type CheckpointPlace } from '../command_line/checkpoint_file';

/** Runs of a backfill are named so; alert rules leave their results out, which tell of the past. */
export const RUN_PREFIX = 'backfill-';

interface Files {
  readonly detectorId: string;
  /** Of the model: with another one the same range is scored anew. */
  readonly version: string;
  readonly place: CheckpointPlace;
}

/**
 * Checkpoints of a backfill in a file of its own for each range and model. A backfill that begins where another of the same model
 * ended goes on with its adaptive threshold, so that days that are scored one after another have the alerts that they have in one
 * piece.
 *
 * @param range epoch milliseconds, its end exclusive
 */
export async function backfillCheckpoints(
  folder: string,
  { detectorId, version, place }: Files,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<CheckpointStore> {
  const [beginning, end] = [`${detectorId}-${RUN_PREFIX}`, `-${version}.json`];
  const checkpoints = createCheckpointFile(join(folder, `${beginning}${from}-${to}${end}`), place);
  const names = await readdir(folder).catch(() => [] as string[]);
  const before = names.find((name) => {
    if (!name.startsWith(beginning) || !name.endsWith(`-${from}${end}`)) return false;
    return /^-?\d+$/.test(name.slice(beginning.length, -`-${from}${end}`.length));
  });
  if (before === undefined) return checkpoints;
  return {
    read: async (id) => {
      const own = await checkpoints.read(id);
      if (own !== undefined) return own;
      const other = (await createCheckpointFile(join(folder, before), place).read(id))?.checkpoint;
      if (other === undefined || other.timestampTo !== from) return undefined;
      const { threshold, modelVersion, runId } = other;
      return {
        checkpoint: { detectorId: id, timestampTo: from, ingestedTo: from, threshold, modelVersion, runId },
        revision: undefined,
      };
    },
    write: (checkpoint, revision) => checkpoints.write(checkpoint, revision),
  };
}
