import type { estypes } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints } from '../../../common/api';
import type { AnomalyResult } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import type { Detector } from '../../../common/detector';
import { factsOf } from '../../../common/suppressions/result_facts';
import { pickContext } from '../../detection/scoring/result_context';
import { LONGEST_ENTITY, timestampOf } from '../../detection/scoring/log_values';
import { attempt, toDetectionError } from '../../elasticsearch';
import { fieldTypes, queryOf } from '../../elasticsearch/transport/log_query';
import { createDetectorRepository } from '../records/detector_repository';
import { readMessagePattern } from './message_pattern';
import { filterOf, getResult, scopeOf } from './result_search';
import type { RequestScope, Services } from '../contracts/services';

type Query = estypes.QueryDslQueryContainer;
type Evidence = ApiResponse<Endpoints['getEvidence']>;
type Part<Value> = { value?: Value; failure?: { code: string; message: string } };
type Neighbours = NonNullable<Evidence['neighbours']['value']>;
type Similar = NonNullable<Evidence['similar']['value']>;
type Side = Neighbours['before'];
type Hit = estypes.SearchHit<Record<string, unknown>>;

const NEIGHBOURS = 5;
const AROUND_MILLISECONDS = 60 * 60_000;
const MOST_SIMILAR = 10;
const TIME_LIMIT = '5s';
/** Scores of {@link readSimilar}: the same pattern comes first, whatever else is alike. */
const SAME_PATTERN = 2;
const SAME_FEATURE = 1;

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
    partOf(() => readSimilar(asked)),
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
    const filter = filterOf(scope.space, 'judged', {
      detectorIds: [result.detector.id],
      ...(entity !== undefined && { entity }),
    });
    const where = { ...scopeOf(scope.space), query: { bool: { filter } } };
    const sides = await searchAround(asked, where, '@timestamp', time, { without: id });
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
  const where = {
    index,
    ignore_unavailable: true,
    query: { bool: { filter: [queryOf(range), ...(await ofEntity(asked, detector))] } },
  };
  const fields = [
    timestampField,
    ...new Set([...detector.context_fields, ...detector.features.map(({ field }) => field)]),
  ];
  const sides = await searchAround(asked, where, timestampField, time, {
    without: result.source.id,
    fields,
  });
  return { of: 'logs', ...sidesOf(sides, timestampField, (log) => pickContext(log, detector)) };
}

/** @throws DetectionError `forbidden` where no index is left that the caller may read */
async function ofEntity({ scope, result, signal }: Asked, detector: Detector): Promise<Query[]> {
  const { entity_field: field, source } = detector;
  const names = field === undefined ? [] : [field, `${field}.keyword`];
  const { indices, types } = await fieldTypes(scope.elasticsearch, source.index, names, { signal });
  if (indices.length === 0) {
    throw new DetectionError('forbidden', `There is no index "${source.index}", or none that you may read.`);
  }
  if (field === undefined) return [];
  const { entity } = result.anomaly;
  if (entity === undefined) return [{ bool: { must_not: [{ exists: { field } }] } }];
  const isExact = (name: string): boolean =>
    Object.values(types[name] ?? {}).some((each) => each.aggregatable);
  const exact = names.find(isExact);
  if (exact === undefined) return [{ match_phrase: { [field]: entity } }];
  // Results hold no more of it.
  return [entity.length < LONGEST_ENTITY ? { term: { [exact]: entity } } : { prefix: { [exact]: entity } }];
}

async function searchAround(
  { scope, signal }: Asked,
  where: estypes.SearchRequest,
  field: string,
  time: number,
  { without, fields }: { without: string; fields?: string[] },
): Promise<{ before: Hit[]; after: Hit[] }> {
  const side = (range: object, order: 'asc' | 'desc'): estypes.AggregationsAggregationContainer => ({
    filter: {
      bool: {
        filter: [{ range: { [field]: { ...range, format: 'epoch_millis' } } }],
        must_not: [{ ids: { values: [without] } }],
      },
    },
    aggs: {
      lines: {
        top_hits: {
          size: NEIGHBOURS,
          sort: [{ [field]: { order, unmapped_type: 'date' } }],
          ...(fields && { _source: { includes: fields } }),
        },
      },
    },
  });
  const answer = await attempt(
    () =>
      scope.elasticsearch.search(
        {
          ...where,
          size: 0,
          timeout: TIME_LIMIT,
          track_total_hits: false,
          aggs: { before: side({ lt: time }, 'desc'), after: side({ gte: time }, 'asc') },
        },
        { signal },
      ),
    { what: `read what stands around it in "${String(where.index)}"`, signal },
  );
  const sides = answer.aggregations as
    Record<'before' | 'after', { lines: { hits: { hits: Hit[] } } }> | undefined;
  return {
    before: (sides?.before.lines.hits.hits ?? []).reverse(),
    after: sides?.after.lines.hits.hits ?? [],
  };
}

