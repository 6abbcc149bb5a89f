import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/** @returns a copy in random order (Fisher and Yates); the seed decides */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = xoroshiro128plus(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = unsafeUniformIntDistribution(0, i, random);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
