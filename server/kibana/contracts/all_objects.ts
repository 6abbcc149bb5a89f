import type { SavedObject, SavedObjectsClient } from './saved_object_contracts';

const OBJECTS_AT_ONCE = 1_000;

/**
 * The order of pages: without one, an object may turn up on two of them, and another on none. Every saved object has this field
 * beside its attributes; saving it anew moves it to the end.
 */
export const IN_ORDER = { sortField: 'created_at', sortOrder: 'asc' } as const;

type Asked = Omit<Parameters<SavedObjectsClient['find']>[0], 'page' | 'sortField' | 'sortOrder'>;

/** Reads all saved objects page by page, each once. */
export async function allObjects<Attributes>(
  client: Pick<SavedObjectsClient, 'find'>,
  asked: Asked,
): Promise<SavedObject<Attributes>[]> {
  const { perPage = OBJECTS_AT_ONCE } = asked;
  const objects = new Map<string, SavedObject<Attributes>>();
  for (let page = 1; ; page++) {
    const { saved_objects: found, total } = await client.find<Attributes>({
      ...asked,
      ...IN_ORDER,
      perPage,
      page,
    });
    for (const object of found) objects.set(JSON.stringify([object.namespaces, object.id]), object);
    if (found.length === 0 || objects.size >= total || page * perPage >= total) return [...objects.values()];
  }
}
