import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult, ResultChange, ResultState } from '../../../common/anomaly';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { becauseOf, SUPPRESSION_LIMITS, THIS_LOG } from '../../../common/suppressions';
import type { ChangeNote, ResultMarks } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { DEFAULT_SPACE, documentId, feedbackId } from '../indices/names';
import { replaySuppression } from './replay';
import { createResultChanges, inSpace, MOST_ROUNDS_WITHOUT_CHANGE } from './result_changes';
import { resultsOfSpace, storedResult } from './results_query';
import { queryOfSuppression } from './suppression_query';

type Query = estypes.QueryDslQueryContainer;

/** Returns a result with a new state; the change joins its history, newest last, bounded. */
export function withChange(
  result: AnomalyResult,
  state: Partial<ResultState>,
  note: ChangeNote,
): AnomalyResult {
  const { anomaly, result: before } = result;
  const change: ResultChange = {
    ...note,
    from: { type: before.type, score: anomaly.score, confidence: anomaly.confidence },
  };
  const history = [...(before.history ?? []), change].slice(-SUPPRESSION_LIMITS.history);
  return { ...result, result: { ...before, ...state, history } };
}

/**
 * Marks on the stored results of one space, with the rights of the caller: needs `read` and `index` on them. A result is
 * written only on top of what was read of it.
 */
export function createResultMarks(
  client: ElasticsearchClient,
  { space = DEFAULT_SPACE, ...options }: RequestOptions & { space?: string } = {},
): ResultMarks {
  const { read, write, changeAll } = createResultChanges(client, space, options);
  return {
    async find(detectorId, source) {
      const [hit] = await read(ofSource(detectorId, source), 1);
      return hit && { id: hit._id as string, result: storedResult(hit._source) };
    },
    hide: async (suppression, range, note) => {
      const { id } = suppression;
      return changeAll(
        [
          { terms: { 'result.type': ['log', 'suppressed'] } },
          await queryOfSuppression(suppression, range),
          { bool: { must_not: [{ term: { 'result.suppressed_by': id } }] } },
        ],
        (result) =>
          withChange(
            result,
            {
              type: 'suppressed',
              suppressed_by: [...(result.result.suppressed_by ?? []), id],
              suppressed_because: becauseOf(suppression),
            },
            note,
          ),
        ({ result }) => result.type === 'log',
      );
    },
    show: (id, others, note) =>
      changeAll(
        [{ term: { 'result.suppressed_by': id } }],
        (result) => {
          const ids = (result.result.suppressed_by ?? []).filter((each) => each !== id);
          const last = ids[ids.length - 1];
          const other = others.find((each) => each.id === last);
          const { suppressed_by: _ids, suppressed_because: because, ...state } = result.result;
          return withChange(
            { ...result, result: state },
            ids.length === 0
              ? { type: state.type === 'suppressed' ? 'log' : state.type }
              : {
                  suppressed_by: ids,
                  suppressed_because:
                    other !== undefined ? becauseOf(other) : (textOfVerdict(result, last) ?? because),
                },
            note,
          );
        },
        ({ result }) => result.type === 'suppressed' && result.suppressed_by?.length === 1,
      ),
    async judge(detectorId, source, verdict, note) {
      for (let tried = 0; tried < MOST_ROUNDS_WITHOUT_CHANGE; tried++) {
        const hits = await read(ofSource(detectorId, source), 1);
        if (hits.length === 0 || hits[0]._source?.result.verdict === verdict) return;
        const written = await write(hits, (result) => {
          const { verdict: _before, ...state } = result.result;
          return withChange({ ...result, result: state }, verdict === undefined ? {} : { verdict }, note);
        });
        if (written.length > 0) return;
      }
      throw sentenceError('unavailable', 'result_busy');
    },
    hiddenBy: (ids) => countHidden(client, space, ids, options),
    replay: (suppression, range) => replaySuppression(client, suppression, { space, range }, options),
  };
}

/** The sentence of a verdict on this log alone, with the name of whoever has hidden it; undefined where the id is none of such. */
function textOfVerdict(
  { detector, source, result: { history = [] } }: AnomalyResult,
  id: string | undefined,
): string | undefined {
  if (id !== feedbackId(detector.id, source)) return undefined;
  const said = (by?: string): string =>
    becauseOf({ origin: 'feedback', name: THIS_LOG, ...(by !== undefined && { by }) });
  const notes = history.filter(({ by, because }) => because === said(by));
  return notes[notes.length - 1]?.because ?? said();
}

const ofSource = (detectorId: string, source: { index: string; id: string }): Query[] => [
  { ids: { values: [documentId('log', detectorId, source.index, source.id)] } },
  { terms: { 'result.type': ['log', 'suppressed'] } },
];

/** Returns how many results each of these suppressions hides. */
async function countHidden(
  client: ElasticsearchClient,
  space: string,
  ids: readonly string[],
  options: RequestOptions,
): ReturnType<ResultMarks['hiddenBy']> {
  if (ids.length === 0) return new Map();
  const answer = await attempt(
    () =>
      client.search(
        {
          ...resultsOfSpace(space),
          size: 0,
          track_total_hits: false,
          query: {
            bool: {
              filter: [
                inSpace(space),
                { term: { 'result.type': 'suppressed' } },
                { terms: { 'result.suppressed_by': [...ids] } },
              ],
            },
          },
          aggs: { ids: { terms: { field: 'result.suppressed_by', size: ids.length, include: [...ids] } } },
        },
        { signal: options.signal },
      ),
    { what: 'count hidden results', ...options },
  );
  const found = answer.aggregations as
    { ids?: { buckets: { key: string; doc_count: number }[] } } | undefined;
  return new Map((found?.ids?.buckets ?? []).map(({ key, doc_count: count }) => [key, count]));
}
