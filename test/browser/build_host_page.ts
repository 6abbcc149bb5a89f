import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleBrowser, watchBrowser } from '../../scripts/build/browser_bundle';

const root = resolve(__dirname, '../..');

/**
 * Folder with the modules that the page lends: those of Kibana 8.12, or with `KIBANA_MODULES=9` those of a newer one, which
 * `npm ci --prefix test/browser/kibana_9` installs.
 */
const lentFrom = process.env.KIBANA_MODULES === '9' ? join(root, 'test/browser/kibana_9') : root;

/** Files by the path that they are served at. */
export type ServedFiles = ReadonlyMap<string, Uint8Array>;

/** EUI loads icons by names without their ending, which esbuild takes as they are. */
const iconsOfEui: Plugin = {
  name: 'icons of EUI',
  setup: ({ onLoad }) => {
    onLoad({ filter: /eui[/\\]es[/\\]components[/\\]icon[/\\]icon\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const contents = code.replace("'./assets/' + typeToPathMap[iconType]", "$& + '.js'");
      return { contents, loader: 'js' };
    });
  },
};

/** React, EUI and what goes with them come from one folder, whoever asks for them. */
const lentModules: Plugin = {
  name: 'modules that Kibana lends',
  setup: ({ onResolve, resolve: resolveAgain }) => {
    const lent =
      /^(react(-dom)?|moment(-timezone)?|@elastic\/(eui|charts)|@emotion\/(cache|css|react))(\/|$)/;
    onResolve({ filter: lent }, ({ path, kind, pluginData }) =>
      pluginData === lentModules
        ? undefined
        : resolveAgain(path, { kind, resolveDir: lentFrom, pluginData: lentModules }),
    );
  },
};

/**
 * Bundles the host page with the modules that it lends, all in memory.
 *
 * @returns entry `/host/host_page.js`, its chunks, and the style sheets of both themes
 */
async function buildHostPage(): Promise<ServedFiles> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['test/browser/host/host_page.tsx'],
    outdir: '/host',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'transform',
    write: false,
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [lentModules, iconsOfEui],
    logLevel: 'error',
  });
  const files = new Map<string, Uint8Array>(outputFiles.map(({ path, contents }) => [path, contents]));
  for (const theme of ['light', 'dark']) {
    const sheets = [`eui/dist/eui_theme_${theme}.min.css`, `charts/dist/theme_only_${theme}.css`];
    // Newer EUI has no style sheets.
    const paths = sheets.map((sheet) => join(lentFrom, 'node_modules/@elastic', sheet)).filter(existsSync);
    const texts = await Promise.all(paths.map((path) => readFile(path)));
    files.set(`/host/theme_${theme}.css`, Buffer.concat(texts));
  }
  return files;
}

const bundleIn = (outputDirectory: string) => ({
  root,
  outputDirectory,
  pluginId: 'logAnomalies',
  requiredBundles: [],
});

export interface BuiltPages {
  readonly hostPage: ServedFiles;
  /** Folder of the plugin's own bundle, as it goes into the zip. */
  readonly bundle: string;
}

/**
 * Builds the host page and the plugin's bundle; or reads what an earlier call built there, since the test files that one worker
 * of jest runs share a folder.
 *
 * @param folder absolute path
 */
export async function buildPages(folder: string): Promise<BuiltPages> {
  const bundle = join(folder, 'bundle');
  const hostFolder = join(folder, 'host_page');
  const isBuilt = join(folder, 'built');
  if (existsSync(isBuilt)) return { hostPage: await readServed(hostFolder), bundle };
  const [hostPage] = await Promise.all([buildHostPage(), bundleBrowser(bundleIn(bundle))]);
  for (const [path, contents] of hostPage) {
    await mkdir(dirname(join(hostFolder, path)), { recursive: true });
    await writeFile(join(hostFolder, path), contents);
  }
  await writeFile(isBuilt, '');
  return { hostPage, bundle };
}

async function readServed(folder: string): Promise<ServedFiles> {
  const entries = (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
  const paths = entries.filter((path) => statSync(path).isFile());
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path)] as const)),
  );
}

/** Builds the plugin's own bundle again after each change, see {@link watchBrowser}. @param folder where to */
export const watchBundle = (folder: string, built: (errors: string | undefined) => void) =>
  watchBrowser(bundleIn(folder), built);
