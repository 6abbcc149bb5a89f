import { expectedRows, proposeBudget, proposeShare, shareOfBudget } from './propose_budget';

it('is ten a day, of few logs 1 % and of few rows 2 % of them, and never nothing', () => {
  expect(proposeBudget('log', { logs: 700_000, days: 7 })).toBe(10);
  expect(proposeBudget('log', { logs: 700, days: 7 })).toBe(1);
  expect(proposeBudget('bucket', { logs: 700, days: 7 })).toBe(2);
  expect(proposeBudget('log', { logs: 3, days: 7 })).toBe(0.1);
});

it('is a share of the logs within what settings allow', () => {
  expect(shareOfBudget({ logs: 70_000, days: 7 }, 10)).toBe(0.001);
  expect(shareOfBudget({ logs: 5, days: 7 }, 10)).toBe(0.5);
  expect(shareOfBudget({ logs: 0, days: 7 }, 0.1)).toBe(0.5);
});

it('proposes the share that the budget is, and of few logs 1 % or of few rows 2 % at most', () => {
  expect(proposeShare('log', { logs: 70_000, days: 7 })).toBe(0.001);
  expect(proposeShare('log', { logs: 300, days: 90 })).toBe(0.01);
  expect(proposeShare('bucket', { logs: 300, days: 90 })).toBe(0.02);
});

it('expects a row in each span of time of each entity, or of one where none is known', () => {
  expect(expectedRows(3, 300_000, 7)).toEqual({ logs: 3 * 2_016, days: 7 });
  expect(expectedRows(0, 3_600_000, 1.5)).toEqual({ logs: 36, days: 1.5 });
});
