import { documentId } from './names';

test('ids depend on each part and on where one ends', () => {
  expect(documentId('a', 'b')).toBe(documentId('a', 'b'));
  expect(documentId('a', 'b')).not.toBe(documentId('ab'));
  expect(documentId('a', 'bc')).not.toBe(documentId('ab', 'c'));
  expect(documentId('x'.repeat(10_000))).toHaveLength(43);
});
