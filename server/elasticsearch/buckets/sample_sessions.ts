import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import type { Detector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import type { LogRange } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { searchWhole } from '../transport/whole_answer';
import { closedSessions, sessionSettings, type SessionRow } from './closed_sessions';
import { learnCommonValues } from './entities';

/** Spans of time that are looked at, where not all sessions are wanted: a day's worth of five minutes. */
const SPANS = 288;
/** Sessions that are read of one span, relative to those that are wanted of it: where many more end in it, a choice of them. */
const MOST_OF_A_SPAN = 2;
/** Sessions that are read, relative to the size of the sample, before all are: then no choice is made. */
const ALL_BELOW = 1.5;

export interface SessionSample {
  readonly rows: readonly SessionRow[];
  /** Sessions of the whole range: exact when all were read, else estimated by HyperLogLog++ from their ids. */
  readonly total: number;
  readonly isWhole: boolean;
}

/** Different ids in the range, about. */
export async function countSessions(
  client: ElasticsearchClient,
  { bucket }: Detector,
  range: LogRange,
  options: RequestOptions,
): Promise<number> {
  const field = bucket?.session?.field ?? '';
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        {
          index: range.index,
          size: 0,
          track_total_hits: false,
          allow_no_indices: true,
          query: queryOf(range),
          aggs: { sessions: { cardinality: { field, precision_threshold: 10_000 } } },
        },
        { signal: options.signal },
      ),
    { what: `count sessions of "${range.index}"`, ...options },
  );
  return (answer.aggregations?.sessions as { value: number } | undefined)?.value ?? 0;
}

/**
 * Sessions that are over within the range: all of them where they are few, else those of randomly chosen spans of time, each
 * with about as many as the others, so that all hours have their part.
 */
export async function sampleSessions(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  sample: { readonly size: number; readonly seed: number; readonly labelField?: string },
  options: RequestOptions,
): Promise<SessionSample> {
  const { size, seed, labelField } = sample;
  const total = await countSessions(client, detector, range, options);
  if (total === 0) return { rows: [], total: 0, isWhole: true };
  const common = await learnCommonValues(client, detector, range, options);
  const request = { range, common, labelField };
  const isWhole = total <= ALL_BELOW * size;
  const spans = isWhole
    ? spansOf(range, wholeLength(range, detector, total))
    : shuffled(spansOf(range, Math.max(MINUTE, ((range.to - range.from) * size) / SPANS / total)), seed);
  const most = isWhole ? Infinity : Math.ceil((MOST_OF_A_SPAN * size) / SPANS);
  const rows: SessionRow[] = [];
  let done = 0;
  for (const span of spans) {
    if (!isWhole && done >= SPANS && rows.length >= size) break;
    const found = await closedSessions(client, detector, request, span, most, options);
    rows.push(...found.rows);
    done++;
  }
  return { rows, total: isWhole ? rows.length : total, isWhole };
}

/** Sessions of one request, where all are read. */
const SESSIONS_A_REQUEST = 2_000;

/** Spans of about so many sessions; within a gap the cluster can tell which of them are over. */
function wholeLength({ from, to }: LogRange, detector: Detector, total: number): number {
  const { gap } = sessionSettings(detector);
  const even = ((to - from) * SESSIONS_A_REQUEST) / total;
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

function shuffled<Item>(items: Item[], seed: number): Item[] {
  const generator = xoroshiro128plus(seed);
  for (let i = items.length - 1; i > 0; i--) {
    const other = unsafeUniformIntDistribution(0, i, generator);
    [items[i], items[other]] = [items[other], items[i]];
  }
  return items;
}
