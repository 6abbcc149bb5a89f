import { DAY, HOUR } from '../../../common/duration';
import { handedQuery, handedSource } from './handed_source';

it.each([
  [{ index: 'weblogs-*', kql: 'service.name : "shop"' }, undefined],
  [{ index: 'weblogs-*', timestamp_field: 'time', query: 'level:ERROR' }, '30d'],
  [{ index: 'a,b', query: { bool: { filter: [{ term: { 'service.name': 'shop' } }] } } }, '8d'],
])('comes back as it was handed over: %j', (source, window) => {
  const shown = window === '30d' ? 30 * DAY : window === '8d' ? 7 * DAY + HOUR : HOUR;
  const query = handedQuery(source, shown);
  const through = Object.fromEntries(new URLSearchParams(query as Record<string, string>));
  expect(handedSource(through)).toEqual({ source, ...(window !== undefined && { window }) });
});

it.each([
  ['nothing', {}],
  ['no index', { index: '', kql: 'a : b' }],
  ['a script', { index: 'a', query: '{"script":{"script":"1"}}' }],
  ['no JSON', { index: 'a', query: '{' }],
  ['another index in a query', { index: 'a', query: '{"terms":{"a":{"index":"b","id":"1","path":"c"}}}' }],
  ['too long an index', { index: 'a'.repeat(2_000) }],
])('leaves %s alone', (_what, query) => {
  expect(handedSource(query)).toBeUndefined();
});

it.each(['forever', '9000d', '-1d'])('takes the default for a window of %s', (window) => {
  expect(handedSource({ index: 'a', window })).toEqual({ source: { index: 'a', kql: '' } });
});
