import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { LONGEST_ENTITY } from '../../detection/scoring/log_values';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes } from '../transport/log_query';

type Query = estypes.QueryDslQueryContainer;

/**
 * Returns the queries that choose the logs of one entity.
 *
 * @param field none: entities are not told apart
 * @param entity undefined: logs without one
 * @throws DetectionError `forbidden` where no index is left that the caller may read
 */
export async function queryOfEntity(
  client: ElasticsearchClient,
  index: string,
  { field, entity }: { readonly field: string | undefined; readonly entity: string | undefined },
  signal: AbortSignal | undefined,
): Promise<Query[]> {
  const names = field === undefined ? [] : [field, `${field}.keyword`];
  const { indices, types } = await fieldTypes(client, index, names, { signal });
  if (indices.length === 0) {
    throw new DetectionError('forbidden', `There is no index "${index}", or none that you may read.`);
  }
  if (field === undefined) return [];
  if (entity === undefined) return [{ bool: { must_not: [{ exists: { field } }] } }];
  const isExact = (name: string): boolean =>
    Object.values(types[name] ?? {}).some((each) => each.aggregatable);
  const exact = names.find(isExact);
  if (exact === undefined) return [{ match_phrase: { [field]: entity } }];
  // Results hold no more of it.
  return [entity.length < LONGEST_ENTITY ? { term: { [exact]: entity } } : { prefix: { [exact]: entity } }];
}
