import type { AnnouncementJournal, AnnouncementState, ChannelState } from '../../notifications';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { checkpointsIndex, documentId } from '../indices/names';
import { attempt } from '../transport/attempt';
import {
  bulkWrite,
  bulkWriteAll,
  throwIfRefused,
  type BulkOperation,
  type DocumentRevision,
} from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { mgetWhole } from '../transport/whole_answer';
import { DAY } from '../../../common/duration';

/** A result older than this is never scored again, so what was announced of it may be forgotten. */
const REMEMBERED_DAYS = 60;
const INCIDENT_ID = /^[a-z][a-z0-9_-]*:incident:/;
const IDS_PER_REQUEST = 1_000;
/**
 * A detector that noted a try is given so long to send the message and to put down what became of it, milliseconds: four attempts of 12
 * seconds and three pauses of up to 30 seconds are 138.
 */
const TRY_TAKES = 180_000;

/** Tries of a message that several detectors may send. */
interface SharedTries {
  readonly tries: number;
  /** Epoch milliseconds of the last. */
  readonly at: number;
}

/**
 * Creates the journal of announcements of one detector, in Elasticsearch: any Kibana can carry on where another one stopped. The limit
 * of messages an hour therefore holds for each detector and channel.
 */
export function createElasticsearchJournal(
  client: ElasticsearchClient,
  target: { space: string; detectorId: string },
  now: () => number,
): AnnouncementJournal {
  const { space, detectorId } = target;
  const index = checkpointsIndex(space);
  /** Incidents are told once for all detectors that found something of them. */
  const idOf = (kind: string, id: string): string =>
    INCIDENT_ID.test(id) ? documentId(kind, space, id) : documentId(kind, space, detectorId, id);
  const what = whatOf(detectorId);
  const guard = guardOf(client, 'checkpoints');

  let isReady: Promise<void> | undefined;
  const ready = (): Promise<void> =>
    (isReady ??= ensureIndex(client, index, 'checkpoints').then(() => forget(client, target, now())));

  return {
    announced: async (ids) => {
      await ready();
      const found = new Map<string, AnnouncementState>();
      for (const some of chunksOf(ids, IDS_PER_REQUEST)) {
        const docs = await attempt(
          () =>
            mgetWhole<{ state?: AnnouncementState }>(client, {
              index,
              ids: some.map((id) => idOf('result', id)),
              _source: ['state'],
            }),
          { what },
        );
        docs.forEach((document, position) => {
          if ('found' in document && document.found) {
            found.set(some[position], document._source?.state ?? 'announced');
          }
        });
      }
      return found;
    },
    record: async (ids, state) => {
      await ready();
      const at = new Date(now()).toISOString();
      for (const some of chunksOf(ids, IDS_PER_REQUEST)) {
        const operations = some.map((id): BulkOperation => ({
          action: 'index',
          index,
          id: idOf('result', id),
          document: { type: 'announced', detector_id: detectorId, space, state, at },
        }));
        await bulkWriteAll(client, operations, { what, guard });
      }
    },
    readChannel: async (channel) => {
      await ready();
      const docs = await attempt(
        () =>
          mgetWhole<{ channel: ChannelState }>(client, {
            index,
            ids: [idOf('channel', channel)],
          }),
        { what },
      );
      const found = docs[0];
      return (found && '_source' in found && found._source?.channel) || { sentAt: [], outbox: [] };
    },
    ...sharedTries(client, target, { now, ready, idOf }),
    writeChannel: async (channel, state) => {
      await ready();
      const document = {
        type: 'channel',
        detector_id: detectorId,
        space,
        channel: state,
        at: new Date(now()).toISOString(),
      };
      await bulkWriteAll(client, [{ action: 'index', index, id: idOf('channel', channel), document }], {
        what,
        guard,
      });
    },
  };
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

/** Runs inside Elasticsearch; nobody waits for it. */
async function forget(
  client: ElasticsearchClient,
  { space, detectorId }: { space: string; detectorId: string },
  now: number,
): Promise<void> {
  const before = new Date(now - REMEMBERED_DAYS * DAY).toISOString();
  await client
    .deleteByQuery({
      index: checkpointsIndex(space),
      query: {
        bool: {
          filter: [
            { terms: { type: ['announced', 'try'] } },
            { term: { detector_id: detectorId } },
            { range: { at: { lt: before } } },
          ],
        },
      },
      conflicts: 'proceed',
      wait_for_completion: false,
    })
    .catch(() => undefined);
}

/** Notes tries of messages that several detectors may send. */
function sharedTries(
  client: ElasticsearchClient,
  { space, detectorId }: { space: string; detectorId: string },
  {
    now,
    ready,
    idOf,
  }: { now: () => number; ready: () => Promise<void>; idOf: (kind: string, id: string) => string },
): Pick<AnnouncementJournal, 'noteSharedTry' | 'takeBackSharedTry'> {
  const index = checkpointsIndex(space);
  const what = whatOf(detectorId);
  const guard = guardOf(client, 'checkpoints');
  const sharedTry = (message: string, channel: SharedTries): BulkOperation => ({
    action: 'index',
    index,
    id: idOf('try', message),
    document: { type: 'try', detector_id: detectorId, space, channel, at: new Date(now()).toISOString() },
  });
  /** The tries that this journal noted last, by their messages. */
  const noted = new Map<string, DocumentRevision>();
  return {
    noteSharedTry: async (message) => {
      await ready();
      const id = idOf('try', message);
      const docs = await attempt(
        () => mgetWhole<{ detector_id: string; channel: SharedTries }>(client, { index, ids: [id] }),
        { what },
      );
      const found = docs[0] !== undefined && '_source' in docs[0] ? docs[0] : undefined;
      const { detector_id: by, channel: before } = found?._source ?? {};
      // The clock of another Kibana may be wrong in either direction.
      const isOver = before === undefined || Math.abs(now() - before.at) > TRY_TAKES;
      if (!isOver && by !== detectorId) return undefined;
      const tries = before?.tries ?? 0;
      const { revisions } = await bulkWrite(
        client,
        [
          {
            ...sharedTry(message, { tries: tries + 1, at: now() }),
            ...(found === undefined
              ? { action: 'create' }
              : {
                  ifUnchangedSince: {
                    sequenceNumber: found._seq_no as number,
                    primaryTerm: found._primary_term as number,
                  },
                }),
          },
        ],
        { what, guard },
      );
      const revision = revisions.get(id);
      // Another detector was quicker.
      if (revision === undefined) return undefined;
      noted.set(message, revision);
      return tries;
    },
    takeBackSharedTry: async (message, tries) => {
      const ifUnchangedSince = noted.get(message);
      if (ifUnchangedSince === undefined) return;
      noted.delete(message);
      const operation = { ...sharedTry(message, { tries, at: 0 }), ifUnchangedSince };
      const { refused, unwritten } = await bulkWrite(client, [operation], { what, guard });
      // Another detector may have noted a try meanwhile, which stays.
      throwIfRefused({ refused: refused.filter(({ status }) => status !== 409), unwritten }, what);
    },
  };
}

function whatOf(detectorId: string): string {
  return `remember what was announced of the detector "${detectorId}"`;
}
