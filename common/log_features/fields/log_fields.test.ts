import { logFieldsOf, type MappedTypes } from './log_fields';

const KEYWORD: MappedTypes = { keyword: { aggregatable: true } };
const LONG: MappedTypes = { long: { aggregatable: true } };
const TEXT: MappedTypes = { text: { aggregatable: false } };

const documents = [
  { service: { name: 'shop' }, took: 12, message: 'one', '@timestamp': '2026-11-01T00:00:00Z' },
  { service: { name: 'shop' }, took: 7, message: 'two', tags: ['a', 'b'] },
  { 'service.name': 'blog', took: '-', message: '' },
  { service: { name: 'shop' }, secret: 'not mapped' },
];
const types: Record<string, MappedTypes> = {
  '@timestamp': { date: { aggregatable: true }, date_nanos: { aggregatable: true } },
  'service.name': KEYWORD,
  took: LONG,
  message: TEXT,
  'message.keyword': KEYWORD,
  tags: { keyword: { aggregatable: true }, text: { aggregatable: false }, unmapped: { aggregatable: false } },
};

it('tells of the fields that logs have how they are mapped, how often they come and what they hold', () => {
  const fields = logFieldsOf(documents, (field) => types[field]);
  expect(fields).toEqual([
    { field: '@timestamp', kind: 'time', share: 0.25, distinct: 1, examples: ['2026-11-01T00:00:00Z'] },
    { field: 'message', kind: 'text', share: 0.5, distinct: 2, examples: ['one', 'two'] },
    { field: 'message.keyword', kind: 'value', share: 0.5, distinct: 2, examples: ['one', 'two'] },
    { field: 'service.name', kind: 'value', share: 1, distinct: 2, examples: ['shop', 'blog'] },
    { field: 'tags', kind: 'text', share: 0.25, distinct: 1, examples: ['a'] },
    { field: 'took', kind: 'number', share: 0.5, distinct: 2, examples: ['12', '7'] },
  ]);
});

it('takes a field that indices map differently for what all of them can do', () => {
  const [field] = logFieldsOf([{ id: 5 }], () => ({ ...LONG, ...KEYWORD }));
  expect(field).toMatchObject({ field: 'id', kind: 'value' });
});
