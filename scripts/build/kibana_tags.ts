/** The oldest minor version that the plugin is built for. */
const OLDEST = [8, 12] as const;
const TAG = /^v?(\d+)\.(\d+)\.(\d+)$/;

/**
 * The newest patch of each minor version of Kibana from 8.12 on.
 *
 * @param tags lines of `git ls-remote --tags`, or tags alone; those of release candidates and the like are left out
 * @returns versions such as `8.12.2`, the oldest first
 */
export function newestOfMinors(tags: readonly string[]): string[] {
  const newest = new Map<string, readonly [major: number, minor: number, patch: number]>();
  for (const line of tags) {
    const found = TAG.exec(line.replace(/^.*refs\/tags\//, '').trim());
    if (found === null) continue;
    const [major, minor, patch] = found.slice(1).map(Number);
    if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) continue;
    const key = `${major}.${minor}`;
    if (patch >= (newest.get(key)?.[2] ?? 0)) newest.set(key, [major, minor, patch]);
  }
  return [...newest.values()]
    .sort((one, other) => one[0] - other[0] || one[1] - other[1])
    .map((version) => version.join('.'));
}
