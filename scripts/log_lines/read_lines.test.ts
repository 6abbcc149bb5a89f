import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readDocuments } from '../command_line/log_files';
import { ARRAY_CHARACTERS, createLineSplitter, LINE_CHARACTERS } from './line_splitter';
import { readLines } from './read_lines';
import { createTextDecoding } from './text_decoding';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-lines-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function linesOf(content: string | Buffer): Promise<string[]> {
  await writeFile(join(folder, 'logs'), content);
  const lines = [];
  for await (const line of readLines(join(folder, 'logs'))) lines.push(line);
  return lines;
}
/** Lines of a text that comes in pieces of so many characters. */
function split(text: string, size = text.length): string[] {
  const splitter = createLineSplitter();
  const lines = [];
  for (let at = 0; at < text.length; at += size) lines.push(...splitter.write(text.slice(at, at + size)));
  return [...lines, ...splitter.end()];
}

describe('a line', () => {
  it.each<[string, string, string[]]>([
    ['line feeds', 'a\n\nb\n', ['a', '', 'b']],
    ['returns and line feeds', 'a\r\n\r\nb\r\n', ['a', '', 'b']],
    ['no break at the end', 'a\r\nb', ['a', 'b']],
    ['a progress bar, whose returns are text', '10 %\r20 %\r30 %\nb\rc\n', ['10 %\r20 %\r30 %', 'b\rc']],
    ['returns alone, where there is no line feed at all', 'a\r\rb\r', ['a', '', 'b']],
  ])('ends as the file has it: %s', (_which, text, lines) => {
    for (const size of [1, 2, 3, 100]) expect(split(text, size)).toEqual(lines);
  });

  it('ends at returns in a file that has none but them for long, and at line feeds behind', () => {
    const many = new Array<string>(60_000).fill('2024-05-01 10:00:00 x');
    expect(split(`${many.join('\r')}\ra\nb\r\nc`, 65_536)).toEqual([...many, 'a', 'b', 'c']);
  });

  it('forges no log by a return', async () => {
    const forged = '2024-05-01 10:00:00 INFO GET /a\r2024-05-01 10:00:00 ERROR b';
    expect(await linesOf(`${forged}\nc\n`)).toEqual([forged, 'c']);
  });
});

describe('text', () => {
  const lines = ['{"a":"é漢😀"}', 'b'];
  const text = `${lines.join('\r\n')}\r\n`;
  const bigEndian = (of: string): Buffer => Buffer.from(of, 'utf16le').swap16();
  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16LE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16BE with a mark', bigEndian(`\uFEFF${text}`)],
  ])('is read as %s, also from a gzip', async (_encoding, content) => {
    expect(await linesOf(content)).toEqual(lines);
    expect(await linesOf(gzipSync(content))).toEqual(lines);
    const decoding = createTextDecoding('it');
    const pieces = [...content].map((byte) => decoding.write(Buffer.from([byte])));
    expect(pieces.join('') + decoding.end()).toBe(text);
  });

  it.each<[string, Buffer]>([
    ['UTF-16LE without a byte order mark', Buffer.from('2024-05-01 é x\r\n', 'utf16le')],
    ['UTF-16BE without a byte order mark', bigEndian('2024-05-01 é x\r\n')],
    ['UTF-32LE', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
  ])('is refused as %s, with the way to convert it', async (encoding, content) => {
    await expect(linesOf(content)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(`logs is ${encoding}; text is read as UTF-8. Convert it: iconv -f UTF-`),
    });
  });

  it('may hold zeros, as where a file was cut while it was written', async () => {
    expect(await linesOf(`${'\0'.repeat(1_000)}a\nb\n`)).toEqual([`${'\0'.repeat(1_000)}a`, 'b']);
    expect(await linesOf('')).toEqual([]);
    expect(await linesOf('a')).toEqual(['a']);
  });
});

describe('a JSON array', () => {
  it('may stand behind blank lines', async () => {
    await writeFile(join(folder, 'array'), '\n \n[\n{"a":1},\n{"a":2}]');
    const documents = [];
    for await (const { document } of readDocuments(join(folder, 'array'))) documents.push(document);
    expect(documents).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('may have longer lines than other files, which are cut', () => {
    const long = 'x'.repeat(LINE_CHARACTERS + 10);
    expect(split(`\n[\n{"a":"${long}"}]\n`).map((line) => line.length)).toEqual([0, 1, long.length + 9]);
    expect(LINE_CHARACTERS).toBeLessThan(ARRAY_CHARACTERS);
    expect(split(`[2024-05-01] a\n${long}\n`).map((line) => line.length)).toEqual([14, LINE_CHARACTERS + 1]);
  });
});
