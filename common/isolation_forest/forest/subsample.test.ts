import { drawRows, randomStreams } from './subsample';

const stream = (seed: number) => randomStreams(seed).next().value;

describe('drawRows', () => {
  it('draws distinct rows within range, whatever the number of rows', () => {
    for (const [rowCount, size] of [
      [10, 9],
      [1_000, 256],
      [4_000_000_000, 256],
      [9_000_000_000_000, 64],
    ]) {
      const rows = drawRows(rowCount, size, stream(3));
      expect(new Set(rows).size).toBe(size);
      expect(rows.every((row) => Number.isInteger(row) && row >= 0 && row < rowCount)).toBe(true);
    }
  });

  it('takes all rows when there are no more than asked for', () => {
    expect(Array.from(drawRows(3, 5, stream(1)))).toEqual([0, 1, 2]);
    expect(drawRows(0, 5, stream(1))).toHaveLength(0);
  });

  it('draws every row, and every pair, equally often', () => {
    const counts = new Float64Array(36);
    const streams = randomStreams(11);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const [a, b] = drawRows(6, 2, streams.next().value);
      counts[Math.min(a, b) * 6 + Math.max(a, b)]++;
    }
    const expected = draws / 15;
    let chiSquare = 0;
    for (let a = 0; a < 6; a++) {
      for (let b = a + 1; b < 6; b++) chiSquare += (counts[a * 6 + b] - expected) ** 2 / expected;
    }
    // The 99.9th percentile of the chi-square distribution with 14 degrees of freedom.
    expect(chiSquare).toBeLessThan(36.1);
  });
});

describe('randomStreams', () => {
  it('differ from each other and between neighbouring seeds', () => {
    const first = (seed: number, count: number) => {
      const streams = randomStreams(seed);
      return Array.from({ length: count }, () => streams.next().value.unsafeNext());
    };
    expect(new Set([...first(1, 100), ...first(2, 100), ...first(0xffffffff, 100)]).size).toBe(300);
    expect(first(1, 3)).toMatchInlineSnapshot(`
     [
       -1170940497,
       1879647175,
       -2058742839,
     ]
    `);
  });
});
