/**
 * @param kibanaVersion such as `9.4.3` or `9.6.0-SNAPSHOT`
 * @param from major and minor version
 */
export function isKibanaAtLeast(
  kibanaVersion: string,
  ...[wantedMajor, wantedMinor]: [major: number, minor: number]
): boolean {
  const [major, minor] = kibanaVersion.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * Tells whether dashboards of this Kibana hold our panels by themselves; before, they are visualizations.
 *
 * Source: src/platform/plugins/shared/embeddable/public/plugin.tsx `registerEmbeddablePublicDefinition`.
 */
export const takesPanels = (kibanaVersion: string): boolean => isKibanaAtLeast(kibanaVersion, 9, 4);
