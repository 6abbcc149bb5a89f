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
