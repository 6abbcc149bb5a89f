import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import { withFacts } from '../../../common/suppressions';
import type { ResultStore } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { ensureIndex } from '../indices/index_resources';
import { DEFAULT_SPACE, documentId, resultsIndex } from '../indices/names';
import { filterResults, resultsOfSpace, storedResult } from './results_query';
import { reviseResults } from './revise_results';
import { writeResults } from './write_results';
import { hitTotal } from '../transport/hit_total';

const DEFAULT_SIZE = 100;
const MAXIMUM_SIZE = 10_000;
/** Somebody may delete an index while we write: it must not come back without its mapping. */
const CHECK_EVERY_MILLISECONDS = 10_000;

export interface ResultStoreOptions {
  readonly space?: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  /** Makes results searchable before `write` returns. */
  readonly refresh?: boolean | 'wait_for';
  /** Likewise, but for writes that hold results alone: incidents are counted over them at once. */
  readonly refreshResults?: boolean;
  /** Called with one sentence for each result that could not be written whole. */
  readonly warn?: (message: string) => void;
}

/** Ids of results: the same log and detector always have the same one. */
export const resultId = (detectorId: string, source: { index: string; id: string }): string =>
  documentId('log', detectorId, source.index, source.id);

/** Ids of summaries: the same page, bucket and entity always have the same one. */
const summaryId = (summary: BucketSummary): string =>
  documentId(
    'bucket',
    summary.detector.id,
    summary.page.id,
    summary['@timestamp'],
    summary.anomaly.entity ?? '',
  );

/**
 * Results and summaries in `log-anomalies-results.<space>.YYYY.MM`, by the month of the log.
 *
 * `write` needs `create_doc`, `index`, `create_index` and `view_index_metadata` there, `search` needs `read`.
 */
export function createResultStore(
  client: ElasticsearchClient,
  options: ResultStoreOptions = {},
): ResultStore {
  const { space = DEFAULT_SPACE, policy, signal, refresh, warn } = options;
  const settings = { space, what: `write results of space "${space}"`, policy, signal, refresh, warn };
  const checked = new Map<string, number>();

  const write: ResultStore['write'] = async (results, summaries = []) => {
    const operationOf = (
      action: 'create' | 'index',
      id: string,
      document: AnomalyResult | BucketSummary,
    ): BulkOperation => ({
      action,
      id,
      index: resultsIndex(space, Date.parse(document['@timestamp'])),
      document: { ...document, result: { ...document.result, space } },
    });
    const operations = [
      ...results.map((result) =>
        operationOf('create', resultId(result.detector.id, result.source), withFacts(result)),
      ),
      ...summaries.map((summary) => operationOf('index', summaryId(summary), summary)),
    ];
    for (const index of new Set(operations.map((operation) => operation.index))) {
      const checkedAt = checked.get(index);
      if (checkedAt !== undefined && performance.now() - checkedAt < CHECK_EVERY_MILLISECONDS) continue;
      await ensureIndex(client, index, 'results', { policy, signal });
      checked.set(index, performance.now());
    }
    const isRead = results.length > 0 && options.refreshResults === true;
    const { created, putAside } = await writeResults(client, operations, {
      ...settings,
      ...(isRead && { refresh: true }),
    });
    const isNew = new Set(created.filter(({ action }) => action === 'create').map(({ id }) => id));
    const added = results.filter(({ detector, source }) => isNew.has(resultId(detector.id, source)));
    return { created: added.length, added, putAside };
  };

  const revise: NonNullable<ResultStore['revise']> = async (revision) => {
    const summaries = revision.summaries.map((summary): BulkOperation => ({
      action: 'index',
      id: summaryId(summary),
      index: resultsIndex(space, Date.parse(summary['@timestamp'])),
      document: { ...summary, result: { ...summary.result, space } },
    }));
    return reviseResults(client, revision, summaries, {
      ...settings,
      ...(options.refreshResults === true && { refresh: true }),
    });
  };

  const search: ResultStore['search'] = async ({ detectorId, ...query }) => {
    const size = Math.min(query.size ?? DEFAULT_SIZE, MAXIMUM_SIZE);
    const answer = await attempt(
      () =>
        client.search<AnomalyResult>(
          {
            ...resultsOfSpace(space),
            size,
            track_total_hits: true,
            query: {
              bool: {
                filter: filterResults(space, 'log', {
                  ...query,
                  ...(detectorId !== undefined && { detectorIds: [detectorId] }),
                }),
              },
            },
            sort: [{ '@timestamp': { order: 'desc', unmapped_type: 'date' } }],
          },
          { signal },
        ),
      { what: `search results of space "${space}"`, policy, signal },
    );
    return {
      total: hitTotal(answer.hits),
      results: answer.hits.hits.map((hit) => ({
        id: hit._id as string,
        result: storedResult(hit._source),
      })),
    };
  };

  return { write, revise, search };
}
