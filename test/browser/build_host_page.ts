import { join, resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';
import { bundleBrowser } from '../../scripts/build/browser_bundle';

const root = resolve(__dirname, '../..');

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

/**
 * Bundles the host page with the modules that it lends, all in memory.
 *
 * @returns entry `/host/host_page.js`, its chunks, and the style sheets of both themes
 */
export async function buildHostPage(): Promise<ServedFiles> {
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
    plugins: [iconsOfEui],
    logLevel: 'error',
  });
  const files = new Map<string, Uint8Array>(outputFiles.map(({ path, contents }) => [path, contents]));
  for (const theme of ['light', 'dark']) {
    const sheets = [`eui/dist/eui_theme_${theme}.min.css`, `charts/dist/theme_only_${theme}.css`];
    const texts = sheets.map((sheet) => readFile(join(root, 'node_modules/@elastic', sheet)));
    files.set(`/host/theme_${theme}.css`, Buffer.concat(await Promise.all(texts)));
  }
  return files;
}

/** Builds the plugin's own bundle, as it goes into the zip. @param folder where to */
export async function buildBundle(folder: string): Promise<void> {
  await bundleBrowser({ root, outputDirectory: folder, pluginId: 'logAnomalies', requiredBundles: [] });
}
