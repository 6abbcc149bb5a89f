import { spanOf } from '../../../common/buckets';
import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import type { AnomalyResult, Attribution } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import type { Detector } from '../../../common/detector';
import { conditionsOf } from '../../../common/detector/entity_fields';
import { HOUR } from '../../../common/duration';
import { getField } from '../../../common/log_features';
import { numberOf, DirtCounter } from '../../../common/log_features/columns/field_value';
import { MASK, routeOf } from '../../../common/log_features/fields/routes';
import type { LogRange } from '../../detection/ports';
import { rangeOf } from '../../detection/ports/log_range';
import { timestampOf } from '../../detection/scoring/log_values';
import { createDetectorSource, createSnapshotStore, getResult, searchResults } from '../../elasticsearch';
import { narrowed } from '../../elasticsearch/logs/change_source';
import { queryOfEntity } from '../../elasticsearch/logs/entity_query';
import { readValues, type ValuePoint } from '../../elasticsearch/logs/values_over_time';
import type { RequestScope, Services } from '../contracts/services';
import { createDetectorRepository } from '../records/detector_repository';
import { timeOfRows } from './time_of_rows';

type Answer = ApiResponse<Endpoints['getValueOverTime']>;
type Within = Answer['within'];
type Range = { readonly low: number; readonly high: number };

/** Time that is shown before and after a result where none is asked for. */
const AROUND = 6 * HOUR;
const MOST_ANOMALIES = 200;

/**
 * Reads the value of a numeric feature over time, with what the model that found a result holds for usual: of the entity of the
 * result, and of its group. Logs are read with the rights of the caller.
 *
 * @throws DetectionError `not_found` for a result or detector that is not in this space, `invalid_input` for a feature without a number,
 *   `forbidden` for logs that the caller may not read
 */
export async function readValueOverTime(
  services: Services,
  { elasticsearch, space, savedObjects }: RequestScope,
  resultId: string,
  asked: ApiRequest<Endpoints['getValueOverTime']>['query'] & { readonly signal: AbortSignal },
): Promise<Answer> {
  const { signal } = asked;
  const found = await getResult(elasticsearch, space, resultId);
  const result = found.result as unknown as AnomalyResult;
  const { detector } = await createDetectorRepository(savedObjects).get(result.detector.id);
  const { index } = detector.source;
  // Refuses those who may not read the logs, before anything of a result is told.
  await queryOfEntity(elasticsearch, index, { settings: {}, entity: undefined, signal });
  const attribution = numericOf(result, asked.feature);
  const { feature, field } = attribution;
  const time = Date.parse(result['@timestamp']);
  const now = services.clock.now();
  const { from = time - AROUND, to = Math.min(time + AROUND, now) } = asked;
  if (to <= from) {
    throw new DetectionError('invalid_input', `to is ${to}; it must be after from, ${from}`);
  }
  const shown =
    detector.unit === 'bucket'
      ? timeOfRows({ from, to }, { now, span: spanOf(detector), time })
      : { from, to };
  const { within, group, range } = await narrowedTo(
    elasticsearch,
    detector,
    { result, field, ...shown },
    signal,
  );
  const { entity } = result.anomaly;
  const [usual, anomalies, values] = await Promise.all([
    usualOver(services, { elasticsearch, space }, { result, attribution, detector }),
    searchResults(elasticsearch, space, {
      detector_id: result.detector.id,
      ...(entity !== undefined && { entity }),
      ...{ ...shown, status: 'open', sort: 'severity', page: 1, size: MOST_ANOMALIES },
    }),
    detector.unit === 'bucket'
      ? valuesOfBuckets(elasticsearch, detector, range, { field, signal })
      : readValues(elasticsearch, range, { field, buckets: asked.buckets, signal }),
  ]);
  return {
    feature,
    field,
    unit: attribution.comparison?.unit ?? 'none',
    of: detector.unit === 'bucket' ? 'buckets' : 'logs',
    within,
    interval_ms: values.intervalMilliseconds,
    points: values.points.map(({ time: at, ...numbers }) => ({
      time: new Date(at).toISOString(),
      ...numbers,
      usual: usual(at),
    })),
    anomalies: anomalies.results.flatMap(({ id, result: other }) => {
      const own = other.anomaly.attribution.find((each) => each.feature === feature);
      const value = own?.comparison?.value;
      return typeof value === 'number' && isWithin(other as unknown as AnomalyResult, group)
        ? [{ id, time: other['@timestamp'], value, severity: other.anomaly.severity }]
        : [];
    }),
  };
}

/** Returns the part of the explanation of a result that a number is compared in: of the feature, or the one with the largest share. */
function numericOf({ anomaly }: AnomalyResult, wanted: string | undefined): Attribution {
  const numeric = anomaly.attribution.filter(
    ({ comparison }) => comparison?.kind === 'number' && comparison.in_text !== true,
  );
  const found = numeric.find(({ feature }) => wanted === undefined || feature === wanted);
  if (found !== undefined) return found;
  throw new DetectionError(
    'invalid_input',
    numeric.length === 0
      ? 'The result has no feature with a number that could be shown over time.'
      : `feature is "${wanted}"; allowed: ${numeric.map(({ feature }) => feature).join(', ')}`,
  );
}

