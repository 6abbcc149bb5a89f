import type { AnomalyResult, BucketSummary } from '../../common/anomaly';
import { DetectionError } from '../../common/detection_error';
import type { SourceLog } from '../../common/log_document';
import { timestampOf } from '../../server/detection/scoring/log_values';
import type {
  Checkpoint,
  CheckpointStore,
  LogRange,
  LogSource,
  ResultStore,
} from '../../server/detection/ports';

/** Checkpoints in memory; a write with an old revision fails, as one that another process has overtaken. */
export function checkpointStore(): CheckpointStore & { readonly written: Checkpoint[] } {
  const written: Checkpoint[] = [];
  return {
    written,
    read: async (detectorId) => {
      const checkpoint = [...written].reverse().find((each) => each.detectorId === detectorId);
      return checkpoint && { checkpoint, revision: written.length };
    },
    write: async (checkpoint, revision) => {
      if ((revision ?? 0) !== written.length)
        throw new DetectionError('conflict', 'Another process moved the checkpoint');
      return written.push(checkpoint);
    },
  };
}

/** Results in memory, by the log that they are of: writing again changes nothing. */
export function resultStore(): ResultStore & {
  readonly stored: Map<string, AnomalyResult>;
  readonly summaries: BucketSummary[];
} {
  const stored = new Map<string, AnomalyResult>();
  const summaries: BucketSummary[] = [];
  return {
    stored,
    summaries,
    write: async (results, summed = []) => {
      const keyOf = ({ source }: AnomalyResult): string => `${source.index}/${source.id}`;
      const news = results.filter((result) => !stored.has(keyOf(result)));
      for (const result of news) stored.set(keyOf(result), result);
      summaries.push(...summed);
      return { created: news.length, added: news, putAside: 0 };
    },
    search: async () => ({
      total: stored.size,
      results: [...stored].map(([id, result]) => ({ id, result })),
    }),
  };
}

/** Of the queries that runs send, only the one for logs without a time of indexing is followed. */
const leavesOutIngested = ({ query }: LogRange): boolean => JSON.stringify(query ?? {}).includes('must_not');

/** Like Elasticsearch's, by whichever field the range calls its time. */
function countOf(logs: readonly SourceLog[], range: LogRange): number {
  return logs.filter(({ document }) => {
    const time = timestampOf(document, range.timestampField) ?? NaN;
    const isLeftOut = leavesOutIngested(range) && timestampOf(document, range.ingestedField) !== undefined;
    return time >= range.from && time < range.to && !isLeftOut;
  }).length;
}

/** Logs in memory, read in the order of either clock; a position is the number of logs read. */
export function logSource(logs: readonly SourceLog[]): LogSource {
  return {
    sample: async () => ({ logs, total: logs.length, method: 'all' }),
    count: async (range) => countOf(logs, range),
    fetch: async (wanted) => logs.filter(({ id }) => wanted.some((each) => each.id === id)),
    read: async function* (range, { by = 'timestamp', after = 0, pageSize = 2 } = {}) {
      const field = by === 'timestamp' ? range.timestampField : range.ingestedField;
      const timeOf = ({ document }: SourceLog): number => timestampOf(document, field) ?? NaN;
      const found = logs
        .filter(
          ({ document }) =>
            !leavesOutIngested(range) || timestampOf(document, range.ingestedField) === undefined,
        )
        .filter((log) => timeOf(log) >= range.from && timeOf(log) < range.to)
        .sort((one, other) => timeOf(one) - timeOf(other));
      for (let place = after as number; place < found.length; place += pageSize) {
        const page = found.slice(place, place + pageSize);
        yield { logs: page, position: place + page.length };
      }
    },
  };
}
