import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { DEFAULT_KIBANA_VERSION } from '../../scripts/build/kibana_version';
import { composeSchema } from './deployment_schemas';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart: string;
}

const text = read('docker-compose.yml');
const { services, volumes } = parse(text) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
/** Settings of .env.example: those without a value are the ones that people must fill in. */
const settings = Object.fromEntries(
  read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
);
const SECRETS = ['ELASTIC_PASSWORD', 'KIBANA_PASSWORD', 'KIBANA_ENCRYPTION_KEY'];

/** Returns a value with its variables replaced: by the settings in .env, else by their defaults. */
const resolved = (value: string): string =>
  value.replace(
    /\$\{([A-Z_]+):-([^}]*)\}/g,
    (_whole, name: string, otherwise: string) => settings[name] || otherwise,
  );

describe('docker-compose.yml', () => {
  it('starts Elasticsearch, its account for Kibana, and Kibana; logs only where asked for', () => {
    expect(Object.keys(services)).toEqual(['elasticsearch', 'kibana-account', 'kibana', 'log-generator']);
    const optional = Object.entries(services).filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual([['log-generator', ['logs']]]);
  });

  it('runs the official images in the version that the plugin is built for by default', () => {
    expect(resolved(services.elasticsearch.image)).toBe(`elasticsearch:${DEFAULT_KIBANA_VERSION}`);
    expect(resolved(services['kibana-account'].image)).toBe(`elasticsearch:${DEFAULT_KIBANA_VERSION}`);
    expect(resolved(services.kibana.image)).toBe(`kibana:${DEFAULT_KIBANA_VERSION}`);
    expect(resolved(services.kibana.environment.STACK_VERSION)).toBe(DEFAULT_KIBANA_VERSION);
    expect(settings.STACK_VERSION).toBe(DEFAULT_KIBANA_VERSION);
    // The defaults in the file itself are the same as those of .env.example.
    expect(new Set(text.match(/(?<=STACK_VERSION:-)[^}]+/g))).toEqual(new Set([DEFAULT_KIBANA_VERSION]));
    expect(services['log-generator'].image).toBe('node:${NODE_VERSION:-20-slim}');
  });

  it('publishes ports on the loopback interface only', () => {
    expect(services.elasticsearch.ports?.map(resolved)).toEqual(['127.0.0.1:9200:9200']);
    expect(services.kibana.ports?.map(resolved)).toEqual(['127.0.0.1:5601:5601']);
    expect(services['kibana-account'].ports ?? services['log-generator'].ports).toBeUndefined();
  });

  it('has security on', () => {
    expect(services.elasticsearch.environment['xpack.security.enabled']).toBe('true');
    expect(services.kibana.environment.ELASTICSEARCH_USERNAME).toBe('kibana_system');
  });

  it('holds no password: each comes from .env, and its absence is an error that says so', () => {
    for (const name of SECRETS) expect(settings[name]).toBe('');
    const secrets = Object.values(services)
      .flatMap(({ environment }) => Object.entries(environment))
      .filter(([name]) => /PASSWORD|KEY/.test(name));
    expect(secrets.map(([name]) => name)).toEqual([
      'ELASTIC_PASSWORD',
      'ELASTIC_PASSWORD',
      'KIBANA_PASSWORD',
      'ELASTICSEARCH_PASSWORD',
      'XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY',
      'ELASTICSEARCH_PASSWORD',
    ]);
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{([A-Z_]+):\?set \1 in \.env\}$/);
    expect(execFileSync('git', ['check-ignore', '.env'], { cwd: root, encoding: 'utf8' })).toBe('.env\n');
  });

  it('names every setting of .env.example, and asks for none that is not there', () => {
    const used = [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const fixed = ['COMPOSE_PROJECT_NAME'];
    expect(new Set([...used.filter((name) => name !== 'NODE_VERSION'), ...fixed])).toEqual(
      new Set(Object.keys(settings)),
    );
  });

  it('starts each service once what it needs is ready', () => {
    expect(services['kibana-account'].depends_on).toEqual({
      elasticsearch: { condition: 'service_healthy' },
    });
    expect(services.kibana.depends_on).toEqual({
      'kibana-account': { condition: 'service_completed_successfully' },
    });
    expect(services['log-generator'].depends_on).toEqual({ elasticsearch: { condition: 'service_healthy' } });
    expect(services.elasticsearch.healthcheck?.test[1]).toContain('/_cluster/health?wait_for_status=yellow');
    expect(services.kibana.healthcheck?.test[3]).toContain('/api/status');
    // Those that end by themselves are not started again.
    expect(services['kibana-account'].restart).toBe('no');
    expect(services['log-generator'].restart).toBe('no');
  });

  it('takes the plugin from build/, read-only, and keeps data in volumes', () => {
    expect(services.kibana.volumes).toEqual(['kibana-data:/usr/share/kibana/data', './build:/plugins:ro']);
    expect(services.elasticsearch.volumes).toEqual(['elasticsearch-data:/usr/share/elasticsearch/data']);
    expect(services['log-generator'].volumes).toEqual(['./build/cli:/cli:ro']);
    expect(Object.keys(volumes)).toEqual(['elasticsearch-data', 'kibana-data']);
  });

  it('installs the plugin before Kibana starts, and again over an older one', () => {
    const script = services.kibana.command?.[2] ?? '';
    const order = [
      '/plugins/log-anomalies-*_"$$STACK_VERSION".zip',
      'kibana-plugin remove logAnomalies',
      'kibana-plugin install "file://$$archive"',
      'exec /usr/local/bin/kibana-docker $$KIBANA_ARGUMENTS',
    ].map((part) => script.indexOf(part));
    expect(order).toEqual([...order].sort((left, right) => left - right));
    expect(order).not.toContain(-1);
  });

  it('holds shell commands that a shell can read', () => {
    const scripts = Object.values(services).flatMap(({ command, entrypoint }) => command ?? entrypoint ?? []);
    const shell = scripts.filter((part) => part.includes(' ')).map((part) => part.replaceAll('$$', '$'));
    expect(shell).toHaveLength(3);
    for (const script of shell) execFileSync('bash', ['-n', '-c', script]);
  });

  it('keeps to the schema of compose files, which refuses what it does not know', () => {
    expect(composeSchema.safeParse(parse(text)).error?.issues).toBeUndefined();
    const broken: readonly (readonly [string | RegExp, string])[] = [
      ['healthcheck:', 'health_check:'],
      ['condition: service_healthy', 'condition: healthy'],
      [/ {4}healthcheck:\n(?: {6}.*\n)+/, ''],
      ['restart: unless-stopped', 'restart: sometimes'],
      ['      kibana-account:\n', '      account:\n'],
    ];
    for (const [from, to] of broken) {
      const changed = text.replace(from, to);
      expect([String(from), changed !== text, composeSchema.safeParse(parse(changed)).success]).toEqual([
        String(from),
        true,
        false,
      ]);
    }
  });

  // The program of its own, and the plugin of docker that newer machines have.
  const programs = [['docker', 'compose'], ['docker-compose']] as const;
  const found = programs.find(
    ([program, ...given]) => spawnSync(program, [...given, 'version'], { encoding: 'utf8' }).status === 0,
  );
  const check = found === undefined ? it.skip : it;
  if (found === undefined) console.warn('docker compose is not installed: it does not check the file here.');
  check('is accepted by docker compose', () => {
    const environment = { ...process.env, ...Object.fromEntries(SECRETS.map((name) => [name, 'example'])) };
    const compose = (...given: string[]) =>
      spawnSync(found?.[0] ?? '', [...(found?.slice(1) ?? []), '--env-file', '.env.example', ...given], {
        cwd: root,
        encoding: 'utf8',
        env: environment,
      });
    expect(compose('--profile', 'logs', 'config', '--services').stdout.trim().split('\n').sort()).toEqual(
      Object.keys(services).sort(),
    );
    delete (environment as Record<string, string>).KIBANA_PASSWORD;
    expect(compose('config').stderr).toContain('set KIBANA_PASSWORD in .env');
  });
});
