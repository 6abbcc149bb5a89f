import { isKibanaAtLeast } from './kibana_version';

it.each([
  ['8.12.2', false],
  ['8.19.8', false],
  ['9.3.9', false],
  ['9.4.0', true],
  ['9.10.0-SNAPSHOT', true],
  ['10.0.0', true],
])('Kibana %s is 9.4 or later: %s', (version, expected) => {
  expect(isKibanaAtLeast(version, 9, 4)).toBe(expected);
});
