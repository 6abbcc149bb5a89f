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

test('fields of an older index keep their analyzers unless the newest defines one of them otherwise', () => {
  const code = (tokenizer: string) => ({ analyzer: { code: { type: 'custom' as const, tokenizer } } });
  const fields = { raw: { type: 'keyword' as const, normalizer: 'lowercase' } };
  const stack = { type: 'text' as const, analyzer: 'code', search_analyzer: 'standard', fields };
  const own = { analyzer: { own: { type: 'custom' as const, tokenizer: 'keyword' } } };
  const older = indexOf(
    1,
    { error: { properties: { stack } } },
    { analysis: code('whitespace'), similarity: { by_words: { type: 'boolean' } }, max_ngram_diff: 3 },
  );
  const kept = copyOf([older, indexOf(2, {}, { analysis: own, max_ngram_diff: 2 })]);
  expect(kept.mappings.properties).toMatchObject({ error: { properties: { stack } } });
  expect(kept.settings).toMatchObject({
    analysis: { analyzer: { ...own.analyzer, ...code('whitespace').analyzer } },
    similarity: { by_words: { type: 'boolean' } },
    max_ngram_diff: 3,
  });
  const { mappings, settings } = copyOf([older, indexOf(2, {}, { analysis: code('keyword') })]);
  expect(mappings.properties?.error).toEqual({
    properties: { stack: { type: 'text', fields: { raw: { type: 'keyword' } } } },
  });
  expect(settings.analysis).toEqual(code('keyword'));
  expect(settings.similarity).toBeUndefined();
});

test('what holds for all fields of an older index does not hold for those of the newest', () => {
  const whole = { type: 'custom' as const, tokenizer: 'keyword' };
  const message = { type: 'text' as const };
  const code = { type: 'text' as const, analyzer: 'code', similarity: 'boolean' };
  const defined: readonly estypes.IndicesIndexSettings[] = [
    { analysis: { analyzer: { code: whole, default: whole } } },
    { analysis: { analyzer: { code: whole, default_search: whole } } },
    { analysis: { analyzer: { code: whole } }, similarity: { default: { type: 'boolean' } } },
  ];
  for (const settings of defined) {
    const older = indexOf(1, { message, code }, settings);
    const copy = copyOf([older, indexOf(2, { message })]);
    expect(copy.settings.analysis).toBeUndefined();
    expect(copy.settings.similarity).toBeUndefined();
    expect(copy.mappings.properties?.message).toEqual(message);
    expect(copy.mappings.properties?.code).toEqual({ type: 'text' });
    for (const found of [
      [older],
      [older, indexOf(2, {}, JSON.parse(JSON.stringify(settings)) as typeof settings)],
    ]) {
      expect(copyOf(found).settings).toMatchObject(settings);
      expect(copyOf(found).mappings.properties).toMatchObject({ code });
    }
  }
});

test('vectors of an older index keep their measure where its analyzers are not those of the newest', () => {
  const code = (tokenizer: string) => ({ analyzer: { code: { type: 'custom' as const, tokenizer } } });
  const vector = { type: 'dense_vector' as const, dims: 3, index: true, similarity: 'dot_product' as const };
  const older = indexOf(1, { log: { properties: { vector } } }, { analysis: code('whitespace') });
  const { mappings } = copyOf([older, indexOf(2, {}, { analysis: code('keyword') })]);
  expect(mappings.properties?.log).toEqual({ properties: { vector } });
});
