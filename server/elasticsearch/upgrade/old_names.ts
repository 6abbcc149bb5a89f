import type { estypes } from '@elastic/elasticsearch';
import { INDEX_PREFIX } from '../../../common/index_names';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { documentId } from '../indices/names';
import type { Hit } from '../transport/field_plan';
import { searchPages } from '../transport/search_pages';
import { hitTotal } from '../transport/hit_total';

/** Version 0.1.0 kept models and checkpoints of all spaces in one index each, and joined spaces to names by a hyphen. */
export const OLD_MODELS = `${INDEX_PREFIX}models`;
export const OLD_CHECKPOINTS = `${INDEX_PREFIX}checkpoints`;
const OLD_FEEDBACK = `${INDEX_PREFIX}feedback-`;
const OLD_RESULTS = `${INDEX_PREFIX}results-`;
/** Indices in which version 0.1.0 kept data of this space, as far as names tell: models and checkpoints lie with those of others. */
export const oldNamesOf = (space: string): string[] => [
  OLD_MODELS,
  OLD_CHECKPOINTS,
  `${OLD_FEEDBACK}${space}`,
  `${OLD_RESULTS}${space}-*`,
];
const MOST_SPACES = 10_000;

/** Data of version 0.1.0 that is left of one space, as far as the client may see it. */
export interface OldData {
  /** With the month, `YYYY.MM`. */
  readonly results: readonly { readonly index: string; readonly month: string }[];
  readonly feedback: string | undefined;
  readonly models: boolean;
  /** Beside the checkpoints status, announcements and channels. */
  readonly checkpoints: boolean;
}

/** @returns names of the old indices that the client may see; a wildcard leaves out the others without an error */
export async function oldIndices(
  client: ElasticsearchClient,
  options: RequestOptions = {},
): Promise<string[]> {
  const { policy, signal } = options;
  const found = await attempt(
    () =>
      client.indices.getMapping(
        {
          index: [`${OLD_RESULTS}*`, `${OLD_FEEDBACK}*`, `${OLD_MODELS}*`, `${OLD_CHECKPOINTS}*`],
          ignore_unavailable: true,
          allow_no_indices: true,
          filter_path: ['*.mappings._meta'],
        },
        { signal },
      ),
    { what: 'look for data of version 0.1.0', policy, signal },
  );
  return Object.keys(found)
    .filter((index) => index === OLD_MODELS || index === OLD_CHECKPOINTS || partsOf(index) !== undefined)
    .sort();
}

/** @returns the space, and the month of an index of results; undefined for anything but those two kinds */
export function partsOf(index: string): { space: string; month?: string } | undefined {
  const results = /^log-anomalies-results-([a-z0-9_-]+)-(\d{4}\.\d{2})$/.exec(index);
  if (results) return { space: results[1], month: results[2] };
  const feedback = /^log-anomalies-feedback-([a-z0-9_-]+)$/.exec(index);
  return feedback ? { space: feedback[1] } : undefined;
}

export const ofSpace = (space: string): estypes.QueryDslQueryContainer => ({ term: { space } });
/** Of the documents of {@link OLD_CHECKPOINTS} the checkpoints alone have no type. */
export const isCheckpoint: estypes.QueryDslQueryContainer = {
  bool: { must_not: [{ exists: { field: 'type' } }] },
};

/** @returns undefined where there is nothing that the client may see */
export async function oldDataOf(
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<OldData | undefined> {
  const indices = await oldIndices(client, options);
  const results = indices.flatMap((index) => {
    const parts = partsOf(index);
    return parts?.month !== undefined && parts.space === space ? [{ index, month: parts.month }] : [];
  });
  const feedback = indices.find((index) => index === `${OLD_FEEDBACK}${space}`);
  const has = async (index: string): Promise<boolean> => {
    if (!indices.includes(index)) return false;
    const { policy, signal } = options;
    const answer = await attempt(
      () =>
        client.search(
          {
            index,
            size: 0,
            terminate_after: 1,
            query: ofSpace(space),
            allow_partial_search_results: false,
          },
          { signal },
        ),
      { what: `look for data of version 0.1.0 in "${index}"`, policy, signal },
    );
    return hitTotal(answer.hits) > 0;
  };
  const hasCheckpoints = async (): Promise<boolean> => {
    for await (const hits of ownersOfCheckpoints(client, options)) {
      if (hits.some((hit) => isOfSpace(hit, space))) return true;
    }
    return false;
  };
  const models = await has(OLD_MODELS);
  const checkpoints = indices.includes(OLD_CHECKPOINTS) && (await hasCheckpoints());
  if (results.length === 0 && feedback === undefined && !models && !checkpoints) return undefined;
  return { results, feedback, models, checkpoints };
}

/**
 * Returns true for a document of {@link OLD_CHECKPOINTS} that belongs to the space: neither field is indexed there, and checkpoints name no space at all, but their
 * id depends on it.
 */
export function isOfSpace(hit: Hit, space: string): boolean {
  const { space: named, detector_id: detectorId } = hit._source as { space?: string; detector_id?: string };
  if (named !== undefined) return named === space;
  return detectorId !== undefined && documentId('checkpoint', space, detectorId) === hit._id;
}

export const IN_ORDER_OF_THE_INDEX: estypes.SortCombinations[] = [
  { _doc: { order: 'asc' } },
  { _shard_doc: 'asc' },
];

async function* ownersOfCheckpoints(
  client: ElasticsearchClient,
  options: RequestOptions,
): AsyncGenerator<Hit[]> {
  yield* searchPages(client, {
    index: OLD_CHECKPOINTS,
    query: { match_all: {} },
    sort: IN_ORDER_OF_THE_INDEX,
    asked: { _source: { includes: ['space', 'detector_id'] } },
    isUsuallySmall: true,
    what: 'read checkpoints of version 0.1.0',
    ...options,
  });
}

/** Spaces that version 0.1.0 has left data of, as far as the client may see them. */
export async function oldSpaces(
  client: ElasticsearchClient,
  options: RequestOptions = {},
): Promise<string[]> {
  const { policy, signal } = options;
  const indices = await oldIndices(client, options);
  const spaces = new Set(indices.flatMap((index) => partsOf(index)?.space ?? []));
  if (indices.includes(OLD_MODELS)) {
    const answer = await attempt(
      () =>
        client.search(
          {
            index: OLD_MODELS,
            size: 0,
            allow_partial_search_results: false,
            aggs: { spaces: { terms: { field: 'space', size: MOST_SPACES } } },
          },
          { signal },
        ),
      { what: `list the spaces of "${OLD_MODELS}"`, policy, signal },
    );
    const found = answer.aggregations as { spaces?: { buckets: { key: string }[] } } | undefined;
    for (const { key } of found?.spaces?.buckets ?? []) spaces.add(key);
  }
  if (indices.includes(OLD_CHECKPOINTS)) {
    for await (const hits of ownersOfCheckpoints(client, options)) {
      for (const hit of hits) {
        const { space } = hit._source as { space?: string };
        if (space !== undefined) spaces.add(space);
      }
    }
  }
  return [...spaces].sort();
}
