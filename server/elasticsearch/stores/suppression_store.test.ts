import type { Suppression } from '../../../common/suppressions';
import { mappingsOf } from '../indices/index_resources';
import { feedbackIndex } from '../indices/names';
import type { ElasticsearchClient } from '../transport/client';
import { createAuditTrail } from './audit_trail';
import { createSuppressionStore } from './suppression_store';

const NOW = Date.UTC(2026, 10, 21, 12);
const suppression: Suppression = {
  id: 'mute',
  detector_ids: ['web'],
  name: 'Deploy',
  origin: 'mute',
  exclude_from_training: false,
  at: new Date(NOW - 3_600_000).toISOString(),
  expires_at: new Date(NOW - 60_000).toISOString(),
};

/** An index with one suppression, which others may write, too. */
function clusterOf(index: string, resource: 'feedback' | 'audit') {
  const kept = { revision: 1, document: { kind: 'suppression', suppression } as Record<string, unknown> };
  const ids: string[] = [];
  const client = {
    indices: { getMapping: async () => ({ [index]: { mappings: mappingsOf(resource) } }) },
    search: async () => ({
      hits: { hits: [{ _source: kept.document, _seq_no: kept.revision, _primary_term: 1 }] },
    }),
    bulk: async ({ operations: [body] }: { operations: string[] }) => {
      const lines = body.trimEnd().split('\n');
      const [[action, { _id, if_seq_no: known }]] = Object.entries(
        JSON.parse(lines[0]) as Record<string, { _id: string; if_seq_no?: number }>,
      );
      ids.push(_id);
      if (known !== undefined && known !== kept.revision) {
        const error = { type: 'version_conflict_engine_exception', reason: 'changed' };
        return { items: [{ [action]: { _id, status: 409, error } }] };
      }
      kept.document = JSON.parse(lines[1]) as Record<string, unknown>;
      kept.revision++;
      return { items: [{ [action]: { _id, status: 200, _seq_no: kept.revision, _primary_term: 1 } }] };
    },
  } as unknown as ElasticsearchClient;
  return { client, kept, ids };
}

test('a suppression that was extended meanwhile is not written back as it was', async () => {
  const { client, kept } = clusterOf(feedbackIndex('default'), 'feedback');
  const store = createSuppressionStore(client, { now: () => NOW });
  const { unnoted } = await store.forResults('web', []);
  expect(unnoted).toEqual([suppression]);
  const longer = { ...suppression, expires_at: new Date(NOW + 3_600_000).toISOString() };
  await store.save(longer);
  await store.noteExpired(unnoted);
  expect(kept.document).toMatchObject({ suppression: longer });
  expect(kept.document).not.toHaveProperty('expiry_noted');
});

test('one that nobody has changed is noted', async () => {
  const { client, kept } = clusterOf(feedbackIndex('default'), 'feedback');
  const store = createSuppressionStore(client, { now: () => NOW });
  await store.noteExpired((await store.forResults('web', [])).unnoted);
  expect(kept.document).toMatchObject({ expiry_noted: true, suppression });
});

test('what several put on record at once is one entry', async () => {
  const { client, ids, kept } = clusterOf('log-anomalies-audit.default', 'audit');
  const trail = createAuditTrail(client);
  const entry = {
    detectorId: 'web',
    at: suppression.at,
    action: 'suppression_expired',
    reason: 'ended',
  } as const;
  await trail.append([{ ...entry, once: 'mute' }]);
  await trail.append([{ ...entry, once: 'mute', at: new Date(NOW).toISOString() }]);
  await trail.append([{ ...entry, once: 'other' }]);
  await trail.append([entry]);
  expect(new Set(ids.slice(0, 2)).size).toBe(1);
  expect(new Set(ids).size).toBe(3);
  expect(kept.document).not.toHaveProperty('once');
});
