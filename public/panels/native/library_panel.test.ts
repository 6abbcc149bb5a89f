import { readLibrary } from './library_panel';

const library = (attributes: object) => ({
  contentManagement: { client: { get: async () => ({ item: { attributes } }) } },
});
const visState = JSON.stringify({ type: 'log_anomalies_table', params: { limit: 5 } });

it('reads the settings of a visualization, and the query and the filters that it was saved with', async () => {
  const query = { query: 'anomaly.entity : "cart"', language: 'kuery' };
  const filter = [{ meta: {}, query: { term: { 'anomaly.severity': 'major' } } }];
  const searchSourceJSON = JSON.stringify({ query, filter });
  const saved = library({ visState, kibanaSavedObjectMeta: { searchSourceJSON } });
  const found = await readLibrary('table', { ref_id: 'saved' }, saved);
  expect(found?.settings).toMatchObject({ kind: 'table', limit: 5 });
  expect(found?.search).toEqual({ query, filters: filter });
  expect((await readLibrary('table', { ref_id: 'saved' }, library({ visState })))?.search).toEqual({});
});

it('reads nothing for a panel by value, and refuses a visualization of another kind', async () => {
  expect(await readLibrary('table', { limit: 5 }, {})).toBeUndefined();
  await expect(readLibrary('patterns', { ref_id: 'saved' }, library({ visState }))).rejects.toThrow(
    'The visualization saved is no panel "log_anomalies_patterns".',
  );
  await expect(readLibrary('table', { ref_id: 'saved' }, {})).rejects.toThrow('no library');
});
