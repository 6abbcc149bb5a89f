import { allObjects } from './all_objects';
import type { SavedObjectsClient } from './saved_object_contracts';

/** Objects in pages, as Kibana answers; `change` happens after each page. */
function clientOf(ids: string[], change: (page: number) => void = () => undefined) {
  const asked: object[] = [];
  const find = (async (options: { page: number; perPage: number }) => {
    asked.push(options);
    const { page, perPage } = options;
    const found = ids.slice((page - 1) * perPage, page * perPage);
    const total = ids.length;
    change(page);
    return { total, saved_objects: found.map((id) => ({ id, type: 't', attributes: {} })) };
  }) as unknown as SavedObjectsClient['find'];
  return { find, asked };
}

it('reads page by page in a fixed order until it has all', async () => {
  const { find, asked } = clientOf(['a', 'b', 'c', 'd', 'e']);
  const found = await allObjects({ find }, { type: 't', perPage: 2 });
  expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(asked).toHaveLength(3);
  for (const each of asked) expect(each).toMatchObject({ sortField: 'created_at', sortOrder: 'asc' });
});

it('has each once, and ends where objects go meanwhile', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  const { find } = clientOf(ids, (page) => {
    if (page === 1) ids.unshift('z');
    else ids.splice(0);
  });
  const found = await allObjects({ find }, { type: 't', perPage: 2 });
  expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});
