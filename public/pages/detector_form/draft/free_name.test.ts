import { freeName } from './free_name';

it.each([
  ['web', ['web'], 'web 2'],
  ['web', ['web', 'web 2', 'web 3'], 'web 4'],
  ['web 2', ['web 2'], 'web 3'],
  ['2026', ['2026'], '2026 2'],
  ['x'.repeat(200), ['x'.repeat(200)], `${'x'.repeat(198)} 2`],
])('finds a free name for %s', (name, taken, free) => {
  expect(freeName(name, new Set(taken))).toBe(free);
});
