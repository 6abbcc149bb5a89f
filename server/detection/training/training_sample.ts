import { concerns, namesOf } from '../../../common/annotations';
import { spanOf } from '../../../common/buckets';
import { durationToMilliseconds, entityFieldsOf, type Detector } from '../../../common/detector';
import { namedParts } from '../../../common/detector/entity_fields';
import { joinWindows, lengthOf, type TimeWindow } from '../../../common/suppressions';
import { fieldsOfFeature } from '../../../common/log_features';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { entityReaderOf, textOf, timestampOf } from '../scoring/log_values';
import { firstTimeOf } from '../promotion/first_time';
import { filtersOf } from '../scoring/reading_passes';
import type { LogRange, LogSample, LogSource, Progress, SampleOptions } from '../ports';
import { shuffled } from './shuffled';

const WEEK_MILLISECONDS = 7 * 86_400_000;
/** Clauses that a query may have: the latest windows of all entities and, by their ids, the latest logs are left out. */
const MOST_WINDOWS = 400;
/** Each log is compared with those of entities; the latest. */
const MOST_WINDOWS_OF_ENTITIES = 5_000;
const HOST_FIELD = 'host.name';
const HOST_CHARACTERS = 256;
const MOST_CONFIRMED = 10_000;

/** A time that is kept out of training: epoch milliseconds, half-open; of some entities, or of all where none is named. */
export interface TrainingExclusion extends TimeWindow {
  /** Source of the exclusion; absent: named by hand for one training. */
  readonly by?: 'calendar' | 'quiet_times';
  /** Entity as results have it. */
  readonly entity?: string;
  /** Entities that are called one of these, a part of one, or where there are none the host: see {@link namesOf}. */
  readonly names?: readonly string[];
}
type SiftedDetector = Pick<Detector, 'source' | 'unit' | 'bucket' | 'entity_field' | 'entity_fields'>;

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
  /** Times of the window that were kept out of some entities alone. */
  readonly timesOfEntities: number;
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
  const excludedMilliseconds = lengthOf(windowsOfAll(exclusions, window));
  return {
    ...mixed,
    window,
    logsInWindow: logsWithoutExclusions(recent, request, window),
    method: recent.method,
    excludedMilliseconds,
    timesOfEntities: exclusions.filter(
      (each) => !isOfAll(each) && each.from < window.to && each.to > window.from,
    ).length,
  };
}

/**
 * Returns the logs of the window as if the times that are kept out had held as many as the others. Rows of buckets are
 * counted before they are sifted, so that their number is whole; logs began where the sample does.
 */
function logsWithoutExclusions(
  { total, logs }: LogSample,
  { detector, exclusions = [] }: TrainingSampleRequest,
  window: TimeWindow,
): number {
  if (detector.unit === 'bucket') return total;
  const documents = logs.map(({ document }) => document);
  const first = firstTimeOf(documents, detector.source.timestamp_field) ?? window.from;
  const held = { from: Math.min(Math.max(first, window.from), window.to), to: window.to };
  const span = held.to - held.from;
  return Math.round((total * span) / Math.max(1, span - lengthOf(windowsOfAll(exclusions, held))));
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
  detector: SiftedDetector,
  { from, to, options, exclusions, confirmed }: CleanDraw,
): Promise<LogSample> {
  const { timestamp_field: timestampField, ingested_field: ingestedField, index, query } = detector.source;
  const entityFields = entityFieldsOf(detector);
  const isOfBuckets = detector.unit === 'bucket';
  // A bucket is known by its start, and holds a part of what begins within it.
  const span = isOfBuckets ? spanOf(detector) : 1;
  const whole = windowsOfAll(exclusions, { from, to: to + span - 1 });
  const latest = confirmed.slice(-MOST_CONFIRMED);
  const byEntity = exclusions
    .filter((excluded) => !isOfAll(excluded) && excluded.from < to + span - 1 && excluded.to > from)
    .sort((left, right) => right.to - left.to)
    .slice(0, MOST_WINDOWS_OF_ENTITIES);
  const mustNot = isOfBuckets
    ? []
    : [
        ...whole.map((excluded) => ({
          range: { [timestampField]: { gte: excluded.from, lt: excluded.to, format: 'epoch_millis' } },
        })),
        ...byIndex(latest),
      ];
  const needed = byEntity.length > 0 ? [...entityFields, HOST_FIELD, timestampField] : [];
  const sample = await source.sample(
    { index, query: without(query, mustNot), timestampField, ingestedField, from, to },
    {
      ...options,
      ...(options.fields && { fields: [...new Set([...options.fields, ...needed])] }),
    },
  );
  const sifted: TrainingExclusion[] = isOfBuckets ? [...whole, ...byEntity] : byEntity;
  if (sifted.length === 0 && !(isOfBuckets && latest.length > 0)) return sample;
  const isConfirmed = new Set(isOfBuckets ? latest.map(({ id }) => id) : []);
  const placeOf = placeReaderOf(detector);
  const logs = sample.logs.filter(({ id, document }) => {
    if (isConfirmed.has(id)) return false;
    const time = timestampOf(document, timestampField);
    if (time === undefined) return true;
    const during = sifted.filter((excluded) => time < excluded.to && time + span > excluded.from);
    if (during.length === 0) return true;
    const place = placeOf(document);
    return !during.some(
      (excluded) =>
        isOfAll(excluded) ||
        (excluded.entity !== undefined && excluded.entity === place.entity) ||
        (excluded.names !== undefined && concerns({ entities: excluded.names }, place.names)),
    );
  });
  return { ...sample, logs };
}

const isOfAll = ({ entity, names }: TrainingExclusion): boolean =>
  entity === undefined && names === undefined;

/** Windows of all entities within a range, the latest of those that a query can have. */
const windowsOfAll = (exclusions: readonly TrainingExclusion[], range: TimeWindow): TimeWindow[] =>
  joinWindows(exclusions.filter(isOfAll), range).slice(-MOST_WINDOWS);

/** Returns the reader of the entity of a log, and of the names that an incident of it would be known by. */
function placeReaderOf(
  detector: SiftedDetector,
): (document: LogDocument) => { entity: string | undefined; names: string[] } {
  const entityOf = entityReaderOf(detector);
  return (document) => {
    const entity = entityOf(document);
    const host = textOf(document, HOST_FIELD, HOST_CHARACTERS);
    const parts = namedParts(entity, detector);
    const scope =
      entity === undefined
        ? { kind: 'host', value: host ?? '' }
        : { kind: 'entity', value: entity, ...(parts && { parts }) };
    return { entity, names: namesOf({ scope }) };
  };
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
