import { Command, InvalidArgumentError } from 'commander';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findJava } from './local_elasticsearch/java';

/**
 * Everything that has to hold, one step after another, with one line for each. A failing step does not hide the
 * steps behind it; the exit code is that of the whole.
 */
interface Step {
  readonly id: string;
  readonly name: string;
  readonly command: readonly string[];
  /** Report of jest that tells how many tests ran. */
  readonly counted?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Each worker has an Elasticsearch of its own; a given one they cannot share. */
const WORKERS = process.env.ELASTICSEARCH_URL ? '--runInBand' : '--maxWorkers=2';

const report = (name: string): string => `build/verify/${name}.json`;

function tests(name: string, id: string, parameters: readonly string[]): Step {
  return {
    id,
    name,
    command: ['npx', 'jest', ...parameters, '--json', `--outputFile=${report(id)}`],
    counted: report(id),
  };
}

/** Parts that --only chooses from, e.g. `types,lint,unit`; by default all run. */
const PARTS = ['types', 'lint', 'unit', 'build', 'integration', 'browser', 'next'] as const;
type Part = (typeof PARTS)[number];

/** The requests to Elasticsearch once more on the next major version, where a Java for it is found. */
const NEXT_VERSION = '9.4.3';
const NEXT_VERSION_JAVA = 21;

function canRunNextVersion(): boolean {
  if (process.env.ELASTICSEARCH_URL) return false;
  try {
    findJava(NEXT_VERSION_JAVA, true);
    return true;
  } catch {
    process.stdout.write(
      `\n!!! SKIPPED: the integration tests on Elasticsearch ${NEXT_VERSION}; it needs a JDK of ${NEXT_VERSION_JAVA} or later, and none was found.\n`,
    );
    return false;
  }
}

/** Returns the steps in turn; those of one list run side by side, since each uses one core. */
function stepsOf(parts: ReadonlySet<Part>): readonly (readonly Step[])[] {
  const steps: Step[][] = [[]];
  if (parts.has('types'))
    steps[0].push({ id: 'types', name: 'types', command: ['npx', 'tsc', '--noEmit', '-p', '.'] });
  if (parts.has('lint')) {
    steps[0].push({ id: 'lint', name: 'lint and format', command: ['npm', 'run', '--silent', 'lint'] });
  }
  if (parts.has('unit'))
    steps.push([tests('unit tests', 'unit', ['--selectProjects=unit', '--maxWorkers=100%'])]);
  if (parts.has('build')) {
    steps.push([{ id: 'build', name: 'build', command: ['npm', 'run', '--silent', 'build'] }]);
  }
  // One run of both, so that they share the nodes and no core waits for the other at the end.
  const projects = (['integration', 'browser'] as const).filter((part) => parts.has(part));
  if (projects.length > 0) {
    const selected = ['--selectProjects', ...projects];
    steps.push([
      tests(`${projects.join(' and ')} tests (Elasticsearch 8.19.8)`, 'real_parts', [...selected, WORKERS]),
    ]);
  }
  if (parts.has('next') && canRunNextVersion()) {
    const step = tests(`integration tests (Elasticsearch ${NEXT_VERSION})`, 'next', [
      '--selectProjects=integration',
      '--testPathPatterns=elasticsearch_|ingest_|bucket_source',
      WORKERS,
    ]);
    steps.push([{ ...step, environment: { LOCAL_ELASTICSEARCH_VERSION: NEXT_VERSION } }]);
  }
  return steps;
}

/** @throws InvalidArgumentError naming a part that is none */
function parseParts(text: string): ReadonlySet<Part> {
  return new Set(
    text.split(',').map((name) => {
      const part = PARTS.find((known) => known === name);
      if (part === undefined) throw new InvalidArgumentError(`"${name}" is none of ${PARTS.join(', ')}.`);
      return part;
    }),
  );
}

interface Outcome {
  readonly name: string;
  readonly code: number;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
}

async function run(step: Step): Promise<Outcome> {
  const started = Date.now();
  process.stdout.write(`\n=== ${step.name}\n`);
  const [command, ...parameters] = step.command;
  const code = await new Promise<number>((settle) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...step.environment },
    });
    child.on('error', () => settle(127));
    child.on('exit', (status) => settle(status ?? 1));
  });
  const counts = { passed: 0, failed: 0, pending: 0 };
  if (step.counted !== undefined) {
    try {
      const report = JSON.parse(readFileSync(step.counted, 'utf8')) as Record<string, number>;
      counts.passed = report.numPassedTests;
      counts.failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
      counts.pending = report.numPendingTests;
    } catch {
      counts.failed = 1; // a runner that wrote no report did not run
    }
  }
  return { name: step.name, code, seconds: (Date.now() - started) / 1_000, ...counts };
}

async function main(): Promise<void> {
  const { only = new Set(PARTS) } = new Command('verify')
    .description('Runs every check and test, and tells how each ended.')
    .option('--only <parts>', `some of ${PARTS.join(',')}, separated by commas (default: all)`, parseParts)
    .parse()
    .opts<{ only?: ReadonlySet<Part> }>();
  rmSync('build/verify', { recursive: true, force: true });
  mkdirSync('build/verify', { recursive: true });
  const outcomes: Outcome[] = [];
  for (const steps of stepsOf(only)) outcomes.push(...(await Promise.all(steps.map(run))));
  process.stdout.write('\n');
  for (const { name, code, seconds, passed } of outcomes) {
    const tests = passed > 0 ? `, ${passed} tests` : '';
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(0)} s${tests})\n`);
  }
  const sum = (key: 'passed' | 'failed' | 'pending'): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const broken = outcomes.filter((outcome) => outcome.code !== 0 && outcome.failed === 0).length;
  process.stdout.write(
    `\n${sum('passed')} passed, ${sum('failed') + broken} failed, ${sum('pending')} skipped\n`,
  );
  const ranNoTest =
    (['unit', 'integration', 'browser'] as const).some((part) => only.has(part)) && sum('passed') === 0;
  process.exitCode = outcomes.some((outcome) => outcome.code !== 0) || ranNoTest ? 1 : 0;
}

void main();
