import type { Detector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import { SharedTexts } from '../../../common/log_features/events/event_tally';
import type { LogRange } from '../../detection/ports';
import { shuffled } from '../../detection/training/shuffled';
import { aggregateLogs } from '../transport/aggregate_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { closedSessions, MOST_LOGS, type SessionRow } from './closed_sessions';
import { learnCommonValues } from './entities';
import { labelFieldsOf } from './label_fields';
import { sessionSettings, type SessionSettings } from './session_chains';

/** Spans of time that are looked at, where not all sessions are wanted: a day's worth of five minutes. */
const SPANS = 288;
/** Sessions that are read of one span, relative to those that are wanted of it: where many more end in it, a choice of them. */
const MOST_OF_A_SPAN = 2;
/** Sessions that are read, relative to the size of the sample, before all are: then no choice is made. */
const ALL_BELOW = 1.5;
/** Sessions that are drawn from, relative to the size of the sample: few ids may have very many. */
const MOST_ROWS = 8;

export interface SessionSample {
  readonly rows: readonly SessionRow[];
  /** Sessions of the whole range: exact when all were read, else estimated from those that were, or by HyperLogLog++ from their ids. */
  readonly total: number;
  readonly isWhole: boolean;
}

/** Different ids in the range, about, and their logs. */
interface SessionCounts {
  readonly ids: number;
  readonly logs: number;
}

/** Different ids in the range, about. */
export const countSessions = async (...of: Parameters<typeof countIdsAndLogs>): Promise<number> =>
  (await countIdsAndLogs(...of)).ids;

async function countIdsAndLogs(
  client: ElasticsearchClient,
  { bucket }: Detector,
  range: LogRange,
  options: RequestOptions,
): Promise<SessionCounts> {
  const field = bucket?.session?.field ?? '';
  const counted = await aggregateLogs(
    client,
    {
      index: range.index,
      query: queryOf(range),
      aggs: {
        sessions: { cardinality: { field, precision_threshold: 10_000 } },
        logs: { value_count: { field } },
      },
      what: `count sessions of "${range.index}"`,
    },
    options,
  );
  const valueOf = (name: string): number => (counted?.[name] as { value: number } | undefined)?.value ?? 0;
  return { ids: valueOf('sessions'), logs: valueOf('logs') };
}

/**
 * Sessions that are over within the range: all of them where they are few, else those of randomly chosen spans of time, each
 * with about as many as the others, so that all hours have their part.
 */
export async function sampleSessions(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  {
    sample,
    options,
  }: {
    sample: { readonly size: number; readonly seed: number; readonly labelField?: string };
    options: RequestOptions;
  },
): Promise<SessionSample> {
  const { size, seed, labelField } = sample;
  const counts = await countIdsAndLogs(client, detector, range, options);
  const total = counts.ids;
  if (total === 0) return { rows: [], total: 0, isWhole: true };
  const common = await learnCommonValues(client, detector, range, options);
  const labels =
    labelField === undefined ? undefined : await labelFieldsOf(client, range, labelField, options);
  const request = { range, common, labels, texts: new SharedTexts() };
  const isOfAll = total <= ALL_BELOW * size;
  const length = isOfAll
    ? wholeLength(range, sessionSettings(detector), counts)
    : Math.max(MINUTE, ((range.to - range.from) * size) / SPANS / total);
  const spans = shuffled(spansOf(range, length), seed);
  const most = isOfAll ? Infinity : Math.ceil((MOST_OF_A_SPAN * size) / SPANS);
  const rows: SessionRow[] = [];
  let done = 0;
  for (const span of spans) {
    const isEnough = isOfAll ? rows.length >= MOST_ROWS * size : done >= SPANS && rows.length >= size;
    if (isEnough) break;
    const found = await closedSessions(client, detector, request, { within: span, most, options });
    for (const row of found.rows) rows.push(row);
    done++;
  }
  return {
    rows,
    total: isOfAll ? Math.round((rows.length * spans.length) / done) : total,
    isWhole: isOfAll && done === spans.length,
  };
}

/** Sessions of one request, where all are read. */
const SESSIONS_A_REQUEST = 2_000;

/** Length of spans of about so many sessions, and of no more logs than are held; within a gap the cluster can tell which are over. */
export function wholeLength(
  { from, to }: Pick<LogRange, 'from' | 'to'>,
  { gap }: SessionSettings,
  { ids, logs }: SessionCounts,
): number {
  const even = (to - from) * Math.min(SESSIONS_A_REQUEST / ids, MOST_LOGS / logs);
  return Math.max(MINUTE, even > gap && even < to - from ? gap : even);
}

/** Neighbouring spans of one length, which may be cut at the end. */
function spansOf({ from, to }: LogRange, length: number): { from: number; to: number }[] {
  const step = Math.ceil(length);
  return Array.from({ length: Math.ceil((to - from) / step) }, (_none, place) => ({
    from: from + place * step,
    to: Math.min(to, from + (place + 1) * step),
  }));
}
