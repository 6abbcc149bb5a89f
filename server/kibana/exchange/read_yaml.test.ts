import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { readYaml } from './read_yaml';
import { longestBlock } from '../../../test/unit/thread_time';

const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-yaml-'));
const worker = join(folder, 'yaml_worker.js');
beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, 'yaml_worker.ts')],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readYaml, on its thread', () => {
  it('reads and refuses as in this thread', async () => {
    const text = 'name: a\n---\nname: b\n';
    expect(await readYaml(text, { worker })).toEqual(await readYaml(text));
    await expect(readYaml('a: [', { worker })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/^The file is not valid YAML: line 1, column /),
    });
  });

  it('lets a file that takes long neither hold this thread up nor go on', async () => {
    const longest = await longestBlock(() =>
      expect(readYaml('"'.repeat(1_000_000), { worker, deadline: 1_000 })).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('more than 1 seconds'),
      }),
    );
    expect(longest).toBeLessThan(250);
    expect(await readYaml('name: next', { worker })).toEqual([{ line: 1, value: { name: 'next' } }]);
  });

  it('says so when a thread fails', async () => {
    const broken = join(folder, 'broken.js');
    writeFileSync(broken, 'throw new Error("no memory")');
    await expect(readYaml('name: a', { worker: broken })).rejects.toMatchObject({
      code: 'refused',
      message: 'The file cannot be read: no memory. Split it.',
    });
  });
});
