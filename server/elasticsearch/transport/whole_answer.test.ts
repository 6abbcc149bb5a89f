import { splitTerms } from './whole_answer';

describe('splitTerms', () => {
  const query = (terms: object) => ({
    index: 'logs',
    query: { bool: { filter: [{ match_all: {} }, terms] } },
  });

  test('gives a list that is too long as several', () => {
    expect(splitTerms(query({ terms: { host: ['a', 'b', 'c', 'd', 'e'] } }), 2)).toEqual(
      query({
        bool: {
          should: [
            { terms: { host: ['a', 'b'] } },
            { terms: { host: ['c', 'd'] } },
            { terms: { host: ['e'] } },
          ],
          minimum_should_match: 1,
        },
      }),
    );
  });

  test('leaves short lists, aggregations and other values alone', () => {
    for (const other of [
      { terms: { host: ['a', 'b'] } },
      { terms: { field: 'host', size: 500, include: ['a', 'b', 'c'] } },
      { ids: { values: ['a', 'b', 'c'] } },
      { range: { at: { gte: 1, lt: null } } },
    ]) {
      expect(splitTerms(query(other), 2)).toEqual(query(other));
    }
  });
});
