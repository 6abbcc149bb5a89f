import type { estypes } from '@elastic/elasticsearch';
import type { ElasticsearchClient } from '../transport/client';
import { labelFieldsOf, labelMeasures, labelsOf } from './label_fields';

type Type = 'boolean' | 'keyword' | 'long' | 'text' | 'object' | 'flattened';
const RANGE = {
  ...{ index: 'logs', timestampField: '@timestamp', ingestedField: 'event.ingested' },
  ...{ from: 0, to: 1 },
};

/** A cluster whose logs have these fields, and these values in whichever is summed up. */
function clientOf(fields: Readonly<Record<string, Type>>, values: readonly object[]): ElasticsearchClient {
  const aggregatable = (type: Type): boolean => type !== 'text' && type !== 'object';
  const fieldCaps = ({ fields: asked }: { fields: string[] }) =>
    Promise.resolve({
      indices: ['logs'],
      fields: Object.fromEntries(
        Object.entries(fields)
          .filter(([name]) => asked.includes(name))
          .map(([name, type]) => [
            name,
            { [type]: { type, aggregatable: aggregatable(type), searchable: true } },
          ]),
      ),
    });
  const search = ({ aggs }: estypes.SearchRequest) => {
    const field = aggs?.labels.terms?.field ?? '';
    const isKnown = fields[field] !== undefined || fields[field.split('.')[0]] === 'flattened';
    return Promise.resolve({
      statusCode: 200,
      headers: {},
      body: JSON.stringify({
        timed_out: false,
        _shards: { total: 1, failed: 0 },
        hits: { hits: [] },
        aggregations: { labels: { buckets: isKnown ? values : [] } },
      }),
    });
  };
  return { fieldCaps, search } as unknown as ElasticsearchClient;
}
const keys = (...values: (string | number)[]) => values.map((key) => ({ key, doc_count: 1 }));
const found = (field: string, fields: Readonly<Record<string, Type>>, values: readonly object[]) =>
  labelFieldsOf(clientOf(fields, values), RANGE, field, {});

it.each<[string, Type, readonly object[], string[]]>([
  ['words', 'keyword', keys('Normal', 'ATTACK', 'anomaly', 'odd'), ['ATTACK', 'anomaly']],
  ['numbers', 'long', keys(0, 1), ['1']],
  [
    'booleans',
    'boolean',
    [
      { key: 0, key_as_string: 'false', doc_count: 9 },
      { key: 1, key_as_string: 'true', doc_count: 1 },
    ],
    ['true'],
  ],
  ['nothing but normal logs', 'keyword', keys('benign'), []],
])('reads %s, as the labels of single logs', async (_what, type, values, anomalous) => {
  const labels = await found('truth.label', { 'truth.label': type, 'truth.kind': 'keyword' }, values);
  expect(labels).toEqual({ anomaly: 'truth.label', anomalous, kind: 'truth.kind' });
  expect(labelMeasures(labels)).toEqual({
    anomalous: {
      filter: { terms: { 'truth.label': anomalous } },
      aggs: { kind: { terms: { field: 'truth.kind', size: 1 } } },
    },
  });
});

it('finds the label within an object, with kind and incident beside it, also as keywords of a text or in a flattened field', async () => {
  const values = keys('true', 'false');
  const fields = {
    'labels.anomaly': 'keyword',
    'labels.kind': 'keyword',
    'labels.incident': 'keyword',
  } as const;
  const whole = { kind: 'labels.kind', incident: 'labels.incident', anomalous: ['true'] };
  expect(await found('labels', { labels: 'object', ...fields }, values)).toEqual({
    ...{ anomaly: 'labels.anomaly', ...whole },
  });
  expect(await found('labels', { labels: 'flattened' }, values)).toEqual({
    ...{ anomaly: 'labels.anomaly', ...whole },
  });
  expect(
    await found(
      'label',
      { label: 'text', 'label.keyword': 'keyword', kind: 'text', 'kind.keyword': 'keyword' },
      values,
    ),
  ).toEqual({ anomaly: 'label.keyword', anomalous: ['true'], kind: 'kind.keyword' });
});

it('refuses a field in which no log has a label', async () => {
  await expect(found('label', { label: 'text' }, [])).rejects.toThrow(
    '"logs" has no field "label" with values',
  );
  await expect(found('label', { label: 'keyword' }, [])).rejects.toThrow(
    'none of the logs has a label in "label"',
  );
  await expect(found('attack', { attack: 'keyword' }, keys('sqli', 'xss'))).rejects.toThrow(
    'label field: "attack" holds "sqli", "xss"; allowed: true or false',
  );
});

it('names the most frequent kind and incident of a row with an anomalous log', () => {
  expect(labelsOf({ doc_count: 0 })).toEqual({ anomaly: 'false' });
  expect(labelsOf({ doc_count: 2, kind: { buckets: keys('flood') }, incident: { buckets: [] } })).toEqual({
    ...{ anomaly: 'true', kind: 'flood' },
  });
});
