import { xoroshiro128plus } from 'pure-rand';

/** Seeded randomness for generated logs: the same seed gives the same numbers on every platform. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  uniform(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Uniform integer in [from, to], both included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Exponential waiting time with the given mean, in the unit of the mean. */
  exponential(mean: number): number;
  /** Log-normal with the given median and sigma, the standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number;
  /** Lower-case hexadecimal digits. */
  hexadecimal(digits: number): string;
}

/** @param seed a 32-bit unsigned integer */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  // The first outputs of neighbouring seeds resemble each other.
  for (let skipped = 0; skipped < 16; skipped++) generator.unsafeNext();
  const uniform = (): number => (generator.unsafeNext() >>> 0) / 4_294_967_296;
  const integer = (from: number, to: number): number => from + Math.floor(uniform() * (to - from + 1));
  return {
    uniform,
    between: (from, to) => from + uniform() * (to - from),
    integer,
    chance: (probability) => uniform() < probability,
    pick: (items) => items[Math.floor(uniform() * items.length)],
    exponential: (mean) => -Math.log(1 - uniform()) * mean,
    // Box & Muller 1958; 1 - u keeps the logarithm finite.
    logNormal: (median, sigma) =>
      median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())),
    hexadecimal(digits) {
      let text = '';
      while (text.length < digits) text += (generator.unsafeNext() >>> 0).toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}

/** Draws an index with probability proportional to its weight. Weights are positive. */
export function weightedChoice(weights: readonly number[]): (random: Random) => number {
  const upTo: number[] = [];
  let total = 0;
  for (const weight of weights) upTo.push((total += weight));
  return (random) => {
    const point = random.uniform() * total;
    let index = 0;
    while (index < upTo.length - 1 && point >= upTo[index]) index++;
    return index;
  };
}
