import { adjustedPValues } from './false_discovery';
import { dispersionOf, fisherExact, gStatistic, testShare } from './share_test';
import { chiSquareTail, logGamma } from './special_functions';

describe('against scipy 1.15', () => {
  test.each([
    [1, 0],
    [5, 3.17805383],
    [0.75, 0.20328095],
    [1000.5, 5908.67415],
  ])('logGamma(%p)', (x, expected) => expect(logGamma(x)).toBeCloseTo(expected, 4));

  test.each([
    [0.1, 0.7518296340458492],
    [3.841458820694124, 0.05],
    [50, 1.5374597944280347e-12],
    [700, 2.99022698e-154],
  ])('chi-square tail of %p', (statistic, expected) =>
    expect(chiSquareTail(statistic) / expected).toBeCloseTo(1, 3),
  );

  test.each([
    [8, 100, 1, 200, 0.0008141100038374885],
    [3, 10, 0, 100, 0.0005560189046427579],
    [0, 50, 9, 150, 0.11555924166907146],
  ])('exact test of %p of %p and %p of %p', (w, window, b, baseline, expected) =>
    expect(fisherExact(w, window, b, baseline)).toBeCloseTo(expected, 9),
  );

  test('G of a table', () => expect(gStatistic(80, 1_000, 100, 2_000)).toBeCloseTo(10.205418082961593, 9));

  test('p-values for many tests', () =>
    expect(adjustedPValues([0.01, 0.04, 0.03, 0.005, 0.5])).toEqual(
      [0.025, 0.05, 0.05, 0.025, 0.5].map((each) => expect.closeTo(each, 10)),
    ));
});

test('tests whose p-values are not given count', () =>
  expect(adjustedPValues([0.001, 0.01], 100)).toEqual([0.1, 0.5].map((each) => expect.closeTo(each, 10))));

const HOUR = 3_600_000;
const lengths = { window: HOUR, pieces: [HOUR, HOUR, HOUR, HOUR] };
const totals = { window: 1_000, pieces: [1_000, 1_000, 1_000, 1_000] };

describe('testShare', () => {
  test('a share that rose', () => {
    const found = testShare({ window: 100, pieces: [24, 26, 25, 25] }, totals, lengths);
    expect(found).toMatchObject({ direction: 'more', lift: 4, rateRatio: 4, factor: 4, dispersion: 1 });
    expect(found.pValue).toBeLessThan(1e-20);
  });

  test('logs that come in bursts have to rise more than independent ones', () => {
    const steady = testShare({ window: 100, pieces: [25, 25, 25, 25] }, totals, lengths);
    const bursts = testShare({ window: 100, pieces: [0, 0, 98, 2] }, totals, lengths);
    expect(bursts.dispersion).toBeGreaterThan(10);
    expect(bursts.pValue).toBeGreaterThan(0.001);
    expect(steady.pValue).toBeLessThan(1e-15);
  });

  test('a flood that thins out the others is no fall of the others', () => {
    const flooded = { ...totals, window: 4_000 };
    const other = testShare({ window: 500, pieces: [500, 500, 500, 500] }, flooded, lengths);
    expect(other).toMatchObject({ direction: 'fewer', lift: 0.25, rateRatio: 1, factor: 1 });
  });

  test('what remains when most logs stop is no rise', () => {
    const stopped = { ...totals, window: 100 };
    const rest = testShare({ window: 90, pieces: [100, 100, 100, 100] }, stopped, lengths);
    expect(rest).toMatchObject({ direction: 'more', factor: 1 });
    expect(rest.lift).toBeCloseTo(9);
  });

  test('a new value, a vanished one, and times without logs', () => {
    const none = [0, 0, 0, 0];
    expect(testShare({ window: 9, pieces: none }, totals, lengths)).toMatchObject({
      lift: Infinity,
      rateRatio: Infinity,
      factor: Infinity,
    });
    const gone = testShare({ window: 0, pieces: [50, 50, 50, 50] }, totals, lengths);
    expect(gone).toMatchObject({ direction: 'fewer', lift: 0, factor: Infinity });
    expect(gone.pValue).toBeLessThan(1e-10);
    expect(testShare({ window: 9, pieces: none }, { window: 9, pieces: none }, lengths).pValue).toBe(1);
  });

  test('few logs tell little', () =>
    expect(
      testShare({ window: 1, pieces: [0, 0, 0, 0] }, { window: 10, pieces: [10, 10, 10, 10] }, lengths)
        .pValue,
    ).toBeCloseTo(0.2));
});

test('a value that the baseline holds nowhere or everywhere has no dispersion of its own', () => {
  expect(dispersionOf([0, 0, 0], [10, 10, 10])).toBe(1);
  expect(dispersionOf([10, 10, 10], [10, 10, 10])).toBe(1);
  expect(dispersionOf([0, 0], [0, 0])).toBe(1);
});
