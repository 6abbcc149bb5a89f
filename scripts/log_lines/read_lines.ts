import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DetectionError } from '../../common/detection_error';
import { createLineSplitter } from './line_splitter';
import { createTextDecoding } from './text_decoding';

/**
 * Lines of a file, or of standard input for `-`; gzip is recognised by its first bytes, the encoding by its byte order mark. Of
 * a line that is too long one character too many is kept and the rest is passed over while it is read, so that no line
 * takes up the memory.
 *
 * @throws DetectionError `invalid_input` for a file that cannot be read to its end, such as a gzip that is cut off; the lines
 *   before were given out by then
 */
export async function* readLines(path: string, signal?: AbortSignal): AsyncGenerator<string> {
  const name = path === '-' ? 'Standard input' : `The file ${path}`;
  const input = await openInput(path);
  const decoding = createTextDecoding(name);
  const splitter = createLineSplitter();
  const unlessAborted = function* (lines: Iterable<string>): Generator<string> {
    for (const line of lines) {
      if (signal?.aborted) return;
      yield line;
    }
  };
  try {
    for await (const chunk of input) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
      yield* unlessAborted(splitter.write(decoding.write(bytes)));
      if (signal?.aborted) return;
    }
    yield* unlessAborted(splitter.write(decoding.end()));
    yield* unlessAborted(splitter.end());
  } catch (error) {
    if (error instanceof DetectionError) throw error;
    throw new DetectionError(
      'invalid_input',
      `${name} cannot be read to its end: ${(error as Error).message}`,
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
