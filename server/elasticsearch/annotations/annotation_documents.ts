import type { estypes } from '@elastic/elasticsearch';
import { IMPORT_LIMITS } from '../../../common/annotations';
import { DetectionError } from '../../../common/detection_error';
import type { AnnotationDocuments } from '../../detection/ports/annotations';
import { documentId, namesForRights } from '../indices/names';
import { refuseUnreadable } from '../indices/refuse_unreadable';
import { toSourceLogs } from '../logs/source_logs';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { planFields } from '../transport/field_plan';
import { isTooLarge, mostHitsOf } from '../transport/hit_reader';
import { hitTotal } from '../transport/hit_total';
import { fieldTypes, queryOfSource } from '../transport/log_query';
import { clusterOf, searchWhole } from '../transport/whole_answer';

type Query = estypes.QueryDslQueryContainer;

/** JSON of the documents; fewer are read where they are larger. */
const LARGEST_ANSWER_BYTES = 24_000_000;

/** Indices that Elasticsearch makes of others: mounted snapshots, shrunken ones. */
const MADE_OF = /^(?:(?:partial|restored)-|shrink-[a-z0-9]{4}-)+/;
/** Index behind a data stream: its day and its counter. */
const BACKING = /^\.ds-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6}$/;
/** Counter of a rollover. */
const COUNTER = /-\d{6}$/;

/**
 * Returns the id of the annotation of a document: that of its index, without what a rollover or a snapshot adds to its name, and its
 * own. So a document that is written again after a rollover, such as with its end, is the same annotation.
 *
 * @example importedId('.ds-deployments-2026.11.01-000002', '4711') === importedId('deployments-000007', '4711')
 */
export function importedId(index: string, id: string): string {
  const cluster = clusterOf(index);
  const local = (cluster === undefined ? index : index.slice(cluster.length + 1)).replace(MADE_OF, '');
  const series = BACKING.exec(local)?.[1] ?? local.replace(COUNTER, '');
  return `imported-${documentId('imported', cluster ?? '', series, id)}`;
}

/** Reads documents with the rights of the client. Needs `read` and `view_index_metadata` on their index, as a search does. */
export function createAnnotationDocuments(
  client: ElasticsearchClient,
  options: RequestOptions = {},
): AnnotationDocuments {
  return {
    async read({ index, query, from, to }, fields) {
      const times = await timeFields(client, index, fields.at, options);
      const selected = queryOfSource(query);
      const hasTime = times.map((field): Query => ({ exists: { field } }));
      const range = { gte: from, ...(to !== undefined && { lt: to }), format: 'epoch_millis' };
      // By the first of these fields that the document has.
      const should = times.map((field, place) => ({
        bool: { filter: [{ range: { [field]: range } }], must_not: hasTime.slice(0, place) },
      }));
      const inTime = { bool: { filter: [...selected, { bool: { should, minimum_should_match: 1 } }] } };
      const plan = await planFields(
        client,
        index,
        { fields: [...new Set(Object.values(fields).flat())] },
        options,
      );
      const sort = [...times].reverse().map((field) => ({
        [field]: { order: 'desc' as const, unmapped_type: 'date' as const, missing: '_last' },
      }));
      const answer = await searchNewest(client, index, { query: inTime, sort, ...plan.request }, options);
      const without = await attempt(
        () =>
          searchWhole(
            client,
            {
              index,
              allow_no_indices: true,
              size: IMPORT_LIMITS.examples,
              track_total_hits: true,
              _source: false,
              query: { bool: { filter: selected, must_not: hasTime } },
            },
            { signal: options.signal },
          ),
        { what: `count documents without a time in "${index}"`, ...options },
      );
      const documents = await toSourceLogs(client, index, plan, { hits: answer.hits.hits, options });
      return {
        documents: documents.map((each) => ({ ...each, annotationId: importedId(each.index, each.id) })),
        total: hitTotal(answer.hits),
        withoutTime: {
          count: hitTotal(without.hits),
          examples: without.hits.hits.map(({ _index, _id }) => ({ index: _index, id: _id ?? '' })),
        },
      };
    },
  };
}

/** @returns those of the fields that the index has */
async function timeFields(
  client: ElasticsearchClient,
  index: string,
  fields: readonly string[],
  options: RequestOptions,
): Promise<string[]> {
  const { indices, types } = await fieldTypes(client, index, fields, options);
  if (indices.length === 0) {
    const local = namesForRights(index).filter((name) => clusterOf(name) === undefined);
    if (local.length > 0) await refuseUnreadable(client, local);
    throw new DetectionError('not_found', `There is no index "${index}".`);
  }
  const found = fields.filter((field) => types[field] !== undefined);
  if (found.length === 0) {
    throw new DetectionError(
      'invalid_input',
      `The start is read from ${fields.join(', ')}, which "${index}" does not have; allowed: date fields of it.`,
    );
  }
  for (const field of found) {
    const wrong = Object.keys(types[field]).find(
      (type) => !['date', 'date_nanos', 'unmapped'].includes(type),
    );
    if (wrong === undefined) continue;
    throw new DetectionError(
      'invalid_input',
      `The start is read from ${field}, which is of type ${wrong} in "${index}"; allowed: date, date_nanos.`,
    );
  }
  return found;
}

/** Searches for the newest, fewer where an index gives no more (`max_result_window`) or they are large. */
async function searchNewest(
  client: ElasticsearchClient,
  index: string,
  request: estypes.SearchRequest,
  options: RequestOptions,
): Promise<estypes.SearchResponse<Record<string, unknown>>> {
  for (let size: number = IMPORT_LIMITS.documents; ;) {
    let most = size;
    const answer = await attempt(
      () =>
        searchWhole<Record<string, unknown>>(
          client,
          { index, allow_no_indices: true, track_total_hits: true, size, ...request },
          { signal: options.signal, maxResponseSize: LARGEST_ANSWER_BYTES },
        ).catch((error: unknown) => {
          most = isTooLarge(error) ? Math.floor(size / 4) : mostHitsOf(error);
          if (most >= size || most === 0) throw error;
          return undefined;
        }),
      { what: `read documents of "${index}"`, ...options },
    );
    if (answer !== undefined) return answer;
    size = most;
  }
}
