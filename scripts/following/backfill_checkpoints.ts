import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint, CheckpointStore } from '../../server/detection/ports';
import { BACKFILL_RUN_PREFIX } from '../../server/detection/scoring/result_documents';
import { createCheckpointFile, type CheckpointPlace } from '../command_line/checkpoint_file';

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
  const [beginning, end] = [`${detectorId}-${BACKFILL_RUN_PREFIX}`, `-${version}.json`];
  const checkpoints = createCheckpointFile(join(folder, `${beginning}${from}-${to}${end}`), place);
  const names = await readdir(folder).catch(() => [] as string[]);
  /** Files of a range that ends where this one begins; those of older versions have no model in their name. */
  const before = [`-${from}${end}`, `-${from}.json`].flatMap((ending) =>
    names.filter(
      (name) =>
        name.startsWith(beginning) &&
        name.endsWith(ending) &&
        /^-?\d+$/.test(name.slice(beginning.length, -ending.length)),
    ),
  );
  const ofThisModel = async (name: string, id: string): Promise<Checkpoint | undefined> => {
    const found = (await createCheckpointFile(join(folder, name), place).read(id))?.checkpoint;
    return found?.modelVersion === version ? found : undefined;
  };
  return {
    read: async (id) => {
      const own = await checkpoints.read(id);
      if (own !== undefined) return own;
      const older = `${beginning}${from}-${to}.json`;
      const same = names.includes(older) ? await ofThisModel(older, id) : undefined;
      if (same !== undefined) return { checkpoint: same, revision: undefined };
      let other: Checkpoint | undefined;
      for (const name of before) other ??= await ofThisModel(name, id);
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
