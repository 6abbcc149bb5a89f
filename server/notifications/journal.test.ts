import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileJournal, createMemoryJournal, EMPTY_CHANNEL } from './journal';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alert-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ['memory', () => createMemoryJournal()],
  ['file', () => createFileJournal(join(folder, 'a', 'journal.json'))],
])('%s journal', (_name, create) => {
  it('remembers ids and channels', async () => {
    const journal = create();
    expect([...(await journal.announced(['a', 'b'])).keys()]).toEqual([]);
    expect(await journal.readChannel('slack')).toEqual(EMPTY_CHANNEL);
    await Promise.all([journal.record(['a'], 'announced'), journal.record(['b'], 'suppressed')]);
    await journal.writeChannel('slack', { sentAt: [1], outbox: [], suppressed: { results: 2, since: 3 } });
    expect([...(await journal.announced(['a', 'b', 'c'])).keys()]).toEqual(['a', 'b']);
    expect(await journal.readChannel('slack')).toMatchObject({ sentAt: [1], suppressed: { results: 2 } });
    expect(await journal.readChannel('email')).toEqual(EMPTY_CHANNEL);
  });

  it('forgets the oldest ids first', async () => {
    const journal = create();
    await journal.record(
      Array.from({ length: 50_001 }, (_, index) => `id-${index}`),
      'announced',
    );
    expect([...(await journal.announced(['id-0', 'id-1', 'id-50000'])).keys()]).toEqual(['id-1', 'id-50000']);
  });
});

describe('file journal', () => {
  it('survives the process and leaves one private file', async () => {
    const path = join(folder, 'journal.json');
    await createFileJournal(path).record(['a', '__proto__'], 'announced');
    expect([...(await createFileJournal(path).announced(['a', 'b']))]).toEqual([['a', 'announced']]);
    expect(await readdir(folder)).toEqual(['journal.json']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each(['{"half":', '[]', '{"format":"other"}', '{"format":"log-anomalies-alert-journal-1","ids":[]}'])(
    'refuses %s and leaves it as it is',
    async (content) => {
      const path = join(folder, 'journal.json');
      await writeFile(path, content);
      await expect(createFileJournal(path).announced(['a'])).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(createFileJournal(path).record(['a'], 'announced')).rejects.toThrow(
        /not an alert journal/,
      );
      expect(await readFile(path, 'utf8')).toBe(content);
    },
  );

  it('that is nested too deeply or too large is refused', async () => {
    const path = join(folder, 'journal.json');
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const content = { format: 'log-anomalies-alert-journal-1', ids: {}, channels: { slack: { outbox: 1 } } };
    await writeFile(path, JSON.stringify(content).replace(':1}', `:${deep}}`));
    const refused = { code: 'invalid_input', message: expect.stringContaining('is not an alert journal') };
    await expect(createFileJournal(path).announced(['a'])).rejects.toMatchObject(refused);
    await writeFile(path, Buffer.alloc(65 * 1024 * 1024, ' '));
    await expect(createFileJournal(path).announced(['a'])).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('is larger than 64 MB'),
    });
  });
});
