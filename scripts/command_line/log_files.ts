import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { DetectionError } from '../../common/detection_error';
import { parseExactJson } from '../../common/log_parsing/exact_json';
import type { LogDocument } from '../../common/log_document';
import { DEEPEST_JSON, isNestedTooDeeply } from '../../common/json_values';
import { printable } from '../../common/printable';
import { terminalJson, terminalText } from './terminal';

/** Longest line that is taken in; what goes beyond is refused as one malformed line. */
const LINE_CHARACTERS = 16 * 1024 * 1024;

/** Told of a line that is longer than `most` characters and was left out. Lines count from 1. */
export type TooLong = (file: string, line: number, most: number) => void;

/** Options for reading files: a signal that stops it, and a receiver of problems. */
export interface Reading {
  readonly signal?: AbortSignal;
  readonly tooLong?: TooLong;
}

/** Tells of a line of {@link readLines} that goes beyond what is taken in. @returns whether it does */
export function isTooLong(text: string, line: number, file: string, { tooLong }: Reading): boolean {
  if (text.length <= LINE_CHARACTERS) return false;
  tooLong?.(file, line, LINE_CHARACTERS);
  return true;
}

/** A JSON array is read as a whole, so its file has a limit, below that of one text in V8; NDJSON has none. */
const ARRAY_CHARACTERS = 500_000_000;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Lines of a file, or of standard input for `-`; gzip is recognised by its first bytes. Of a line longer than LINE_CHARACTERS
 * one character more is kept and the rest is passed over while it is read, so that no line takes up the memory; the
 * first line may be a whole JSON array and be longer. A byte order mark at the beginning is passed over.
 *
 * @throws DetectionError `invalid_input` for a file that cannot be read to its end, such as a gzip that is cut off; the lines
 *   before were given out by then
 */
export async function* readLines(path: string, signal?: AbortSignal): AsyncGenerator<string> {
  const input = await openInput(path);
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let length = 0;
  let isArray: boolean | undefined;
  let endedInReturn = false;
  let isBeginning = true;
  const add = (piece: string): void => {
    if (isArray === undefined && piece.trim() !== '') isArray = piece.trimStart().startsWith('[');
    const most = isArray === true ? ARRAY_CHARACTERS : LINE_CHARACTERS;
    const left = most + 1 - length;
    if (left <= 0 || piece === '') return;
    pieces.push(piece.slice(0, left));
    length += Math.min(left, piece.length);
  };
  const take = (): string => {
    const line = pieces.join('');
    pieces = [];
    length = 0;
    isArray = false;
    return line;
  };
  try {
    for await (const chunk of input) {
      const read = typeof chunk === 'string' ? chunk : decoder.write(chunk as Buffer);
      const text = isBeginning && read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read;
      if (read !== '') isBeginning = false;
      let start = endedInReturn && text.startsWith('\n') ? 1 : 0;
      if (text !== '') endedInReturn = false;
      for (let index = start; index < text.length; index++) {
        const code = text.charCodeAt(index);
        if (code !== 10 && code !== 13) continue;
        add(text.slice(start, index));
        if (signal?.aborted) return;
        yield take();
        if (code === 13 && index + 1 === text.length) endedInReturn = true;
        if (code === 13 && text.charCodeAt(index + 1) === 10) index++;
        start = index + 1;
      }
      add(text.slice(start));
      if (signal?.aborted) return;
    }
    add(decoder.end());
    if (length > 0) yield take();
  } catch (error) {
    throw new DetectionError(
      'invalid_input',
      `${path === '-' ? 'Standard input' : `The file ${path}`} cannot be read to its end: ${(error as Error).message}`,
      { cause: error },
    );
  } finally {
    input.destroy();
  }
}

