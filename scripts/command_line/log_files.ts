import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { once } from 'node:events';
import { DetectionError } from '../../common/detection_error';
import { parseExactJson } from '../../common/log_parsing/exact_json';
import type { LogDocument } from '../../common/log_document';
import { DEEPEST_JSON, isNestedTooDeeply } from '../../common/json_values';
import { printable } from '../../common/printable';
import { ARRAY_CHARACTERS, LINE_CHARACTERS } from '../log_lines/line_splitter';
import { readLines } from '../log_lines/read_lines';
import { terminalJson, terminalText } from './terminal';

/** Told of a line that is longer than `most` characters and was left out. Lines count from 1. */
export type TooLong = (file: string, line: number, most: number) => void;

/** Told of a line that cannot be read and was left out. Lines count from 1. */
export type Unreadable = (file: string, line: number, why: string) => void;

/** Options for reading files: a signal that stops it, and receivers of problems. */
export interface Reading {
  readonly signal?: AbortSignal;
  readonly tooLong?: TooLong;
  /** Told of all others. */
  readonly unreadable?: Unreadable;
}

/** Tells of a line of a file that goes beyond what is taken in. @returns whether it does */
export function isTooLong(text: string, line: number, file: string, { tooLong }: Reading): boolean {
  if (text.length <= LINE_CHARACTERS) return false;
  tooLong?.(file, line, LINE_CHARACTERS);
  return true;
}

export interface DocumentLine {
  readonly line: number;
  readonly document?: LogDocument;
  readonly problem?: string;
  /** The problem is its length, which `tooLong` was told of. */
  readonly isTooLong?: true;
}

/** JSON documents of a file: one a line (NDJSON), or one array. A bad line is told, not thrown. */
export async function* readDocuments(path: string, reading: Reading = {}): AsyncGenerator<DocumentLine> {
  let line = 0;
  let array: string[] | undefined;
  let isBeginning = true;
  let characters = 0;
  for await (const text of readLines(path, reading.signal)) {
    line++;
    if (array === undefined && text.trim() === '') continue;
    if (isBeginning && text.trimStart().startsWith('[')) array = [];
    isBeginning = false;
    if (array !== undefined) {
      characters += text.length;
      if (characters > ARRAY_CHARACTERS) {
        throw new DetectionError(
          'invalid_input',
          `${path} holds a JSON array of more than ${ARRAY_CHARACTERS.toLocaleString('en')} characters; write it as NDJSON.`,
        );
      }
      array.push(text);
      continue;
    }
    if (isTooLong(text, line, path, reading))
      yield { line, problem: `longer than ${LINE_CHARACTERS} characters`, isTooLong: true };
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
  for await (const { line, document, problem = '', isTooLong: isTold } of readDocuments(path, reading)) {
    if (document !== undefined) documents.push(document);
    else {
      problems.push({ line, problem });
      if (isTold !== true) reading.unreadable?.(path, line, problem);
    }
  }
  if (reading.signal?.aborted) throw new DetectionError('interrupted', `Reading ${path} was interrupted.`);
  if (documents.length === 0) {
    const why = problems.length === 0 ? 'it is empty' : `line ${problems[0].line}: ${problems[0].problem}`;
    throw new DetectionError('invalid_input', `${path} holds no usable document (${why}).`);
  }
  return { documents, problems };
}

/** Lines of a file that could not be read. */
export interface Unread {
  readonly lines: number;
  /** For people: how many of which file, and the first. */
  readonly remark: string;
}

/** Says of the problems of a file that its lines are missing. @returns undefined where there are none */
export function unreadOf(
  path: string,
  problems: readonly { readonly line: number; readonly problem: string }[],
): Unread | undefined {
  const lines = problems.length;
  if (lines === 0) return undefined;
  const many = lines === 1 ? '1 line' : `${lines.toLocaleString('en')} lines`;
  const [{ line, problem }] = problems;
  return {
    lines,
    remark: `${many} of ${path} could not be read and count nowhere, e.g. line ${line}: ${problem}.`,
  };
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
