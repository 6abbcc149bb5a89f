import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences whose code may go out with ours under Apache-2.0. */
const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Unlicense',
];

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
}

it('every package that goes out has a licence that Apache-2.0 allows', () => {
  const { packages } = JSON.parse(readFileSync(join(__dirname, '../../package-lock.json'), 'utf8')) as {
    packages: Record<string, Package>;
  };
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  expect(shipped.length).toBeGreaterThan(10);
  const refused = shipped
    .filter(([, { license }]) => license === undefined || !ALLOWED.includes(license))
    .map(([path, { version, license }]) => `${path}@${version}: ${license ?? 'no licence'}`);
  expect(refused).toEqual([]);
});
