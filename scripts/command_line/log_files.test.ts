import fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadDocuments, openDocumentWriter, readDocuments, writeWhole, type DocumentLine } from './log_files';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-files-'));
});
afterEach(() => rm(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

async function all(name: string) {
  const lines = [];
  for await (const line of readDocuments(path(name))) lines.push(line);
  return lines;
}

describe('reading', () => {
  it('reads one document a line, gzip or not, and tells bad lines with their number', async () => {
    const text = '{"a":1}\n\nnot json\r\n[1]\n{"b":"é"}';
    await writeFile(path('plain'), text);
    await writeFile(path('zipped'), gzipSync(text));
    const expected = [
      { line: 1, document: { a: 1 } },
      { line: 3, problem: expect.stringContaining('not JSON') },
      { line: 4, problem: 'not a JSON object' },
      { line: 5, document: { b: 'é' } },
    ];
    expect(await all('plain')).toEqual(expected);
    expect(await all('zipped')).toEqual(expected);
  });

  it('reads one array, over lines or not', async () => {
    await writeFile(path('array'), '[{"a":1},\n {"a":2}, 3]');
    expect(await all('array')).toEqual([
      { line: 1, document: { a: 1 } },
      { line: 2, document: { a: 2 } },
      { line: 3, problem: 'not a JSON object' },
    ]);
  });

  it('tells of a document that is nested too deeply, and takes no stack for it', async () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    await writeFile(path('deep'), `${deep}\n{"a":1}\n`);
    expect(await all('deep')).toEqual([
      { line: 1, problem: 'nested more than 64 levels deep' },
      { line: 2, document: { a: 1 } },
    ]);
  });

  it('passes over a byte order mark, before lines and before an array', async () => {
    await writeFile(path('lines'), '\uFEFF{"a":1}\n{"a":2}');
    await writeFile(path('array'), '\uFEFF[{"a":1},{"a":2}]');
    const expected = [
      { line: 1, document: { a: 1 } },
      { line: 2, document: { a: 2 } },
    ];
    expect(await all('lines')).toEqual(expected);
    expect(await all('array')).toEqual(expected);
  });

  it('says so where a file cannot be read to its end, after the lines before', async () => {
    const lines = Array.from({ length: 20_000 }, (_none, a) => JSON.stringify({ a, b: Math.sin(a) })).join(
      '\n',
    );
    await writeFile(path('whole'), lines);
    const zipped = gzipSync(lines);
    await writeFile(path('cut.gz'), zipped.subarray(0, zipped.length - 20));
    const read: DocumentLine[] = [];
    const reading = async (name: string): Promise<void> => {
      for await (const line of readDocuments(path(name))) {
        if (read.push(line) > 1) continue;
        // The disk fails from the second piece on.
        const handle = jest.spyOn(fs, 'read');
        handle.mockImplementation((...given: unknown[]) =>
          (given[given.length - 1] as (error: Error) => void)(
            Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' }),
          ),
        );
      }
    };
    await expect(reading('whole')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/whole cannot be read to its end: EIO/),
    });
    jest.restoreAllMocks();
    expect(read.length).toBeGreaterThan(100);
    await expect(all('cut.gz')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/cut\.gz cannot be read to its end: unexpected end of file/),
    });
  });

  it('refuses what holds no document, and says why', async () => {
    await writeFile(path('empty'), '');
    await writeFile(path('bad'), 'x\n');
    await writeFile(path('broken.json'), '[{"a":1}');
    await expect(loadDocuments(path('empty'))).rejects.toThrow(/it is empty/);
    await expect(loadDocuments(path('bad'))).rejects.toThrow(/line 1: not JSON/);
    await expect(loadDocuments(path('broken.json'))).rejects.toThrow(/not a valid JSON array/);
    await expect(loadDocuments(path('none'))).rejects.toThrow(/cannot be read/);
    await expect(loadDocuments(folder)).rejects.toThrow(/is a folder/);
  });
});

describe('writing', () => {
  it.each([
    ['x.json', '[\n{"a":1},\n{"a":2}\n]\n'],
    ['x.ndjson', '{"a":1}\n{"a":2}\n'],
  ])('writes %s', async (name, expected) => {
    const writer = await openDocumentWriter(path(name));
    await writer.write({ a: 1 });
    await writer.write({ a: 2 });
    expect(await readdir(folder)).not.toContain(name);
    await writer.close();
    expect(await readFile(path(name), 'utf8')).toBe(expected);
    expect(await readdir(folder)).toEqual([name]);
  });

  it('writes an empty array', async () => {
    await (await openDocumentWriter(path('x.json'))).close();
    expect(await readFile(path('x.json'), 'utf8')).toBe('[]\n');
  });

  it('writes into a pipe or a device, and through a link, which stays', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    for (const write of [
      () => writeWhole(path('pipe'), '{"a":1}\n'),
      async () => {
        const writer = await openDocumentWriter(path('pipe'));
        await writer.write({ a: 1 });
        await writer.close();
      },
    ]) {
      const [text] = await Promise.all([readFile(path('pipe'), 'utf8'), write()]);
      expect(text).toBe('{"a":1}\n');
    }
    expect((await lstat(path('pipe'))).isFIFO()).toBe(true);
    await writeFile(path('file'), 'old');
    await symlink('file', path('link'));
    await writeWhole(path('link'), 'new');
    expect((await lstat(path('link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(path('file'), 'utf8')).toBe('new');
  });

  it('leaves the old file alone when abandoned', async () => {
    await writeWhole(path('x.ndjson'), 'old\n');
    const writer = await openDocumentWriter(path('x.ndjson'));
    await writer.write({ a: 1 });
    await writer.abandon();
    expect(await readFile(path('x.ndjson'), 'utf8')).toBe('old\n');
    expect(await readdir(folder)).toEqual(['x.ndjson']);
  });
});

describe('a line that is too long', () => {
  it('is passed over while it is read, by its number, also in a gzip', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'long-line-'));
    const file = join(folder, 'logs.ndjson.gz');
    const size = 120 * 1024 * 1024;
    await writeFile(
      file,
      gzipSync(
        Buffer.concat([Buffer.from('{"a":1}\r\n'), Buffer.alloc(size, 'x'), Buffer.from('\n{"a":"é"}\n')]),
      ),
    );
    // The least of three: what is garbage by then is collected at times of its own.
    let least = Infinity;
    for (let round = 0; round < 3 && least >= size; round++) {
      const before = process.memoryUsage().heapUsed;
      const lines: DocumentLine[] = [];
      for await (const line of readDocuments(file)) lines.push(line);
      expect(lines).toEqual([
        { line: 1, document: { a: 1 } },
        { line: 2, problem: 'longer than 16777216 characters', isTooLong: true },
        { line: 3, document: { a: 'é' } },
      ]);
      least = Math.min(least, process.memoryUsage().heapUsed - before);
    }
    expect(least).toBeLessThan(size);
    await rm(folder, { recursive: true });
  }, 240_000);
});
