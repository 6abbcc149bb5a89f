import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const line = /^bin\/kibana-plugin install .*RELEASES.*$/m.exec(readme)?.[0] ?? '';

it('installs with the version of the package and a zip that a release builds', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const [, tag, name, kibana] =
    /\/download\/v([\d.]+)\/log-anomalies-([\d.]+)_([\d.]+)\.zip/.exec(line) ?? [];
  expect([tag, name]).toEqual([version, version]);
  expect(built).toContain(kibana);
});

it('says what is missing where that line is pasted as it is', () => {
  const directory = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    mkdirSync(join(directory, 'bin'));
    writeFileSync(join(directory, 'bin/kibana-plugin'), '#!/bin/sh\necho "$2"\n', { mode: 0o755 });
    const pasted = (env: object) =>
      spawnSync('sh', ['-c', line], {
        cwd: directory,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env },
      });
    const { status, stdout, stderr } = pasted({});
    expect([status === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain('RELEASES: set it to the address of the page of releases');
    expect(pasted({ RELEASES: 'https://host.test/releases' }).stdout).toMatch(
      /^https:\/\/host\.test\/releases\/download\/v[\d.]+\/log-anomalies-[\d._]+\.zip\n$/,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});
