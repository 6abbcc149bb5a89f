import type { ElasticsearchClient } from '../transport/client';
import { ensureIndexResources, findIndexFaults, resourceOf } from './index_resources';
import { annotationsIndex, patternsIndex } from './names';

const SPACE = 'b';

test('all indices that a detector writes to are looked at for a lost mapping', async () => {
  const made: string[] = [];
  let named: readonly string[] = [];
  const client = {
    indices: {
      getMapping: async ({ index }: { index: string | string[] }) => {
        if (typeof index === 'string') throw Object.assign(new Error('none'), { statusCode: 404 });
        named = index;
        return { [patternsIndex(SPACE)]: { mappings: { properties: { kind: { type: 'text' } } } } };
      },
      create: async ({ index }: { index: string }) => void made.push(index),
    },
  } as unknown as ElasticsearchClient;
  await ensureIndexResources(client, { space: SPACE, now: Date.UTC(2026, 10, 21) });
  expect(made).not.toContain(annotationsIndex(SPACE));
  for (const index of made) expect(resourceOf(index, SPACE)).toBeDefined();
  const faults = await findIndexFaults(client, { space: SPACE });
  expect(named).toEqual(
    expect.arrayContaining(made.map((index) => index.replace(/(results\.b\.).*/, '$1*'))),
  );
  expect(faults).toEqual([
    { index: patternsIndex(SPACE), resource: 'patterns', fields: ['kind is text instead of keyword'] },
  ]);
});