function sidesOf(
  sides: { before: Hit[]; after: Hit[] },
  timeField: string,
  show: (log: Record<string, unknown>) => Record<string, unknown>,
): { before: Side; after: Side } {
  const lineOf = ({ _id, _source = {} }: Hit): Side[number] => ({
    time: new Date(timestampOf(_source, timeField) ?? 0).toISOString(),
    id: _id as string,
    log: show(_source),
  });
  return { before: sides.before.map(lineOf), after: sides.after.map(lineOf) };
}

/** Other results of the detector that are like this one, whenever they were: hidden ones too, since they were judged. */
async function readSimilar({ scope, id, result, signal }: Asked): Promise<Similar> {
  const { pattern, entity, top_feature: feature } = factsOf(result);
  const kinds: { filter: Query[]; boost: number }[] = [
    ...(pattern === undefined
      ? []
      : [{ filter: [{ term: { 'anomaly.pattern': pattern } }], boost: SAME_PATTERN }]),
    ...(entity === undefined || feature === undefined
      ? []
      : [
          {
            filter: [{ term: { 'anomaly.top_feature': feature } }, { term: { 'anomaly.entity': entity } }],
            boost: SAME_FEATURE,
          },
        ]),
  ];
  if (kinds.length === 0) {
    return { total: 0, judged: { real: 0, not_an_anomaly: 0, unjudged: 0 }, results: [] };
  }
  const alike = kinds.map(({ filter, boost }) => ({
    constant_score: { filter: { bool: { filter } }, boost },
  }));
  const answer = await attempt(
    () =>
      scope.elasticsearch.search<AnomalyResult>(
        {
          ...scopeOf(scope.space),
          size: MOST_SIMILAR,
          timeout: TIME_LIMIT,
          track_total_hits: true,
          query: {
            bool: {
              filter: filterOf(scope.space, 'judged', { detectorIds: [result.detector.id] }),
              must: [{ dis_max: { queries: alike } }],
              must_not: [{ ids: { values: [id] } }],
            },
          },
          sort: [{ _score: { order: 'desc' } }, { '@timestamp': { order: 'desc', unmapped_type: 'date' } }],
          aggs: { verdicts: { terms: { field: 'result.verdict' } } },
        },
        { signal },
      ),
    { what: 'search results like this one', signal },
  );
  const { total: hits } = answer.hits;
  const total = typeof hits === 'number' ? hits : (hits?.value ?? 0);
  const verdicts = answer.aggregations as
    { verdicts?: { buckets: { key: string; doc_count: number }[] } } | undefined;
  const countOf = (verdict: string): number =>
    verdicts?.verdicts?.buckets.find(({ key }) => key === verdict)?.doc_count ?? 0;
  const judged = { real: countOf('real'), not_an_anomaly: countOf('not_an_anomaly') };
  return {
    total,
    judged: { ...judged, unjudged: total - judged.real - judged.not_an_anomaly },
    results: answer.hits.hits.map(({ _id, _score, _source }) => {
      const { '@timestamp': time, anomaly, result: state } = _source as AnomalyResult;
      return {
        id: _id as string,
        time,
        score: anomaly.score,
        confidence: anomaly.confidence,
        ...(anomaly.entity !== undefined && { entity: anomaly.entity }),
        reason: anomaly.reason,
        attribution: anomaly.attribution,
        alike: _score === SAME_PATTERN ? ('pattern' as const) : ('feature' as const),
        suppressed: state.type === 'suppressed',
        ...(state.verdict && { verdict: state.verdict }),
      };
    }),
  };
}
