import type { AnomalyResult } from '../../../common/anomaly';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { feedbackId } from '../indices/names';
import type { ElasticsearchClient } from '../transport/client';
import { createResultMarks } from './result_marks';

const NOW = Date.UTC(2026, 10, 21, 12);
const at = new Date(NOW).toISOString();

/** Takes the mute "Deploy" away from a result. */
async function unmuted(result: AnomalyResult): Promise<AnomalyResult['result']> {
  const written: AnomalyResult[] = [];
  let isFound = false;
  const client = {
    search: async () => {
      const hits = isFound
        ? []
        : [{ _index: 'results', _id: '1', _source: result, _seq_no: 1, _primary_term: 1 }];
      isFound = true;
      return { hits: { hits } };
    },
    bulk: async ({ operations: [body] }: { operations: string[] }) => {
      written.push(JSON.parse(body.trimEnd().split('\n')[1]) as AnomalyResult);
      return { items: [{ index: { _id: '1', status: 200 } }] };
    },
  } as unknown as ElasticsearchClient;
  await createResultMarks(client).show('mute', [], { at, because: '"Deploy" was taken back' });
  return written[0].result;
}

const hiddenBy = (ids: string[], history: AnomalyResult['result']['history'] = []): AnomalyResult => ({
  ...storedResult('odd', NOW),
  result: { type: 'suppressed', suppressed_by: ids, suppressed_because: 'Muted: Deploy', history },
});

test('a result that a verdict hides as well says so once the mute is gone', async () => {
  const verdict = feedbackId('web', { index: 'weblogs', id: 'odd' });
  const from = { type: 'log', score: 0.7, confidence: 0.9 } as const;
  const because = 'ann said: not an anomaly (this log)';
  const history = [
    { at, by: 'ann', because, from },
    { at, by: 'bob', because: 'Muted: Deploy', from },
  ];
  expect(await unmuted(hiddenBy([verdict, 'mute'], history))).toMatchObject({
    type: 'suppressed',
    suppressed_by: [verdict],
    suppressed_because: because,
  });
  expect(await unmuted(hiddenBy([verdict, 'mute']))).toMatchObject({
    suppressed_because: 'Somebody said: not an anomaly (this log)',
  });
  expect(await unmuted(hiddenBy(['mute']))).toMatchObject({ type: 'log' });
});
