import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { parseKibanaVersions } from '../../scripts/build/kibana_versions';
import { KIBANAS } from '../kibana_versions/facts';
import { workflowSchema } from './deployment_schemas';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly name?: string;
  readonly with?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<
    string,
    { readonly needs?: string; readonly permissions?: object; readonly steps?: Step[] }
  >;
}
const workflowOf = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe('the schema of workflows', () => {
  it.each(['anomaly-detection', 'compatibility', 'release'])('takes %s', (name) => {
    expect(workflowSchema.safeParse(workflowOf(name)).error?.issues).toBeUndefined();
  });

  const broken = (change: (text: string) => string) => {
    const text = read('.github/workflows/compatibility.yml');
    expect(change(text)).not.toBe(text);
    return workflowSchema.safeParse(parse(change(text))).success;
  };
  it.each([
    ['a key that there is not', 'timeout-minutes: 90', 'timeout: 90'],
    ['a job that is not there', 'needs: versions', 'needs: version'],
    ['a step that is not there', 'id: image', 'id: picture'],
    ['an input that an action has not', 'node-version: 20', 'node_version: 20'],
    ['an action of another name', 'actions/upload-artifact@v4', 'actions/upload@v4'],
    ['an issue that may not be opened', /issues: write/g, 'issues: read'],
    ['an event that there is not', 'workflow_dispatch:', 'dispatch:'],
    ['a step that runs nothing', /run: npm run compatibility.*/, 'shell: bash'],
  ])('refuses %s', (_what, from, to) => {
    expect(broken((text) => text.replace(from, to))).toBe(false);
  });
});

