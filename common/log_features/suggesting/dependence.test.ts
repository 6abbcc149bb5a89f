import { dependence, explainedShare } from './dependence';

const rows = Array.from({ length: 600 }, (_, i) => i);
const queue = rows.map((i) => `queue ${i % 3}`);
const scattered = rows.map((i) => `worker ${(i * 7919) % 11}`);

describe('explainedShare', () => {
  it('is near 1 where groups differ by much more than their logs', () => {
    expect(
      explainedShare(
        rows.map((i) => 10 ** (i % 3) * (5 + (i % 7))),
        queue,
      ),
    ).toBeGreaterThan(0.9);
  });

  it('is about 0 where they tell nothing, however many they are', () => {
    const numbers = rows.map((i) => 1 + 1_000 * ((((Math.sin(i) * 43_758.5453) % 1) + 1) % 1));
    expect(Math.abs(explainedShare(numbers, scattered))).toBeLessThan(0.05);
    expect(
      Math.abs(
        explainedShare(
          numbers,
          rows.map((i) => `${(i * 31) % 150}`),
        ),
      ),
    ).toBeLessThan(0.15);
    expect(explainedShare(numbers, rows.map(String))).toBe(0);
    expect(
      explainedShare(
        rows.map(() => 5),
        queue,
      ),
    ).toBe(0);
  });
});

describe('dependence', () => {
  it('is 1 where one field follows from the other, 0 where they are independent', () => {
    expect(
      dependence(
        queue,
        rows.map((i) => `task ${i % 6}`),
      ),
    ).toBeCloseTo(1, 1);
    expect(dependence(queue, scattered)).toBeLessThan(0.05);
    expect(
      dependence(
        queue,
        rows.map(() => 'one'),
      ),
    ).toBe(0);
  });
});
