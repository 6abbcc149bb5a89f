import type { SourceLog } from '../../../common/log_document';
import type { LogSource } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { countLogs, sampleLogs } from './sample_logs';
import { planFields, type FieldPlan, type PlannedFields } from '../transport/field_plan';
import { readLogs } from './read_logs';
import { saysWithoutSource, searchLogs, toShownLogs, toSourceLogs } from './source_logs';
import { hitTotal } from '../transport/hit_total';
import { searchWhole } from '../transport/whole_answer';

/** Whole documents of one request; anomalous logs may be large. */
const FETCH_DOCUMENTS = 200;
/** Characters of the names of indices in an address: Elasticsearch takes 4,096 for all of it. */
const LONGEST_NAMES = 3_000;

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
  /** One source serves one run: what its fields are is asked for once. */
  const plans = new Map<string, Promise<FieldPlan>>();
  const planOf = (index: string, wanted: PlannedFields): Promise<FieldPlan> => {
    const key = JSON.stringify([index, wanted]);
    const known = plans.get(key);
    if (known !== undefined) return known;
    const plan = planFields(client, index, wanted, { policy, ignoreUnavailable: true });
    plans.set(key, plan);
    plan.catch(() => plans.delete(key));
    return plan;
  };

  async function fetchLogs(
    logs: readonly { index: string; id: string }[],
    wanted: PlannedFields,
  ): Promise<SourceLog[]> {
    const found: SourceLog[] = [];
    for (const part of partsOf(logs)) {
      const index = within ?? [...new Set(part.map((log) => log.index))].join(',');
      const plan = await planOf(index, wanted);
      const what = `fetch ${part.length} logs of "${index}"`;
      const hits = await searchLogs(client, index, part, {
        asked: plan.request,
        options: { what, policy },
      }).catch((error: unknown) => {
        // Doc values alone are better than nothing: these logs are looked at, not scored.
        if (wanted.fields === undefined || !saysWithoutSource(error)) throw error;
        return searchLogs(client, index, part, {
          asked: { ...plan.request, _source: false },
          options: { what, policy },
        });
      });
      found.push(
        ...(wanted.fields === undefined
          ? await toSourceLogs(client, index, plan, { hits, options: { policy } })
          : await toShownLogs(client, index, plan, { hits, options: { policy } })),
      );
    }
    return found;
  }

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
      return { ...drawn, logs: await fetchLogs(drawn.logs, { timestampField: range.timestampField }) };
    },
    read: (range, readOptions) => readLogs(client, range, { ...readOptions, policy }),
    count: (range) => countLogs(client, range, { policy }),
    async isEmpty(stretches) {
      const [{ range: first }] = stretches;
      const answer = await attempt(
        () =>
          // A shard or a remote cluster that does not answer could hold some.
          searchWhole(client, {
            index: first.index,
            allow_no_indices: true,
            size: 0,
            terminate_after: 1,
            track_total_hits: true,
            query: { bool: { should: stretches.map(({ range, by }) => queryOf(range, by)) } },
          }),
        { what: `look for logs in "${first.index}"`, policy },
      );
      return hitTotal(answer.hits) === 0;
    },
    fetch: (logs, fields) => fetchLogs(logs, { fields }),
  };
}

/** Logs of one request each, as many as it may ask for and, without `within`, as its address has room to name indices of. */
function* partsOf(
  logs: readonly { index: string; id: string }[],
): Generator<readonly { index: string; id: string }[]> {
  let start = 0;
  let names = new Set<string>();
  let characters = 0;
  for (const [place, { index }] of logs.entries()) {
    const more = names.has(index) ? 0 : encodeURIComponent(index).length + 1;
    if (place - start >= FETCH_DOCUMENTS || (place > start && characters + more > LONGEST_NAMES)) {
      yield logs.slice(start, place);
      start = place;
      names = new Set();
      characters = 0;
    }
    if (!names.has(index)) characters += encodeURIComponent(index).length + 1;
    names.add(index);
  }
  if (start < logs.length) yield logs.slice(start);
}
