import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The parts of our own package.json that describe the command line. */
interface RootManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: object;
}

/**
 * Makes the folder of the npm package of the command line: one file without dependencies. `npm pack` and `npm publish` take it.
 *
 * @param commandLine the bundled file
 */
export async function writeCommandLinePackage(
  root: string,
  commandLine: string,
  directory: string,
): Promise<void> {
  const { name, version, description, license, engines } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as RootManifest;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const file = `${name}.js`;
  await copyFile(commandLine, join(directory, file));
  await copyFile(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  await copyFile(join(root, 'docs/commands.md'), join(directory, 'README.md'));
  const manifest = { name, version, description, license, engines, bin: { [name]: file }, files: [file] };
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
