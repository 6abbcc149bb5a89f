import { randomUUID } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import { bulkWriteAll } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { ensureIndex, type Resource } from '../indices/index_resources';
import {
  auditIndex,
  checkpointsIndex,
  documentId,
  feedbackIndex,
  modelsIndex,
  resultsPattern,
} from '../indices/names';
import type { Hit } from '../transport/field_plan';
import { searchPages } from '../transport/search_pages';
import {
  IN_ORDER_OF_THE_INDEX,
  isCheckpoint,
  isOfSpace,
  OLD_CHECKPOINTS,
  OLD_MODELS,
  oldDataOf,
  oldIndices,
  ofSpace,
  partsOf,
  type OldData,
} from './old_names';

/** Somebody who has not said for so long that he is still at it has died. */
const ABANDONED_AFTER_MILLISECONDS = 2 * 60_000;
const SAY_EVERY_MILLISECONDS = 20_000;
const DOCUMENTS_A_REQUEST = 500;
/** A part of a model has up to 4 million characters. */
const PARTS_A_REQUEST = 4;

export const markerId = (space: string): string => documentId('upgrade', '0.1.0', space);

/** One document of the new index of checkpoints says how far the move is. */
interface Marker {
  readonly type: 'upgrade';
  readonly space: string;
  readonly from_version: '0.1.0';
  readonly state: 'copying' | 'done';
  readonly by: string;
  readonly at: string;
  readonly documents?: number;
}

export interface UpgradeOptions extends RequestOptions {
  readonly space: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told after each request how many documents were copied so far. */
  readonly progress?: (documents: number, what: string) => void;
}

export interface UpgradeReport {
  /** `nothing`: the client sees no data of version 0.1.0. `earlier`: it was moved before. */
  readonly state: 'nothing' | 'earlier' | 'moved';
  readonly documents: number;
}

type Move = {
  readonly from: string;
  readonly query: estypes.QueryDslQueryContainer;
  readonly to: string;
  readonly resource: Resource;
  readonly pageSize?: number;
};

const ofType = (...types: string[]): estypes.QueryDslQueryContainer => ({ terms: { type: types } });

/**
 * Order matters: detectors do not run before the last step, and find everything when they do. What is in the new place
 * already stays.
 */
function movesOf(old: OldData, space: string): Move[] {
  const all: estypes.QueryDslQueryContainer = { match_all: {} };
  const isAudit = { term: { kind: 'audit' } };
  const models = (filter: estypes.QueryDslQueryContainer, pageSize?: number): Move => ({
    from: OLD_MODELS,
    query: { bool: { filter: [ofSpace(space), filter] } },
    to: modelsIndex(space),
    resource: 'models',
    ...(pageSize !== undefined && { pageSize }),
  });
  const { feedback } = old;
  return [
    ...old.results.map(({ index, month }): Move => ({
      from: index,
      query: all,
      to: resultsPattern(space).replace('*', month),
      resource: 'results',
    })),
    ...(feedback === undefined
      ? []
      : [
          {
            from: feedback,
            query: { bool: { must_not: [isAudit] } },
            to: feedbackIndex(space),
            resource: 'feedback' as const,
          },
          { from: feedback, query: isAudit, to: auditIndex(space), resource: 'audit' as const },
        ]),
    ...(old.models
      ? [models(ofType('part'), PARTS_A_REQUEST), models(ofType('model')), models(ofType('active'))]
      : []),
    ...(old.checkpoints
      ? [{ bool: { must_not: [isCheckpoint] } }, isCheckpoint].map((query): Move => ({
          from: OLD_CHECKPOINTS,
          query,
          to: checkpointsIndex(space),
          resource: 'checkpoints',
        }))
      : []),
  ];
}

/**
 * Copies what version 0.1.0 wrote of a space to the names of today; the old indices stay as they are. Safe to repeat and to
 * interrupt: what was copied is not copied again, and detectors wait for the end. Needs the rights of an owner on the new
 * indices, and `read` and `view_index_metadata` on the old ones.
 *
 * @throws DetectionError `conflict` while another process does it, `forbidden` when old data is seen that may not be moved
 */
