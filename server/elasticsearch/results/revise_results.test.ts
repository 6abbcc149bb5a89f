import { storedResult } from '../../../test/fakes/hiding_stores';
import type { AnomalyResult } from '../../../common/anomaly';
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

/** A cluster that holds these documents, and what it was told to write. */
function clusterOf(stored: Readonly<Record<string, object>>) {
  const written: Record<string, AnomalyResult> = {};
  const client = {
    mget: async ({ docs }: { docs: { _id: string }[] }) => ({
      docs: docs.map(({ _id }) => ({ _id, found: _id in stored, _source: stored[_id] })),
    }),
    bulk: async ({ operations: [body] }: { operations: string[] }) => {
      const lines = body.trimEnd().split('\n');
      const items: object[] = [];
      for (let at = 0; at < lines.length; at += 2) {
        const { _id } = (JSON.parse(lines[at]) as { index: { _id: string } }).index;
        written[_id] = JSON.parse(lines[at + 1]) as AnomalyResult;
        items.push({ index: { _id, status: 200, result: 'updated' } });
      }
      return { errors: false, items };
    },
  } as unknown as ElasticsearchClient;
  return { client, written };
}

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
