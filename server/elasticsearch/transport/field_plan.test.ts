import { planOf, shortestFloat } from './field_plan';

const mapped = (type: string, aggregatable = true) => ({
  [type]: { type, aggregatable, searchable: true, metadata_field: false },
});
const plan = (types: Parameters<typeof planOf>[2]) => planOf(Object.keys(types), Object.keys(types), types);

it.each([
  'long',
  'unsigned_long',
  'scaled_float',
  'half_float',
  'constant_keyword',
  'wildcard',
  'version',
  'ip',
  'boolean',
  'keyword',
])('reads %s by its doc values', (type) => {
  expect(plan({ a: mapped(type) }).request).toEqual({ _source: false, docvalue_fields: ['a'] });
});

it.each(['date', 'date_nanos'])('reads %s as ISO 8601 whatever its own format is', (type) => {
  const asked = { field: 'a', format: 'strict_date_optional_time_nanos' };
  expect(plan({ a: mapped(type) }).request).toEqual({ _source: false, docvalue_fields: [asked] });
});

it.each([
  ['text', false],
  ['match_only_text', false],
  ['keyword', false],
  // fielddata: its doc values would be single words
  ['text', true],
])('fetches %s without doc values', (type, aggregatable) => {
  expect(plan({ a: mapped(type, aggregatable) }).request).toEqual({ _source: false, fields: ['a'] });
});

it.each(['object', 'nested', 'flattened', 'geo_point'])('reads %s from the source', (type) => {
  expect(plan({ a: mapped(type) }).request).toEqual({ _source: { includes: ['a'] } });
});

it('reads from the source what is mapped nowhere, not everywhere, or lies in nested objects', () => {
  expect(
    planOf(['a', 'b', 'c.d'], ['a', 'b', 'c.d'], {
      b: { ...mapped('long'), ...mapped('unmapped') },
      c: mapped('nested'),
      'c.d': mapped('keyword'),
    }).request,
  ).toEqual({ _source: { includes: ['a', 'b', 'c.d'] }, docvalue_fields: ['b'] });
});

it('fetches what is a date in some indices only: one format cannot be asked for', () => {
  expect(plan({ a: { ...mapped('date'), ...mapped('keyword') } }).request).toEqual({
    _source: false,
    fields: ['a'],
  });
});

it('asks for no more doc values than an index gives', () => {
  const types = Object.fromEntries(
    Array.from({ length: 130 }, (_, number) => [`f${number}`, mapped('long')]),
  );
  const { docvalue_fields: columns, fields } = plan(types).request;
  expect([columns?.length, fields?.length]).toEqual([100, 30]);
});

it('makes documents of hits, a list of more than one value only', () => {
  const hit = {
    _index: 'i',
    _id: '1',
    _source: { c: { e: 1 } },
    fields: { a: [0.10000000149011612], b: ['x', 'y'] },
  };
  const { documentOf, isIgnored } = plan({ a: mapped('float'), b: mapped('keyword') });
  const document = documentOf(hit);
  expect(document).toEqual({ a: 0.1, b: ['x', 'y'], c: { e: 1 } });
  // No copy for each log.
  expect(document).toBe(hit._source);
  const columns = { a: [0.10000000149011612], b: ['x', 'y'] };
  const ofColumns = documentOf({ _index: 'i', _id: '2', fields: columns });
  expect(ofColumns).toEqual({ a: 0.1, b: ['x', 'y'] });
  expect(ofColumns).toBe(columns);
  expect(isIgnored({ ...hit, _ignored: ['b'] })).toBe(true);
  expect(isIgnored({ ...hit, _ignored: ['c.e'] })).toBe(false);
});

it.each([0, 1, -2.5, 0.1, 1 / 3, 1e-30, 3.4028234663852886e38, 16_777_217, 123456.789])(
  'finds the decimal of the float next to %d',
  (number) => {
    const widened = Math.fround(number);
    expect(Math.fround(shortestFloat(widened) as number)).toBe(widened);
    expect(String(shortestFloat(Math.fround(0.1)))).toBe('0.1');
  },
);
