import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PBKDF2_ROUNDS = 10_000;
const PBKDF2_BYTES = 32;

/** A line of the file realm's `users`, in the form that Elasticsearch's own PBKDF2 hasher writes. */
function hashPassword(password: string): string {
  const salt = randomBytes(PBKDF2_BYTES);
  const hash = pbkdf2Sync(password, salt, PBKDF2_ROUNDS, PBKDF2_BYTES, 'sha512');
  return `{PBKDF2}${PBKDF2_ROUNDS}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

export interface NodeFolders {
  readonly config: string;
  readonly data: string;
  readonly logs: string;
  readonly temporary: string;
}

export interface NodeSettings {
  readonly port: number;
  readonly security: boolean;
  readonly username: string;
  readonly password: string;
  /** Java heap, e.g. `1g`. */
  readonly heap: string;
  readonly shortLived: boolean;
  /** Further lines of elasticsearch.yml. */
  readonly lines: readonly string[];
}

const LOG_SETTINGS = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
logger.deprecation.name = deprecation
logger.deprecation.level = error
`;

/** Writes the configuration folder of one node: loopback only, single node, ports chosen freely with port 0. */
export async function writeNodeSettings(folders: NodeFolders, settings: NodeSettings): Promise<void> {
  for (const folder of Object.values(folders) as string[]) await mkdir(folder, { recursive: true });
  const lines = [
    'cluster.name: log-anomalies-local',
    'node.name: local',
    'discovery.type: single-node',
    'http.host: 127.0.0.1',
    'transport.host: 127.0.0.1',
    `http.port: ${settings.port}`,
    'transport.port: 0',
    `path.data: ${JSON.stringify(folders.data)}`,
    `path.logs: ${JSON.stringify(folders.logs)}`,
    'cluster.routing.allocation.disk.threshold_enabled: false',
    `xpack.security.enabled: ${settings.security}`,
    ...settings.lines,
  ];
  // Without G1, Elasticsearch does not collect garbage before its breaker counts it.
  if (settings.shortLived) lines.push('indices.breaker.total.use_real_memory: false');
  if (settings.security) {
    lines.push(
      'xpack.security.http.ssl.enabled: false',
      'xpack.security.transport.ssl.enabled: false',
      'xpack.security.authc.api_key.enabled: true',
    );
    // Hashes that are slow to guess are a quarter of the processor time of tests that make many users.
    if (settings.shortLived) lines.push('xpack.security.authc.password_hashing.algorithm: bcrypt4');
  }
  await writeFile(join(folders.config, 'elasticsearch.yml'), lines.join('\n') + '\n');
  await writeFile(
    join(folders.config, 'jvm.options'),
    [
      `-Xms${settings.heap}`,
      `-Xmx${settings.heap}`,
      ...(settings.shortLived ? ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] : ['-XX:+UseG1GC']),
      '-Djava.io.tmpdir=${ES_TMPDIR}',
      '',
    ].join('\n'),
  );
  await writeFile(join(folders.config, 'log4j2.properties'), LOG_SETTINGS);
  if (settings.security) {
    await writeFile(
      join(folders.config, 'users'),
      `${settings.username}:${hashPassword(settings.password)}\n`,
      {
        mode: 0o600,
      },
    );
    await writeFile(join(folders.config, 'users_roles'), `superuser:${settings.username}\n`);
  }
}
