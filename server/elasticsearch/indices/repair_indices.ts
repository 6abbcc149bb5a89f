import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import { bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { searchPages } from '../transport/search_pages';
import { searchWhole } from '../transport/whole_answer';
import { ensureIndex, findIndexFaults, resourceOf, type IndexFault, type Resource } from './index_resources';
import { DEFAULT_SPACE, INDEX_PREFIX } from './names';

const DOCUMENTS_A_REQUEST = 500;
/** A part of a model has up to 4 million characters. */
const PARTS_A_REQUEST = 4;
/** Copies are made under these names, which no pattern of ours matches. */
const COPY_PREFIX = `${INDEX_PREFIX}repairing.`;

export interface IndexRepair {
  readonly index: string;
  readonly documents: number;
}

export interface RepairOptions extends RequestOptions {
  readonly space?: string;
  /** Told after each request how many documents were copied so far. */
  readonly progress?: (documents: number, what: string) => void;
}

const copyOf = (index: string): string => `${COPY_PREFIX}${index.slice(INDEX_PREFIX.length)}`;

/**
 * Gives indices of a space that have lost their mapping a proper one: each is copied, compared by count, deleted, made anew and filled
 * from the copy. Safe to repeat and to interrupt: until the copy is complete the index stays, and afterwards the copy does. Needs all
 * rights on `log-anomalies-*`.
 *
 * @throws DetectionError `refused` where a document does not fit the mapping; its index is left as it was
 */
export async function repairIndices(
  client: ElasticsearchClient,
  options: RepairOptions = {},
): Promise<IndexRepair[]> {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const repairs: IndexRepair[] = [];
  for (const { index, resource } of await findRepairs(client, options)) {
    const settings = { policy, signal };
    const isFaulty = (await findIndexFaults(client, { space, ...settings })).some(
      (fault) => fault.index === index,
    );
    if (isFaulty) await moveToCopy(client, { index, resource }, options);
    await ensureIndex(client, index, resource, settings);
    const documents = await copyDocuments(client, { from: copyOf(index), to: index, resource }, options);
    await deleteIndex(client, copyOf(index), settings);
    repairs.push({ index, documents });
  }
  return repairs;
}

/** Returns indices without their mapping, and those that an interrupted repair has left as a copy. */
export async function findRepairs(
  client: ElasticsearchClient,
  options: RepairOptions = {},
): Promise<Pick<IndexFault, 'index' | 'resource'>[]> {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const faults = await findIndexFaults(client, { space, policy, signal });
  const copies = await attempt(
    () =>
      client.indices.get(
        { index: `${COPY_PREFIX}*`, allow_no_indices: true, features: ['mappings'] },
        { signal },
      ),
    { what: 'look for copies of indices', policy, signal },
  );
  const left = Object.keys(copies).flatMap((copy) => {
    const index = `${INDEX_PREFIX}${copy.slice(COPY_PREFIX.length)}`;
    const resource = resourceOf(index, space);
    return resource === undefined || faults.some((fault) => fault.index === index)
      ? []
      : [{ index, resource }];
  });
  return [...faults.map(({ index, resource }) => ({ index, resource })), ...left];
}

async function moveToCopy(
  client: ElasticsearchClient,
  { index, resource }: Pick<IndexFault, 'index' | 'resource'>,
  options: RepairOptions,
): Promise<void> {
  const { policy, signal } = options;
  const copy = copyOf(index);
  const what = `repair the index "${index}"`;
  const block = (isOn: boolean): Promise<unknown> =>
    attempt(
      () =>
        client.indices.putSettings({
          index,
          settings: { 'index.blocks.write': isOn ? true : null },
        }),
      { what, policy },
    );
  await deleteIndex(client, copy, { policy, signal });
  await block(true);
  try {
    await ensureIndex(client, copy, resource, { policy, signal });
    const copied = await copyDocuments(client, { from: index, to: copy, resource }, options);
    const found = await countOf(client, copy, { policy, signal });
    if (found !== copied) {
      throw new DetectionError('internal', `Could not ${what}: ${found} of ${copied} documents were copied.`);
    }
  } catch (error) {
    await block(false).catch(() => {});
    await deleteIndex(client, copy, { policy }).catch(() => {});
    throw error;
  }
  await deleteIndex(client, index, { policy, signal });
}

/** @returns documents that were read; those that are there already stay */
async function copyDocuments(
  client: ElasticsearchClient,
  { from, to, resource }: { readonly from: string; readonly to: string; readonly resource: Resource },
  { policy, signal, progress }: RepairOptions,
): Promise<number> {
  const what = `copy the index "${from}"`;
  await attempt(() => client.indices.refresh({ index: from }, { signal }), { what, policy, signal });
  let documents = 0;
  const pages = searchPages(client, {
    index: from,
    query: { match_all: {} },
    sort: [{ _shard_doc: 'asc' }],
    pageSize: resource === 'models' ? PARTS_A_REQUEST : DOCUMENTS_A_REQUEST,
    what,
    policy,
    signal,
  });
  for await (const hits of pages) {
    const operations = hits.map((hit): BulkOperation => ({
      action: 'create',
      index: to,
      id: hit._id as string,
      document: hit._source,
    }));
    await bulkWriteAll(client, operations, { what, refresh: true, policy, signal });
    documents += hits.length;
    progress?.(documents, `documents of ${from}`);
  }
  return documents;
}

async function countOf(client: ElasticsearchClient, index: string, options: RequestOptions): Promise<number> {
  const answer = await attempt(
    () => searchWhole(client, { index, size: 0, track_total_hits: true }, { signal: options.signal }),
    { what: `count the documents of "${index}"`, ...options },
  );
  return hitTotal(answer.hits);
}

async function deleteIndex(
  client: ElasticsearchClient,
  index: string,
  options: RequestOptions,
): Promise<void> {
  await attempt(
    () => client.indices.delete({ index, ignore_unavailable: true }, { signal: options.signal }),
    {
      what: `delete the index "${index}"`,
      ...options,
    },
  );
}
