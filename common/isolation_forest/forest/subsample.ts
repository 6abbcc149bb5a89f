import { unsafeUniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';

/** A generator that moves on when it is drawn from, and can jump to an independent stream. */
export type RandomStream = RandomGenerator & Required<Pick<RandomGenerator, 'unsafeJump'>>;

/**
 * One generator for each tree. Each starts 2^64 draws after the one before it (the jump of xoroshiro128+,
 * Blackman & Vigna 2018), so trees never share random numbers, and tree i is the same however many there are.
 */
export function* randomStreams(seed: number): Generator<RandomStream, never> {
  const stream = xoroshiro128plus(seed | 0) as RandomStream;
  for (;;) {
    stream.unsafeJump();
    yield stream.clone() as RandomStream;
  }
}

/** @returns a number in [0, 1) with 32 random bits, more than a 32-bit threshold can hold */
export function drawFraction(random: RandomGenerator): number {
  return (random.unsafeNext() >>> 0) / 0x1_0000_0000;
}

/** @returns an integer in [0, count), uniformly */
export function drawIndex(count: number, random: RandomGenerator): number {
  return unsafeUniformIntDistribution(0, count - 1, random);
}

/**
 * Draws `size` distinct rows of `rowCount`, each set of rows equally likely, in O(size) time and memory whatever
 * `rowCount` is (Floyd's algorithm, Bentley & Floyd 1987). All rows when there are no more than `size`.
 */
export function drawRows(rowCount: number, size: number, random: RandomGenerator): Float64Array {
  if (rowCount <= size) return Float64Array.from({ length: rowCount }, (_, row) => row);
  const drawn = new Set<number>();
  for (let last = rowCount - size; last < rowCount; last++) {
    const row = drawIndex(last + 1, random);
    drawn.add(drawn.has(row) ? last : row);
  }
  return Float64Array.from(drawn);
}
