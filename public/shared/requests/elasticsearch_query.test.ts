const mockBuild = jest.fn();
jest.mock(
  '@kbn/es-query',
  () => ({ buildEsQuery: (...given: unknown[]) => mockBuild(...given) as unknown }),
  {
    virtual: true,
  },
);

import moment from 'moment-timezone';
import { elasticsearchQuery } from './elasticsearch_query';

const rangeOf = (range: object): unknown => {
  mockBuild.mockReturnValue({ bool: { filter: [{ range }] } });
  const built = JSON.parse(elasticsearchQuery({ query: 'x', language: 'kuery' })!) as {
    bool: { filter: unknown[] };
  };
  return built.bool.filter[0];
};

beforeAll(() => void moment.tz.setDefault('Asia/Tokyo'));
afterAll(() => void moment.tz.setDefault());

it('takes times without a zone in the zone that times are shown in', () => {
  const typed = { gte: '2026-11-28T10:00' };
  expect(rangeOf({ '@timestamp': typed })).toEqual({
    range: { '@timestamp': { ...typed, time_zone: 'Asia/Tokyo' } },
  });
  expect(mockBuild.mock.calls[0][3]).toMatchObject({ dateFormatTZ: 'Asia/Tokyo' });
  expect(JSON.parse(elasticsearchQuery({ query: '@timestamp:>2026', language: 'lucene' })!)).toMatchObject({
    query_string: { time_zone: 'Asia/Tokyo' },
  });
});

it('leaves numbers, other fields and times with a format of their own alone', () => {
  for (const range of [
    { '@timestamp': { gte: 1_795_884_900_000 } },
    { '@timestamp': { gte: '2026-11-28T10:00:00.000Z', format: 'strict_date_optional_time' } },
    { '@timestamp': { gte: 'now-1d', time_zone: 'UTC' } },
    { 'host.name': { gte: '2026-11-28' } },
  ])
    expect(rangeOf(range)).toEqual({ range });
});

it.each(['kuery', 'lucene'])(
  'takes white space for no query (%s): as a query it would match nothing',
  (language) => {
    expect(elasticsearchQuery({ query: ' \n', language })).toBeUndefined();
    mockBuild.mockReturnValue({});
    elasticsearchQuery([{ query: ' ', language }], [{ f: 1 }]);
    expect(mockBuild.mock.calls.at(-1)?.[1]).toEqual([]);
  },
);
