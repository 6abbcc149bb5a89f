import { suggestFeatures } from '..';
import type { LogDocument } from '../../log_document';
import { callerOf, isSeldomAndClosed } from './seldom_fields';

const CLIENTS = ['portal', 'shop', 'orders', 'billing'];
/** A fourth of the logs name a way to sign in, by which applications and services differ; many others say more of themselves. */
const logs: LogDocument[] = Array.from({ length: 600 }, (_, index) => {
  const client = CLIENTS[index % 4];
  const isApplication = index % 4 < 2;
  return {
    '@timestamp': new Date(Date.UTC(2026, 2, 2) + index * 600_000).toISOString(),
    client,
    ...Object.fromEntries(
      Array.from({ length: 14 }, (_each, number) => [
        `part_${number}`,
        `value ${Math.floor(index / (number + 2)) % 3}`,
      ]),
    ),
    ...(index % 16 < 4 && { grant: isApplication ? 'code' : 'secret' }),
  };
});

test('a field of few values that a part of the logs has is suggested beyond the others, with its caller', () => {
  const suggestions = suggestFeatures(logs, { timestampField: '@timestamp' });
  const told = suggestions.map(({ definition: { type, field, fields } }) => [type, ...(fields ?? [field])]);
  expect(told).toContainEqual(['category', 'grant']);
  expect(told).toContainEqual(['combination', 'grant', 'client']);
  expect(told.filter(([type, field]) => type === 'category' && field !== 'grant').length).toBeGreaterThan(8);
  expect(suggestFeatures(logs, { timestampField: '@timestamp', limit: 3 })).toHaveLength(3);
});

test('what most logs have, or what has many values, takes its place among the others', () => {
  expect(isSeldomAndClosed(3, 0.25)).toBe(true);
  expect(isSeldomAndClosed(3, 0.99)).toBe(false);
  expect(isSeldomAndClosed(40, 0.25)).toBe(false);
});

test('the caller that tells the most is chosen, and none that tells nothing', () => {
  const own = { field: 'grant', values: ['a', undefined, 'b', 'a', 'b', 'a', 'b', 'a', 'b'], distinct: 2 };
  const telling = { field: 'client', values: ['x', 'y', 'y', 'x', 'y', 'x', 'y', 'x', 'y'], distinct: 2 };
  const telling2 = { field: 'half', values: ['x', 'y', 'y', 'x', 'y', 'x', 'y', 'y', 'y'], distinct: 2 };
  const idle = { field: 'node', values: ['x', 'x', 'x', 'y', 'y', 'x', 'x', 'y', 'y'], distinct: 2 };
  expect(callerOf(own, [idle, telling2, telling])).toBe('client');
  expect(callerOf(own, [idle])).toBeUndefined();
  expect(callerOf(own, [])).toBeUndefined();
  expect(callerOf(own, [{ ...telling, distinct: 201 }])).toBeUndefined();
});
