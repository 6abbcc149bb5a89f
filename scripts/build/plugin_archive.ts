import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** The installer copies unix modes as they are: everybody may read, nobody needs to execute. */
const FILE_MODE = 0o100644;
/** The oldest time that a zip can hold; a fixed one, so that the same sources give the same bytes. */
const FILE_TIME = new Date(1980, 0, 1);

/**
 * Packs a directory, its own name left out, in the order of the file names, and writes the checksum beside it in
 * the format of `sha256sum`.
 *
 * @returns the checksum, hexadecimal
 */
export async function writePluginArchive(directory: string, archive: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const zip = new ZipFile();
  for (const file of files.sort()) {
    zip.addFile(file, relative(directory, file).split(sep).join('/'), {
      mtime: FILE_TIME,
      mode: FILE_MODE,
      forceDosTimestamp: true,
    });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(archive));
  const checksum = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  await writeFile(`${archive}.sha256`, `${checksum}  ${basename(archive)}\n`);
  return checksum;
}
