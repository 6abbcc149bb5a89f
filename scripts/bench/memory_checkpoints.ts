import type { Checkpoint, CheckpointStore } from '../../server/detection/ports';

/** A place that is forgotten with the process; each write keeps a copy. */
export function memoryCheckpoints(): CheckpointStore {
  let stored: Checkpoint | undefined;
  return {
    read: async () => stored && { checkpoint: stored, revision: 0 },
    write: async (checkpoint) => {
      stored = structuredClone(checkpoint);
      return 0;
    },
  };
}
