import { isLabelled, valueScaleOf } from './value_scale';

describe('valueScaleOf', () => {
  it('is linear where the usual range can be seen beside the largest value', () => {
    expect(valueScaleOf([100, 120], [20, 100, 2_399])).toEqual({ kind: 'linear' });
  });

  it('is logarithmic where an outlier would press the usual range flat', () => {
    expect(valueScaleOf([100, 120], [20, 100, 2_400])).toEqual({ kind: 'log', smallest: 20, times: 20 });
  });

  it('has room for zero, which has no logarithm', () => {
    expect(valueScaleOf([1], [0, 5, 1_000])).toEqual({ kind: 'log', smallest: 0.5, times: 1_000 });
  });

  it.each([
    ['negative values', [1], [-1, 1_000]],
    ['nothing usual', [], [1, 1_000]],
    ['a usual range at zero', [0], [0, 1_000]],
    ['nothing at all', [], []],
  ])('is linear for %s', (_what, usual, all) => {
    expect(valueScaleOf(usual, all)).toEqual({ kind: 'linear' });
  });
});

it('labels powers of ten, and what lies between them on a short axis', () => {
  const places = [0.5, 1, 2, 3, 5, 9, 10, 20, 50, 1_000, 3e7, 1e8];
  expect(places.filter((value) => isLabelled(value, 1e6))).toEqual([1, 10, 1_000, 1e8]);
  expect(places.filter((value) => isLabelled(value, 50))).toEqual([0.5, 1, 2, 5, 10, 20, 50, 1_000, 1e8]);
});
