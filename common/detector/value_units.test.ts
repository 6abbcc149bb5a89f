import { readableValue } from './value_units';

test('a percentage below 100 is never written as 100', () => {
  expect(readableValue(99.5, 'percent')).toBe('99.5 %');
  expect(readableValue(99.97, 'percent')).toBe('99.97 %');
  expect(readableValue(99.9999, 'percent')).toBe('99.99 %');
  expect(readableValue(0.996, 'share')).toBe('99.6 %');
  expect(readableValue(100, 'percent')).toBe('100 %');
  expect(readableValue(42.4, 'percent')).toBe('42 %');
  expect(readableValue(0.0012, 'share')).toBe('0.12 %');
});
