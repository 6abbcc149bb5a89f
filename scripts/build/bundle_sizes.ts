import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Bytes of the file that every page of Kibana loads, from 9.6 on the log-in page as well. */
export const LARGEST_EAGER_BYTES = 15 * 1024;
/** Bytes of a chunk that loads on demand, compressed as Kibana sends it. */
export const LARGEST_CHUNK_BYTES = 100 * 1024;

/**
 * @param directory of the browser bundle
 * @param entry file that every page loads
 * @throws Error naming the file that is larger than users of Kibana should bear
 */
export function checkBundleSizes(directory: string, entry: string): void {
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.js'))) {
    const content = readFileSync(join(directory, file));
    const isEager = file === entry;
    const bytes = isEager ? content.length : gzipSync(content).length;
    const largest = isEager ? LARGEST_EAGER_BYTES : LARGEST_CHUNK_BYTES;
    if (bytes > largest) {
      throw new Error(
        `${file} has ${bytes} bytes${isEager ? '' : ' compressed'}, at most ${largest} are allowed: load more of it on demand.`,
      );
    }
  }
}
