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
