import { durationToMilliseconds, entityFieldsOf, type Detector } from '../../../common/detector';
import { fieldsOfFeature } from '../../../common/log_features';
import type { SourceLog } from '../../../common/log_document';
import { entityReaderOf, timestampOf } from '../scoring/log_values';
import { filtersOf } from '../scoring/reading_passes';
import type { LogRange, LogSample, LogSource, Progress, SampleOptions } from '../ports';
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
  /** Requires an id for each log. */
  readonly identified?: boolean;
  readonly signal?: AbortSignal;
  /** Of the logs of the window. */
  readonly progress?: Progress;
}

export interface TrainingSample {
  readonly logs: readonly SourceLog[];
  /** Epoch milliseconds, half-open: the recent window alone. */
  readonly window: { readonly from: number; readonly to: number };
  /** Logs of the window, as if the times that are kept out had held as many as the others. */
  readonly logsInWindow: number;
  readonly method: LogSample['method'];
  /** Number of `logs` from the weeks before the window. */
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
  const {
    detector,
    source,
    now,
    rows,
    exclusions = [],
    confirmed = [],
    identified,
    signal,
    progress,
  } = request;
  const { training, forest, schedule } = detector;
  const to = now - durationToMilliseconds(schedule.query_delay);
  const window = { from: to - durationToMilliseconds(training.window), to };
  const fields = fieldsLearned(detector);
  const draw = (from: number, end: number, size: number, report: Pick<SampleOptions, 'progress'> = {}) =>
    drawCleanSample(source, detector, {
      from,
      to: end,
      options: { size, seed: forest.seed, fields, identified: identified === true, signal, ...report },
      exclusions,
      confirmed,
    });
  const recent = await draw(window.from, to, rows, { progress });
  const { older } = training;
  const mixed =
    older === undefined
      ? { logs: recent.logs, olderLogs: 0 }
      : await mixedWithOlder(recent.logs, { rows, share: older.share, seed: forest.seed }, (size) =>
          draw(window.from - older.weeks * WEEK_MILLISECONDS, window.from, size),
        );
  const excludedMilliseconds = excludedWithin(exclusions, window);
  const span = to - window.from;
  return {
    ...mixed,
    window,
    logsInWindow: Math.round((recent.total * span) / Math.max(1, span - excludedMilliseconds)),
    method: recent.method,
    excludedMilliseconds,
  };
}

/** Fields of a log that its features are made of. */
export const fieldsLearned = ({ features, source }: Pick<Detector, 'features' | 'source'>): string[] => [
  ...new Set([...features.flatMap(fieldsOfFeature), source.timestamp_field]),
];

/**
 * Puts older logs beside recent ones, so many that they are no larger a share than was asked for, even where few recent
 * ones were found.
 *
 * @param draw takes a uniform sample of the older logs
 */
export async function mixedWithOlder(
  recent: readonly SourceLog[],
  { rows, share, seed }: { readonly rows: number; readonly share: number; readonly seed: number },
  draw: (size: number) => Promise<Pick<LogSample, 'logs'>>,
): Promise<{ logs: readonly SourceLog[]; olderLogs: number }> {
  const size = Math.min(Math.round(rows * share), Math.floor((recent.length * share) / (1 - share)));
  const older = size === 0 ? [] : (await draw(size)).logs.slice(0, size);
  const kept = Math.min(recent.length, rows - older.length);
  return { logs: [...shuffled(recent, seed).slice(0, kept), ...older], olderLogs: older.length };
}

export interface CleanDraw extends Required<Pick<TrainingSampleRequest, 'exclusions' | 'confirmed'>> {
  /** Epoch milliseconds, half-open. */
  readonly from: number;
  readonly to: number;
  readonly options: SampleOptions;
}

/** Draws a uniform sample of a time without what must not be learned from. */
export async function drawCleanSample(
  source: LogSource,
  detector: Pick<Detector, 'source' | 'unit' | 'entity_field' | 'entity_fields'>,
  { from, to, options, exclusions, confirmed }: CleanDraw,
): Promise<LogSample> {
  const { timestamp_field: timestampField, ingested_field: ingestedField, index, query } = detector.source;
  const entityFields = entityFieldsOf(detector);
  const entityOf = entityReaderOf(detector);
  const isOfBuckets = detector.unit === 'bucket';
  const overlapping = exclusions
    .filter((excluded) => excluded.from < to && excluded.to > from)
    .sort((left, right) => right.to - left.to)
    .slice(0, MOST_WINDOWS);
  const latest = confirmed.slice(-MOST_CONFIRMED);
  const byEntity = overlapping.filter(({ entity }) => entity !== undefined);
  const mustNot = isOfBuckets
    ? []
    : [
        ...overlapping
          .filter(({ entity }) => entity === undefined)
          .map((excluded) => ({
            range: { [timestampField]: { gte: excluded.from, lt: excluded.to, format: 'epoch_millis' } },
          })),
        ...byIndex(latest),
      ];
  const needed = byEntity.length > 0 && entityFields.length > 0 ? [...entityFields, timestampField] : [];
  const sample = await source.sample(
    { index, query: without(query, mustNot), timestampField, ingestedField, from, to },
    {
      ...options,
      ...(options.fields && { fields: [...new Set([...options.fields, ...needed])] }),
    },
  );
  const sifted = isOfBuckets ? overlapping : byEntity;
  if (sifted.length === 0 && !(isOfBuckets && latest.length > 0)) return sample;
  const isConfirmed = new Set(isOfBuckets ? latest.map(({ id }) => id) : []);
  const logs = sample.logs.filter(({ id, document }) => {
    if (isConfirmed.has(id)) return false;
    const time = timestampOf(document, timestampField);
    const itsEntity = entityOf(document);
    return !sifted.some(
      (excluded) =>
        time !== undefined &&
        time >= excluded.from &&
        time < excluded.to &&
        (excluded.entity === undefined || excluded.entity === itsEntity),
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
  return { bool: { filter: filtersOf(query), must_not: mustNot } };
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
