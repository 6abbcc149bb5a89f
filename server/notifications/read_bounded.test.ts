import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBounded } from './read_bounded';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-bounded-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('readBounded', () => {
  it('gives the whole text, whose characters may lie across its pieces', async () => {
    const text = `a${'é'.repeat(1024 * 1024)}`;
    await writeFile(join(folder, 'a'), text);
    expect(await readBounded(join(folder, 'a'), 3)).toBe(text);
    await writeFile(join(folder, 'b'), '');
    expect(await readBounded(join(folder, 'b'), 1)).toBe('');
  });

  it('decodes as the byte order mark says, and passes it over', async () => {
    const text = '\uFEFFname: é';
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
    ]) {
      await writeFile(join(folder, 'a'), bytes);
      expect(await readBounded(join(folder, 'a'), 1)).toBe('name: é');
    }
  });

  it('refuses what is larger, and what has no end', async () => {
    await writeFile(join(folder, 'a'), Buffer.alloc(1024 * 1024 + 1));
    await expect(readBounded(join(folder, 'a'), 1)).rejects.toThrow(/a is larger than 1 MB/);
    await expect(readBounded('/dev/zero', 2)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('says what the file system says', async () => {
    await expect(readBounded(join(folder, 'none'), 1)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
