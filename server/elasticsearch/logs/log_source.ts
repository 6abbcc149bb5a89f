import type { estypes } from '@elastic/elasticsearch';
import type { SourceLog } from '../../../common/log_document';
import type { LogSource } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { countLogs, sampleLogs } from './sample_logs';
import { readLogs, toSourceLog } from './read_logs';
import { sourceFilter } from '../transport/search_pages';

/** Whole documents of one request; anomalous logs may be large. */
const FETCH_DOCUMENTS = 200;

/** All of these logs, by index and id. */
const queryOfLogs = (logs: readonly { index: string; id: string }[]): estypes.QueryDslQueryContainer => ({
  bool: {
    should: logs.map(({ index, id }) => ({
      bool: { filter: [{ term: { _index: index } }, { ids: { values: [id] } }] },
    })),
  },
});

/**
 * Logs in Elasticsearch: indices, data streams, aliases and patterns. Needs `read` on them and nothing else.
 *
 * @param options `within`: single logs are fetched from these alone, whatever index they are said to be in, and by these
 *   names, which is how the rights on an alias are given
 */
export function createLogSource(
  client: ElasticsearchClient,
  options: { policy?: RetryPolicy; within?: string } = {},
): LogSource {
  const { policy, within } = options;
  return {
    async sample(range, sampleOptions) {
      const { fields } = sampleOptions;
      if (fields !== undefined) return sampleLogs(client, range, { ...sampleOptions, fields }, { policy });
      const drawn = await sampleLogs(
        client,
        range,
        { ...sampleOptions, fields: [], identified: true },
        { policy },
      );
      return { ...drawn, logs: await this.fetch(drawn.logs) };
    },
    read: (range, readOptions) => readLogs(client, range, { ...readOptions, policy }),
    count: (range) => countLogs(client, range, { policy }),
    async isEmpty(stretches) {
      const [{ range: first }] = stretches;
      const answer = await attempt(
        () =>
          client.search({
            index: first.index,
            allow_no_indices: true,
            // A shard that does not answer could hold some.
            allow_partial_search_results: false,
            size: 0,
            terminate_after: 1,
            track_total_hits: true,
            query: { bool: { should: stretches.map(({ range, by }) => queryOf(range, by)) } },
          }),
        { what: `look for logs in "${first.index}"`, policy },
      );
      return (answer.hits.total as estypes.SearchTotalHits).value === 0;
    },
    async fetch(logs, fields) {
      const found: SourceLog[] = [];
      for (let start = 0; start < logs.length; start += FETCH_DOCUMENTS) {
        const part = logs.slice(start, start + FETCH_DOCUMENTS);
        if (within !== undefined) {
          const { hits } = await attempt(
            () =>
              client.search<Record<string, unknown>>({
                index: within,
                ignore_unavailable: true,
                size: part.length,
                query: queryOfLogs(part),
                _source: sourceFilter(fields),
              }),
            { what: `fetch ${part.length} logs of "${within}"`, policy },
          );
          found.push(...hits.hits.map(toSourceLog));
          continue;
        }
        const answer = await attempt(
          () =>
            client.mget<Record<string, unknown>>({
              docs: part.map(({ index, id }) => ({ _index: index, _id: id, _source: sourceFilter(fields) })),
            }),
          { what: `fetch ${part.length} logs`, policy },
        );
        for (const document of answer.docs) {
          if ('found' in document && document.found && document._source !== undefined) {
            found.push({ index: document._index, id: document._id, document: document._source });
          }
        }
      }
      return found;
    },
  };
}
