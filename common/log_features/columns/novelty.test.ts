import { learnNovelty, learnOvershoot, partsInTime } from './novelty';

const times = (count: number): Float64Array => Float64Array.from({ length: count }, (_none, i) => i * 1_000);

describe('learnNovelty', () => {
  it('is the share of values that occur once, and half a log in all where none does', () => {
    const keys = [...Array.from({ length: 90 }, (_none, i) => `k${i % 9}`), ...'abcdefghij'];
    expect(learnNovelty(keys)).toEqual({ probability: 10.5 / 101, trained_on: 100, seldom: 1 });
    expect(learnNovelty(keys.slice(0, 90))).toEqual({ probability: 0.5 / 91, trained_on: 90, seldom: 1 });
  });

  it('counts logs with a value only, and values that are not remembered as new', () => {
    const keys = ['a', 'a', 'b', 'b', undefined, undefined];
    expect(learnNovelty(keys)).toEqual({ probability: 0.5 / 5, trained_on: 4, seldom: 1 });
    expect(learnNovelty(keys, [], (key) => key !== 'b').probability).toBe(2.5 / 5);
  });

  it('tells the share of logs whose value hardly occurs', () => {
    const keys = Array.from({ length: 1_000 }, (_none, i) => (i < 970 ? `k${i % 9}` : `r${i % 3}`));
    expect(learnNovelty(keys).seldom).toBe(0.03);
    expect(learnNovelty(keys.slice(0, 970)).seldom).toBe(0);
  });

  it('sees values that come in bursts, each often and none for long', () => {
    const keys = Array.from({ length: 1_000 }, (_none, i) => `pod-${i >> 4}`);
    expect(learnNovelty(keys).probability).toBeLessThan(0.001);
    expect(learnNovelty(keys, partsInTime(times(1_000))).probability).toBeGreaterThan(0.8);
  });

  it('is not misled by one deployment in the window', () => {
    const keys = Array.from({ length: 1_000 }, (_none, i) => (i < 700 ? 'old' : 'new'));
    expect(learnNovelty(keys, partsInTime(times(1_000))).probability).toBe(0.5 / 1_001);
  });

  it('does not depend on the order of the logs, nor part logs of one moment', () => {
    const moments = Float64Array.from({ length: 800 }, (_none, i) => Math.floor(i / 300));
    const keys = Array.from({ length: 800 }, (_none, i) => i % 7);
    const there = learnNovelty(keys, partsInTime(moments));
    expect(learnNovelty([...keys].reverse(), partsInTime(moments.slice().reverse()))).toEqual(there);
  });
});

describe('learnOvershoot', () => {
  const numbers = Float32Array.from({ length: 2_000 }, (_none, i) => ((i * 7_919) % 1_000) / 10);

  it('is rare for numbers that come and go, and all there is for a counter', () => {
    const inTime = partsInTime(times(1_000));
    const usual = { values: numbers.subarray(0, 1_000), columnCount: 1 };
    const counter = { values: Float32Array.from({ length: 1_000 }, (_none, i) => i), columnCount: 1 };
    expect(learnOvershoot(usual, 0, 1, inTime)).toBeLessThan(0.02);
    expect(learnOvershoot(counter, 0, 1, inTime)).toBe(1);
    expect(learnOvershoot(counter, 0, -1, inTime)).toBe(0.5 / 1_001);
  });
});
