import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { errorBodyOf, reasonOf } from './errors';
import { searchExactly, type SearchTransport } from './exact_search';

/** A remote cluster that answers no search in time, or not of all its shards. */
interface MissingPart {
  readonly cluster: string;
  readonly type: string;
  readonly reason: string;
}

interface ClusterDetails {
  readonly status: string;
  readonly timed_out?: boolean;
  readonly _shards?: { readonly failed?: number };
  readonly failures?: readonly { readonly reason?: { readonly type?: string; readonly reason?: string } }[];
}

const LOCAL = '(local)';

/** Status of failures that a retry does not mend; all others are retried. */
const STATUS_OF: Readonly<Record<string, number>> = {
  security_exception: 403,
  index_not_found_exception: 404,
  no_such_remote_cluster_exception: 404,
};

const nameOf = (cluster: string): string =>
  cluster === LOCAL ? 'the local cluster' : `the remote cluster "${cluster}"`;

/**
 * Elasticsearch answered, and left out a part: remote clusters whose `skip_unavailable` is true, which is the default, and shards. It
 * looks like an error of Elasticsearch, so that it is tried again and told as one.
 */
class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
  readonly meta: { statusCode: number; body: { error: { type: string; reason: string } } };

  constructor(parts: readonly MissingPart[]) {
    const [{ type }] = parts;
    const reason = parts
      .map((part) => `${nameOf(part.cluster)} did not answer in full (${part.reason})`)
      .join('; ');
    super(reason);
    this.meta = { statusCode: STATUS_OF[type] ?? 503, body: { error: { type, reason } } };
  }
}

/** @param maySkip the request itself wants no more than so many documents looked at (`terminate_after`) */
function missingPartsOf(answer: estypes.SearchResponseBody<unknown>, maySkip: boolean): MissingPart[] {
  const clusters = answer._clusters as
    | { details?: Record<string, ClusterDetails>; skipped?: number; partial?: number; failed?: number }
    | undefined;
  const parts = Object.entries(clusters?.details ?? {}).flatMap(([cluster, details]): MissingPart[] => {
    if (
      details.status === 'successful' &&
      (details._shards?.failed ?? 0) === 0 &&
      details.timed_out !== true
    ) {
      return [];
    }
    const [failure] = details.failures ?? [];
    return [
      {
        cluster,
        type: failure?.reason?.type ?? 'incomplete',
        reason: failure?.reason?.reason ?? (details.timed_out ? 'it ran out of time' : details.status),
      },
    ];
  });
  if (parts.length > 0) return parts;
  const { skipped = 0, partial = 0, failed = 0 } = clusters ?? {};
  if (skipped + partial + failed > 0) {
    return [{ cluster: '*', type: 'incomplete', reason: `${skipped} skipped, ${partial + failed} in part` }];
  }
  const { failed: shards, failures, total } = answer._shards;
  if (shards > 0) {
    const [failure] = failures ?? [];
    return [
      {
        cluster: LOCAL,
        type: failure?.reason.type ?? 'incomplete',
        reason: `${shards} of ${total} shards failed: ${failure?.reason.reason ?? 'for no reason that it gives'}`,
      },
    ];
  }
  if (answer.timed_out) {
    return [{ cluster: LOCAL, type: 'incomplete', reason: 'a limit of time has ended it' }];
  }
  if (answer.terminated_early === true && !maySkip) {
    return [{ cluster: LOCAL, type: 'incomplete', reason: 'a limit of documents has ended it' }];
  }
  return [];
}

/** True of an answer that stands for all logs: no shard, no remote cluster and no time was lacking. */
export const isWholeAnswer = (answer: estypes.SearchResponseBody<unknown>): boolean =>
  missingPartsOf(answer, false).length === 0;

/** `index.max_docvalue_fields_search`, 100 by default: the same values come as `fields`, more slowly. */
const saysTooManyColumns = (error: unknown): boolean =>
  reasonOf(errorBodyOf(error)).includes('index.max_docvalue_fields_search');

/** @returns `index.max_terms_count` where a query names more values of a field (65,536 by default) */
function mostTermsOf(error: unknown): number | undefined {
  const told = /allowed maximum of \[(\d+)\].*\[index\.max_terms_count\]/s.exec(reasonOf(errorBodyOf(error)));
  return told === null ? undefined : Math.max(1, Number(told[1]));
}

/** Returns the same request with lists of terms that are too long as several, either of which may match. */
export function splitTerms<Part>(part: Part, most: number): Part {
  if (Array.isArray(part)) return part.map((each: unknown) => splitTerms(each, most)) as Part;
  if (typeof part !== 'object' || part === null) return part;
  const whole = Object.entries(part);
  const [name, terms] = whole[0] ?? [];
  if (whole.length === 1 && name === 'terms') {
    const [field, values, ...others] = Object.entries(terms as object).flat() as unknown[];
    if (others.length === 0 && Array.isArray(values) && values.length > most) {
      const should = Array.from({ length: Math.ceil(values.length / most) }, (_none, place) => ({
        terms: { [field as string]: values.slice(place * most, (place + 1) * most) as unknown[] },
      }));
      return { bool: { should, minimum_should_match: 1 } } as Part;
    }
  }
  return Object.fromEntries(whole.map(([key, value]) => [key, splitTerms(value as unknown, most)])) as Part;
}

