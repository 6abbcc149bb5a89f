import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { version } from '../../package.json';
import { buildPlugin, buildPlugins, type BuiltPlugin } from '../../scripts/build/build_plugin';
import { LARGEST_CHUNK_BYTES, LARGEST_EAGER_BYTES } from '../../scripts/build/bundle_sizes';
import { bundleCommandLine } from '../../scripts/build/node_bundles';
import { SHARED_MODULES } from '../../scripts/build/shared_modules';

const root = resolve(__dirname, '../..');
const PLUGIN = 'kibana/logAnomalies';

interface ZippedFile {
  readonly mode: number;
  readonly time: Date;
  readonly text: string;
}

function unzip(bytes: Buffer): Promise<Map<string, ZippedFile>> {
  return new Promise((done, failed) => {
    fromBuffer(bytes, { lazyEntries: true }, (error: Error | null, zip: ZipFile) => {
      if (error) return failed(error);
      const files = new Map<string, ZippedFile>();
      zip.on('error', failed);
      zip.on('end', () => done(files));
      zip.on('entry', (entry: Entry) => {
        zip.openReadStream(entry, async (streamError, stream) => {
          if (streamError) return failed(streamError);
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(chunk as Buffer);
          const mode = entry.externalFileAttributes >>> 16;
          const text = Buffer.concat(chunks).toString('utf8');
          files.set(entry.fileName, { mode, time: entry.getLastModDate(), text });
          zip.readEntry();
        });
      });
      zip.readEntry();
    });
  });
}

/** A build takes fifteen seconds of a processor that it has for itself, and shares it here with the tests of real parts. */
const PATIENCE_MILLISECONDS = 300_000;

