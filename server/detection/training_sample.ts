import { durationToMilliseconds, type Detector } from '../../common/detector';
import type { SourceLog } from '../../common/log_document';
import { entityOf, timestampOf } from './log_values';
import type { LogRange, LogSample, LogSource } from './ports';
import { shuffled } from './shuffled';

const WEEK_MILLISECONDS = 7 * 86_400_000;
/** Clauses that a query may have: the latest windows and, by their ids, the latest logs are left out. */
const MOST_WINDOWS = 400;
const MOST_CONFIRMED = 10_000;

/** A time that is kept out of training: epoch milliseconds, half-open; of one entity, or of all where none is named. */
export interface TrainingExclusion {
  readonly from: number;
  readonly to: number;
  readonly entity?: string;
}

export interface TrainingSampleRequest {
  readonly detector: Detector;
  readonly source: LogSource;
  /** Epoch milliseconds: the window ends so long before it as the detector stays behind. */
  readonly now: number;
  /** Logs at most. */
  readonly rows: number;
  /** Times that are kept out, such as deployments and incidents; parts of them may lie outside of the window. */
  readonly exclusions?: readonly TrainingExclusion[];
  /** Logs that people have confirmed as anomalies. */
  readonly confirmed?: readonly { readonly index: string; readonly id: string }[];
  /** Whether each log must carry its id. */
  readonly identified?: boolean;
  readonly signal?: AbortSignal;
}

export interface TrainingSample {
  readonly logs: readonly SourceLog[];
  /** Epoch milliseconds, half-open: the recent window alone. */
  readonly window: { readonly from: number; readonly to: number };
  /** Logs of the window, as if the times that are kept out had held as many as the others. */
  readonly logsInWindow: number;
  readonly method: LogSample['method'];
  /** How many of `logs` come from the weeks before the window. */
  readonly olderLogs: number;
  /** Milliseconds of the window that were kept out whole. */
  readonly excludedMilliseconds: number;
}

/**
 * Draws the logs that a model learns from: a uniform sample of the training window and, where the detector asks for it, of
 * the weeks before, so that one bad week or a slow poisoning does not become normal. What people have confirmed as an
 * anomaly and what lies in excluded times never gets into it.
 *
 * Bucket rows are sifted after they are drawn: a bucket without some of its logs would look like a silence.
 */
export async function drawTrainingSample(request: TrainingSampleRequest): Promise<TrainingSample> {
  const { detector, now, rows } = request;
  const { training, forest, schedule } = detector;
  const to = now - durationToMilliseconds(schedule.query_delay);
  const window = { from: to - durationToMilliseconds(training.window), to };
  const recent = await drawClean(request, window, rows);
  const excludedMilliseconds = excludedWithin(request.exclusions ?? [], window);
  const older =
    training.older === undefined
      ? []
      : (
          await drawClean(
            request,
            { from: window.from - training.older.weeks * WEEK_MILLISECONDS, to: window.from },
            Math.round(rows * training.older.share),
          )
        ).logs;
  const olderCount = mostOlder(training.older?.share ?? 0, older.length, recent.logs.length, rows);
  const recentCount = Math.min(recent.logs.length, rows - olderCount);
  const logs =
    olderCount === 0 && recentCount === recent.logs.length
      ? recent.logs
      : [
          ...shuffled(recent.logs, forest.seed).slice(0, recentCount),
          ...shuffled(older, forest.seed).slice(0, olderCount),
        ];
  const span = to - window.from;
  return {
    logs,
    window,
    logsInWindow: Math.round((recent.total * span) / Math.max(1, span - excludedMilliseconds)),
    method: recent.method,
    olderLogs: olderCount,
    excludedMilliseconds,
  };
}

/** So many that older logs are no larger a share than was asked for, even where few recent ones were found. */
function mostOlder(share: number, older: number, recent: number, rows: number): number {
  if (share === 0) return 0;
  return Math.min(older, Math.round(rows * share), Math.floor((recent * share) / (1 - share)));
}

async function drawClean(
  request: TrainingSampleRequest,
  window: { readonly from: number; readonly to: number },
  size: number,
): Promise<LogSample> {
  const { detector, source, identified, signal, exclusions = [], confirmed = [] } = request;
  const { timestamp_field: timestampField, ingested_field: ingestedField, index, query } = detector.source;
  const isOfBuckets = detector.unit === 'bucket';
  const overlapping = exclusions
    .filter(({ from, to }) => from < window.to && to > window.from)
    .sort((left, right) => right.to - left.to)
    .slice(0, MOST_WINDOWS);
  const latest = confirmed.slice(-MOST_CONFIRMED);
  const entityField = detector.entity_field;
  const byEntity = overlapping.filter(({ entity }) => entity !== undefined);
  const mustNot = isOfBuckets
    ? []
    : [
        ...overlapping
          .filter(({ entity }) => entity === undefined)
          .map(({ from, to }) => ({
            range: { [timestampField]: { gte: from, lt: to, format: 'epoch_millis' } },
          })),
        ...byIndex(latest),
      ];
  const range: LogRange = { index, query: without(query, mustNot), timestampField, ingestedField, ...window };
  const sample = await source.sample(range, {
    size,
    seed: detector.forest.seed,
    fields: [
      ...new Set([
        ...detector.features.flatMap(({ field, by }) => (by === undefined ? [field] : [field, by])),
        timestampField,
        ...(byEntity.length > 0 && entityField !== undefined ? [entityField] : []),
      ]),
    ],
    identified: identified === true,
    signal,
  });
  const sifted = isOfBuckets ? overlapping : byEntity;
  if (sifted.length === 0 && !(isOfBuckets && latest.length > 0)) return sample;
  const isConfirmed = new Set(isOfBuckets ? latest.map(({ id }) => id) : []);
  const logs = sample.logs.filter(({ id, document }) => {
    if (isConfirmed.has(id)) return false;
    const time = timestampOf(document, timestampField);
    const itsEntity = entityOf(document, entityField);
    return !sifted.some(
      ({ from, to, entity }) =>
        time !== undefined && time >= from && time < to && (entity === undefined || entity === itsEntity),
    );
  });
  return { ...sample, logs };
}

function byIndex(logs: readonly { readonly index: string; readonly id: string }[]): object[] {
  const ids = new Map<string, string[]>();
  for (const { index, id } of logs) ids.set(index, [...(ids.get(index) ?? []), id]);
  return [...ids].map(([index, values]) => ({
    bool: { filter: [{ term: { _index: index } }, { ids: { values } }] },
  }));
}

function without(query: LogRange['query'], mustNot: readonly object[]): LogRange['query'] {
  if (mustNot.length === 0) return query;
  const chosen =
    typeof query === 'string' ? (query.trim() === '' ? [] : [{ query_string: { query } }]) : query;
  return { bool: { ...(chosen !== undefined && { filter: chosen }), must_not: mustNot } };
}

/** Milliseconds of a window that exclusions of all entities cover. */
function excludedWithin(
  exclusions: readonly TrainingExclusion[],
  window: { readonly from: number; readonly to: number },
): number {
  let [covered, reached] = [0, window.from];
  const whole = exclusions.filter(({ entity }) => entity === undefined);
  for (const { from, to } of [...whole].sort((left, right) => left.from - right.from)) {
    const end = Math.min(to, window.to);
    covered += Math.max(0, end - Math.max(from, reached));
    reached = Math.max(reached, end);
  }
  return covered;
}
