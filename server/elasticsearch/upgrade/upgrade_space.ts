import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import type { RequestOptions } from '../transport/attempt';
import { bulkWriteAll } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { ensureIndex, type Resource } from '../indices/index_resources';
import { missingPrivilegesOf } from '../indices/missing_privileges';
import { auditIndex, checkpointsIndex, feedbackIndex, modelsIndex, resultsPattern } from '../indices/names';
import { isSecurityOff } from '../transport/security_state';
import type { Hit } from '../transport/field_plan';
import { searchPages } from '../transport/search_pages';
import { createMarker, movedIndices, type MarkerRevision } from './marker';
import {
  IN_ORDER_OF_THE_INDEX,
  isCheckpoint,
  isOfSpace,
  OLD_CHECKPOINTS,
  OLD_MODELS,
  oldDataOf,
  oldIndices,
  oldNamesOf,
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
 * @throws DetectionError `conflict` while another process does it, `forbidden` when old data is seen that may not be moved,
 *   or that may be a part alone
 */
export async function upgradeSpace(
  client: ElasticsearchClient,
  options: UpgradeOptions,
): Promise<UpgradeReport> {
  const { space, now, policy, signal, progress } = options;
  const settings = { policy, signal };
  const what = `move the data of space "${space}" from version 0.1.0`;
  const marker = createMarker(client, { space, now, busy: () => busy(space), ...settings });
  let problem: unknown;
  const found = await marker.read().catch((error: unknown) => {
    if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
    problem = error;
    return undefined;
  });
  const isDone = found?._source?.state === 'done';
  // Whatever people have deleted since an earlier version moved it would come back.
  if (isDone && found?._source?.moved === undefined) return { state: 'earlier', documents: 0 };
  const earlier = found?._source?.moved ?? [];
  const old = await oldDataOf(client, space, settings).catch((error: unknown) => {
    // Nobody needs a right on old data that was moved.
    if (isDone && error instanceof DetectionError && error.code === 'forbidden') return undefined;
    throw error;
  });
  const moves = old === undefined ? [] : movesOf(old, space).filter(({ from }) => !earlier.includes(from));
  if (isDone && moves.length === 0) return { state: 'earlier', documents: 0 };
  if (old === undefined) return { state: 'nothing', documents: 0 };
  if (problem !== undefined) throw mayNot(space, problem);
  await refusePartOf(client, space);
  const claimedAt = found?._source === undefined || isDone ? undefined : Date.parse(found._source.at);
  if (claimedAt !== undefined && now() - claimedAt < ABANDONED_AFTER_MILLISECONDS) throw busy(space);

  try {
    await ensureIndex(client, checkpointsIndex(space), 'checkpoints', settings);
    let documents = 0;
    const copying = () => marker.write({ state: 'copying', documents, moved: earlier }, claim);
    let claim: MarkerRevision | undefined = found;
    claim = await copying();
    let saidAt = now();
    const copy = async (hits: readonly Hit[], to: string): Promise<void> => {
      const operations = hits.map((hit) => ({
        action: 'create' as const,
        index: to,
        id: hit._id as string,
        document: hit._source,
      }));
      await bulkWriteAll(client, operations, { what, refresh: true, ...settings });
      documents += hits.length;
      progress?.(documents, `documents of space ${space}`);
      if (now() - saidAt < SAY_EVERY_MILLISECONDS) return;
      claim = await copying();
      saidAt = now();
    };
    for (const { from, query, to, resource, pageSize = DOCUMENTS_A_REQUEST } of moves) {
      await ensureIndex(client, to, resource, settings);
      const sort = IN_ORDER_OF_THE_INDEX;
      const pages = searchPages(client, { index: from, query, sort, pageSize, what, ...settings });
      for await (const hits of pages) {
        const own = from === OLD_CHECKPOINTS ? hits.filter((hit) => isOfSpace(hit, space)) : hits;
        if (own.length > 0) await copy(own, to);
      }
    }
    const moved = [...new Set([...earlier, ...moves.map(({ from }) => from)])];
    await marker.write({ state: 'done', documents, moved }, claim);
    return { state: 'moved', documents };
  } catch (error) {
    if (error instanceof DetectionError && error.code === 'forbidden') throw mayNot(space, error);
    throw error;
  }
}

/**
 * Elasticsearch leaves out what somebody may not see: who sees a part of the old data would mark all of it as moved.
 *
 * @throws DetectionError `forbidden` for whoever may not read all names that old data of the space can have
 */
async function refusePartOf(client: ElasticsearchClient, space: string): Promise<void> {
  if (await isSecurityOff(client)) return;
  const indices = [{ names: oldNamesOf(space), privileges: ['read', 'view_index_metadata'] }];
  const missing = await missingPrivilegesOf(client, { cluster: [], indices });
  if (missing.length > 0) throw mayNot(space, new Error(`You lack: ${missing.join('; ')}.`));
}

/** @returns indices of version 0.1.0 with data of the space that was not moved from there, as far as the client may see them */
export async function unmovedIndices(
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<string[]> {
  const old = await oldDataOf(client, space, options);
  if (old === undefined) return [];
  const moved = (await movedIndices(client, space, options)) ?? [];
  return [...new Set(movesOf(old, space).map(({ from }) => from))].filter((from) => !moved.includes(from));
}

/** @returns false where data of version 0.1.0 that the client may see has not been moved */
export async function isUpgraded(
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<boolean> {
  return (
    (await movedIndices(client, space, options)) !== undefined ||
    (await oldDataOf(client, space, options)) === undefined
  );
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
  return isNamed && (await movedIndices(client, space, options)) === undefined;
}
