import type { estypes } from '@elastic/elasticsearch';
import { entityFieldsOf, type EntitySettings } from '../../../common/detector';
import { conditionsOf, isCutPart } from '../../../common/detector/entity_fields';
import { DetectionError } from '../../../common/detection_error';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes, type FieldTypes } from '../transport/log_query';

type Query = estypes.QueryDslQueryContainer;

/**
 * Returns the queries that choose the logs of one entity, one for each of its fields.
 *
 * @param settings those of a detector without a field for entities do not tell them apart
 * @param entity undefined: logs without one
 * @throws DetectionError `forbidden` where no index is left that the caller may read
 */
export async function queryOfEntity(
  client: ElasticsearchClient,
  index: string,
  settings: EntitySettings,
  entity: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Query[]> {
  const fields = entityFieldsOf(settings);
  const names = fields.flatMap((field) => [field, `${field}.keyword`]);
  const { indices, types } = await fieldTypes(client, index, names, { signal });
  if (indices.length === 0) {
    throw new DetectionError('forbidden', `There is no index "${index}", or none that you may read.`);
  }
  const conditions =
    entity === undefined
      ? fields.map((field) => ({ field, value: undefined }))
      : conditionsOf(settings, entity);
  return conditions.flatMap(({ field, value }) => queryOfPart(types, field, value, fields.length));
}

function queryOfPart(types: FieldTypes, field: string, part: string | undefined, fields: number): Query[] {
  if (part === undefined) return [{ bool: { must_not: [{ exists: { field } }] } }];
  const isExact = (name: string): boolean =>
    Object.values(types[name] ?? {}).some((each) => each.aggregatable);
  const exact = [field, `${field}.keyword`].find(isExact);
  if (exact === undefined) return [{ match_phrase: { [field]: part } }];
  // Results hold no more of it.
  return [isCutPart(part, fields) ? { prefix: { [exact]: part } } : { term: { [exact]: part } }];
}
