import type { estypes } from '@elastic/elasticsearch';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import type { FieldPlan, Hit } from '../transport/field_plan';
import { mostHitsOf } from '../transport/hit_reader';
import { searchWhole } from '../transport/whole_answer';

/** Logs whose `_source` is fetched by one request. */
const IDS_A_REQUEST = 1_000;

/** All of these logs, by index and id. */
function queryOfLogs(
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

/** Returns these logs, as far as they are there, by fewer a request where an index allows no more of them (`max_result_window`). */
export async function searchLogs(
  client: ElasticsearchClient,
  index: string,
  logs: readonly { readonly index: string; readonly id: string }[],
  { asked, options }: { asked: FieldPlan['request']; options: RequestOptions & { readonly what: string } },
): Promise<Hit[]> {
  let most = logs.length;
  const answer = await attempt(
    () =>
      searchWhole<Record<string, unknown>>(
        client,
        { index, ignore_unavailable: true, size: logs.length, query: queryOfLogs(logs), ...asked },
        { signal: options.signal },
      ).catch((error: unknown) => {
        most = mostHitsOf(error);
        if (most >= logs.length) throw error;
        return undefined;
      }),
    options,
  );
  if (answer !== undefined) return answer.hits.hits;
  const found: Hit[] = [];
  for (let start = 0; start < logs.length; start += most)
    found.push(...(await searchLogs(client, index, logs.slice(start, start + most), { asked, options })));
  return found;
}

/** Indices that are known to keep `_source`, for each plan. */
const KEEPS_SOURCE = new WeakMap<FieldPlan, Set<string>>();

/**
 * Texts come from `_source`. Where a log lacks all of them its index is asked, once, for some of it, which Elasticsearch refuses in words
 * where `_source` is disabled.
 */
async function refuseWithoutSource(
  client: ElasticsearchClient,
  index: string,
  plan: FieldPlan,
  { hits, options }: { hits: readonly Hit[]; options: RequestOptions },
): Promise<void> {
  const { texts } = plan;
  if (texts.length === 0) return;
  const known = KEEPS_SOURCE.get(plan) ?? new Set<string>();
  KEEPS_SOURCE.set(plan, known);
  for (const { _index: name, fields } of hits) {
    if (known.has(name) || texts.some((text) => fields?.[text] !== undefined)) continue;
    await attempt(
      () =>
        searchWhole(
          client,
          {
            index,
            size: 1,
            track_total_hits: false,
            query: { bool: { filter: [{ term: { _index: name } }] } },
            _source: { includes: [...texts] },
          },
          { signal: options.signal },
        ),
      { what: `read ${texts.join(', ')} of "${name}", which has no doc values`, ...options },
    );
    known.add(name);
  }
}

const keyOf = (index: string, id: string): string => `${index}/${id}`;

/** Makes hits into logs; of the few with a value that Elasticsearch has not indexed, that value comes from `_source`. */
export async function toSourceLogs(
  client: ElasticsearchClient,
  index: string,
  plan: FieldPlan,
  { hits, options }: { hits: readonly Hit[]; options: RequestOptions },
): Promise<SourceLog[]> {
  if (plan.fields !== undefined) await refuseWithoutSource(client, index, plan, { hits, options });
  return toShownLogs(client, index, plan, { hits, options });
}

/** True of the error that an index keeps no `_source`. */
export const saysWithoutSource = (error: unknown): boolean =>
  error instanceof DetectionError && error.message.includes('_source is disabled');

/** Likewise, but without texts where an index keeps no `_source`: for logs that people look at. */
export async function toShownLogs(
  client: ElasticsearchClient,
  index: string,
  plan: FieldPlan,
  { hits, options }: { hits: readonly Hit[]; options: RequestOptions },
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
    const hits = await searchLogs(client, index, part, {
      asked: { _source: { includes: [...(plan.fields ?? [])] } },
      options: { what: `read values of "${index}" that are not indexed`, ...options },
    });
    for (const hit of hits) sources.set(keyOf(hit._index, hit._id as string), hit._source ?? {});
  }
  return logs.map((log) => {
    const source = sources.get(keyOf(log.index, log.id));
    return source === undefined ? log : { ...log, document: { ...source, ...log.document } };
  });
}