/**
 * A search whose answer stands for all logs: of every shard, and of every remote cluster. Integers that a double cannot hold come as
 * texts. To be called within `attempt`.
 *
 * @throws IncompleteAnswer, which `attempt` makes a DetectionError `unavailable` (`forbidden` or `not_found` where the
 *   remote cluster says so) naming the cluster, where a part is missing
 */
export async function searchWhole<Document = unknown>(
  client: ElasticsearchClient,
  request: estypes.SearchRequest,
  transport: SearchTransport = {},
): Promise<estypes.SearchResponse<Document>> {
  const search = (asked: estypes.SearchRequest): Promise<estypes.SearchResponse<Document>> =>
    searchExactly<Document>(client, asked, transport);
  const answer = await search(request).catch((error: unknown) => {
    const most = mostTermsOf(error);
    if (most !== undefined) return search(splitTerms(request, most));
    const { docvalue_fields: columns, fields = [], ...rest } = request;
    if (columns === undefined || !saysTooManyColumns(error)) throw error;
    return search({ ...rest, fields: [...fields, ...columns] });
  });
  const missing = missingPartsOf(answer, request.terminate_after !== undefined);
  if (missing.length > 0) throw new IncompleteAnswer(missing);
  return answer;
}

/**
 * Reads documents by their ids. One that could not be read would look like one that is not there. To be called within `attempt`.
 *
 * @returns an item for each that was asked for, in that order, also for those of an index that is not there
 * @throws IncompleteAnswer as {@link searchWhole}
 */
export async function mgetWhole<Document>(
  client: ElasticsearchClient,
  request: estypes.MgetRequest,
  { signal }: Pick<RequestOptions, 'signal'> = {},
): Promise<estypes.MgetResponseItem<Document>[]> {
  const { docs } = await client.mget<Document>(request, { signal });
  const missing = docs.flatMap((item): MissingPart[] => {
    if (!('error' in item) || item.error.type === 'index_not_found_exception') return [];
    const { type, reason } = item.error;
    return [{ cluster: LOCAL, type, reason: reason ?? type }];
  });
  if (missing.length > 0) throw new IncompleteAnswer(missing.slice(0, 1));
  return docs;
}

/** @throws IncompleteAnswer naming the clusters whose fields are not known, see {@link searchWhole} */
export function refuseUnknownFields(answer: estypes.FieldCapsResponse): void {
  const { failures = [] } = answer as {
    failures?: { indices: string[]; failure?: { error?: { type?: string; reason?: string } } }[];
  };
  if (failures.length === 0) return;
  throw new IncompleteAnswer(
    failures.map(({ indices, failure }) => ({
      cluster: clusterOf(indices[0] ?? '') ?? LOCAL,
      type: failure?.error?.type ?? 'incomplete',
      reason: failure?.error?.reason ?? `of ${indices.join(', ')}`,
    })),
  );
}

/** @returns the remote cluster of an index such as `berlin:weblogs`; undefined of a local one */
export function clusterOf(index: string): string | undefined {
  const colon = index.startsWith('<') ? -1 : index.indexOf(':');
  return colon > 0 && index[colon + 1] !== ':' ? index.slice(0, colon) : undefined;
}

/** @param index one or several, separated by commas */
const namesRemotes = (index: string): boolean =>
  index.split(',').some((name) => clusterOf(name) !== undefined);

/** Times that a point in time is opened anew where indices come and go meanwhile. */
const OPENINGS = 3;

/**
 * Opens a point in time of all shards of an index. One that leaves a remote cluster out does not say so, neither when it is opened nor
 * when it is searched: its shards are counted against those of a search.
 *
 * @throws DetectionError as {@link searchWhole}
 */
export async function openWhole(
  client: ElasticsearchClient,
  index: string,
  keepAlive: string,
  options: RequestOptions & { readonly what: string },
): Promise<string> {
  const { signal } = options;
  const countedShards = (where: Pick<estypes.SearchRequest, 'index' | 'pit'>): Promise<number> =>
    searchWhole(
      client,
      { ...where, size: 0, track_total_hits: false, query: { match_none: {} } },
      { signal },
    ).then((answer) => answer._shards.total);
  return attempt(async () => {
    let counts = [0, 0];
    for (let opening = 1; opening <= OPENINGS; opening++) {
      const { id } = await client.openPointInTime({ index, keep_alive: keepAlive }, { signal });
      if (!namesRemotes(index)) return id;
      const close = (): Promise<unknown> => client.closePointInTime({ id }).catch(() => {});
      counts = await Promise.all([countedShards({ index }), countedShards({ pit: { id } })]).catch(
        async (error: unknown) => {
          await close();
          throw error;
        },
      );
      if (counts[0] === counts[1]) return id;
      await close();
    }
    const reason = `${counts[1]} of ${counts[0]} shards can be read`;
    throw new IncompleteAnswer([{ cluster: '*', type: 'incomplete', reason }]);
  }, options);
}
