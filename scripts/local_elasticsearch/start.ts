import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { chown, lstat, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DetectionError } from '../../common/detection_error';
import { installElasticsearch } from './install';
import { findJava, type Java } from './java';
import { writeNodeSettings, type NodeFolders } from './settings';
import { LOCAL_VERSIONS, type LocalVersion } from './versions';

const USER = 'elasticsearch-local';
const ADMINISTRATOR = 'local_admin';
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 40_000;

export interface LocalElasticsearchOptions {
  readonly version: LocalVersion;
  /** Default false. On: user and password as returned, without TLS (it listens on the loopback interface only). */
  readonly security?: boolean;
  /** Default: a temporary folder that is removed at the end. A given one is kept. */
  readonly dataPath?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Java heap, default `1g`. */
  readonly heap?: string;
  /**
   * Default false. On: Java compiles quickly instead of well and collects garbage on one thread, and passwords are hashed with
   * little work. A node that lives for minutes on few cores takes little more than half the processor time so; figures of speed
   * mean nothing then.
   */
  readonly shortLived?: boolean;
  /** Further lines of its elasticsearch.yml. */
  readonly settings?: readonly string[];
  /** Settings of its keystore. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly cache?: string;
  readonly report?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface LocalElasticsearch {
  readonly url: string;
  /** Empty strings without security. */
  readonly username: string;
  readonly password: string;
  readonly version: LocalVersion;
  /** Stops the node and removes its temporary folder; may be called again. */
  stop(): Promise<void>;
  /** Kills the node as a crash of the machine does; data in a given `dataPath` stay as they are. */
  crash(): Promise<void>;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Elasticsearch refuses to run as root: then a system account is used, and made when it is missing. */
function accountToRunAs(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number =>
    Number(execFileSync('id', [flag, USER], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    try {
      execFileSync(
        'useradd',
        ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER],
        {
          stdio: 'ignore',
        },
      );
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch (error) {
      throw new DetectionError(
        'invalid_input',
        `Elasticsearch does not run as root and the system user "${USER}" could not be made with useradd. ` +
          'Make it by hand, or run this as another user, or set ELASTICSEARCH_URL.',
        { cause: error },
      );
    }
  }
}

async function giveTo(account: Account, path: string): Promise<void> {
  await chown(path, account.uid, account.gid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(account, join(path, name));
}

/**
 * Runs the node as a child and stops it when its own standard input ends: that happens when we close it, and also
 * when this process dies in whatever way, because the system then closes the pipe. Then it removes `$1`.
 */
const SUPERVISOR = `
run=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
node=$!
( cat <&3 >/dev/null; kill -TERM $node; sleep 30; kill -KILL $node ) 2>/dev/null &
exec 3<&-
wait $node
status=$?
rm -rf "$run"
exit $status
`;

/** One of the programs that come with Elasticsearch 8. */
const toolOf = (
  { name, script, libraries }: { name: string; script: string; libraries: string },
  home: string,
  java: Java,
  folders: NodeFolders,
): string[] => [
  join(java.home, 'bin', 'java'),
  '-Xms16m',
  '-Xmx64m',
  '-XX:+UseSerialGC',
  `-Dcli.name=${name}`,
  `-Dcli.script=${join(home, 'bin', script)}`,
  `-Dcli.libs=lib/tools/${libraries}`,
  `-Des.path.home=${home}`,
  `-Des.path.conf=${folders.config}`,
  '-Des.distribution.type=tar',
  '-cp',
  `${join(home, 'lib', '*')}:${join(home, 'lib', 'cli-launcher', '*')}`,
  'org.elasticsearch.launcher.CliToolLauncher',
];

/** Puts secrets into the keystore of a node of Elasticsearch 8 that does not run. */
function writeSecrets(
  secrets: Readonly<Record<string, string>>,
  home: string,
  java: Java,
  folders: NodeFolders,
): void {
  const tool = { name: '', script: 'elasticsearch-keystore', libraries: 'keystore-cli' };
  const [program, ...parameters] = toolOf(tool, home, java, folders);
  const keystore = (more: string[], input?: string): void => {
    execFileSync(program, [...parameters, ...more], {
      cwd: home,
      env: environmentOf(home, java, folders),
      input,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  };
  if (Object.keys(secrets).length === 0) return;
  keystore(['create']);
  for (const [name, value] of Object.entries(secrets)) keystore(['add', '--stdin', name], value);
}

function commandOf(version: LocalVersion, home: string, java: Java, folders: NodeFolders): string[] {
  const program = join(java.home, 'bin', 'java');
  if (version.startsWith('8.')) {
    return toolOf({ name: 'server', script: 'elasticsearch', libraries: 'server-cli' }, home, java, folders);
  }
  return [
    program,
    '-Xms16m',
    '-Xmx64m',
    '-XX:+UseSerialGC',
    '-cp',
    join(home, 'lib', 'tools', 'server-launcher', '*'),
    'org.elasticsearch.server.launcher.ServerLauncher',
  ];
}

function environmentOf(home: string, java: Java, folders: NodeFolders): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: process.env.LANG,
    HOME: folders.temporary,
    ES_TMPDIR: folders.temporary,
    LIBFFI_TMPDIR: folders.temporary,
    ES_HOME: home,
    ES_PATH_CONF: folders.config,
    ES_JAVA_HOME: java.home,
    ES_DISTRIBUTION_TYPE: 'tar',
    JAVA: join(java.home, 'bin', 'java'),
    JAVA_TYPE: 'ES_JAVA_HOME',
  };
}

/** Waits for the node to log the port it bound and then for it to answer. */
async function waitUntilReady(
  child: ChildProcess,
  authorization: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<string> {
  let log = '';
  let url: string | undefined;
  let ended: string | undefined;
  const read = (chunk: Buffer): void => {
    log = (log + chunk.toString('utf8')).slice(-50_000);
    url ??= /HttpServerTransport\] publish_address \{(127\.0\.0\.1:\d+)\}/.exec(log)?.[1];
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code) => (ended = `it ended with code ${code}`));
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (signal?.aborted) throw new DetectionError('interrupted', 'Starting Elasticsearch was interrupted');
    if (ended !== undefined || Date.now() > limit) {
      const reason = ended ?? `it was not ready after ${START_LIMIT_MS / 1_000} seconds`;
      throw new DetectionError(
        'unavailable',
        `Elasticsearch did not start: ${reason}. Its log ends with:\n${log.slice(-3_000)}`,
      );
    }
    if (url !== undefined) {
      const answer = await fetch(`http://${url}/_cluster/health?wait_for_status=yellow&timeout=5s`, {
        headers: authorization,
        signal: AbortSignal.timeout(10_000),
      }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.ok) return `http://${url}`;
    }
    await new Promise((wake) => setTimeout(wake, 150));
  }
}

/**
 * Starts an Elasticsearch node on the loopback interface; the first time it is fetched from Maven Central. It is
 * stopped by `stop()` and whenever this process ends, even when it is killed.
 *
 * @throws DetectionError `invalid_input` naming a missing Java or Maven, `unavailable` with the node's last log lines
 */
export async function startLocalElasticsearch(
  options: LocalElasticsearchOptions,
): Promise<LocalElasticsearch> {
  const { version, security = false, report = () => {}, signal } = options;
  const { minimumJava, needsFullJdk } = LOCAL_VERSIONS[version];
  const java = findJava(minimumJava, needsFullJdk);
  const account = accountToRunAs();
  const home = await installElasticsearch({ version, cache: options.cache, report, signal });
  const run = mkdtempSync(join(tmpdir(), 'log-anomalies-elasticsearch-'));
  const folders: NodeFolders = {
    config: join(run, 'config'),
    data: options.dataPath ? resolve(options.dataPath) : join(run, 'data'),
    logs: join(run, 'logs'),
    temporary: join(run, 'tmp'),
  };
  const username = security ? ADMINISTRATOR : '';
  const password = security ? randomBytes(18).toString('base64url') : '';
  let child: ChildProcess;
  try {
    const heap = options.heap ?? '1g';
    const shortLived = options.shortLived ?? false;
    await mkdir(folders.data, { recursive: true });
    const port = options.port ?? 0;
    const lines = options.settings ?? [];
    await writeNodeSettings(folders, { port, security, username, password, heap, shortLived, lines });
    writeSecrets(options.secrets ?? {}, home, java, folders);
    if (account) {
      await giveTo(account, run);
      if (options.dataPath) await giveTo(account, folders.data);
    }
    report(`Starting Elasticsearch ${version} on Java ${java.release} ...`);
    child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', run, ...commandOf(version, home, java, folders)], {
      cwd: home,
      env: environmentOf(home, java, folders),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...account,
    });
  } catch (error) {
    rmSync(run, { recursive: true, force: true });
    throw error;
  }
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    const limit = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(limit);
    rmSync(run, { recursive: true, force: true });
  };
  const crash = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    rmSync(run, { recursive: true, force: true });
  };
  const authorization: Record<string, string> = security
    ? { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
    : {};
  try {
    const startedAt = Date.now();
    const url = await waitUntilReady(child, authorization, signal);
    report(
      `Elasticsearch ${version} answers on ${url} after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`,
    );
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      (stream as unknown as { unref?: () => void }).unref?.();
    }
    return { url, username, password, version, stop, crash };
  } catch (error) {
    await stop();
    throw error;
  }
}
