import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/** Random draws of one seed. */
export interface Draws {
  /** In [0, 1). */
  fraction(): number;
  /** An integer in [from, to]. */
  integer(from: number, to: number): number;
  chance(share: number): boolean;
  of<Item>(items: readonly Item[]): Item;
  /** Draws an item as often as its weight says. */
  weighted<Item extends { readonly weight: number }>(items: readonly Item[]): Item;
  /** A log-normal value: its median, and the standard deviation of its logarithm. */
  logNormal(median: number, spread: number): number;
  hexadecimal(characters: number): string;
}

export function createDraws(seed: number): Draws {
  const random = xoroshiro128plus(seed);
  const integer = (from: number, to: number): number => unsafeUniformIntDistribution(from, to, random);
  const fraction = (): number => integer(0, 0x7ffffffe) / 0x7fffffff;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction());
  return {
    fraction,
    integer,
    chance: (share) => fraction() < share,
    of: (items) => items[integer(0, items.length - 1)],
    weighted(items) {
      let left = fraction() * items.reduce((sum, { weight }) => sum + weight, 0);
      return items.find(({ weight }) => (left -= weight) < 0) ?? items[items.length - 1];
    },
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    hexadecimal: (characters) =>
      Array.from({ length: characters }, () => integer(0, 15).toString(16)).join(''),
  };
}

/** Fills in what stands in braces in a path or a message, each time anew. */
export function filled(
  pattern: string,
  draws: Draws,
  words: Readonly<Record<string, readonly string[]>>,
): string {
  return pattern.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    if (name === 'id') return String(draws.integer(1_000, 9_999_999));
    if (name === 'small') return String(draws.integer(1, 40));
    if (name === 'hash') return draws.hexadecimal(12);
    if (name === 'address')
      return `10.${draws.integer(0, 9)}.${draws.integer(0, 255)}.${draws.integer(1, 254)}`;
    if (name === 'uuid') {
      return [8, 4, 4, 4, 12].map((length) => draws.hexadecimal(length)).join('-');
    }
    const among = words[name];
    if (among === undefined) throw new Error(`${pattern}: nothing is known of {${name}}`);
    return draws.of(among);
  });
}
