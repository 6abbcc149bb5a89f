import { open } from 'node:fs/promises';
import { DetectionError } from '../../common/detection_error';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a file that is kept in memory as a whole. The bound holds for what is read, not for what the file system says of it:
 * a device or a pipe has no size and no end.
 *
 * @param most megabytes
 * @returns its text: UTF-8, or UTF-16 where a byte order mark says so, as PowerShell writes it; the mark is passed over
 * @throws DetectionError `invalid_input` for a larger file; errors of the file system as they are
 */
export async function readBounded(path: string, most: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let read = 0; ;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) return textOf(Buffer.concat(chunks));
      read += bytesRead;
      if (read > most * CHUNK_BYTES) {
        throw new DetectionError(
          'invalid_input',
          `The file ${path} is larger than ${most} MB, the most that is read of such a file.`,
        );
      }
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function textOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return new TextDecoder(first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8').decode(bytes);
}
