import { directionOfName } from './directions';

test.each([
  'disk.free_mb',
  'mem.available_kb',
  'remaining_mb',
  'heap.free_size',
  'free_disk_space',
  'swap.free_gib',
])('%s is anomalous when it is low: nothing is left', (field) => {
  expect(directionOfName(field)).toBe('low');
});

test.each([
  ['response_size_kb', 'high'],
  ['free_text_length', 'high'],
  ['cache.hit_ratio', 'low'],
  ['success_rate', 'low'],
  ['available_since', 'both'],
])('%s is anomalous when it is %s', (field, direction) => {
  expect(directionOfName(field)).toBe(direction);
});
