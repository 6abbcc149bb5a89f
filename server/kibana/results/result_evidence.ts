import type { ApiResponse, Endpoints } from '../../../common/api';
import type { AnomalyResult } from '../../../common/anomaly';
import type { Detector } from '../../../common/detector';
import { pickContext } from '../../detection/scoring/result_context';
import { timestampOf } from '../../detection/scoring/log_values';
import { filterResults, getResult, resultsOfSpace, toDetectionError } from '../../elasticsearch';
import { queryOfEntity } from '../../elasticsearch/logs/entity_query';
import { searchAround, type FoundDocument } from '../../elasticsearch/logs/search_around';
import { readSimilar } from '../../elasticsearch/results/similar_results';
import { queryOf } from '../../elasticsearch/transport/log_query';
import { createDetectorRepository } from '../records/detector_repository';
import { readMessagePattern } from './message_pattern';
import type { RequestScope, Services } from '../contracts/services';

type Evidence = ApiResponse<Endpoints['getEvidence']>;
type Part<Value> = { value?: Value; failure?: { code: string; message: string } };
type Neighbours = NonNullable<Evidence['neighbours']['value']>;
type Side = Neighbours['before'];

const AROUND_MILLISECONDS = 60 * 60_000;

interface Asked {
  readonly services: Services;
  readonly scope: RequestScope;
  readonly id: string;
  readonly result: AnomalyResult;
  readonly signal: AbortSignal;
}

/**
 * Reads the evidence for a result, with the rights of the caller. The three parts are read side by side, and each fails by
 * itself.
 *
 * @throws DetectionError `not_found` for a result that is not in this space
 */
export async function readEvidence(
  services: Services,
  scope: RequestScope,
  resultId: string,
  signal: AbortSignal,
): Promise<Evidence> {
  const found = await getResult(scope.elasticsearch, scope.space, resultId);
  const asked: Asked = {
    services,
    scope,
    signal,
    id: found.id,
    result: found.result as unknown as AnomalyResult,
  };
  // Results outlive their detector.
  const detector = createDetectorRepository(scope.savedObjects)
    .get(asked.result.detector.id)
    .then((record) => record.detector);
  const [pattern, neighbours, similar] = await Promise.all([
    partOf(async () => readMessagePattern(asked, await detector)),
    partOf(async () => readNeighbours(asked, await detector)),
    partOf(() => readSimilar(scope.elasticsearch, scope.space, asked)),
  ]);
  return { pattern, neighbours, similar };
}

async function partOf<Value>(read: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    const { code, message } = toDetectionError(error, 'find out about this result');
    return { failure: { code, message } };
  }
}

/** Lines of the same entity just before and after a log; of a bucket the entity's results before and after. */
async function readNeighbours(asked: Asked, detector: Detector): Promise<Neighbours> {
  const { scope, id, result } = asked;
  const time = Date.parse(result['@timestamp']);
  const { entity } = result.anomaly;
  if (detector.unit === 'bucket') {
    const filter = filterResults(scope.space, 'judged', {
      detectorIds: [result.detector.id],
      ...(entity !== undefined && { entity }),
    });
    const where = { ...resultsOfSpace(scope.space), query: { bool: { filter } } };
    const sides = await searchAround(scope.elasticsearch, where, {
      field: '@timestamp',
      time,
      without: id,
      signal: asked.signal,
    });
    return { of: 'results', ...sidesOf(sides, '@timestamp', (log) => ({ message: log.message })) };
  }
  const { index, query, timestamp_field: timestampField, ingested_field: ingestedField } = detector.source;
  const range = {
    index,
    timestampField,
    ingestedField,
    query,
    from: time - AROUND_MILLISECONDS,
    to: time + AROUND_MILLISECONDS + 1,
  };
  const inEntity = await queryOfEntity(scope.elasticsearch, index, {
    settings: detector,
    entity: result.anomaly,
    signal: asked.signal,
  });
  const where = {
    index,
    ignore_unavailable: true,
    query: { bool: { filter: [queryOf(range), ...inEntity] } },
  };
  const fields = [
    timestampField,
    ...new Set([...detector.context_fields, ...detector.features.map(({ field }) => field)]),
  ];
  const sides = await searchAround(scope.elasticsearch, where, {
    field: timestampField,
    time,
    signal: asked.signal,
    without: result.source.id,
    fields,
  });
  return { of: 'logs', ...sidesOf(sides, timestampField, (log) => pickContext(log, detector)) };
}

function sidesOf(
  sides: { before: FoundDocument[]; after: FoundDocument[] },
  timeField: string,
  show: (log: Record<string, unknown>) => Record<string, unknown>,
): { before: Side; after: Side } {
  const lineOf = ({ id, document }: FoundDocument): Side[number] => ({
    time: new Date(timestampOf(document, timeField) ?? 0).toISOString(),
    id,
    log: show(document),
  });
  return { before: sides.before.map(lineOf), after: sides.after.map(lineOf) };
}