async function openInput(path: string): Promise<Readable> {
  if (path !== '-') {
    const found = await stat(path).catch((error: Error) => {
      throw new DetectionError('invalid_input', `The file ${path} cannot be read: ${error.message}`, {
        cause: error,
      });
    });
    if (found.isDirectory())
      throw new DetectionError('invalid_input', `${path} is a folder; a file is wanted.`);
  }
  const raw: Readable = path === '-' ? process.stdin : createReadStream(path);
  let first: Buffer = await new Promise((settle, fail) => {
    raw.once('error', fail);
    raw.once('end', () => settle(Buffer.alloc(0)));
    raw.once('readable', () => settle((raw.read() as Buffer | null) ?? Buffer.alloc(0)));
  });
  if (typeof first === 'string') first = Buffer.from(first);
  const joined = new PassThrough();
  // A pipe hands on no errors: without this, the reader of a file that fails in its middle would wait for ever.
  raw.on('error', (error) => joined.destroy(error));
  joined.write(first);
  if (raw.readableEnded) joined.end();
  else raw.pipe(joined);
  if (first.length < 2 || first[0] !== 0x1f || first[1] !== 0x8b) return joined;
  const unzipped = createGunzip();
  joined.on('error', (error) => unzipped.destroy(error));
  return joined.pipe(unzipped);
}

export interface DocumentLine {
  readonly line: number;
  readonly document?: LogDocument;
  readonly problem?: string;
}

/** JSON documents of a file: one a line (NDJSON), or one array. A bad line is told, not thrown. */
export async function* readDocuments(path: string, reading: Reading = {}): AsyncGenerator<DocumentLine> {
  let line = 0;
  let array: string[] | undefined;
  let bytes = 0;
  for await (const text of readLines(path, reading.signal)) {
    line++;
    if (array === undefined && text.trim() === '') continue;
    if (line === 1 && text.trimStart().startsWith('[')) array = [];
    if (array !== undefined) {
      bytes += text.length;
      if (bytes > ARRAY_CHARACTERS) {
        throw new DetectionError(
          'invalid_input',
          `${path} holds a JSON array of more than ${ARRAY_CHARACTERS.toLocaleString('en')} characters; write it as NDJSON.`,
        );
      }
      array.push(text);
      continue;
    }
    if (isTooLong(text, line, path, reading))
      yield { line, problem: `longer than ${LINE_CHARACTERS} characters` };
    else yield { line, ...parseDocument(text) };
  }
  if (array !== undefined) yield* readArray(array.join('\n'), path);
}

function parseDocument(text: string): { document: LogDocument } | { problem: string } {
  try {
    return asDocument(parseExactJson(text));
  } catch (error) {
    return { problem: `not JSON: ${printable((error as Error).message, 120)}` };
  }
}

function asDocument(value: unknown): { document: LogDocument } | { problem: string } {
  if (isNestedTooDeeply(value)) return { problem: `nested more than ${DEEPEST_JSON} levels deep` };
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? { document: value as LogDocument }
    : { problem: 'not a JSON object' };
}

function* readArray(text: string, path: string): Generator<DocumentLine> {
  let items: unknown;
  try {
    items = parseExactJson(text);
  } catch (error) {
    throw new DetectionError(
      'invalid_input',
      `${path} is not a valid JSON array: ${printable((error as Error).message, 300)}`,
      { cause: error },
    );
  }
  if (!Array.isArray(items))
    throw new DetectionError('invalid_input', `${path} must hold a JSON array or one object a line.`);
  for (const [index, item] of items.entries()) yield { line: index + 1, ...asDocument(item) };
}

/**
 * All documents of a file at once, for training and evaluation.
 *
 * @throws DetectionError `invalid_input` when nothing usable is in it
 */
export async function loadDocuments(
  path: string,
  reading: Reading = {},
): Promise<{ documents: LogDocument[]; problems: { line: number; problem: string }[] }> {
  const documents: LogDocument[] = [];
  const problems: { line: number; problem: string }[] = [];
  for await (const { line, document, problem } of readDocuments(path, reading)) {
    if (document !== undefined) documents.push(document);
    else problems.push({ line, problem: problem ?? '' });
  }
  if (reading.signal?.aborted) throw new DetectionError('interrupted', `Reading ${path} was interrupted.`);
  if (documents.length === 0) {
    const why = problems.length === 0 ? 'it is empty' : `line ${problems[0].line}: ${problems[0].problem}`;
    throw new DetectionError('invalid_input', `${path} holds no usable document (${why}).`);
  }
  return { documents, problems };
}

