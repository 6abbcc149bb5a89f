import { chainsOf } from './session_chains';

const settings = { gap: 60, longest: 300 };
const chains = (...times: number[]) =>
  chainsOf(
    times.map((time) => ({ time })),
    settings,
  ).map(({ start, end, logs, isCut, closedAt }) => [start, end, logs.length, isCut, closedAt]);

describe('sessions of one id', () => {
  it('end where no log follows within a gap', () => {
    expect(chains(0, 59, 118, 178, 200)).toEqual([
      [0, 118, 3, false, 178],
      [178, 200, 2, false, 260],
    ]);
    expect(chains()).toEqual([]);
  });

  it('are judged by their longest time; what follows until the next gap belongs to none', () => {
    const long = Array.from({ length: 20 }, (_none, i) => i * 30);
    expect(chains(...long, 700)).toEqual([
      [0, 270, 10, true, 300],
      [700, 700, 1, false, 760],
    ]);
    // One that ends just before is whole, and over at the same moment as if it had gone on.
    expect(chains(...long.filter((time) => time < 300))).toEqual([[0, 270, 10, false, 300]]);
  });
});
