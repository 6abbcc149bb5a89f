import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult } from '../../../common/anomaly';
import { lowestConfidence, type LogAnomalyParams } from '../../../common/rules';
import { attempt, type ElasticsearchClient } from '../../elasticsearch';
import { filterOf, scopeOf } from '../results/result_search';
import { groupOf } from './result_groups';

type Query = estypes.QueryDslQueryContainer;

/** Results looked at, the most confident first. */
const MOST_RESULTS = 1_000;

interface Lost {
  readonly hidden: number;
  readonly withdrawn: number;
  readonly because?: string;
}

/**
 * Finds reasons of alerts that have lost results since the last check: hidden by somebody, or withdrawn since their logs changed.
 * What was hidden from the beginning never raised an alert. Takes one request.
 *
 * @param range of the time of writing that the last check saw, epoch milliseconds
 * @returns sentences by the id of the alert; none where results have only become too old
 */
export async function recoveryReasons(
  client: ElasticsearchClient,
  space: string,
  params: LogAnomalyParams,
  range: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, string>> {
  const filter: Query[] = [
    ...filterOf(space, 'lost', {
      ...(params.detector_ids.length > 0 && { detectorIds: params.detector_ids }),
      writtenFrom: range.from,
      writtenTo: range.to,
    }),
    { range: { 'anomaly.confidence': { gte: lowestConfidence(params) } } },
  ];
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>({
        ...scopeOf(space),
        size: MOST_RESULTS,
        track_total_hits: false,
        query: { bool: { filter } },
        sort: [{ 'anomaly.confidence': { order: 'desc', unmapped_type: 'double' } }],
        _source: ['detector', 'anomaly.entity', 'anomaly.attribution.feature', 'result'],
      }),
    { what: 'look for results that were hidden or withdrawn' },
  );
  const lost = new Map<string, Lost>();
  for (const { _id, _source: result } of answer.hits.hits) {
    if (result === undefined || !result.result.history?.some(({ from }) => from.type === 'log')) continue;
    const { id } = groupOf({ id: _id as string, result }, params.group_by);
    const { hidden, withdrawn, because } = lost.get(id) ?? { hidden: 0, withdrawn: 0 };
    const isHidden = result.result.type === 'suppressed';
    lost.set(id, {
      hidden: hidden + (isHidden ? 1 : 0),
      withdrawn: withdrawn + (isHidden ? 0 : 1),
      because: because ?? result.result.suppressed_because,
    });
  }
  return new Map([...lost].map(([id, each]) => [id, sentenceOf(each)]));
}

const results = (count: number): string => (count === 1 ? 'one result was' : `${count} results were`);

function sentenceOf({ hidden, withdrawn, because }: Lost): string {
  return [
    ...(hidden > 0 ? [`${results(hidden)} hidden${because === undefined ? '' : ` (${because})`}`] : []),
    ...(withdrawn > 0 ? [`${results(withdrawn)} withdrawn, since the logs behind changed`] : []),
  ].join(', and ');
}
