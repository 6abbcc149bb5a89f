import { join } from 'node:path';
import { parseKibanaVersions } from './kibana_versions';

it.each([
  ['8.12.2', ['8.12.2']],
  ['8.17.8..8.17.10,9.0.0', ['8.17.8', '8.17.9', '8.17.10', '9.0.0']],
  ['9.0.0, 9.0.0..9.0.1', ['9.0.0', '9.0.1']],
  ['@list,9.4.3', ['8.12.2', '8.13.0', '8.13.1', '9.4.3']],
])('%s names %j', (given, expected) => {
  expect(parseKibanaVersions(given, () => '# ours\n8.12.2\n\n8.13.0..8.13.1 # two\n')).toEqual(expected);
});

it.each([
  '',
  '8.17',
  '8.17.0..8.18.0',
  '8.17.2..8.17.1',
  '8.17.0..8.17.100',
  '7.17.0..7.17.1',
  '8.12.2,,9.0.0',
])('refuses %j', (given) => {
  expect(() => parseKibanaVersions(given)).toThrow(/--kibana-version/);
});

it('reads the list of versions that are released', () => {
  const released = parseKibanaVersions(`@${join(__dirname, '../../kibana_versions.txt')}`);
  const minors = new Set(released.map((version) => version.split('.').slice(0, 2).join('.')));
  expect(minors.size).toBeGreaterThanOrEqual(14);
  expect(released).toContain('8.12.2');
});
