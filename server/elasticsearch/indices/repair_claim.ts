import { randomUUID } from 'node:crypto';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { DocumentRevision } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { INDEX_SETTINGS } from './index_resources';
import { INDEX_PREFIX } from './names';

/** Somebody who has not said for so long that he is still at it has died. */
const ABANDONED_AFTER_MILLISECONDS = 2 * 60_000;
const SAY_EVERY_MILLISECONDS = 20_000;
const CLAIM_ID = 'claim';

interface Claim {
  readonly by: string;
  readonly at: string;
}

/** The indices of a space are repaired by one process at a time. */
export interface RepairClaim {
  /**
   * Says that the repair goes on, at most every 20 seconds unless `now` is true.
   *
   * @throws DetectionError `conflict` where another process has taken over meanwhile
   */
  keep(now?: boolean): Promise<void>;
  /** Lets others repair. */
  release(): Promise<void>;
}

export interface ClaimOptions extends RequestOptions {
  readonly space: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** An index of its own: any of those that hold documents may be the one to repair. */
const claimIndex = (space: string): string => `${INDEX_PREFIX}repairing-claim.${space}`;

const busy = (space: string): DetectionError =>
  new DetectionError(
    'conflict',
    `The indices of space "${space}" are just being repaired by another process; try again once it has ended, or in 2 minutes where it was interrupted.`,
  );

/** @throws DetectionError `conflict` while another process repairs indices of the space */
export async function claimRepair(
  client: ElasticsearchClient,
  { space, now, policy, signal }: ClaimOptions,
): Promise<RepairClaim> {
  const index = claimIndex(space);
  const what = `claim the repair of space "${space}"`;
  const by = randomUUID();
  const read = (until = signal) =>
    attempt(
      () =>
        client.get<Claim>({ index, id: CLAIM_ID }, { signal: until }).catch((error: unknown) => {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }),
      { what, policy, signal: until },
    );
  const write = async (known: DocumentRevision | undefined): Promise<DocumentRevision> => {
    const condition =
      known === undefined
        ? { op_type: 'create' as const }
        : { if_seq_no: known.sequenceNumber, if_primary_term: known.primaryTerm };
    const document: Claim = { by, at: new Date(now()).toISOString() };
    const written = await attempt(
      () =>
        client
          .index({ index, id: CLAIM_ID, document, ...condition }, { signal })
          .catch(async (error: unknown) => {
            if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
            // The answer to our own write may have been lost on the way.
            const current = await read();
            if (current?._source?.by === by) return current;
            throw busy(space);
          }),
      { what, policy, signal },
    );
    return { sequenceNumber: written._seq_no as number, primaryTerm: written._primary_term as number };
  };

  const found = await read();
  if (found?._source !== undefined && now() - Date.parse(found._source.at) < ABANDONED_AFTER_MILLISECONDS) {
    throw busy(space);
  }
  if (found === undefined) {
    await attempt(
      () =>
        client.indices
          .create({ index, mappings: { dynamic: false }, settings: INDEX_SETTINGS }, { signal })
          .catch((error: unknown) => {
            if (statusOf(error) !== 400) throw error;
          }),
      { what, policy, signal },
    );
  }
  let revision = await write(
    found === undefined
      ? undefined
      : { sequenceNumber: found._seq_no as number, primaryTerm: found._primary_term as number },
  );
  let saidAt = now();
  return {
    async keep(isNow = false) {
      if (!isNow && now() - saidAt < SAY_EVERY_MILLISECONDS) return;
      revision = await write(revision);
      saidAt = now();
    },
    async release() {
      // Also after an interruption.
      const current = await read(new AbortController().signal).catch(() => undefined);
      if (current?._source?.by !== by) return;
      await attempt(() => client.indices.delete({ index, ignore_unavailable: true }), { what, policy });
    },
  };
}
