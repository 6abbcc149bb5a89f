import { createWatchers } from './watched_sources';

const watchers = createWatchers([
  { name: 'web', index: 'weblogs-*, nginx' },
  { name: 'all but nginx', index: 'logs-*,-logs-nginx*' },
  { name: 'between', index: 'a*b*c' },
]);

it.each([
  ['weblogs-*', ['weblogs-2026.11.26', 'weblogs-2026.11.27'], ['web']],
  ['nginx', ['nginx'], ['web']],
  ['logs-nginx.access-default', ['.ds-logs-nginx.access-default-000001'], []],
  ['logs-app-default', ['.ds-logs-app-default-000001'], ['all but nginx']],
  ['axbxc', [], ['between']],
  ['ac', [], []],
  ['abbc', [], ['between']],
  ['other', ['other-1'], []],
])('knows who reads %s', (source, indices, readers) => {
  expect(watchers(source, indices)).toEqual(readers);
});
