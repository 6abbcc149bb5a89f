import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { DetectionError, exitCodeOf } from '../common/detection_error';
import { asJson, buildPlugin, readManifest } from './build/build_plugin';
import { DEFAULT_KIBANA_VERSION, parseKibanaVersion } from './build/kibana_version';
import { bundleCommandLine } from './build/node_bundles';

const root = resolve(__dirname, '..');

/** Folder of the manifest that a Kibana checkout's `plugin_helpers` reads; they know no `kibana.jsonc`. */
const CHECKOUT_MANIFEST = join(root, 'kibana.json');

interface Options {
  kibanaVersion: string;
  manifestOnly: boolean;
}

const program = new Command('build')
  .description('Builds the installable Kibana plugin and the command line into build/.')
  .option(
    '--kibana-version <version>',
    'Kibana that the plugin is for; it must be the exact version',
    DEFAULT_KIBANA_VERSION,
  )
  .option(
    '--manifest-only',
    'only write kibana.json beside kibana.jsonc, for plugin_helpers in a Kibana checkout',
    false,
  )
  .action(async (options: Options) => {
    const kibanaVersion = parseKibanaVersion(options.kibanaVersion);
    if (options.manifestOnly) {
      await writeFile(CHECKOUT_MANIFEST, asJson(await readManifest(root, kibanaVersion)));
      console.log(relative(root, CHECKOUT_MANIFEST));
      return;
    }
    const { archive, sha256 } = await buildPlugin(root, join(root, 'build'), kibanaVersion);
    const kilobytes = Math.round((await stat(archive)).size / 1024);
    console.log(`${relative(root, archive)}  ${kilobytes} kB  sha256 ${sha256}`);
    if (existsSync(join(root, 'scripts/log_anomalies.ts'))) {
      const commandLine = join(root, 'build/cli/log-anomalies.js');
      await bundleCommandLine(root, commandLine);
      console.log(relative(root, commandLine));
    }
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof DetectionError ? exitCodeOf(error.code) : 1;
});
