import { bulkWrite, type BulkOperation } from './bulk';
import type { ElasticsearchClient } from './client';

test('an index is looked for before each write that would make it anew by a script', async () => {
  const done: string[] = [];
  const client = {
    bulk: async ({ operations: [body] }: { operations: string[] }) => {
      done.push('write');
      const lines = body.trimEnd().split('\n');
      const [action] = Object.keys(JSON.parse(lines[0]) as object);
      return { items: [{ [action]: { status: 200 } }] };
    },
  } as unknown as ElasticsearchClient;
  const guard = { field: 'kind', restore: async (index: string) => void done.push(`look for ${index}`) };
  const operation = { index: 'patterns', id: '1', document: {} };
  const write = (action: BulkOperation['action']) =>
    bulkWrite(client, [{ ...operation, action }], { what: 'write patterns', guard });
  await write('update');
  await write('update');
  await write('index');
  expect(done).toEqual(['look for patterns', 'write', 'look for patterns', 'write', 'write']);
});
