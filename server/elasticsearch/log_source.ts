import type { estypes } from '@elastic/elasticsearch';
import type { SourceLog } from '../../common/log_document';
import type { LogSource } from '../detection/ports';
import { attempt, type RetryPolicy } from './attempt';
import type { ElasticsearchClient } from './client';
import { queryOf } from './log_query';
import { countLogs, sampleLogs } from './sample_logs';
import { readLogs } from './read_logs';
import { sourceFilter } from './search_pages';

/** Whole documents of one request; anomalous logs may be large. */
const FETCH_DOCUMENTS = 200;

/** Logs in Elasticsearch: indices, data streams, aliases and patterns. Needs `read` on them and nothing else. */
export function createLogSource(
  client: ElasticsearchClient,
  options: { policy?: RetryPolicy } = {},
): LogSource {
  const { policy } = options;
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
