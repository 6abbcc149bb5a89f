import type { EntitySettings } from '../../../common/detector';
import type { GivenEntity } from '../../../common/detector/entity_fields';
import type { ElasticsearchClient } from '../transport/client';
import { queryOfEntity } from './entity_query';

/** Answers that each field that is asked for is a keyword, but none of its own subfields. */
const client = {
  fieldCaps: ({ fields }: { fields: string[] }) =>
    Promise.resolve({
      indices: ['logs'],
      fields: Object.fromEntries(
        fields
          .filter((field) => !field.endsWith('.keyword'))
          .map((field) => [
            field,
            { keyword: { type: 'keyword', searchable: true, aggregatable: true, metadata_field: false } },
          ]),
      ),
    }),
} as unknown as ElasticsearchClient;

const queriesOf = (settings: EntitySettings, entity: GivenEntity) =>
  queryOfEntity(client, 'logs', { settings, entity, signal: undefined });

const pair = { entity_fields: ['service.name', 'host.name'] };

it('selects no log of an entity that was made of another number of fields', async () => {
  expect(await queriesOf(pair, 'checkout')).toEqual([{ match_none: {} }]);
  expect(await queriesOf(pair, { entity: 'checkout' })).toEqual([{ match_none: {} }]);
  expect(await queriesOf(pair, 'a | b | c')).toEqual([{ match_none: {} }]);
});

it('goes by the fields that a result was found with', async () => {
  const bucket = { entity: 'checkout', entity_field: 'service.name' };
  expect(await queriesOf(pair, bucket)).toEqual([{ term: { 'service.name': 'checkout' } }]);
  const parts = { entity: 'checkout | web-1', entity_parts: { 'service.name': 'checkout', zone: 'web-1' } };
  expect(await queriesOf(pair, parts)).toEqual([
    { term: { 'service.name': 'checkout' } },
    { term: { zone: 'web-1' } },
  ]);
});

it('selects the logs of an entity by each of its fields', async () => {
  const isAbsent = (field: string) => ({ bool: { must_not: [{ exists: { field } }] } });
  expect(await queriesOf(pair, 'checkout | -')).toEqual([
    { term: { 'service.name': 'checkout' } },
    isAbsent('host.name'),
  ]);
  const long = 'x'.repeat(126);
  expect(await queriesOf(pair, `${long} | web-1`)).toEqual([
    { prefix: { 'service.name': long } },
    { term: { 'host.name': 'web-1' } },
  ]);
  expect(await queriesOf(pair, undefined)).toEqual([isAbsent('service.name'), isAbsent('host.name')]);
  expect(await queriesOf({}, 'checkout')).toEqual([]);
});