export interface DocumentWriter {
  write(document: unknown): Promise<void>;
  /** Puts the finished file in its place. */
  close(): Promise<void>;
  /** Leaves what was there before. */
  abandon(): Promise<void>;
}

export type DocumentFormat = 'ndjson' | 'json';

/** `.json` means one array, everything else (and standard output) one document a line. */
export const formatOf = (path: string): DocumentFormat => (/\.json$/i.test(path) ? 'json' : 'ndjson');

/**
 * Writes documents beside the target and moves them over it at the end: a crash leaves no half-written file. A device or a pipe
 * is written to as it is.
 */
export async function openDocumentWriter(path: string, format = formatOf(path)): Promise<DocumentWriter> {
  const toStandardOutput = path === '-';
  const { target, isReplaced } = toStandardOutput ? STANDARD_OUTPUT : await targetOf(path);
  const draft = isReplaced ? draftOf(target) : undefined;
  const stream: Writable = toStandardOutput ? process.stdout : createWriteStream(draft ?? target);
  if (!toStandardOutput) await once(stream, 'open');
  let count = 0;
  let failure: Error | undefined;
  if (!toStandardOutput) stream.on('error', (error: Error) => (failure ??= error));
  const put = async (text: string): Promise<void> => {
    if (failure !== undefined) throw failure;
    if (!stream.write(text)) await once(stream, 'drain');
  };
  return {
    write: async (document) => {
      const json = JSON.stringify(document);
      const text = toStandardOutput ? terminalJson(json) : json;
      await put(format === 'json' ? `${count === 0 ? '[\n' : ',\n'}${text}` : `${text}\n`);
      count++;
    },
    close: async () => {
      if (format === 'json') await put(count === 0 ? '[]\n' : '\n]\n');
      if (toStandardOutput) return;
      stream.end();
      if (failure !== undefined) throw failure;
      await once(stream, 'finish');
      if (draft === undefined) return;
      await rename(draft, target);
      openDrafts.delete(draft);
    },
    abandon: async () => {
      if (toStandardOutput) return;
      const closed = new Promise((settle) => stream.once('close', settle));
      stream.destroy();
      if (!stream.closed) await closed;
      if (draft !== undefined) await remove(draft);
    },
  };
}

/**
 * Writes a whole file or leaves the old one: never half of it. A device or a pipe is written to as it is. What a terminal
 * shows, it does not act on.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  if (path === '-') {
    process.stdout.write(process.stdout.isTTY ? terminalText(content, false) : content);
    return;
  }
  const { target, isReplaced } = await targetOf(path);
  if (!isReplaced) {
    await writeFile(target, content);
    return;
  }
  const draft = draftOf(target);
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
    openDrafts.delete(draft);
  } catch (error) {
    await remove(draft);
    throw error;
  }
}

interface Target {
  readonly target: string;
  /** A draft is moved over the target; otherwise the target is written to as it is. */
  readonly isReplaced: boolean;
}

const STANDARD_OUTPUT: Target = { target: '-', isReplaced: false };

/** Makes the folder of a file that is not there yet. A link to a file stays, and leads to the new content. */
async function targetOf(path: string): Promise<Target> {
  const target = resolve(path);
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) await mkdir(dirname(target), { recursive: true });
  if (found?.isFile() === false) return { target, isReplaced: false };
  return { target: found === undefined ? target : await realpath(target), isReplaced: true };
}

/** Drafts that are neither in their place nor removed. They are removed when the process ends, also by a second Ctrl-C. */
const openDrafts = new Set<string>();
process.on('exit', () => {
  for (const draft of openDrafts) rmSync(draft, { force: true });
});

function draftOf(target: string): string {
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.draft`);
  openDrafts.add(draft);
  return draft;
}

async function remove(draft: string): Promise<void> {
  await rm(draft, { force: true });
  openDrafts.delete(draft);
}
