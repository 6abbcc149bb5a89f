import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import { bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { searchPages } from '../transport/search_pages';
import { searchWhole } from '../transport/whole_answer';
import { statusOf } from '../transport/errors';
import {
  ensureIndex,
  findIndexFaults,
  guardOf,
  mappingsOf,
  resourceOf,
  type IndexFault,
  type Resource,
} from './index_resources';
import { DEFAULT_SPACE, INDEX_PREFIX } from './names';
import { claimRepair, type RepairClaim } from './repair_claim';

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
  /** Epoch milliseconds; default: the clock of this machine. */
  readonly now?: () => number;
  /** Told after each request how many documents were copied so far. */
  readonly progress?: (documents: number, what: string) => void;
}

const copyOf = (index: string): string => `${COPY_PREFIX}${index.slice(INDEX_PREFIX.length)}`;

/** One index under repair. */
interface Repair extends RepairOptions {
  readonly index: string;
  readonly resource: Resource;
  readonly claim: RepairClaim;
}

/**
 * Gives indices of a space that have lost their mapping a proper one: each is copied, compared by count, deleted, made anew and filled
 * from the copy. Safe to repeat and to interrupt: until the copy is complete the index stays, and afterwards the copy does. Needs all
 * rights on `log-anomalies-*`.
 *
 * @throws DetectionError `refused` where a document does not fit the mapping; its index is left as it was. `conflict` while another
 *   process repairs indices of the space
 */
export async function repairIndices(
  client: ElasticsearchClient,
  options: RepairOptions = {},
): Promise<IndexRepair[]> {
  const { space = DEFAULT_SPACE, now = Date.now, policy } = options;
  if ((await findRepairs(client, options)).length === 0) return [];
  const claim = await claimRepair(client, { space, now, policy, signal: options.signal });
  try {
    const repairs: IndexRepair[] = [];
    for (const found of await findRepairs(client, options)) {
      repairs.push(await repairIndex(client, { ...options, ...found, claim }));
    }
    return repairs;
  } finally {
    await claim.release().catch(() => {});
  }
}

async function repairIndex(client: ElasticsearchClient, repair: Repair): Promise<IndexRepair> {
  const { index, resource, claim, space = DEFAULT_SPACE, policy, signal } = repair;
  const settings = { policy, signal };
  const faults = await findIndexFaults(client, { space, ...settings });
  const isComplete = await isCompleteCopy(client, index, settings);
  if (faults.some((fault) => fault.index === index)) {
    await moveToCopy(client, repair, isComplete);
  } else if (!isComplete && (await isThere(client, index, settings))) {
    // It has its mapping again, and all of its documents: whoever began to copy it has died.
    await blockWrites(client, index, false, settings);
    await deleteIndex(client, copyOf(index), settings);
    return { index, documents: await countOf(client, index, settings) };
  }
  await ensureIndex(client, index, resource, settings);
  const documents = await copyDocuments(client, { from: copyOf(index), to: index }, repair);
  await claim.keep(true);
  await deleteIndex(client, copyOf(index), settings);
  return { index, documents };
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

/**
 * Copies an index and deletes it. A complete copy is all that is left of an index that an interrupted repair has deleted: what has been
 * written under the name since then joins it.
 */
async function moveToCopy(client: ElasticsearchClient, repair: Repair, isComplete: boolean): Promise<void> {
  const { index, resource, claim, policy, signal } = repair;
  const settings = { policy, signal };
  const copy = copyOf(index);
  const what = `repair the index "${index}"`;
  if (!isComplete) await deleteIndex(client, copy, settings);
  await blockWrites(client, index, true, settings);
  try {
    await ensureIndex(client, copy, resource, settings);
    if (!isComplete) await markCopy(client, repair, false);
    const copied = await copyDocuments(client, { from: index, to: copy }, repair);
    const found = await countOf(client, copy, settings);
    if (isComplete ? found < copied : found !== copied) {
      throw new DetectionError('internal', `Could not ${what}: ${found} of ${copied} documents were copied.`);
    }
    await claim.keep(true);
    await markCopy(client, repair, true);
  } catch (error) {
    // Somebody else has taken over.
    if (error instanceof DetectionError && error.code === 'conflict') throw error;
    await blockWrites(client, index, false, { policy }).catch(() => {});
    // Without the index the copy is all that is left.
    const isSpare = !isComplete && (await isThere(client, index, { policy }).catch(() => false));
    if (isSpare) await deleteIndex(client, copy, { policy }).catch(() => {});
    throw error;
  }
  await deleteIndex(client, index, settings);
}

const markCopy = (
  client: ElasticsearchClient,
  { index, resource, policy, signal }: Repair,
  complete: boolean,
): Promise<unknown> =>
  attempt(
    () =>
      client.indices.putMapping(
        { index: copyOf(index), _meta: { ...mappingsOf(resource)._meta, complete } },
        { signal },
      ),
    { what: `repair the index "${index}"`, policy, signal },
  );

const blockWrites = (
  client: ElasticsearchClient,
  index: string,
  isOn: boolean,
  { policy, signal }: RequestOptions,
): Promise<unknown> =>
  attempt(
    () =>
      client.indices.putSettings(
        { index, settings: { 'index.blocks.write': isOn ? true : null } },
        { signal },
      ),
    { what: `repair the index "${index}"`, policy, signal },
  );

const isThere = (client: ElasticsearchClient, index: string, options: RequestOptions): Promise<boolean> =>
  attempt(() => client.indices.exists({ index }, { signal: options.signal }), {
    what: `look for the index "${index}"`,
    ...options,
  });

/**
 * Returns true for a copy that holds all of its index, which may have been deleted since. An earlier version marked no copy: it may be all
 * that is left unless the index still takes no writes, as it does until it is deleted.
 */
async function isCompleteCopy(
  client: ElasticsearchClient,
  index: string,
  { policy, signal }: RequestOptions,
): Promise<boolean> {
  const copy = copyOf(index);
  const found = await attempt(
    () =>
      client.indices.getMapping({ index: copy }, { signal }).catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }),
    { what: `look for the copy "${copy}"`, policy, signal },
  );
  if (found === undefined) return false;
  const mark: unknown = found[copy]?.mappings._meta?.complete;
  return mark === undefined ? !(await isBlocked(client, index, { policy, signal })) : mark === true;
}

/** Returns true for an index that is there and takes no writes. */
async function isBlocked(
  client: ElasticsearchClient,
  index: string,
  { policy, signal }: RequestOptions,
): Promise<boolean> {
  const found = await attempt(
    () => client.indices.getSettings({ index, ignore_unavailable: true }, { signal }),
    { what: `look at the settings of the index "${index}"`, policy, signal },
  );
  return String(found[index]?.settings?.index?.blocks?.write) === 'true';
}

/** @returns documents that were read; those that are there already stay */
async function copyDocuments(
  client: ElasticsearchClient,
  { from, to }: { readonly from: string; readonly to: string },
  { resource, claim, policy, signal, progress }: Repair,
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
  const guard = guardOf(client, resource, { policy, signal });
  for await (const hits of pages) {
    const operations = hits.map((hit): BulkOperation => ({
      action: 'create',
      index: to,
      id: hit._id as string,
      document: hit._source,
    }));
    await bulkWriteAll(client, operations, { what, guard, refresh: true, policy, signal });
    documents += hits.length;
    await claim.keep();
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
