import { chooseUniformly } from './sample_logs';

const logs = Array.from({ length: 50 }, (_, number) => ({ index: 'i', id: String(number), document: {} }));

test('chooses each log equally often, none twice, and the same for the same seed', () => {
  const counts = new Array<number>(50).fill(0);
  const RUNS = 4_000;
  for (let seed = 0; seed < RUNS; seed++) {
    const chosen = chooseUniformly(logs, 20, seed);
    expect(new Set(chosen.map(({ id }) => id)).size).toBe(20);
    for (const { id } of chosen) counts[Number(id)]++;
  }
  const expected = (RUNS * 20) / 50;
  // Standard deviation sqrt(4000 x 0.4 x 0.6) = 31.
  for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(5 * 31);
  expect(chooseUniformly(logs, 20, 3)).toEqual(chooseUniformly(logs, 20, 3));
  expect(chooseUniformly(logs, 50, 3)).toBe(logs);
});
