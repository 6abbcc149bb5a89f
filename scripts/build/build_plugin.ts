import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleBrowser } from './browser_bundle';
import { checkBundleSizes } from './bundle_sizes';
import { bundleServer } from './node_bundles';
import { collectNotices } from './notices';
import { deriveInstalledManifest, parseSourceManifest, type InstalledManifest } from './manifest';
import { writePluginArchive } from './plugin_archive';

export interface BuiltPlugin {
  readonly archive: string;
  readonly sha256: string;
  readonly manifest: InstalledManifest;
}

/** @returns the manifest for one Kibana version, from `kibana.jsonc` and the version in `package.json` */
export async function readManifest(root: string, kibanaVersion: string): Promise<InstalledManifest> {
  const source = parseSourceManifest(await readFile(join(root, 'kibana.jsonc'), 'utf8'));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return deriveInstalledManifest(source, version, kibanaVersion);
}

/**
 * Builds the installable zips, outside any Kibana checkout. The code is bundled once; what differs between the zips is the version in
 * their manifest.
 *
 * @param root the directory of `kibana.jsonc`
 * @param buildDirectory where each `log-anomalies-<version>_<kibanaVersion>.zip` and its `.sha256` go
 * @param built told of each zip when it is there
 */
export async function buildPlugins(
  root: string,
  buildDirectory: string,
  kibanaVersions: readonly string[],
  built: (plugin: BuiltPlugin) => void | Promise<void> = () => undefined,
): Promise<BuiltPlugin[]> {
  const staging = join(buildDirectory, 'staging', [...kibanaVersions].sort().join('_').slice(0, 100));
  await rm(staging, { recursive: true, force: true });
  const plugins: BuiltPlugin[] = [];
  for (const kibanaVersion of kibanaVersions) {
    const manifest = await readManifest(root, kibanaVersion);
    const plugin = join(staging, 'kibana', manifest.id);
    if (plugins.length === 0) await bundlePlugin(root, plugin, manifest);
    await writeFile(join(plugin, 'kibana.json'), asJson(manifest));
    const archive = join(buildDirectory, `log-anomalies-${manifest.version}_${kibanaVersion}.zip`);
    const sha256 = await writePluginArchive(staging, archive);
    const made = { archive, sha256, manifest };
    plugins.push(made);
    await built(made);
  }
  await rm(join(buildDirectory, 'staging'), { recursive: true, force: true });
  return plugins;
}

/** @returns the one zip for a version, as {@link buildPlugins} makes it */
export async function buildPlugin(
  root: string,
  buildDirectory: string,
  kibanaVersion: string,
): Promise<BuiltPlugin> {
  const [plugin] = await buildPlugins(root, buildDirectory, [kibanaVersion]);
  return plugin;
}

/** Everything in the zip but its manifest. */
async function bundlePlugin(root: string, plugin: string, manifest: InstalledManifest): Promise<void> {
  await mkdir(plugin, { recursive: true });
  const browserDirectory = join(plugin, 'target', 'public');
  const browserFiles = await bundleBrowser({
    root,
    outputDirectory: browserDirectory,
    pluginId: manifest.id,
    requiredBundles: manifest.requiredBundles,
  });
  checkBundleSizes(browserDirectory, `${manifest.id}.plugin.js`);
  const serverFiles = await bundleServer(root, join(plugin, 'server'));

  const packageManifest = { name: 'log-anomalies', version: manifest.version, private: true };
  await writeFile(join(plugin, 'package.json'), asJson(packageManifest));
  await writeFile(join(plugin, 'THIRD_PARTY_NOTICES.txt'), collectNotices([...browserFiles, ...serverFiles]));
  await copyFile(join(root, 'LICENSE'), join(plugin, 'LICENSE'));
  // Kibana looks here for translations, and for the files named in it.
  await copyFile(join(root, '.i18nrc.json'), join(plugin, '.i18nrc.json'));
  await cp(join(root, 'translations'), join(plugin, 'translations'), { recursive: true });
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
