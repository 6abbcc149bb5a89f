import { storedResult } from '../../../test/fakes/hiding_stores';
import type { AnomalyResult } from '../../../common/anomaly';
import type { ElasticsearchClient } from '../transport/client';
import { storedResult as resultAsStored } from './results_query';
import { writeResults } from './write_results';

const NOW = Date.UTC(2026, 10, 21, 12);
const index = 'log-anomalies-results.default.2026.11';

/** A cluster that takes a result in its last form alone. */
function strictCluster() {
  const written: AnomalyResult[] = [];
  const client = {
    bulk: async ({ operations: [body] }: { operations: string[] }) => {
      const document = JSON.parse(body.trimEnd().split('\n')[1]) as AnomalyResult;
      if (document.anomaly.attribution?.length !== 0) {
        const error = { type: 'document_parsing_exception', reason: 'failed to parse' };
        return { errors: true, items: [{ create: { _id: '1', status: 400, error } }] };
      }
      written.push(document);
      return { errors: false, items: [{ create: { _id: '1', status: 201 } }] };
    },
  } as unknown as ElasticsearchClient;
  return { client, written };
}

test('a result that is stored with its figures alone has what readers look for', async () => {
  const { client, written } = strictCluster();
  const attribution = [{ feature: 'path', field: 'url.path', share: 1, actual: '/', typical: '/' }];
  const document: AnomalyResult = {
    ...storedResult('odd', NOW, { attribution, reason: 'path is odd' }),
    result: { type: 'suppressed', suppressed_by: ['mute'], suppressed_because: 'Muted: deploy' },
  };
  await writeResults(client, [{ action: 'create', index, id: '1', document }], {
    space: 'default',
    what: 'write results',
  });
  expect(written).toMatchObject([
    {
      anomaly: { score: 0.7, attribution: [], reason: '', entity: 'shop' },
      result: {
        type: 'suppressed',
        suppressed_by: ['mute'],
        suppressed_because: 'Muted: deploy',
        reduced: true,
      },
    },
  ]);
});

test('one that was stored without them is read with them', () => {
  const { attribution: _attribution, reason: _reason, ...figures } = storedResult('odd', NOW).anomaly;
  const { anomaly } = resultAsStored({ ...storedResult('odd', NOW), anomaly: figures });
  expect(anomaly).toMatchObject({ ...figures, attribution: [], reason: '' });
  const { anomaly: _anomaly, ...rest } = storedResult('odd', NOW);
  expect(resultAsStored(rest).anomaly).toEqual({ attribution: [], reason: '' });
});
