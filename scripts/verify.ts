import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findJava } from './local_elasticsearch/java';

/**
 * Everything that has to hold, one step after another, with one line for each. A failing step does not hide the
 * steps behind it; the exit code is that of the whole.
 */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Report of jest that tells how many tests ran. */
  readonly counted?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Each worker has an Elasticsearch of its own; a given one they cannot share. */
const WORKERS = process.env.ELASTICSEARCH_URL ? '--runInBand' : '--maxWorkers=2';

const STEPS: readonly Step[] = [
  { name: 'types', command: ['npx', 'tsc', '--noEmit', '-p', '.'] },
  { name: 'lint and format', command: ['npm', 'run', '--silent', 'lint'] },
  {
    name: 'unit tests',
    command: ['npx', 'jest', '--selectProjects', 'unit', '--json', '--outputFile=build/verify/unit.json'],
    counted: 'build/verify/unit.json',
  },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  {
    name: 'integration tests (Elasticsearch 8.19.8)',
    command: [
      'npx',
      'jest',
      '--selectProjects',
      'integration',
      WORKERS,
      '--json',
      '--outputFile=build/verify/integration.json',
    ],
    counted: 'build/verify/integration.json',
  },
  {
    name: 'browser tests (Chromium)',
    command: [
      'npx',
      'jest',
      '--selectProjects',
      'browser',
      '--runInBand',
      '--json',
      '--outputFile=build/verify/browser.json',
    ],
    counted: 'build/verify/browser.json',
  },
];

/** The requests to Elasticsearch once more on the next major version, where a Java for it is found. */
const NEXT_VERSION = '9.4.3';
const NEXT_VERSION_JAVA = 21;

function stepsHere(): readonly Step[] {
  if (process.env.ELASTICSEARCH_URL) return STEPS;
  try {
    findJava(NEXT_VERSION_JAVA, true);
  } catch {
    process.stdout.write(
      `\n!!! SKIPPED: the integration tests on Elasticsearch ${NEXT_VERSION}; it needs a JDK of ${NEXT_VERSION_JAVA} or later, and none was found.\n`,
    );
    return STEPS;
  }
  const report = 'build/verify/integration_next.json';
  return [
    ...STEPS,
    {
      name: `integration tests (Elasticsearch ${NEXT_VERSION})`,
      command: [
        'npx',
        'jest',
        '--selectProjects=integration',
        WORKERS,
        '--testPathPatterns=elasticsearch_|ingest_|bucket_source',
        '--json',
        `--outputFile=${report}`,
      ],
      counted: report,
      environment: { LOCAL_ELASTICSEARCH_VERSION: NEXT_VERSION },
    },
  ];
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
  rmSync('build/verify', { recursive: true, force: true });
  mkdirSync('build/verify', { recursive: true });
  const outcomes: Outcome[] = [];
  for (const step of stepsHere()) outcomes.push(await run(step));
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
  process.exitCode = outcomes.some((outcome) => outcome.code !== 0) || sum('passed') === 0 ? 1 : 0;
}

void main();
