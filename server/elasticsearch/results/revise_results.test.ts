import { storedResult } from '../../../test/fakes/hiding_stores';
import type { AnomalyResult } from '../../../common/anomaly';
import type { Revision } from '../../detection/ports';
import { mappingsOf } from '../indices/index_resources';
import { documentId, resultsIndex } from '../indices/names';
import type { BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { reviseResults } from './revise_results';

const NOW = Date.UTC(2026, 10, 21, 12);
const SPACE = 'default';
const index = resultsIndex(SPACE, NOW);
const idOf = (id: string): string => documentId('log', 'web', 'weblogs', id);
const withType = (id: string, type: AnomalyResult['result']['type']): AnomalyResult => ({
  ...storedResult(id, NOW),
  result: { type },
});

interface StoredDocument {
  readonly document: object;
  readonly revision: number;
}

/**
 * A cluster that holds these documents, and what it was told to write.
 *
 * @param between runs before each request that writes: somebody else may change what is stored
 */
function clusterOf(
  documents: Readonly<Record<string, object>>,
  between: (stored: Map<string, StoredDocument>) => void = () => {},
) {
  const stored = new Map(
    Object.entries(documents).map(([id, document]): [string, StoredDocument] => [
      id,
      { document, revision: 1 },
    ]),
  );
  const written: Record<string, AnomalyResult> = {};
  const client = {
    indices: { getMapping: async () => ({ [index]: { mappings: mappingsOf('results') } }) },
    mget: async ({ docs }: { docs: { _id: string }[] }) => ({
      docs: docs.map(({ _id }) => {
        const found = stored.get(_id);
        return found === undefined
          ? { _id, found: false }
          : { _id, found: true, _source: found.document, _seq_no: found.revision, _primary_term: 1 };
      }),
    }),
    bulk: async ({ operations: [body] }: { operations: string[] }) => {
      between(stored);
      const lines = body.trimEnd().split('\n');
      const items: object[] = [];
      for (let at = 0; at < lines.length; at += 2) {
        const [[action, { _id, if_seq_no: known }]] = Object.entries(
          JSON.parse(lines[at]) as Record<string, { _id: string; if_seq_no?: number }>,
        );
        const before = stored.get(_id);
        const isRefused =
          action === 'create' ? before !== undefined : known !== undefined && known !== before?.revision;
        if (isRefused) {
          items.push({
            [action]: { _id, status: 409, error: { type: 'version_conflict_engine_exception' } },
          });
          continue;
        }
        written[_id] = JSON.parse(lines[at + 1]) as AnomalyResult;
        stored.set(_id, { document: written[_id], revision: (before?.revision ?? 0) + 1 });
        items.push({ [action]: { _id, status: before === undefined ? 201 : 200 } });
      }
      return { errors: false, items };
    },
  } as unknown as ElasticsearchClient;
  return { client, written };
}

const revisionOf = (logs: readonly string[], results: readonly AnomalyResult[]): Revision => ({
  detectorId: 'web',
  runId: 'run-2',
  at: NOW,
  logs: logs.map((id) => ({ index: 'weblogs', id, time: NOW })),
  results,
  summaries: [],
});

test('what people say and hide between reading and writing stays', async () => {
  const judged = { ...withType('judged', 'log'), result: { type: 'log', verdict: 'real' } as const };
  const hidden = {
    ...withType('hidden', 'log'),
    result: { type: 'suppressed', suppressed_by: ['mute'], suppressed_because: 'Muted: deploy' } as const,
  };
  let isFirst = true;
  const { client, written } = clusterOf(
    { [idOf('judged')]: withType('judged', 'log'), [idOf('hidden')]: withType('hidden', 'log') },
    (stored) => {
      if (!isFirst) return;
      isFirst = false;
      stored.set(idOf('judged'), { document: judged, revision: 2 });
      stored.set(idOf('hidden'), { document: hidden, revision: 2 });
      // A result of another run, which somebody has hidden since.
      stored.set(idOf('new'), {
        document: { ...hidden, source: { index: 'weblogs', id: 'new' } },
        revision: 1,
      });
    },
  );
  const score = 0.8;
  const results = ['judged', 'hidden', 'new', 'alone'].map((id) => ({
    ...withType(id, 'log'),
    anomaly: { ...withType(id, 'log').anomaly, score },
  }));
  const revision = revisionOf(['judged', 'hidden', 'new', 'alone'], results);
  const { added } = await reviseResults(client, revision, [], { space: SPACE });
  expect(written[idOf('judged')]).toMatchObject({
    anomaly: { score },
    result: { type: 'log', verdict: 'real' },
  });
  for (const id of ['hidden', 'new']) {
    expect(written[idOf(id)]).toMatchObject({
      anomaly: { score },
      result: { type: 'suppressed', suppressed_by: ['mute'], suppressed_because: 'Muted: deploy' },
    });
  }
  expect(added.map(({ source }) => source.id)).toEqual(['alone']);
});

test('a withdrawn result keeps the verdict that came meanwhile', async () => {
  let isFirst = true;
  const { client, written } = clusterOf({ [idOf('usual')]: withType('usual', 'log') }, (stored) => {
    if (!isFirst) return;
    isFirst = false;
    const document = { ...withType('usual', 'log'), result: { type: 'log', verdict: 'not_an_anomaly' } };
    stored.set(idOf('usual'), { document, revision: 2 });
  });
  await reviseResults(client, revisionOf(['usual'], []), [], { space: SPACE });
  expect(written[idOf('usual')].result).toMatchObject({ type: 'withdrawn', verdict: 'not_an_anomaly' });
});

test('a result that cannot be read is not taken for one that is not there', async () => {
  const { client, written } = clusterOf({});
  const error = { type: 'no_shard_available_action_exception', reason: 'No shard available' };
  const mget = async ({ docs }: { docs: { _id: string }[] }) => ({
    docs: docs.map(({ _id }) => ({ _index: index, _id, error })),
  });
  const policy = { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, random: () => 0, sleep: async () => {} };
  const revising = reviseResults(
    { ...client, mget } as unknown as ElasticsearchClient,
    revisionOf(['odd'], [withType('odd', 'log')]),
    [],
    { space: SPACE, policy },
  );
  await expect(revising).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('No shard available'),
  });
  expect(written).toEqual({});
});

