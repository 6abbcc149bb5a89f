import type { estypes } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import { getField } from '../../common/log_features/field_access';
import { tokenise } from '../../common/log_features/template_miner';
import { attempt, type ElasticsearchClient } from '../elasticsearch';
import { fieldTypes } from '../elasticsearch/log_query';
import { createDetectorRepository } from './detector_repository';
import { getResult } from './result_search';
import type { RequestScope, Services } from './services';

type Query = estypes.QueryDslQueryContainer;
type MessagePattern = ApiResponse<Endpoints['getMessagePattern']>;

/** How far back is looked, and how long the cluster may take. */
const LOOK_BACK_MILLISECONDS = 30 * 86_400_000;
const TIME_LIMIT = '5s';
/** Masks of the tokeniser, such as `<num>`, and what is glued to them. */
const MASK = /<(\*|[a-z]+)>/;
const USUAL_FIELDS = ['message', 'event.original', 'log.original'];

/** Runs of words between the variable parts of a message. @example phrasesOf('User 7 logged in') // ['User', 'logged in'] */
export function phrasesOf(message: string): string[] {
  const phrases: string[][] = [[]];
  for (const token of tokenise(message)) {
    if (MASK.test(token)) phrases.push([]);
    else phrases[phrases.length - 1].push(token);
  }
  return phrases.map((words) => words.join(' ')).filter((phrase) => /[\p{L}\p{N}]/u.test(phrase));
}

/**
 * Searches the logs, with the rights of the caller, for the fixed words of a result's message in their order within
 * each run of words.
 *
 * @throws DetectionError `forbidden` when the caller may see results but not the logs
 */
export async function readMessagePattern(
  services: Services,
  scope: RequestScope,
  resultId: string,
  signal: AbortSignal,
): Promise<MessagePattern> {
  const { result } = await getResult(scope.elasticsearch, scope.space, resultId);
  const { detector } = await createDetectorRepository(scope.savedObjects).get(result.detector.id);
  const from = services.clock.now() - LOOK_BACK_MILLISECONDS;
  const templates = detector.features.filter(({ type }) => type === 'template').map(({ field }) => field);
  const [found] = [...templates, ...USUAL_FIELDS].flatMap((field) => {
    const value = getField(result, field);
    return typeof value === 'string' && value.trim() !== '' ? [{ field, message: value }] : [];
  });
  const nothing = { from: new Date(from).toISOString(), logs: 0, complete: true };
  if (found === undefined) return { ...nothing, pattern: '', field: '' };
  const { field, message } = found;
  const pattern = tokenise(message).join(' ');
  const query = await queryFor(scope.elasticsearch, detector.source.index, field, phrasesOf(message), signal);
  if (query === undefined) return { ...nothing, pattern, field };
  const { timestamp_field: time } = detector.source;
  const answer = await attempt(
    () =>
      scope.elasticsearch.search(
        {
          index: detector.source.index,
          ignore_unavailable: true,
          size: 0,
          timeout: TIME_LIMIT,
          track_total_hits: true,
          query: {
            bool: { filter: [{ range: { [time]: { gte: from, format: 'epoch_millis' } } }, ...query] },
          },
          aggs: { first: { min: { field: time } }, last: { max: { field: time } } },
        },
        { signal },
      ),
    { what: `search "${detector.source.index}" for messages like this`, signal },
  );
  const { first, last } = answer.aggregations as Record<'first' | 'last', { value: number | null }>;
  const { total } = answer.hits;
  return {
    pattern,
    field,
    from: nothing.from,
    logs: typeof total === 'number' ? total : (total?.value ?? 0),
    ...(first.value !== null && { first_seen: new Date(first.value).toISOString() }),
    ...(last.value !== null && { last_seen: new Date(last.value).toISOString() }),
    complete: !answer.timed_out,
  };
}

/** @returns undefined when the field cannot be searched for words, or there are none */
async function queryFor(
  client: ElasticsearchClient,
  index: string,
  field: string,
  phrases: readonly string[],
  signal: AbortSignal,
): Promise<Query[] | undefined> {
  if (phrases.length === 0) return undefined;
  const { types } = await fieldTypes(client, index, [field], { signal }).catch((error: unknown) => {
    if (error instanceof DetectionError && error.code === 'not_found') return { types: {} as never };
    throw error;
  });
  const names = Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped');
  if (names.length === 0) return undefined;
  if (names.every((type) => type === 'text' || type === 'match_only_text')) {
    return phrases.map((phrase) => ({ match_phrase: { [field]: phrase } }));
  }
  const escaped = phrases.map((phrase) => phrase.replace(/[\\*?]/g, '\\$&'));
  return [{ wildcard: { [field]: { value: `*${escaped.join('*')}*` } } }];
}