describe('the installable zip', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-anomalies-package-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  let built: BuiltPlugin;
  let files: Map<string, ZippedFile>;
  const textOf = (path: string): string => files.get(`${PLUGIN}/${path}`)?.text ?? '';
  const browserCode = (): string =>
    [...files]
      .filter(([path]) => path.startsWith(`${PLUGIN}/target/public/`))
      .map(([, { text }]) => text)
      .join('\n');

  beforeAll(async () => {
    built = await buildPlugin(root, join(directory, 'first'), '8.12.2');
    files = await unzip(readFileSync(built.archive));
  }, PATIENCE_MILLISECONDS);

  it('is named after both versions and has its checksum beside it', () => {
    expect(basename(built.archive)).toBe(`log-anomalies-${version}_8.12.2.zip`);
    const checksum = createHash('sha256').update(readFileSync(built.archive)).digest('hex');
    expect(readFileSync(`${built.archive}.sha256`, 'utf8')).toBe(`${checksum}  ${basename(built.archive)}\n`);
  });

  it('holds what Kibana needs and nothing else', () => {
    const names = [...files.keys()].map((path) => path.replace(/\.chunk\.\d+\.js$/, '.chunk.<id>.js'));
    expect([...new Set(names)].sort()).toEqual(
      [
        '.i18nrc.json',
        'LICENSE',
        'THIRD_PARTY_NOTICES.txt',
        'kibana.json',
        'package.json',
        'server/detection/decoding/model_worker.js',
        'server/detection/feedback/calendar_worker.js',
        'server/index.js',
        'server/kibana/exchange/yaml_worker.js',
        'server/kibana/tasks/training_worker.js',
        'target/public/logAnomalies.chunk.<id>.js',
        'target/public/logAnomalies.plugin.js',
        'translations/fr-FR.json',
      ].map((path) => `${PLUGIN}/${path}`),
    );
  });

  it('lets everybody read its files and nobody execute or replace them', () => {
    const modes = [...files.values()].map(({ mode }) => mode.toString(8));
    expect(new Set(modes)).toEqual(new Set(['100644']));
  });

  it('has the manifest that Kibana reads from an installed plugin', () => {
    expect(JSON.parse(textOf('kibana.json'))).toEqual({
      id: 'logAnomalies',
      type: 'standard',
      version,
      kibanaVersion: '8.12.2',
      owner: { name: 'Log Anomalies', githubTeam: 'log-anomalies/maintainers' },
      description: expect.any(String),
      configPath: 'logAnomalies',
      server: true,
      ui: true,
      requiredPlugins: ['alerting', 'features', 'taskManager'],
      optionalPlugins: [
        'contentManagement',
        'dataViews',
        'embeddable',
        'encryptedSavedObjects',
        'expressions',
        'security',
        'spaces',
        'triggersActionsUi',
        'uiActions',
        'unifiedSearch',
        'visualizations',
      ],
      requiredBundles: [],
    });
    expect(JSON.parse(textOf('package.json'))).toEqual({ name: 'log-anomalies', version, private: true });
  });

  it('asks Kibana for these shared browser modules only', () => {
    const asked = browserCode().matchAll(/__kbnSharedDeps__\.\w+/g);
    const names = Object.fromEntries(Object.entries(SHARED_MODULES).map(([name, global]) => [global, name]));
    expect([...new Set([...asked].map(([global]) => names[global]))].sort()).toEqual([
      '@elastic/charts',
      '@elastic/eui',
      '@kbn/datemath',
      '@kbn/es-query',
      '@kbn/i18n',
      'moment',
      'react',
      'react-dom',
      'rxjs',
    ]);
  });

  it('runs browser code of no other plugin', () => {
    expect(browserCode()).not.toContain('__kbnBundles__.get');
  });

  it('loads its pages on demand: the part on every page of Kibana stays small', () => {
    expect(textOf('target/public/logAnomalies.plugin.js').length).toBeLessThanOrEqual(LARGEST_EAGER_BYTES);
    expect(textOf('target/public/logAnomalies.plugin.js')).toContain(
      '__kbnBundles__.define("plugin/logAnomalies/public"',
    );
  });

  it('has no page whose code takes more than 100 KB on its way to the browser', () => {
    const chunks = [...files].filter(([path]) => path.includes('logAnomalies.chunk.'));
    expect(chunks.length).toBeGreaterThan(5);
    for (const [path, { text }] of chunks) {
      expect([path, gzipSync(text).length <= LARGEST_CHUNK_BYTES]).toEqual([path, true]);
    }
  });

  it('needs only Node and these modules of Kibana on the server', () => {
    const required = [...textOf('server/index.js').matchAll(/\brequire\("([^"]+)"\)/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(required)].filter((name) => !isBuiltin(name)).sort()).toEqual([
      '@kbn/config-schema',
      '@kbn/core/server',
      // Loaded when a Kibana asks for schemas in it, which has it then.
      '@kbn/zod',
    ]);
  });

  it('carries the licences of the code it brings along', () => {
    expect(textOf('LICENSE')).toContain('Apache License');
    expect(textOf('THIRD_PARTY_NOTICES.txt')).toMatch(/^zod \d+\.\d+\.\d+, MIT$/m);
  });

  it(
    'has the same bytes when built again, elsewhere',
    async () => {
      const again = await buildPlugin(root, join(directory, 'second'), '8.12.2');
      expect(again.sha256).toBe(built.sha256);
    },
    PATIENCE_MILLISECONDS,
  );

  it(
    'can be built for Kibana 9: only the manifest differs',
    async () => {
      const { archive } = await buildPlugin(root, join(directory, 'first'), '9.4.3');
      expect(basename(archive)).toBe(`log-anomalies-${version}_9.4.3.zip`);
      const forNine = await unzip(readFileSync(archive));
      const differing = [...forNine].filter(([path, { text }]) => text !== files.get(path)?.text);
      expect(differing.map(([path]) => path)).toEqual([`${PLUGIN}/kibana.json`]);
      expect(JSON.parse(differing[0][1].text)).toEqual({
        ...JSON.parse(textOf('kibana.json')),
        kibanaVersion: '9.4.3',
      });
    },
    PATIENCE_MILLISECONDS,
  );
});

it('stamps 60 versions in less than a minute: another one takes less than a second of a processor', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-anomalies-stamps-'));
  const spent: number[] = [];
  let before: NodeJS.CpuUsage | undefined;
  await buildPlugins(root, directory, ['8.17.0', '8.17.1', '8.17.2', '9.5.4'], () => {
    if (before !== undefined) {
      const { user, system } = process.cpuUsage(before);
      spent.push((user + system) / 1_000);
    }
    before = process.cpuUsage();
  });
  rmSync(directory, { recursive: true });
  expect(spent).toHaveLength(3);
  expect(Math.min(...spent)).toBeLessThan(1_000);
}, 120_000);

describe('the built command line', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-anomalies-cli-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it(
    'is one executable file that needs nothing beside it',
    async () => {
      const file = join(directory, 'log-anomalies.js');
      await bundleCommandLine(root, file);
      expect((statSync(file).mode & 0o777).toString(8)).toBe('755');
      expect(execFileSync(file, ['--version'], { cwd: directory, encoding: 'utf8' })).toBe(`${version}\n`);
    },
    PATIENCE_MILLISECONDS,
  );
});
