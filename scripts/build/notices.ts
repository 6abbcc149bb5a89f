import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The licence texts of the packages whose code went into a bundle; most licences ask that they travel along.
 *
 * @param files absolute paths of bundled source files; those outside `node_modules` are ours and left out
 */
export function collectNotices(files: readonly string[]): string {
  const directories = new Set(files.filter((file) => file.includes('node_modules')).map(packageDirectory));
  return [...directories]
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      const licenceFile = readdirSync(directory).find((file) => /^licen[cs]e(\.|$)/i.test(file));
      const text = licenceFile ? readFileSync(join(directory, licenceFile), 'utf8').trim() : '';
      return `${name} ${version}, ${license}\n\n${text}`.trim();
    })
    .sort()
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}

function packageDirectory(file: string): string {
  for (let directory = dirname(file); directory !== dirname(directory); directory = dirname(directory)) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version) return directory;
  }
  throw new Error(`${file} lies in no package`);
}