/** Tells whether all logs of a route have the same address. */
const isOneValue = (address: string): boolean =>
  !address.includes('?') && !routeOf(address, false).includes(MASK);

/** Tells whether a result is of the logs that are shown; the entity it has. */
const isWithin = (result: AnomalyResult, within: Within): boolean =>
  within.every(({ field, value }) => getField(result, field) === value);

/** Narrows the logs to the entity of a result and, of single logs, to the group that its number is compared within. */
async function narrowedTo(
  client: RequestScope['elasticsearch'],
  detector: Detector,
  given: {
    readonly result: AnomalyResult;
    readonly field: string;
    readonly from: number;
    readonly to: number;
  },
  signal: AbortSignal,
): Promise<{ within: Within; group: Within; range: LogRange }> {
  const { result, field, from, to } = given;
  const { source, features, unit } = detector;
  const { entity } = result.anomaly;
  const within: Within[number][] = [];
  for (const { field: name, value } of conditionsOf(detector, result.anomaly)) {
    if (value !== undefined) within.push({ field: name, value });
  }
  const ofEntity = within.length;
  const definition = features.find((feature) => feature.type === 'deviation' && feature.field === field);
  for (const part of unit === 'bucket' ? [] : [definition?.by ?? []].flat()) {
    const name = typeof part === 'string' ? part : 'route' in part ? part.route : undefined;
    const value: unknown = name === undefined ? undefined : getField(result, name);
    if (name === undefined || typeof value !== 'string' || value === '') continue;
    if (within.some((each) => each.field === name)) continue;
    // Of a route with ids or parameters there is no one value to search for.
    if (typeof part !== 'string' && !isOneValue(value)) continue;
    within.push({ field: name, value });
  }
  const inEntity =
    entity === undefined
      ? []
      : await queryOfEntity(client, source.index, { settings: detector, entity: result.anomaly, signal });
  let range = inEntity.reduce(narrowed, rangeOf(source, from, to));
  for (const { field: name, value } of within.slice(ofEntity)) {
    const queries = await queryOfEntity(client, source.index, {
      settings: { entity_field: name },
      entity: value,
      signal,
    });
    range = queries.reduce(narrowed, range);
  }
  return { within, group: within.slice(ofEntity), range };
}

/** Reads the rows of an entity, none of an empty time: each bucket has one value. */
async function valuesOfBuckets(
  client: RequestScope['elasticsearch'],
  detector: Detector,
  range: LogRange,
  { field, signal }: { readonly field: string; readonly signal: AbortSignal },
): Promise<{ points: ValuePoint[]; intervalMilliseconds: number }> {
  const span = spanOf(detector);
  if (range.to <= range.from) return { points: [], intervalMilliseconds: span };
  const dirt = new DirtCounter();
  const points: ValuePoint[] = [];
  for await (const { logs } of createDetectorSource(client, detector).read(range, { signal })) {
    for (const { document } of logs) {
      const time = timestampOf(document, detector.source.timestamp_field);
      if (time === undefined) continue;
      const value = numberOf(getField(document, field), dirt) ?? null;
      points.push({ time, logs: 1, median: value, min: value, max: value });
    }
  }
  return { points, intervalMilliseconds: span };
}

/**
 * Returns the usual range at a time: that of the result's explanation, or where it differs by hour what its model says of each hour. A
 * model that is gone, or that the fields of the result do not lead to the same range in, leaves the range of the explanation.
 */
async function usualOver(
  { models }: Services,
  { elasticsearch, space }: Pick<RequestScope, 'elasticsearch' | 'space'>,
  given: { readonly result: AnomalyResult; readonly attribution: Attribution; readonly detector: Detector },
): Promise<(time: number) => Range | null> {
  const { result, attribution, detector } = given;
  const { comparison, feature } = attribution;
  const stated = rangeIn(comparison);
  if (stated === null || comparison?.hourly !== true) return () => stated;
  const store = createSnapshotStore(elasticsearch, { space });
  const snapshot = await models.load(store, result.detector.id, result.model.version).catch(() => undefined);
  if (snapshot === undefined) return () => stated;
  const byHour = new Map<number, Range | null>();
  const at = (time: number): Range | null => {
    const hour = Math.floor(time / HOUR);
    let known = byHour.get(hour);
    if (known === undefined) {
      const document = { ...result, [detector.source.timestamp_field]: new Date(time).toISOString() };
      const own = snapshot.encoder.explain(document).find((each) => each.feature === feature);
      byHour.set(hour, (known = rangeIn(own?.comparison)));
    }
    return known;
  };
  const own = at(Date.parse(result['@timestamp']));
  const isSame = own !== null && own.low === stated.low && own.high === stated.high;
  return isSame ? at : () => stated;
}

const rangeIn = (comparison: Attribution['comparison']): Range | null =>
  comparison?.low === undefined || comparison.high === undefined
    ? null
    : { low: comparison.low, high: comparison.high };
