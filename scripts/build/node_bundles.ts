import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

/** Kibana 8.12 runs plugins on Node 18.18. */
const NODE_TARGET = 'node18.18';

const SHARED_OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: NODE_TARGET,
  legalComments: 'eof',
  metafile: true,
  logLevel: 'error',
} satisfies BuildOptions;

/** Files of the server side that Kibana or a thread of ours starts at; all else goes into them. */
const SERVER_ENTRIES = [
  'server/index.ts',
  'server/kibana/tasks/training_worker.ts',
  'server/detection/feedback/calendar_worker.ts',
  'server/kibana/exchange/yaml_worker.ts',
  'server/detection/decoding/model_worker.ts',
];

/**
 * Bundles the server side. What Kibana ships (`@kbn/*`) is resolved from the running Kibana, all else goes in: Kibana
 * installs no dependencies.
 *
 * @returns absolute paths of the source files that went in
 */
export async function bundleServer(root: string, outputDirectory: string): Promise<string[]> {
  const { metafile } = await build({
    ...SHARED_OPTIONS,
    absWorkingDir: root,
    entryPoints: SERVER_ENTRIES,
    outbase: 'server',
    outdir: outputDirectory,
    external: ['@kbn/*'],
  });
  return Object.keys(metafile.inputs).map((path) => resolve(root, path));
}

/** The command line as one executable file that needs nothing but Node. */
export async function bundleCommandLine(root: string, outputFile: string): Promise<void> {
  await build({
    ...SHARED_OPTIONS,
    absWorkingDir: root,
    entryPoints: [join('scripts', 'log_anomalies.ts')],
    outfile: outputFile,
    banner: { js: '#!/usr/bin/env node' },
  });
  await chmod(outputFile, 0o755);
}