describe.each(['release', 'compatibility'])('the workflow %s', (name) => {
  const workflow = workflowOf(name);

  it('may only read unless a job says otherwise', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('runs scripts that are there, in commands that a shell can read', () => {
    for (const { run = '' } of stepsOf(workflow)) {
      for (const [, script] of run.matchAll(/npm run (?:--silent )?(\S+)/g))
        expect(Object.keys(scripts)).toContain(script);
      // Expressions of the workflow stand in environment variables, so that none becomes a command.
      expect(run).not.toContain('${{');
      execFileSync('bash', ['-n', '-c', run]);
    }
  });
});

describe('the steps of compatibility, in a shell as that of GitHub', () => {
  const directory = mkdtempSync(join(tmpdir(), 'workflow-steps-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const workflow = workflowOf('compatibility');
  const output = join(directory, 'output');

  /** @param programs scripts that stand in for the programs of their names */
  function runs(step: string, env: object, programs: Readonly<Record<string, string>> = {}) {
    const { run = '' } = stepsOf(workflow).find(({ name = '' }) => name.startsWith(step)) as Step;
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(directory, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    }
    writeFileSync(output, '');
    const { status, stdout } = spawnSync('bash', ['-e', '-c', run], {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: `${directory}:${process.env.PATH}`, GITHUB_OUTPUT: output, ...env },
    });
    return { status, stdout, output: readFileSync(output, 'utf8') };
  }

  it('fail where an image is lacking, unless no zip is built for that Kibana', () => {
    const lacking = (VERSION: string) => runs('Fail without an image', { VERSION, MISSING: '["9.6.0"]' });
    expect(lacking('9.5.4')).toMatchObject({ status: 1, stdout: expect.stringContaining('::error::') });
    expect(lacking('9.6.0')).toMatchObject({ status: 0, stdout: expect.stringContaining('::notice::') });
  });

  it('install packages only where there is an image to test', () => {
    const steps = workflow.jobs.kibana.steps ?? [];
    const install = steps.findIndex(({ run = '' }) => run.includes('npm ci'));
    expect(install).toBeGreaterThan(steps.findIndex(({ name = '' }) => name.startsWith('Fail without an')));
    expect(steps[install].if).toBe("steps.image.outcome == 'success'");
  });

  it('take versions on one line, and nothing but JSON', () => {
    const programs = { git: ':', npm: 'case "$*" in *without-zip*) echo [];; *) echo \'["9.5.4"]\';; esac' };
    const given = (GIVEN: string) => runs('The newest patch', { GIVEN }, programs);
    expect(given('')).toMatchObject({ status: 0, output: 'list=["9.5.4"]\nmissing=[]\n' });
    expect(given('[\n"9.0.8"\n]').output).toBe('list=["9.0.8"]\nmissing=[]\n');
    expect(given('[]\nmissing=["1.0.0"]')).toMatchObject({ output: '' });
    expect(given('9.0.8, 9.1.0').status).not.toBe(0);
  });

  it('tell of each Kibana without a zip, also while an issue for another is open', () => {
    const gh = 'if [ "$2" = list ]; then case "$*" in *9.5.5*) echo 1;; *) echo 0;; esac; else echo "$4"; fi';
    const told = (MISSING: string) => runs('Open an issue for Kibanas', { MISSING }, { gh }).stdout;
    expect(told('["9.5.5"]')).toBe('');
    expect(told('["9.6.0"]')).toBe('Kibanas without a zip: 9.6.0\n');
  });

  it('test Kibanas also where that issue cannot be opened, by a job that installs nothing', () => {
    const { versions, kibana, 'without-zip': issue } = workflow.jobs;
    expect([issue.needs, kibana.needs]).toEqual(['versions', 'versions']);
    expect(versions.permissions).toBeUndefined();
    expect(JSON.stringify(issue.steps)).not.toContain('npm ci');
  });
});

it('gives each kind of file of a release a checksum and its provenance', () => {
  const text = read('.github/workflows/release.yml');
  const [, listed] = /for file in (.*?);/.exec(text)!;
  const attested = stepsOf(workflowOf('release')).find(({ uses = '' }) => uses.includes('provenance'))!;
  const [published] = /build\/\*\.zip build.*/.exec(text)!;
  for (const path of published.split(' ').filter((each) => !each.endsWith('.sha256'))) {
    expect(attested.with?.['subject-path'].split('\n')).toContain(path);
    // The build writes those of the zips.
    if (path !== 'build/*.zip') expect(listed).toContain(path.replace('build/', ''));
  }
});

it('writes into the notes of a release from where it is installed', () => {
  const build = stepsOf(workflowOf('release')).find(({ run = '' }) => run.includes('--release')) as Step;
  expect(build.run).toContain('--download-url "$DOWNLOADS"');
  // The folder that `gh release create` puts the files of a tag in.
  expect(build.env?.DOWNLOADS).toMatch(
    /^\$\{\{ github\.server_url \}\}\/.*\/releases\/download\/\$\{\{ github\.ref_name \}\}$/,
  );
});

describe('the versions that are tried', () => {
  const listed = (tags: string, ...given: string[]): unknown =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'scripts/newest_kibanas.ts'), ...given],
        { input: tags, encoding: 'utf8' },
      ),
    );
  const tags = ['v8.12.1', 'v8.12.2', 'v9.0.8', 'v9.99.0', 'v9.1.0-rc1'].map(
    (tag) => `0f1e\trefs/tags/${tag}\n`,
  );

  it('are the newest of each minor, by the tags of Kibana', () => {
    expect(listed(tags.join(''))).toEqual(['8.12.2', '9.0.8', '9.99.0']);
  }, 300_000);

  it('have an issue opened where no zip is built for them', () => {
    expect(listed(tags.join(''), '--without-zip')).toEqual(['9.99.0']);
  }, 300_000);
});

it('builds zips of every minor from 8.12 on that is released', () => {
  const released = parseKibanaVersions(`@${join(root, 'kibana_versions.txt')}`);
  const minors = new Set(released.map((version) => version.split('.').slice(0, 2).join('.')));
  const known = KIBANAS.map(({ version }) => version.split('.').slice(0, 2).join('.'));
  // 9.6 is known from its sources alone.
  expect([...minors]).toEqual(known.filter((minor) => minor !== '9.6'));
});

it('makes an image of the zip of its own version', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['ARG', 'FROM', 'ARG', 'COPY', 'RUN']);
  expect(read('Dockerfile')).toContain('build/log-anomalies-*_${STACK_VERSION}.zip');
});
