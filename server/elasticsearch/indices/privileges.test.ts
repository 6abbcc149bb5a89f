import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownerRole, pipelineRole, readerRole, retentionRole } from './privileges';

test('the documented roles are the ones that are checked', () => {
  const page = readFileSync(join(__dirname, '../../../docs/elasticsearch.md'), 'utf8');
  const documented = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json]) => JSON.parse(json) as unknown,
  );
  expect(documented).toEqual([
    ownerRole(['weblogs-*']),
    readerRole(),
    pipelineRole(['weblogs-*']),
    retentionRole(),
  ]);
});
