import { lowestConfidence, queryOf, type LogAnomalyParams } from '../../../common/rules';
import { findLostResults, type ElasticsearchClient } from '../../elasticsearch';
import { groupOf } from './result_groups';

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
  const found = await findLostResults(client, space, {
    ...(params.detector_ids.length > 0 && { detectorIds: params.detector_ids }),
    writtenFrom: range.from,
    writtenTo: range.to,
    minimumConfidence: lowestConfidence(params),
    query: queryOf(params),
  });
  const lost = new Map<string, Lost>();
  for (const each of found) {
    const { result } = each;
    if (!result.result.history?.some(({ from }) => from.type === 'log')) continue;
    const { id } = groupOf(each, params.group_by);
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
