import type { estypes } from '@elastic/elasticsearch';
import { copyOf } from './copy_index';
import { SCORED_FIELDS } from './scored_fields';

const indexOf = (
  created: number,
  properties: Record<string, estypes.MappingProperty>,
  settings: estypes.IndicesIndexSettings = {},
): estypes.IndicesIndexState => ({
  mappings: { dynamic: 'strict', properties },
  settings: { index: { creation_date: created, ...settings } },
});

test('copies have the fields of all indices, those of the newest where they differ', () => {
  const { mappings } = copyOf([
    indexOf(1, {
      status: { type: 'long' },
      url: { properties: { path: { type: 'text' }, query: { type: 'keyword' } } },
      old: { type: 'keyword' },
    }),
    indexOf(2, { status: { type: 'keyword' }, url: { properties: { path: { type: 'keyword' } } } }),
  ]);
  expect(mappings).toEqual({
    dynamic: 'strict',
    properties: {
      status: { type: 'keyword' },
      url: { properties: { path: { type: 'keyword' }, query: { type: 'keyword' } } },
      old: { type: 'keyword' },
      ...SCORED_FIELDS,
    },
  });
});

test('copies have the analyzers of the logs, and room for all of their fields', () => {
  const analysis = { analyzer: { own: { type: 'custom' as const, tokenizer: 'keyword' } } };
  const many = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, place) => [`field_${place}`, { type: 'keyword' as const }]),
  );
  const { settings } = copyOf([
    indexOf(2, many, { analysis, mapping: { total_fields: { limit: '2500' }, depth: { limit: 30 } } }),
    indexOf(1, {}, { mapping: { total_fields: { limit: 2_000 } } }),
  ]);
  expect(settings).toMatchObject({ analysis, mapping: { depth: { limit: 30 } } });
  expect(settings.mapping?.total_fields?.limit).toBeGreaterThan(3_000);
  const roomy = copyOf([indexOf(1, {}, { mapping: { total_fields: { limit: '8000' } } })]);
  expect(roomy.settings.mapping?.total_fields?.limit).toBe(8_000);
});
