import type { estypes } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints } from '../../../common/api';
import type { AnomalyResult } from '../../../common/anomaly';
import type { Detector } from '../../../common/detector';
import { getField } from '../../../common/log_features/fields/field_access';
import { maskWords } from '../../../common/log_features/template/drain_templates';
import { factsOf } from '../../../common/suppressions/result_facts';
import { filterResults, resultsOfSpace } from '../../elasticsearch';
import { countWithTimes, phraseQuery, type CountWithTimes } from '../../elasticsearch/logs/message_search';
import type { RequestScope, Services } from '../contracts/services';

type Query = estypes.QueryDslQueryContainer;
type MessagePattern = NonNullable<ApiResponse<Endpoints['getEvidence']>['pattern']['value']>;

interface PatternQuestion {
  readonly services: Services;
  readonly scope: RequestScope;
  readonly result: AnomalyResult;
  readonly signal: AbortSignal;
}

/** Time range of the search. */
const LOOK_BACK_MILLISECONDS = 30 * 86_400_000;
/** Masks of the tokeniser, such as `<num>`. */
const MASK = /<(?:\*|[a-z]+)>/;
/** Signs within words of Elasticsearch's standard analyzer, beside letters and digits: `10.0.0.1` is one word. */
const IN_WORD = /[\p{L}\p{N}._':,]/u;
const USUAL_FIELDS = ['message', 'event.original', 'log.original'];

/** Returns a text without the word at its beginning, and the one at its end, where it is cut there. */
function wholeWordsOf(text: string, isCutBefore: boolean, isCutAfter: boolean): string {
  let begin = 0;
  let end = text.length;
  while (isCutBefore && begin < end && IN_WORD.test(text[begin])) begin++;
  while (isCutAfter && end > begin && IN_WORD.test(text[end - 1])) end--;
  return text.slice(begin, end);
}

/**
 * Returns the runs of whole words between the variable parts of a message; what is glued to one, such as the unit of a number, is left out.
 *
 * @param areParts false: a text with a variable part in it is left out whole, for analyzers that do not split it
 * @example phrasesOf('User 7 got /cart?page=3 in 9ms') // ['User', 'got /cart?page=', 'in']
 */
export function phrasesOf(message: string, areParts = true): string[] {
  const phrases: string[][] = [[]];
  for (const token of maskWords(message)) {
    const parts = token.split(MASK);
    parts.forEach((part, place) => {
      if (place > 0) phrases.push([]);
      if (!areParts && parts.length > 1) return;
      phrases[phrases.length - 1].push(wholeWordsOf(part, place > 0, place < parts.length - 1));
    });
  }
  return phrases
    .map((words) => words.filter((word) => word !== '').join(' '))
    .filter((phrase) => /[\p{L}\p{N}]/u.test(phrase));
}

/**
 * Searches the logs, with the rights of the caller, for the fixed words of a result's message in their order within
 * each run of words. Where there is no message that can be searched for, or the result is one of a bucket, whose message is
 * in no log, results of the same pattern are counted instead.
 *
 * @throws DetectionError `forbidden` when the caller may see results but not the logs
 */
export async function readMessagePattern(
  { services, scope, result, signal }: PatternQuestion,
  detector: Detector,
): Promise<MessagePattern> {
  const from = services.clock.now() - LOOK_BACK_MILLISECONDS;
  const within = (time: string): Query => ({ range: { [time]: { gte: from, format: 'epoch_millis' } } });
  const templates = detector.features.filter(({ type }) => type === 'template').map(({ field }) => field);
  const [found] = [...templates, ...USUAL_FIELDS].flatMap((field) => {
    const value = getField(result, field);
    return typeof value === 'string' && value.trim() !== '' ? [{ field, message: value }] : [];
  });
  const { index, timestamp_field: time } = detector.source;
  if (found !== undefined && detector.unit !== 'bucket') {
    const { field, message } = found;
    let counted: CountWithTimes | undefined;
    for (const areParts of [true, false]) {
      const phrases = phrasesOf(message, areParts);
      const words = await phraseQuery(scope.elasticsearch, index, { field, phrases, signal });
      if (words === undefined) break;
      const filter = [within(time), ...words];
      const where = { index, ignore_unavailable: true };
      counted = await countWithTimes(scope.elasticsearch, where, { time, filter, signal });
      // Not even the message itself: the field has words of another kind.
      if (counted.count > 0) break;
    }
    if (counted !== undefined) {
      const pattern = maskWords(message).join(' ');
      return { pattern, of: 'logs', from: new Date(from).toISOString(), ...counted };
    }
  }
  const { pattern = '' } = factsOf(result);
  const filter = [
    ...filterResults(scope.space, 'judged', { detectorIds: [result.detector.id], from }),
    { term: { 'anomaly.pattern': pattern } },
  ];
  return {
    pattern,
    of: 'results',
    from: new Date(from).toISOString(),
    ...(await countWithTimes(scope.elasticsearch, resultsOfSpace(scope.space), {
      time: '@timestamp',
      filter,
      signal,
    })),
  };
}
