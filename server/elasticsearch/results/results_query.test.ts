import type { estypes } from '@elastic/elasticsearch';
import type { Suppression } from '../../../common/suppressions';
import type { ElasticsearchClient } from '../transport/client';
import { findLostResults, readResultsToAlert } from './alert_results';
import { createResultMarks } from './result_marks';
import { getResult } from './result_search';

const NOW = Date.UTC(2026, 10, 21, 12);
const suppression: Suppression = {
  id: 'mute',
  detector_ids: ['web'],
  name: 'Deploy',
  origin: 'mute',
  match: { entity: 'shop' },
  exclude_from_training: false,
  at: new Date(NOW).toISOString(),
};

test('no search takes an answer without the months that cannot be read just now', async () => {
  const asked: estypes.SearchRequest[] = [];
  const client = {
    search: async (request: estypes.SearchRequest) => {
      asked.push(request);
      return { hits: { hits: [], total: { value: 0, relation: 'eq' } } };
    },
  } as unknown as ElasticsearchClient;
  const space = 'default';
  const marks = createResultMarks(client, { space });
  await getResult(client, space, 'gone').catch(() => undefined);
  await findLostResults(client, space, {});
  await readResultsToAlert(client, space, {}).next();
  await marks.hide(suppression, { from: 0, to: NOW }, { at: suppression.at, because: 'Muted' });
  await marks.show('mute', [], { at: suppression.at, because: 'Taken back' });
  await marks.hiddenBy(['mute']);
  await marks.replay(suppression, { from: NOW - 30 * 86_400_000, to: NOW });
  expect(asked).toHaveLength(7);
  for (const request of asked) expect(request).toMatchObject({ allow_partial_search_results: false });
});
