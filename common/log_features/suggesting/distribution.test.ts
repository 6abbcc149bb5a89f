import { distributionOf, DISTRIBUTION_BINS } from './distribution';

const logs = (field: string, values: readonly unknown[]) =>
  values.map((value) => (value === undefined ? {} : { [field]: value }));

describe('distributionOf', () => {
  it('counts numbers in bins that hold all of them', () => {
    const values = Array.from({ length: 101 }, (_none, i) => i);
    const found = distributionOf({ type: 'number', field: 'n' }, logs('n', [...values, undefined, 'much']));
    expect(found).toMatchObject({ of: 'number', logs: 103, missing: 2, values: [] });
    expect(found.bins).toHaveLength(DISTRIBUTION_BINS);
    expect(found.bins[0]).toEqual({ from: 0, to: 5, logs: 5 });
    expect(found.bins.at(-1)).toEqual({ from: 95, to: 100, logs: 6 });
    expect(found.bins.reduce((sum, bin) => sum + bin.logs, 0)).toBe(101);
  });

  it('spreads skewed numbers by their logarithm, and has one bin for a constant', () => {
    const values = [...new Array(99).fill(1), 1_000_000];
    const { bins } = distributionOf({ type: 'number', field: 'n' }, logs('n', values));
    expect(bins[0].logs).toBe(99);
    expect(bins[0].to).toBeLessThan(10);
    expect(bins.at(-1)).toMatchObject({ to: 1_000_000, logs: 1 });
    expect(distributionOf({ type: 'number', field: 'n' }, logs('n', [7, 7])).bins).toEqual([
      { from: 7, to: 7, logs: 2 },
    ]);
    expect(distributionOf({ type: 'number', field: 'n' }, []).bins).toEqual([]);
  });

  it('lists the most frequent values, ties by name', () => {
    const values = ['b', 'a', 'a', 'b', 'c', '', undefined];
    expect(distributionOf({ type: 'category', field: 'x' }, logs('x', values))).toMatchObject({
      of: 'value',
      missing: 2,
      distinct: 3,
      values: [
        { value: 'a', logs: 2 },
        { value: 'b', logs: 2 },
        { value: 'c', logs: 1 },
      ],
    });
  });

  it('counts messages by their words and texts by their length', () => {
    const values = ['user 1 left', 'user 22 left', 'disk full'];
    expect(distributionOf({ type: 'template', field: 'm' }, logs('m', values)).values).toEqual([
      { value: 'user <num> left', logs: 2 },
      { value: 'disk full', logs: 1 },
    ]);
    const { of, bins } = distributionOf({ type: 'text', field: 'm' }, logs('m', values));
    expect([of, bins[0].from, bins.at(-1)?.to]).toEqual(['length', 9, 12]);
  });

  it('knows hours and days in their time zone', () => {
    const values = ['2026-01-05T23:30:00Z', '2026-01-05T12:00:00Z', 'never'];
    const hours = (time_zone?: string) =>
      distributionOf({ type: 'hour_of_day', field: 't', time_zone }, logs('t', values));
    expect(
      hours()
        .bins.filter((bin) => bin.logs > 0)
        .map(({ from }) => from),
    ).toEqual([12, 23]);
    expect(
      hours('Europe/Paris')
        .bins.filter((bin) => bin.logs > 0)
        .map(({ from }) => from),
    ).toEqual([0, 13]);
    expect(hours()).toMatchObject({ of: 'time', missing: 1 });
    expect(hours('Nowhere/At_All').missing).toBe(3);
    const days = distributionOf({ type: 'day_of_week', field: 't' }, logs('t', values)).bins;
    expect(days.map((bin) => bin.logs)).toEqual([2, 0, 0, 0, 0, 0, 0]);
  });
});
