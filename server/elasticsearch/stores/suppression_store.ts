import type { estypes } from '@elastic/elasticsearch';
import { ALL_DETECTORS } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { isExpired, SUPPRESSION_LIMITS, THIS_LOG, type Suppression } from '../../../common/suppressions';
import type { SuppressionStore } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import {
  bulkWrite,
  bulkWriteAll,
  throwUnlessConflict,
  type BulkOperation,
  type DocumentRevision,
} from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { feedbackOf, type StoredFeedback } from './feedback_store';
import { statusOf } from '../transport/errors';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, feedbackId, feedbackIndex } from '../indices/names';
import { DAY } from '../../../common/duration';

interface StoredSuppression {
  readonly kind: 'suppression';
  /** {@link ALL_DETECTORS} for all of the space. */
  readonly detector_id: readonly string[];
  readonly origin: Suppression['origin'];
  readonly at: string;
  readonly expires_at?: string;
  /** True once the audit trail says that it has expired. */
  readonly expiry_noted?: boolean;
  readonly suppression: Suppression;
}
type Stored = StoredSuppression | StoredFeedback;

/** More than all detectors of a space may have; Elasticsearch gives no more in one answer. */
const MOST = 10_000;
const documentIdOf = (id: string): string => `suppression-${id}`;

/** A verdict on one log, as what it does: it hides that log. */
function ofVerdict(document: StoredFeedback): Suppression {
  const { detectorId, source, by, at, expiresAt } = feedbackOf(document);
  return {
    id: feedbackId(detectorId, source),
    detector_ids: [detectorId],
    name: THIS_LOG,
    origin: 'feedback',
    match: { source },
    exclude_from_training: false,
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
    ...(by !== undefined && { by }),
    at,
  };
}

/**
 * Suppressions in `log-anomalies-feedback.<space>`. Reading needs `read`, changing them also `index`, `delete`,
 * `create_index` and `view_index_metadata`.
 */
export function createSuppressionStore(
  client: ElasticsearchClient,
  options: { space?: string; now: () => number; policy?: RetryPolicy; signal?: AbortSignal },
): SuppressionStore {
  const { space = DEFAULT_SPACE, now, policy, signal } = options;
  const index = feedbackIndex(space);
  const guard = guardOf(client, 'feedback', { policy, signal });

  /** Of suppressions that were read, so that none is written back over a change. */
  const revisions = new WeakMap<Suppression, DocumentRevision>();

  const search = async (query: estypes.QueryDslQueryContainer): Promise<Stored[]> => {
    const answer = await attempt(
      () =>
        client.search<Stored>(
          {
            index,
            size: MOST,
            track_total_hits: false,
            seq_no_primary_term: true,
            query,
            sort: [{ at: 'asc' }],
          },
          { signal },
        ),
      { what: 'read what hides results', policy, signal },
    ).catch((error: unknown) => {
      // Nothing was ever hidden.
      if (error instanceof DetectionError && error.code === 'not_found') return undefined;
      throw error;
    });
    return (answer?.hits.hits ?? []).flatMap(({ _source, _seq_no, _primary_term }) => {
      if (_source?.kind === 'suppression') {
        const revision = { sequenceNumber: _seq_no as number, primaryTerm: _primary_term as number };
        revisions.set(_source.suppression, revision);
      }
      return _source === undefined ? [] : [_source];
    });
  };
  const write = async (operations: readonly BulkOperation[], what: string): Promise<void> => {
    await ensureIndex(client, index, 'feedback', { policy, signal });
    await bulkWriteAll(client, operations, { what, guard, refresh: true, policy, signal });
  };

  return {
    async list(detectorId) {
      const filter = [isSuppression, ...(detectorId === undefined ? [] : [concerns(detectorId)])];
      const found = await search({ bool: { filter } });
      return found.flatMap((stored) => (stored.kind === 'suppression' ? [stored.suppression] : []));
    },
    async find(id) {
      const found = await attempt(
        () =>
          client
            .get<StoredSuppression>({ index, id: documentIdOf(id) }, { signal })
            .catch((error: unknown) => {
              if (statusOf(error) === 404) return undefined;
              throw error;
            }),
        { what: `read the suppression "${id}"`, policy, signal },
      );
      return found?._source?.suppression;
    },
    async save(suppression) {
      await write([operationOf(index, suppression, false)], 'save the suppression');
    },
    async remove(id) {
      await write([{ action: 'delete', index, id: documentIdOf(id) }], 'remove the suppression');
    },
    async forResults(detectorId, sources) {
      // Suppressions that ended long ago concern no log that is scored now, except in a backfill of that time.
      const since = new Date(now() - SUPPRESSION_LIMITS.replayDays * DAY).toISOString();
      const ids = sources.map((source) => feedbackId(detectorId, source));
      const found = await search(hidingQuery({ detectorId, since, ids }));
      return {
        suppressions: found.map((stored) =>
          stored.kind === 'suppression' ? stored.suppression : ofVerdict(stored),
        ),
        unnoted: found.flatMap((stored) =>
          stored.kind === 'suppression' && !stored.expiry_noted && isExpired(stored.suppression, now())
            ? [stored.suppression]
            : [],
        ),
      };
    },
    async noteExpired(suppressions) {
      const what = 'note that suppressions have expired';
      const operations = suppressions.map((suppression): BulkOperation => ({
        ...operationOf(index, suppression, true),
        ifUnchangedSince: revisions.get(suppression),
      }));
      // One that is not as it was read was noted by another run, or goes on for longer.
      const outcome = await bulkWrite(client, operations, { what, guard, refresh: true, policy, signal });
      throwUnlessConflict(outcome, what, `It takes the right "index" on ${index}`);
    },
  };
}

function operationOf(index: string, suppression: Suppression, isNoted: boolean): BulkOperation {
  const { id, detector_ids: ids, origin, at, expires_at: expiresAt } = suppression;
  const document: StoredSuppression = {
    kind: 'suppression',
    detector_id: ids.length > 0 ? ids : [ALL_DETECTORS],
    origin,
    at,
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
    ...(isNoted && { expiry_noted: true }),
    suppression,
  };
  return { action: 'index', index, id: documentIdOf(id), document };
}

function hidingQuery({
  detectorId,
  since,
  ids,
}: {
  detectorId: string;
  since: string;
  ids: readonly string[];
}): estypes.QueryDslQueryContainer {
  return {
    bool: {
      minimum_should_match: 1,
      should: [
        {
          bool: {
            filter: [isSuppression, concerns(detectorId)],
            must_not: [{ range: { expires_at: { lt: since } } }],
          },
        },
        {
          bool: {
            filter: [
              { ids: { values: [...ids] } },
              { term: { verdict: 'not_an_anomaly' } },
              { term: { scope: 'one' } },
            ],
          },
        },
      ],
    },
  };
}

const isSuppression = { term: { kind: 'suppression' } };
const concerns = (detectorId: string) => ({ terms: { detector_id: [detectorId, ALL_DETECTORS] } });
