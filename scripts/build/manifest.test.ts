import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveInstalledManifest, parseSourceManifest } from './manifest';

const text = readFileSync(join(__dirname, '../../kibana.jsonc'), 'utf8');

describe('parseSourceManifest', () => {
  it('reads the manifest of this plugin, comments and all', () => {
    expect(parseSourceManifest(text).plugin.id).toBe('logAnomalies');
  });

  it('names the line of a syntax error', () => {
    expect(() => parseSourceManifest('{\n  "type": plugin\n}')).toThrow('line 2: InvalidSymbol');
  });

  it('refuses a key that some Kibana does not know: it would not start', () => {
    const withUnknownKey = text.replace('"server": true', '"server": true, "runtimePluginDependencies": []');
    expect(() => parseSourceManifest(withUnknownKey)).toThrow(/plugin: .*runtimePluginDependencies/);
  });

  it('refuses a plugin id that Kibana refuses', () => {
    expect(() => parseSourceManifest(text.replace('"logAnomalies",', '"log-anomalies",'))).toThrow(
      'plugin.id: must be in camel case (got "log-anomalies")',
    );
  });
});

describe('deriveInstalledManifest', () => {
  it('writes the keys that an installed plugin has in Kibana 8.12 and 9.x', () => {
    const manifest = deriveInstalledManifest(parseSourceManifest(text), '1.2.3', '9.4.3');
    expect(manifest).toMatchObject({ version: '1.2.3', kibanaVersion: '9.4.3', ui: true, server: true });
    expect(Object.keys(manifest)).toEqual([
      'id',
      'type',
      'version',
      'kibanaVersion',
      'owner',
      'description',
      'configPath',
      'server',
      'ui',
      'requiredPlugins',
      'optionalPlugins',
      'requiredBundles',
    ]);
  });
});
