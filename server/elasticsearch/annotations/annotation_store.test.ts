import { annotationIdSchema } from '../../../common/annotations';
import type { ElasticsearchClient } from '../transport/client';
import { annotationOf, createAnnotationStore } from './annotation_store';

const AT = '2026-11-01T10:00:00.000Z';
const NOW = Date.parse(AT);
const stored = { kind: 'maintenance', title: 'Move', at: AT, entities: ['cart'], recorded_at: AT };

it('makes ids that a caller may give, too', () => {
  const ids = Array.from(
    { length: 1_000 },
    (_, place) => annotationOf({ kind: 'change', title: `Flag ${place}`, entities: [] }, undefined, NOW).id,
  );
  expect(ids.filter((id) => !annotationIdSchema.safeParse(id).success)).toEqual([]);
  expect(new Set(ids).size).toBe(1_000);
});

it('gives what is there the end that it lacked, and says what else differs', async () => {
  const updates: object[] = [];
  const client = {
    get: () => Promise.resolve({ _id: 'inc', _source: { ...stored, entities: [] } }),
    update: (request: object) => {
      updates.push(request);
      return Promise.resolve({});
    },
    bulk: () =>
      Promise.resolve({
        items: [
          { create: { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'x' } } },
        ],
      }),
    indices: {
      getMapping: () => Promise.reject(Object.assign(new Error(), { meta: { statusCode: 404 } })),
      create: async () => ({}),
    },
  } as unknown as ElasticsearchClient;
  const store = createAnnotationStore(client, { space: 'default' });
  const later = NOW + 60_000;
  const draft = { id: 'inc', kind: 'maintenance' as const, title: 'Other', entities: [] };
  const ends_at = new Date(later + 60_000).toISOString();
  const added = await store.add(annotationOf({ ...draft, ends_at }, undefined, later));
  expect(added).toMatchObject({ created: false, differs: ['title'], annotation: { title: 'Move', ends_at } });
  expect(updates).toMatchObject([{ id: 'inc', doc: { ends_at } }]);
  expect(await store.add(annotationOf({ ...draft, title: 'Move' }, undefined, later))).toMatchObject({
    differs: [],
  });
  expect(updates).toHaveLength(1);
});

it('refuses a start that lies more than a year ahead', () => {
  const at = new Date(NOW + 400 * 86_400_000).toISOString();
  expect(() => annotationOf({ kind: 'change', title: 'x', entities: [], at }, undefined, NOW)).toThrow(
    /at most a year ahead/,
  );
});

it('asks for known fields of whole documents, and counts none that is no annotation', async () => {
  const asked: { _source_includes: string[]; query: object }[] = [];
  const client = {
    search: (request: (typeof asked)[0]) => {
      asked.push(request);
      return Promise.resolve({
        hits: {
          total: { value: 2, relation: 'eq' },
          hits: [
            { _id: 'good', _source: stored },
            { _id: 'bad', _source: { ...stored, at: '1764288000000' } },
          ],
        },
      });
    },
  } as unknown as ElasticsearchClient;
  const found = await createAnnotationStore(client, { space: 'default' }).list({}, { page: 1, size: 10 });
  expect(found).toEqual({ total: 1, annotations: [{ id: 'good', ...stored }] });
  expect(asked[0]._source_includes).toEqual(expect.arrayContaining(['kind', 'at', 'entities', 'by']));
  expect(JSON.stringify(asked[0].query)).toContain('{"exists":{"field":"recorded_at"}}');
});
