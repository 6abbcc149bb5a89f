import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { sleep } from './wait_for';

const LONGEST_BOOT_MILLISECONDS = 600_000;
const LONGEST_STOP_MILLISECONDS = 30_000;

/** A Kibana that we install into, configure, start and stop; its own configuration and data are left alone. */
export class KibanaProcess {
  private child: ChildProcess | undefined;
  readonly log: string;

  /**
   * @param home folder of an unpacked Kibana
   * @param folder where configuration, data and log of this run go
   * @param environment variables of Kibana's process besides our own
   */
  constructor(
    private readonly home: string,
    private readonly folder: string,
    private readonly port: number,
    settings: Record<string, unknown>,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {
    this.log = join(folder, 'kibana.log');
    mkdirSync(join(folder, 'config'), { recursive: true });
    mkdirSync(join(folder, 'data'), { recursive: true });
    const options = join(home, 'config/node.options');
    if (existsSync(options)) copyFileSync(options, join(folder, 'config/node.options'));
    this.configure(settings);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Of the running Kibana. */
  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('Kibana is not running.');
    return this.child.pid;
  }

  /** Writes kibana.yml; it counts from the next start on. */
  configure(settings: Record<string, unknown>): void {
    const own = {
      'server.host': '127.0.0.1',
      'server.port': this.port,
      'server.publicBaseUrl': this.url,
      'path.data': join(this.folder, 'data'),
      'telemetry.enabled': false,
      'newsfeed.enabled': false,
      'map.includeElasticMapsService': false,
      'xpack.screenshotting.enabled': false,
    };
    writeFileSync(join(this.folder, 'config/kibana.yml'), stringify({ ...own, ...settings }), {
      mode: 0o600,
    });
  }

  /** bin/kibana-plugin with these arguments. @returns what it said */
  plugin(...given: string[]): string {
    const done = spawnSync(join(this.home, 'bin/kibana-plugin'), given, {
      encoding: 'utf8',
      env: { ...process.env, KBN_PATH_CONF: join(this.folder, 'config') },
    });
    if (done.status === 0) return done.stdout;
    throw new Error(`kibana-plugin ${given.join(' ')}: ${done.stdout}${done.stderr}`);
  }

  isInstalled(): boolean {
    return existsSync(join(this.home, 'plugins/logAnomalies'));
  }

  /** @returns milliseconds until Kibana says that it is available */
  async start(): Promise<number> {
    const started = Date.now();
    const output = openSync(this.log, 'a');
    const root = process.getuid?.() === 0 ? ['--allow-root'] : [];
    const child = spawn(join(this.home, 'bin/kibana'), root, {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...this.environment, KBN_PATH_CONF: join(this.folder, 'config') },
    });
    this.child = child;
    while (Date.now() - started < LONGEST_BOOT_MILLISECONDS) {
      if (child.exitCode !== null) throw new Error(`Kibana ended while it started: ${this.complaints()}`);
      if (await isAvailable(this.url)) return Date.now() - started;
      await sleep(100);
    }
    throw new Error(
      `Kibana was not available after ${LONGEST_BOOT_MILLISECONDS / 1_000} s: ${this.complaints()}`,
    );
  }

  /** @param signal SIGKILL for a crash */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MILLISECONDS);
    await ended;
    clearTimeout(limit);
  }

  logText(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  private complaints(): string {
    const lines = this.logText().split('\n');
    return (
      lines
        .filter((line) => /FATAL|ERROR/.test(line))
        .slice(-3)
        .join(' | ') || this.log
    );
  }
}

export async function isAvailable(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(5_000) });
    return response.ok && (await response.text()).includes('"overall":{"level":"available"');
  } catch {
    return false;
  }
}
