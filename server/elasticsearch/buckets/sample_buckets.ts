import { silentRow, spanOf, type BucketRow } from '../../../common/buckets';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { SharedTexts } from '../../../common/log_features/events/event_tally';
import type { LogRange } from '../../detection/ports';
import { shuffled } from '../../detection/training/shuffled';
import type { ElasticsearchClient } from '../transport/client';
import { labelFieldsOf } from './label_fields';
import { aggregateRows, MOST_SPANS_A_REQUEST } from './aggregate_rows';
import {
  learnCommonValues,
  listEntities,
  rowsWithPlaces,
  type EntityList,
  type ListOptions,
  type Seen,
} from './entities';

/** At least so many spans of time are looked at, where the window has them: a day's worth of five minutes. */
const FEWEST_SPANS = 288;
/** Rows that are drawn from, relative to the size of the sample: bounds what leaves the cluster. */
const MOST_ROWS = 8;
/** Spans of the first request, where nobody knows yet how many rows a span has. */
const FIRST_SPANS = 12;
/** Rows of a request, about: fewer where each log is read. */
const ROWS_A_REQUEST = { summed: 50_000, read: 5_000 };

export interface BucketSample {
  readonly rows: readonly BucketRow[];
  /** Rows of the whole range: exact when all were read, else estimated. */
  readonly total: number;
  readonly isWhole: boolean;
}

/** Starts of the buckets that lie within the range as a whole, in random order. */
function shuffledStarts({ from, to }: LogRange, span: number, seed: number): number[] {
  const first = Math.ceil(from / span);
  const starts = Array.from(
    { length: Math.max(0, Math.floor(to / span) - first) },
    (_, i) => (first + i) * span,
  );
  return shuffled(starts, seed);
}

/** Rows of the entities that were known, and silent, at each of the starts. */
function silentRows(
  rows: readonly BucketRow[],
  starts: readonly number[],
  entities: ReadonlyMap<string, Seen>,
  detector: Detector,
): BucketRow[] {
  const lookBack = durationToMilliseconds(detector.bucket?.look_back ?? '1d');
  const present = new Set(rows.map(({ start, entity }) => `${start}|${entity}`));
  return starts.flatMap((start) =>
    [...entities].flatMap(([entity, { first, last }]) =>
      first < start && start - last <= lookBack && !present.has(`${start}|${entity}`)
        ? [silentRow(start, entity, detector)]
        : [],
    ),
  );
}

/**
 * All rows of randomly chosen spans of time, until there are enough to draw a sample from: spans are chosen, not rows,
 * since the cluster sums up a span for all entities at once.
 */
export async function sampleBuckets(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  {
    sample,
    options,
  }: {
    sample: { readonly size: number; readonly seed: number; readonly labelField?: string };
    options: ListOptions;
  },
): Promise<BucketSample> {
  const span = spanOf(detector);
  const { entities, bound }: EntityList =
    detector.bucket?.silence === false
      ? { entities: new Map<string, Seen>() }
      : await listEntities(client, detector, range, options);
  const starts = shuffledStarts(endedWithLogs(range, entities, span), span, sample.seed);
  const common = await learnCommonValues(client, detector, range, options);
  const { labelField } = sample;
  const labels =
    labelField === undefined || starts.length === 0
      ? undefined
      : await labelFieldsOf(client, range, labelField, options);
  const texts = detector.bucket?.events === undefined ? undefined : new SharedTexts();
  const rowsARequest = texts === undefined ? ROWS_A_REQUEST.summed : ROWS_A_REQUEST.read;
  const rows: BucketRow[] = [];
  let done = 0;
  while (done < starts.length) {
    const isEnough = rows.length >= sample.size && done >= FEWEST_SPANS;
    if (isEnough || rows.length >= MOST_ROWS * sample.size) break;
    const fitting =
      done > 0
        ? Math.ceil((rowsARequest * done) / Math.max(1, rows.length))
        : texts === undefined && entities.size > 0
          ? Math.ceil(rowsARequest / entities.size)
          : FIRST_SPANS;
    const chosen = starts.slice(done, done + Math.min(MOST_SPANS_A_REQUEST, fitting));
    const spans = joined(chosen, span);
    const places = bound && { entities: [...entities.keys()] };
    const all = await aggregateRows(client, detector, {
      span,
      request: { range, spans, common, labels, texts, ...places },
      options,
    });
    const found =
      bound === undefined
        ? bucketsOf(all).flatMap((bucket) => rowsWithPlaces(bucket, detector).rows)
        : all.filter(({ entity }) => entities.has(entity));
    const silent = silentRows(found, chosen, entities, detector).map((row): BucketRow =>
      labels === undefined ? row : { ...row, labels: { anomaly: 'false' } },
    );
    for (const some of [found, silent]) for (const row of some) rows.push(row);
    done += chosen.length;
  }
  return {
    rows,
    total: done === 0 ? 0 : Math.round((rows.length * starts.length) / done),
    isWhole: done >= starts.length,
  };
}

/**
 * The range up to the end of the bucket with the last log of any entity: where logs end for all, as in an index that is written no
 * more, there is nothing that silence could be told from.
 */
function endedWithLogs(range: LogRange, entities: ReadonlyMap<string, Seen>, span: number): LogRange {
  const last = [...entities.values()].reduce((latest, seen) => Math.max(latest, seen.last), -Infinity);
  const end = (Math.floor(last / span) + 1) * span;
  return Number.isFinite(end) && end < range.to ? { ...range, to: end } : range;
}

/** @param rows in the order of time */
function bucketsOf(rows: readonly BucketRow[]): BucketRow[][] {
  const buckets: BucketRow[][] = [];
  for (const row of rows) {
    const last = buckets[buckets.length - 1];
    if (last?.[0].start === row.start) last.push(row);
    else buckets.push([row]);
  }
  return buckets;
}

/** Neighbouring buckets as one span of time. */
export function joined(starts: readonly number[], span: number): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (const start of [...starts].sort((one, other) => one - other)) {
    const last = spans[spans.length - 1];
    if (last?.to === start) last.to = start + span;
    else spans.push({ from: start, to: start + span });
  }
  return spans;
}
