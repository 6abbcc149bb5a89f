/**
 * The part of the changelog about one version.
 *
 * @param version such as `0.2.0`
 * @returns its text without the heading
 * @throws Error when the changelog tells nothing of it
 */
export function releaseNotes(changelog: string, version: string): string {
  const parts = changelog.split(/^## /m).slice(1);
  const part = parts.find((each) => each.split('\n')[0].replace(/[[\]]/g, '').split(' ')[0] === version);
  const text = part?.slice(part.indexOf('\n') + 1).trim();
  if (!text) throw new Error(`CHANGELOG.md has no part "## ${version}": write it before the release.`);
  return text;
}

/**
 * Part of the notes of a release that installs it, with a line that works when it is pasted.
 *
 * @param version of the plugin, such as `0.2.0`
 * @param address of the folder that the zips are downloaded from
 * @param kibanaVersions that there are zips for, the newest last
 */
export function installNotes(version: string, address: string, kibanaVersions: readonly string[]): string {
  const minors = new Map<string, string[]>();
  for (const kibana of kibanaVersions) {
    const minor = kibana.split('.').slice(0, 2).join('.');
    minors.set(minor, [...(minors.get(minor) ?? []), kibana]);
  }
  const ranges = [...minors.values()].map((patches) =>
    patches.length === 1 ? patches[0] : `${patches[0]} to ${patches[patches.length - 1]}`,
  );
  const newest = kibanaVersions[kibanaVersions.length - 1];
  return [
    '### Install',
    '',
    `In the folder of Kibana, with its exact version in place of ${newest}:`,
    '',
    '```sh',
    `bin/kibana-plugin install ${address.replace(/\/+$/, '')}/log-anomalies-${version}_${newest}.zip`,
    '```',
    '',
    `There are zips for Kibana ${ranges.join(', ')}.`,
  ].join('\n');
}
