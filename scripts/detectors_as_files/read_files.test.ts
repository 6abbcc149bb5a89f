import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('links are followed, once to each file, and one that leads nowhere is named', async () => {
  // As Kubernetes lays a ConfigMap out, beside a folder elsewhere and a link back to the beginning.
  const mounted = join(folder, 'mounted');
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(join(mounted, '..2026'), { recursive: true });
  mkdirSync(elsewhere);
  writeFileSync(join(mounted, '..2026/a.yml'), '');
  writeFileSync(join(elsewhere, 'b.yml'), '');
  writeFileSync(join(elsewhere, 'c.yml'), '');
  symlinkSync('..2026', join(mounted, '..data'));
  symlinkSync('..data/a.yml', join(mounted, 'a.yml'));
  symlinkSync('../elsewhere', join(mounted, 'more'));
  symlinkSync('../elsewhere/c.yml', join(mounted, 'c.yml'));
  symlinkSync('.', join(mounted, 'self'));
  symlinkSync('ann@host.7', join(mounted, '.#a.yml'));
  expect((await yamlFilesIn(mounted)).sort()).toEqual(
    ['..2026/a.yml', 'c.yml', 'more/b.yml'].map((name) => join(mounted, name)),
  );
  symlinkSync('nowhere.yml', join(mounted, 'd.yml'));
  await expect(yamlFilesIn(mounted)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('d.yml cannot be read: ENOENT'),
  });
});
