import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { DetectionError, exitCodeOf } from '../common/detection_error';
import { billOfMaterials, type LockFile } from './build/bill_of_materials';
import { asJson, buildPlugins, readManifest } from './build/build_plugin';
import { writeCommandLinePackage } from './build/command_line_package';
import { DEFAULT_KIBANA_VERSION } from './build/kibana_version';
import { parseKibanaVersions } from './build/kibana_versions';
import { installNotes, releaseNotes } from './build/release_notes';
import { bundleCommandLine } from './build/node_bundles';

const root = resolve(__dirname, '..');

/** Folder of the manifest that a Kibana checkout's `plugin_helpers` reads; they know no `kibana.jsonc`. */
const CHECKOUT_MANIFEST = join(root, 'kibana.json');

interface Options {
  kibanaVersion: string;
  manifestOnly: boolean;
  release: boolean;
  downloadUrl?: string;
}

const program = new Command('build')
  .description('Builds the installable Kibana plugin and the command line into build/.')
  .option(
    '--kibana-version <versions>',
    'Kibanas that the plugin is for: exact versions, ranges such as 8.17.0..8.17.10, @file with one a line; separated by commas',
    DEFAULT_KIBANA_VERSION,
  )
  .option(
    '--manifest-only',
    'only write kibana.json beside kibana.jsonc, for plugin_helpers in a Kibana checkout',
    false,
  )
  .option(
    '--release',
    'also make the npm package of the command line in build/npm, build/release_notes.md from CHANGELOG.md, and a software bill of materials',
    false,
  )
  .option(
    '--download-url <address>',
    'folder that the zips of the release are downloaded from: its notes then say how to install one',
  )
  .action(async (options: Options) => {
    const kibanaVersions = parseKibanaVersions(options.kibanaVersion);
    if (options.manifestOnly) {
      await writeFile(CHECKOUT_MANIFEST, asJson(await readManifest(root, kibanaVersions[0])));
      console.log(relative(root, CHECKOUT_MANIFEST));
      return;
    }
    await buildPlugins(root, join(root, 'build'), kibanaVersions, async ({ archive, sha256 }) => {
      const kilobytes = Math.round((await stat(archive)).size / 1024);
      console.log(`${relative(root, archive)}  ${kilobytes} kB  sha256 ${sha256}`);
    });
    if (existsSync(join(root, 'scripts/log_anomalies.ts'))) {
      const commandLine = join(root, 'build/cli/log-anomalies.js');
      await bundleCommandLine(root, commandLine);
      console.log(relative(root, commandLine));
      if (options.release) {
        await writeCommandLinePackage(root, commandLine, join(root, 'build/npm'));
        const { version } = await readManifest(root, kibanaVersions[0]);
        const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
        const parts = [releaseNotes(changelog, version)];
        if (options.downloadUrl) parts.unshift(installNotes(version, options.downloadUrl, kibanaVersions));
        await writeFile(join(root, 'build/release_notes.md'), `${parts.join('\n\n')}\n`);
        const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile;
        await writeFile(join(root, `build/log-anomalies-${version}.cdx.json`), asJson(billOfMaterials(lock)));
      }
    }
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof DetectionError ? exitCodeOf(error.code) : 1;
});
