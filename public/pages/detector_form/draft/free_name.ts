/** A number that tells names apart, at the end. */
const NUMBERED = /^(.*\S) (\d{1,6})$/;
const LONGEST_NAME = 200;

/**
 * Returns a name like the one given that is not taken.
 *
 * @example freeName('web', new Set(['web', 'web 2'])) // 'web 3'
 */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name] = NUMBERED.exec(name) ?? [];
  for (let number = 2; ; number++) {
    const ending = ` ${number}`;
    const free = stem.slice(0, LONGEST_NAME - ending.length) + ending;
    if (!taken.has(free)) return free;
  }
}
