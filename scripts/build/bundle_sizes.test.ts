import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBundleSizes, LARGEST_CHUNK_BYTES, LARGEST_EAGER_BYTES } from './bundle_sizes';

const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(directory, { recursive: true }));
const write = (name: string, content: Buffer | string): void => writeFileSync(join(directory, name), content);

it('takes what is small, and a chunk by its size on the way', () => {
  write('a.plugin.js', 'x'.repeat(LARGEST_EAGER_BYTES));
  write('a.chunk.1.js', 'x'.repeat(10 * LARGEST_CHUNK_BYTES));
  expect(() => checkBundleSizes(directory, 'a.plugin.js')).not.toThrow();
});

it('refuses what every page would load, and a chunk that is too large', () => {
  write('a.plugin.js', 'x'.repeat(LARGEST_EAGER_BYTES + 1));
  expect(() => checkBundleSizes(directory, 'a.plugin.js')).toThrow(
    'a.plugin.js has 15361 bytes, at most 15360',
  );
  write('a.plugin.js', '');
  write('a.chunk.2.js', randomBytes(LARGEST_CHUNK_BYTES));
  expect(() => checkBundleSizes(directory, 'a.plugin.js')).toThrow(
    /a\.chunk\.2\.js has \d+ bytes compressed/,
  );
});
