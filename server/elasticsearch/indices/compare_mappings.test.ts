import { compareMappings } from './compare_mappings';

const keyword = { type: 'keyword' } as const;
const wanted = {
  properties: {
    at: { type: 'date' as const },
    anomaly: { properties: { entity: keyword, score: { type: 'double' as const } } },
    stored: { type: 'object' as const, enabled: false },
  },
};

describe('compareMappings', () => {
  test('finds nothing in the mapping itself, nor in one with more', () => {
    expect(compareMappings(wanted, wanted)).toEqual({ wrong: [], missing: [] });
    const more = { properties: { ...wanted.properties, extra: keyword } };
    expect(compareMappings(wanted, more)).toEqual({ wrong: [], missing: [] });
  });

  test('names what is missing, an object with all of it', () => {
    expect(compareMappings(wanted, {})).toEqual({ wrong: [], missing: ['at', 'anomaly', 'stored'] });
    const found = { properties: { ...wanted.properties, anomaly: { properties: { entity: keyword } } } };
    expect(compareMappings(wanted, found)).toEqual({ wrong: [], missing: ['anomaly.score'] });
  });

  test('names what a write without a mapping makes of the fields', () => {
    const found = {
      properties: {
        at: { type: 'text' as const },
        anomaly: { properties: { entity: { type: 'text' as const, fields: { keyword } }, score: keyword } },
        stored: { properties: { a: { type: 'long' as const } } },
      },
    };
    expect(compareMappings(wanted, found)).toEqual({
      wrong: [
        'at is text instead of date',
        'anomaly.entity is text instead of keyword',
        'anomaly.score is keyword instead of double',
        'stored is indexed',
      ],
      missing: [],
    });
  });

  test('tells an object from a value', () => {
    const found = { properties: { at: { properties: {} }, anomaly: keyword } };
    expect(compareMappings(wanted, found).wrong).toEqual([
      'at is object instead of date',
      'anomaly is keyword instead of object',
    ]);
  });
});
