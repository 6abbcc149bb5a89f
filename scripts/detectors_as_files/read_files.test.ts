import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yamlFilesIn } from './read_files';

// Node 24 has no `path` in an entry of a folder.
jest.mock('node:fs/promises', () => {
  const real = jest.requireActual<typeof promises>('node:fs/promises');
  const readdir = async (...given: Parameters<typeof promises.readdir>) =>
    (await real.readdir(...given)).map((entry: unknown) =>
      typeof entry === 'string' ? entry : Object.assign(entry as object, { path: undefined }),
    );
  return { ...real, readdir };
});

const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('YAML files of a folder and below are found, and nothing else', async () => {
  mkdirSync(join(folder, 'shop/odd.yml'), { recursive: true });
  for (const name of ['a.yml', 'shop/b.YAML', 'shop/notes.txt', 'shop/odd.yml/c.yml']) {
    writeFileSync(join(folder, name), '');
  }
  expect((await yamlFilesIn(folder)).sort()).toEqual(
    ['a.yml', 'shop/b.YAML', 'shop/odd.yml/c.yml'].map((name) => join(folder, name)),
  );
});
