import { messageKeysOf, templateTokensOf } from '../../../common/log_features/encoding/templates_of';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { patternsOfRun, type PatternCounterOptions } from '../../../server/detection/patterns/count_patterns';
import type { LogPage, LogSource } from '../../../server/detection/ports';
import type { PatternStore, PlacedLogs } from '../../../server/detection/ports/patterns';
import { createPageScorer } from '../../../server/detection/scoring/page_scorer';
import { incidentOf } from '../changes/incident_logs';
import { median, processorTime } from '../section';

/** Pages of the size that is read by default. */
const PAGES = 16;
const PAGE = 2_500;
const RUNS = 5;

/** Counting of the patterns of messages by a model's detector, as a job does it. */
export const countingOf = (
  { detector, encoder }: ModelSnapshot,
  now: () => number,
): Omit<PatternCounterOptions, 'store'> => ({
  detector: { ...detector, patterns: { field: 'message', span: '15m', false_alarms_per_day: 1 } },
  templates: () => templateTokensOf(encoder, 'message'),
  keys: (wanted) => messageKeysOf(encoder, 'message', wanted),
  now,
  warn: (message) => {
    throw new Error(message);
  },
});

/** Time of counting in that of scoring the same logs, in this process and without Elasticsearch. */
export async function shareOfScoring(snapshot: ModelSnapshot, start: number): Promise<number> {
  const now = (): number => start;
  const documents = [...incidentOf(5, PAGES * PAGE).logs];
  const shares: number[] = [];
  for (let round = -1; round < RUNS; round++) {
    const store = { tokens: async () => [] } as unknown as PatternStore;
    const patterns = patternsOfRun({ ...countingOf(snapshot, now), store })!;
    patterns.resume(undefined, start);
    const before = { detectorId: 'scoring', timestampTo: start, ingestedTo: start, runId: 'scoring' };
    const scorer = createPageScorer(
      {
        ...{
          detectorId: 'scoring',
          snapshot,
          runId: 'scoring',
          clock: { now, sleep: async () => undefined },
        },
        source: { fetch: async (logs: unknown) => logs } as unknown as LogSource,
      },
      before,
    );
    const taken = { scoring: 0, counting: 0 };
    for (let first = 0; first < documents.length; first += PAGE) {
      const logs = documents
        .slice(first, first + PAGE)
        .map((document, place) => ({ index: 'logs', id: String(first + place), document }));
      const page: LogPage = { logs, position: undefined };
      let placed: PlacedLogs | undefined;
      taken.scoring += await processorTime(async () => {
        ({ placed } = await scorer.score(page, 'ingested'));
      });
      taken.counting += await processorTime(async () => {
        await patterns.count(page, { now: start, reached: start, placed });
        patterns.progress();
      });
    }
    if (round >= 0) shares.push(taken.counting / taken.scoring); // the first round warms up
  }
  return median(shares);
}
