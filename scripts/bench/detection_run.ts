import type { Client } from '@elastic/elasticsearch';
import type { AnomalyResult } from '../../common/anomaly';
import { decodeModelSnapshot } from '../../common/model_snapshot';
import { runDetection } from '../../server/detection/scoring/run_detection';
import { garbageCollector } from '../command_line/collect_garbage';
import { createLogSource, createResultStore } from '../../server/elasticsearch';
import { memoryCheckpoints } from './memory_checkpoints';

/** Time of indexing of the first log; the others follow a millisecond apart. */
export const START = Date.UTC(2026, 9, 1);
const SPACE = 'benchmark';

/** Scores the first `logs` of them, as `detect` does; returns how many it saw. */
export async function detectFirst(
  client: Client,
  modelText: string,
  {
    logs,
    detectorId,
    onResults,
  }: { logs: number; detectorId: string; onResults?: (results: readonly AnomalyResult[]) => void },
): Promise<number> {
  const run = await runDetection({
    detectorId,
    snapshot: decodeModelSnapshot(modelText),
    source: createLogSource(client),
    results: createResultStore(client, { space: SPACE }),
    checkpoints: memoryCheckpoints(),
    clock: { now: () => START + logs + 1_000, sleep: () => Promise.resolve() },
    runId: detectorId,
    startFrom: START,
    progress: garbageCollector(),
    ...(onResults && { onResults: async (results) => onResults(results) }),
  });
  return run.logs;
}
