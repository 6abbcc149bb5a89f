import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { z } from 'zod';
import { DetectionError } from '../../common/detection_error';
import { parseWith } from '../../common/validation';

const pluginIds = z.array(z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'must be a plugin id in camel case'));

/**
 * `kibana.jsonc`, held to the keys that every Kibana 8 and 9 knows: an unknown key in `kibana.json` keeps
 * Kibana from starting. Source: Kibana `packages/kbn-repo-packages/modern/parse_package_manifest.js` and
 * `packages/core/plugins/core-plugins-server-internal/src/discovery/plugin_manifest_parser.ts` (8.12 to 9.x).
 */
const sourceManifestSchema = z.strictObject({
  type: z.literal('plugin'),
  id: z.string().startsWith('@kbn/'),
  owner: z.string().startsWith('@'),
  description: z.string().min(1),
  plugin: z.strictObject({
    id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'must be in camel case'),
    configPath: z.array(z.string().min(1)).length(1),
    server: z.boolean(),
    browser: z.boolean(),
    requiredPlugins: pluginIds,
    optionalPlugins: pluginIds,
    requiredBundles: pluginIds,
  }),
});
export type SourceManifest = z.infer<typeof sourceManifestSchema>;

/** The `kibana.json` of an installed plugin. */
export interface InstalledManifest {
  id: string;
  type: 'standard';
  version: string;
  kibanaVersion: string;
  owner: { name: string; githubTeam: string };
  description: string;
  configPath: string;
  server: boolean;
  ui: boolean;
  requiredPlugins: string[];
  optionalPlugins: string[];
  requiredBundles: string[];
}

/**
 * @param text content of `kibana.jsonc`; comments and trailing commas are allowed
 * @throws DetectionError `invalid_input` naming the line of a syntax error, or each key that is wrong
 */
export function parseSourceManifest(text: string): SourceManifest {
  const errors: ParseError[] = [];
  const manifest: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) {
    const lines = errors.map(
      ({ error, offset }) =>
        `line ${text.slice(0, offset).split('\n').length}: ${printParseErrorCode(error)}`,
    );
    throw new DetectionError('invalid_input', `kibana.jsonc is not JSON with comments: ${lines.join('; ')}`);
  }
  return parseWith(sourceManifestSchema, manifest, 'kibana.jsonc');
}

/** @returns what Kibana `kibanaVersion` reads from an installed plugin */
export function deriveInstalledManifest(
  source: SourceManifest,
  version: string,
  kibanaVersion: string,
): InstalledManifest {
  const { plugin } = source;
  return {
    id: plugin.id,
    type: 'standard',
    version,
    kibanaVersion,
    owner: { name: 'Log Anomalies', githubTeam: source.owner.slice(1) },
    description: source.description,
    configPath: plugin.configPath[0],
    server: plugin.server,
    ui: plugin.browser,
    requiredPlugins: plugin.requiredPlugins,
    optionalPlugins: plugin.optionalPlugins,
    requiredBundles: plugin.requiredBundles,
  };
}
