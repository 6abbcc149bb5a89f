import { randomUUID } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { ALL_DETECTORS, type AuditEntry, type AuditRecord } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import type { AuditTrail } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { auditIndex, DEFAULT_SPACE, documentId } from '../indices/names';
import { hitTotal } from '../transport/hit_total';

const DEFAULT_SIZE = 100;
/** Elasticsearch pages no further without a point in time. */
const MAXIMUM_SIZE = 10_000;
const LONGEST_REASON = 2_000;
const LONGEST_VALUE = 256;

interface StoredEntry extends Omit<AuditEntry, 'detectorId' | 'recorded' | 'once'> {
  readonly kind: 'audit';
  readonly detector_id: string;
  /** Only ever written by the pipeline of audit_protection.ts. */
  readonly recorded?: {
    readonly at: string;
    readonly user: { readonly username: string; readonly api_key?: { readonly id: string } };
  };
}

/**
 * Creates the audit trail of detectors, in `log-anomalies-audit.<space>`. Entries are created and never written again. Appending needs
 * `create_doc`, `create_index` and `view_index_metadata`, listing `read`.
 */
export function createAuditTrail(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): AuditTrail {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = auditIndex(space);
  return {
    async append(entries) {
      if (entries.length === 0) return;
      await ensureIndex(client, index, 'audit', { policy, signal });
      const operations = entries.map(
        ({ detectorId, reason, from, to, once, recorded: _recorded, ...entry }): BulkOperation => {
          const document: StoredEntry = {
            kind: 'audit',
            detector_id: detectorId,
            ...entry,
            ...(from !== undefined && { from: from.slice(0, LONGEST_VALUE) }),
            ...(to !== undefined && { to: to.slice(0, LONGEST_VALUE) }),
            reason: reason.slice(0, LONGEST_REASON),
          };
          const id = once === undefined ? randomUUID() : documentId(entry.action, detectorId, once);
          return { action: 'create', index, id: `audit-${id}`, document };
        },
      );
      await bulkWriteAll(client, operations, {
        what: 'write down what was done',
        guard: guardOf(client, 'audit', { policy, signal }),
        refresh: true,
        policy,
        signal,
      });
    },
    async list(detectorId, { from, to, actions, size = DEFAULT_SIZE } = {}) {
      const filter: estypes.QueryDslQueryContainer[] = [
        { term: { kind: 'audit' } },
        { terms: { detector_id: [detectorId, ALL_DETECTORS] } },
      ];
      if (actions !== undefined && actions.length > 0) filter.push({ terms: { action: [...actions] } });
      if (from !== undefined || to !== undefined) {
        const range = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
        filter.push({ range: { at: { ...range, format: 'epoch_millis' } } });
      }
      const answer = await attempt(
        () =>
          client.search<StoredEntry>(
            {
              index,
              size: Math.min(size, MAXIMUM_SIZE),
              track_total_hits: true,
              query: { bool: { filter } },
              // Of several steps at the same time the one written last comes first.
              sort: [{ at: 'desc' }, { _seq_no: 'desc' }],
            },
            { signal },
          ),
        { what: `read what was done to "${detectorId}"`, policy, signal },
      ).catch((error: unknown) => {
        // Nothing was done yet.
        if (error instanceof DetectionError && error.code === 'not_found') return undefined;
        throw error;
      });
      return {
        total: answer === undefined ? 0 : hitTotal(answer.hits),
        entries: (answer?.hits.hits ?? []).flatMap(({ _source }): AuditEntry[] => {
          if (_source === undefined) return [];
          const { kind: _kind, detector_id, recorded, ...entry } = _source;
          return [{ detectorId: detector_id, ...entry, ...(recorded && { recorded: recordOf(recorded) }) }];
        }),
      };
    },
  };
}

const recordOf = ({ at, user }: NonNullable<StoredEntry['recorded']>): AuditRecord => ({
  at,
  by: user.username,
  ...(user.api_key && { api_key: user.api_key.id }),
});