export async function upgradeSpace(
  client: ElasticsearchClient,
  options: UpgradeOptions,
): Promise<UpgradeReport> {
  const { space, now, policy, signal, progress } = options;
  const index = checkpointsIndex(space);
  const id = markerId(space);
  const me = randomUUID();
  const what = `move the data of space "${space}" from version 0.1.0`;

  const read = () =>
    attempt(
      () =>
        client.get<Marker>({ index, id }, { signal }).catch((error: unknown) => {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }),
      { what, policy, signal },
    );
  const write = async (
    state: Marker['state'],
    documents: number,
    known: { _seq_no?: number; _primary_term?: number } | undefined,
  ) => {
    const document: Marker = {
      type: 'upgrade',
      space,
      from_version: '0.1.0',
      state,
      by: me,
      at: new Date(now()).toISOString(),
      documents,
    };
    const condition =
      known === undefined
        ? { op_type: 'create' as const }
        : { if_seq_no: known._seq_no, if_primary_term: known._primary_term };
    return attempt(
      () =>
        client.index({ index, id, document, ...condition }, { signal }).catch(async (error: unknown) => {
          if (statusOf(error) !== 409) throw error;
          // The answer to our own write may have been lost on the way.
          const current = await read();
          if (current?._source?.by === me && current._source.state === state) return current;
          throw busy(space);
        }),
      { what, policy, signal },
    );
  };

  let problem: unknown;
  const marker = await read().catch((error: unknown) => {
    if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
    problem = error;
    return undefined;
  });
  if (marker?._source?.state === 'done') return { state: 'earlier', documents: 0 };
  const old = await oldDataOf(client, space, { policy, signal });
  if (old === undefined) return { state: 'nothing', documents: 0 };
  if (problem !== undefined) throw mayNot(space, problem);
  const claimedAt = marker?._source === undefined ? undefined : Date.parse(marker._source.at);
  if (claimedAt !== undefined && now() - claimedAt < ABANDONED_AFTER_MILLISECONDS) throw busy(space);

  try {
    await ensureIndex(client, index, 'checkpoints', { policy, signal });
    let claim: { _seq_no?: number; _primary_term?: number } = await write('copying', 0, marker);
    let saidAt = now();
    let documents = 0;
    const copy = async (hits: readonly Hit[], to: string): Promise<void> => {
      const operations = hits.map((hit) => ({
        action: 'create' as const,
        index: to,
        id: hit._id as string,
        document: hit._source,
      }));
      await bulkWriteAll(client, operations, { what, refresh: true, policy, signal });
      documents += hits.length;
      progress?.(documents, `documents of space ${space}`);
      if (now() - saidAt < SAY_EVERY_MILLISECONDS) return;
      claim = await write('copying', documents, claim);
      saidAt = now();
    };
    for (const { from, query, to, resource, pageSize = DOCUMENTS_A_REQUEST } of movesOf(old, space)) {
      await ensureIndex(client, to, resource, { policy, signal });
      const sort = IN_ORDER_OF_THE_INDEX;
      const pages = searchPages(client, { index: from, query, sort, pageSize, what, policy, signal });
      for await (const hits of pages) {
        const own = from === OLD_CHECKPOINTS ? hits.filter((hit) => isOfSpace(hit, space)) : hits;
        if (own.length > 0) await copy(own, to);
      }
    }
    await write('done', documents, claim);
    return { state: 'moved', documents };
  } catch (error) {
    if (error instanceof DetectionError && error.code === 'forbidden') throw mayNot(space, error);
    throw error;
  }
}

/** @returns false where data of version 0.1.0 that the client may see has not been moved */
export async function isUpgraded(
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<boolean> {
  return (
    (await isMarkedAsMoved(client, space, options)) || (await oldDataOf(client, space, options)) === undefined
  );
}

async function isMarkedAsMoved(
  client: ElasticsearchClient,
  space: string,
  { policy, signal }: RequestOptions,
): Promise<boolean> {
  const marker = await attempt(
    () =>
      client
        .get<Marker>({ index: checkpointsIndex(space), id: markerId(space) }, { signal })
        .catch((error: unknown) => {
          if (statusOf(error) === 404 || statusOf(error) === 403) return undefined;
          throw error;
        }),
    { what: `look whether space "${space}" was moved`, policy, signal },
  );
  return marker?._source?.state === 'done';
}

const busy = (space: string): DetectionError =>
  new DetectionError(
    'conflict',
    `The data of space "${space}" is just being moved from the names of version 0.1.0 by another process; detectors go on once it has ended.`,
  );

/** Next step on the command line. */
const MOVE_HINT = '"log-anomalies migrate" does.';

const mayNot = (space: string, cause: unknown): DetectionError =>
  new DetectionError(
    'forbidden',
    `The data of space "${space}" is still under the names of version 0.1.0, and you may not move it. Somebody with all rights on log-anomalies-* moves it (docs/elasticsearch.md); detectors then go on where they were, saved once by an owner with the role of this version.`,
    { cause, details: { hint: MOVE_HINT } },
  );

/** For whoever has the rights of this version alone, and so sees none of the old data. */
export const unseenDataProblem = (space: string): string =>
  `There is data of version 0.1.0 of space "${space}" under names that the roles of this version do not reach, so its models, results and places are not seen. Somebody with all rights on log-anomalies-* moves it (docs/elasticsearch.md); detectors wait until then and go on where they were.`;

/**
 * Returns true when the space has old data that a client does not see: by the names of indices, which tell nothing of models and
 * checkpoints without results.
 *
 * @param seer may see the names of all indices, as Kibana's own user may
 * @param client whoever is going to work with the data; may read the checkpoints of today
 */
export async function hasUnseenData(
  seer: ElasticsearchClient,
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<boolean> {
  const isNamed = (await oldIndices(seer, options)).some((index) => partsOf(index)?.space === space);
  return isNamed && !(await isMarkedAsMoved(client, space, options));
}