test('those of which only what stands may change: replaced or withdrawn, none added', async () => {
  const { client, written } = clusterOf({
    [idOf('odd')]: { ...withType('odd', 'log'), anomaly: { ...withType('odd', 'log').anomaly, score: 0.9 } },
    [idOf('silent')]: withType('silent', 'log'),
    [idOf('withdrawn')]: withType('withdrawn', 'withdrawn'),
    'summary-of-old': {},
  });
  const summaries = ['summary-of-old', 'summary-of-new'].map((id): BulkOperation => ({
    action: 'index',
    index,
    id,
    document: {},
  }));
  const ids = ['odd', 'silent', 'withdrawn', 'new', 'usual'];
  const revision = {
    detectorId: 'web',
    runId: 'run-2',
    at: NOW,
    logs: ids.map((id) => ({ index: 'weblogs', id, time: NOW })),
    results: ['odd', 'withdrawn', 'new'].map((id) => withType(id, 'log')),
    summaries: [],
    onlyStanding: true,
  };
  const { added, withdrawn } = await reviseResults(client, revision, summaries, { space: SPACE });
  expect(added).toEqual([]);
  expect(withdrawn).toBe(1);
  expect(Object.keys(written).sort()).toEqual([idOf('odd'), idOf('silent'), 'summary-of-old'].sort());
  expect(written[idOf('odd')].anomaly.score).toBe(0.7);
  expect(written[idOf('silent')].result.type).toBe('withdrawn');
});
