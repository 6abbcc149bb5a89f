import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { DetectionError } from '../../common/detection_error';

export interface Java {
  readonly home: string;
  /** Feature release: 17, 21, 25. */
  readonly release: number;
}

/** @returns the first file of that name in the folders of PATH */
export function findOnPath(name: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

function folders(parent: string, below = ''): string[] {
  try {
    return readdirSync(parent).map((name) => join(parent, name, below));
  } catch {
    return [];
  }
}

function javaHomes(): string[] {
  const named = Object.entries(process.env)
    .filter(([name, value]) => value && /^(ES_JAVA_HOME|JAVA_?\d*_?HOME.*)$/.test(name))
    .map(([, value]) => value as string);
  const onPath = findOnPath('java');
  return [
    ...named,
    ...(onPath ? [dirname(dirname(realpathSync(onPath)))] : []),
    ...folders('/usr/lib/jvm'),
    ...folders('/opt'),
    ...folders('/opt/java'),
    ...folders('/Library/Java/JavaVirtualMachines', 'Contents/Home'),
    ...folders(join(homedir(), '.sdkman/candidates/java')),
  ];
}

/** Reads `<home>/release`, which every Java since 8 carries; asks the program itself where it is missing. */
function releaseOf(home: string): number | undefined {
  if (!existsSync(join(home, 'bin', 'java'))) return undefined;
  let version: string | undefined;
  try {
    version = /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1];
  } catch {
    version = undefined;
  }
  if (version === undefined) {
    try {
      const properties = execFileSync(join(home, 'bin', 'java'), ['-XshowSettings:properties', '-version'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      });
      version = /java\.version = (\S+)/.exec(properties)?.[1];
    } catch {
      return undefined;
    }
  }
  const release = Number(/^(?:1\.)?(\d+)/.exec(version ?? '')?.[1]);
  return Number.isInteger(release) ? release : undefined;
}

const isFullJdk = (home: string): boolean => existsSync(join(home, 'bin', 'jlink'));

/**
 * Looks in ES_JAVA_HOME, JAVA_HOME, JAVA*_HOME*, PATH and the usual folders, in this order.
 *
 * @param minimum least feature release
 * @throws DetectionError `invalid_input` naming what was found and how to get Java
 */
export function findJava(minimum: number, needsFullJdk: boolean, homes: string[] = javaHomes()): Java {
  const found: Java[] = [];
  for (const home of homes) {
    const release = releaseOf(home);
    if (release === undefined) continue;
    if (release >= minimum && (!needsFullJdk || isFullJdk(home))) return { home, release };
    found.push({ home, release });
  }
  const kind = needsFullJdk ? 'JDK (not only a JRE)' : 'Java';
  const seen = [...new Set(found.map((java) => `Java ${java.release} in ${java.home}`))].join(', ') || 'none';
  throw new DetectionError(
    'invalid_input',
    `A ${kind} of release ${minimum} or later is needed (found: ${seen}). Install one, e.g. ` +
      `"apt-get install openjdk-17-jdk-headless", "brew install openjdk" or https://adoptium.net, and set JAVA_HOME to it; ` +
      'or set ELASTICSEARCH_URL to use an Elasticsearch that already runs.',
  );
}
