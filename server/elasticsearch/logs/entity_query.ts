import type { estypes } from '@elastic/elasticsearch';
import { entityFieldsOf, type EntitySettings } from '../../../common/detector';
import {
  conditionsOf,
  textOfEntity,
  type EntityCondition,
  type GivenEntity,
} from '../../../common/detector/entity_fields';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes, type FieldTypes } from '../transport/log_query';

type Query = estypes.QueryDslQueryContainer;

/**
 * Returns the queries that choose the logs of one entity, one for each of its fields.
 *
 * @param settings those of a detector without a field for entities do not tell them apart
 * @param entity its text or what a result holds of it, whose own fields are gone by; undefined: logs without one
 * @returns a query that matches nothing for an entity whose fields are not known any more
 * @throws DetectionError `forbidden` where no index is left that the caller may read
 */
export async function queryOfEntity(
  client: ElasticsearchClient,
  index: string,
  {
    settings,
    entity,
    signal,
  }: { settings: EntitySettings; entity: GivenEntity; signal: AbortSignal | undefined },
): Promise<Query[]> {
  const fields = entityFieldsOf(settings);
  const isKnown = textOfEntity(entity) !== undefined;
  const conditions: EntityCondition[] = isKnown
    ? conditionsOf(settings, entity)
    : fields.map((field) => ({ field, value: undefined, isCut: false }));
  const names = conditions.flatMap(({ field }) => [field, `${field}.keyword`]);
  const { indices, types } = await fieldTypes(client, index, names, { signal });
  if (indices.length === 0) {
    throw sentenceError('forbidden', 'index_unreadable', { index });
  }
  if (isKnown && conditions.length === 0 && fields.length > 0) return [{ match_none: {} }];
  return conditions.flatMap((condition) => queryOfPart(types, condition));
}

function queryOfPart(types: FieldTypes, { field, value: part, isCut }: EntityCondition): Query[] {
  if (part === undefined) return [{ bool: { must_not: [{ exists: { field } }] } }];
  const isExact = (name: string): boolean =>
    Object.values(types[name] ?? {}).some((each) => each.aggregatable);
  const exact = [field, `${field}.keyword`].find(isExact);
  if (exact === undefined) return [{ match_phrase: { [field]: part } }];
  // Results hold no more of it.
  return [isCut ? { prefix: { [exact]: part } } : { term: { [exact]: part } }];
}
