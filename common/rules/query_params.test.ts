import { incidentParamsSchema, logAnomalyParamsSchema, queryOf } from '.';

const shop = { term: { 'service.name': 'shop' } };
const fatal = {
  bool: {
    should: [{ term: { 'log.level': { value: 'fatal', case_insensitive: true } } }],
    minimum_should_match: 1,
  },
};

it.each([incidentParamsSchema, logAnomalyParamsSchema])(
  'all conditions on results hold together, in either type of rule',
  (schema) => {
    expect(queryOf(schema.parse({}))).toBeUndefined();
    expect(queryOf(schema.parse({ query: JSON.stringify(shop) }))).toEqual(shop);
    const params = schema.parse({
      query: JSON.stringify(shop),
      pattern_changes: ['new', 'returned'],
      levels: ['fatal'],
    });
    expect(queryOf(params)).toEqual({
      bool: { filter: [shop, { terms: { 'anomaly.change.kind': ['new', 'returned'] } }, fatal] },
    });
    expect(queryOf(schema.parse({ levels: ['fatal'] }))).toEqual(fatal);
  },
);

it('parameters that were saved before are the same', () => {
  expect(Object.keys(incidentParamsSchema.parse({}))).not.toContain('levels');
  expect(Object.keys(logAnomalyParamsSchema.parse({}))).not.toContain('pattern_changes');
  expect(() => logAnomalyParamsSchema.parse({ pattern_changes: ['odd'] })).toThrow();
  expect(() => logAnomalyParamsSchema.parse({ levels: [] })).toThrow();
});
