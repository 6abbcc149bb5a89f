import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleBrowser } from './browser_bundle';
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
 * Builds the installable zip, outside any Kibana checkout.
 *
 * @param root the directory of `kibana.jsonc`
 * @param buildDirectory where `log-anomalies-<version>_<kibanaVersion>.zip` and its `.sha256` go
 */
export async function buildPlugin(
  root: string,
  buildDirectory: string,
  kibanaVersion: string,
): Promise<BuiltPlugin> {
  const manifest = await readManifest(root, kibanaVersion);
  const staging = join(buildDirectory, 'staging', kibanaVersion);
  const plugin = join(staging, 'kibana', manifest.id);
  await rm(staging, { recursive: true, force: true });
  await mkdir(plugin, { recursive: true });

  const browserFiles = await bundleBrowser({
    root,
    outputDirectory: join(plugin, 'target', 'public'),
    pluginId: manifest.id,
    requiredBundles: manifest.requiredBundles,
  });
  const serverFiles = await bundleServer(root, join(plugin, 'server'));

  const packageManifest = { name: 'log-anomalies', version: manifest.version, private: true };
  await writeFile(join(plugin, 'kibana.json'), asJson(manifest));
  await writeFile(join(plugin, 'package.json'), asJson(packageManifest));
  await writeFile(join(plugin, 'THIRD_PARTY_NOTICES.txt'), collectNotices([...browserFiles, ...serverFiles]));
  await copyFile(join(root, 'LICENSE'), join(plugin, 'LICENSE'));
  // Kibana looks here for translations, and for the files named in it.
  await copyFile(join(root, '.i18nrc.json'), join(plugin, '.i18nrc.json'));
  await cp(join(root, 'translations'), join(plugin, 'translations'), { recursive: true });

  const archive = join(buildDirectory, `log-anomalies-${manifest.version}_${kibanaVersion}.zip`);
  const sha256 = await writePluginArchive(staging, archive);
  await rm(join(buildDirectory, 'staging'), { recursive: true, force: true });
  return { archive, sha256, manifest };
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
