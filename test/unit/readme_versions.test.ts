import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseKibanaVersions } from '../../scripts/build/kibana_versions';
import { KIBANAS } from '../kibana_versions/facts';

const root = resolve(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');
const built = parseKibanaVersions(`@${join(root, 'kibana_versions.txt')}`);

/** Rows of the table of versions, by minor. */
const rows = new Map(
  [...readme.matchAll(/^\| (\d+\.\d+) +\|(.*)\|$/gm)].map(([, minor, rest]) => [
    minor,
    rest.split('|').map((cell) => cell.trim()),
  ]),
);

it('has a row for each minor that there are stand-ins for', () => {
  expect([...rows.keys()]).toEqual(KIBANAS.map(({ version }) => minorOf(version)));
});

it('names the zips that a release builds, and the version that one command runs', () => {
  for (const [minor, [zips, , , command]] of rows) {
    const patches = built.filter((version) => minorOf(version) === minor);
    if (patches.length === 0) {
      expect([minor, zips, command]).toEqual([minor, 'once it is out', 'once it is out']);
      continue;
    }
    expect(zips).toBe(`\`${patches[0]}.zip\` to \`${patches[patches.length - 1]}.zip\``);
    expect(command).toBe(`\`${patches[patches.length - 1]}\``);
  }
});

it('calls nothing run but 8.12.2', () => {
  const run = [...rows].filter(([, [, real]]) => real !== 'no').map(([, [, real]]) => real);
  expect(run).toEqual([expect.stringMatching(/^8\.12\.2, /)]);
});

it('installs with the version of the package and a zip that a release builds', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const [, tag, name, kibana] =
    /install https:\S+\/releases\/download\/v([\d.]+)\/log-anomalies-([\d.]+)_([\d.]+)\.zip/.exec(readme) ??
    [];
  expect([tag, name]).toEqual([version, version]);
  expect(built).toContain(kibana);
});
