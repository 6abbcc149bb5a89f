import type { estypes } from '@elastic/elasticsearch';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import type { FieldPlan, Hit } from '../transport/field_plan';
import { searchWhole } from '../transport/whole_answer';

/** Logs whose `_source` is fetched by one request. */
const IDS_A_REQUEST = 1_000;

/** All of these logs, by index and id. */
export function queryOfLogs(
  logs: readonly { readonly index: string; readonly id: string }[],
): estypes.QueryDslQueryContainer {
  const ids = new Map<string, string[]>();
  for (const { index, id } of logs) {
    const known = ids.get(index);
    if (known === undefined) ids.set(index, [id]);
    else known.push(id);
  }
  return {
    bool: {
      should: [...ids].map(([index, values]) => ({
        bool: { filter: [{ term: { _index: index } }, { ids: { values } }] },
      })),
    },
  };
}

const keyOf = (index: string, id: string): string => `${index}/${id}`;

/** Makes hits into logs; of the few with a value that Elasticsearch has not indexed, that value comes from `_source`. */
export async function toSourceLogs(
  client: ElasticsearchClient,
  index: string,
  plan: FieldPlan,
  hits: readonly Hit[],
  options: RequestOptions,
): Promise<SourceLog[]> {
  const logs = hits.map((hit) => ({
    index: hit._index,
    id: hit._id as string,
    document: plan.documentOf(hit),
  }));
  if (plan.fields === undefined) return logs;
  const ignored = logs.filter((_log, place) => plan.isIgnored(hits[place]));
  if (ignored.length === 0) return logs;
  const sources = new Map<string, LogDocument>();
  for (let start = 0; start < ignored.length; start += IDS_A_REQUEST) {
    const part = ignored.slice(start, start + IDS_A_REQUEST);
    const answer = await attempt(
      () =>
        searchWhole<Record<string, unknown>>(
          client,
          {
            index,
            ignore_unavailable: true,
            size: part.length,
            query: queryOfLogs(part),
            _source: { includes: [...(plan.fields ?? [])] },
          },
          { signal: options.signal },
        ),
      { what: `read values of "${index}" that are not indexed`, ...options },
    );
    for (const hit of answer.hits.hits) sources.set(keyOf(hit._index, hit._id as string), hit._source ?? {});
  }
  return logs.map((log) => {
    const source = sources.get(keyOf(log.index, log.id));
    return source === undefined ? log : { ...log, document: { ...source, ...log.document } };
  });
}
