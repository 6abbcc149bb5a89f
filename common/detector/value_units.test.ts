import { readableRange, readableValue } from './value_units';

test('a percentage below 100 is never written as 100', () => {
  expect(readableValue(99.5, 'percent')).toBe('99.5 %');
  expect(readableValue(99.97, 'percent')).toBe('99.97 %');
  expect(readableValue(99.9999, 'percent')).toBe('99.99 %');
  expect(readableValue(0.996, 'share')).toBe('99.6 %');
  expect(readableValue(100, 'percent')).toBe('100 %');
  expect(readableValue(42.4, 'percent')).toBe('42 %');
  expect(readableValue(0.0012, 'share')).toBe('0.12 %');
});

test('the ends of a wide range have units that fit them', () => {
  expect(readableRange(420, 245_000, 'bytes', { beside: 5_000_000 })).toBe('420 bytes to 239 KB');
  expect(readableRange(420, 5_000_000, 'bytes')).toBe('420 bytes to 4.8 MB');
  expect(readableRange(0.002, 30, 's')).toBe('2 ms to 30 s');
  // One unit where both fit it, and nothing is nothing in any.
  expect(readableRange(0.11, 0.29, 's', { beside: 4.2 })).toBe('0.11 to 0.29 s');
  expect(readableRange(0.075, 0.13, 's', { beside: 4.2 })).toBe('0.075 to 0.13 s');
  expect(readableRange(500, 300_000, 'bytes')).toBe('0.49 to 293 KB');
  expect(readableRange(0, 245_000, 'bytes', { beside: 5_000_000 })).toBe('0 to 0.23 MB');
});
