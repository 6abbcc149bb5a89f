import { newestOfMinors } from './kibana_tags';

const tagged = (...names: string[]): string[] => names.map((name) => `0f1e2d3c\trefs/tags/${name}`);

it('takes the newest patch of each minor from 8.12 on, by number', () => {
  const tags = tagged('v9.0.8', 'v8.17.9', 'v8.17.10', 'v8.12.2', 'v8.12.1', 'v10.0.0', 'v9.0.0');
  expect(newestOfMinors(tags)).toEqual(['8.12.2', '8.17.10', '9.0.8', '10.0.0']);
});

it('leaves out what is no release, and older minors', () => {
  const tags = tagged('v9.0.0-rc1', 'v9.0.0-beta1', 'v8.11.4', 'v7.17.28', 'deploy@1700000000', 'v9.4.0');
  expect(newestOfMinors([...tags, '', 'v9.5.0'])).toEqual(['9.4.0', '9.5.0']);
});
