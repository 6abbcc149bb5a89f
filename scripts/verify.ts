import { Command, InvalidArgumentError } from 'commander';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { relative } from 'node:path';
import { findJava } from './local_elasticsearch/java';

/**
 * Everything that has to hold, with one line for each step. Tests with real parts wait for most of their time: what
 * needs the processor alone runs beside them, after them in priority. A failing step does not hide the steps behind it;
 * the exit code is that of the whole.
 */
interface Step {
  readonly id: string;
  readonly name: string;
  readonly command: readonly string[];
  /** Report of jest that tells how many tests ran. */
  readonly counted?: string;
  /** Files that failed run once more, one after the other, and nothing beside them in this step. */
  readonly hasRealParts?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
}

/** More files than this have a cause that another run does not mend. */
const MOST_FILES_RUN_AGAIN = 4;

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
const PARTS = ['types', 'lint', 'unit', 'slow', 'build', 'integration', 'browser', 'next'] as const;
type Part = (typeof PARTS)[number];

/** Nice value: only time that the tests in the foreground leave. */
const BACKGROUND_PRIORITY = 15;

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

/** Steps one after another; those of `background` at a lower priority beside them. */
interface Plan {
  readonly foreground: readonly Step[];
  readonly background: readonly Step[];
}

function planOf(parts: ReadonlySet<Part>): Plan {
  const background: Step[] = [];
  const foreground: Step[] = [];
  if (parts.has('types')) {
    background.push({ id: 'types', name: 'types', command: ['npx', 'tsc', '--noEmit', '-p', '.'] });
  }
  if (parts.has('lint')) {
    background.push({ id: 'lint', name: 'lint and format', command: ['npm', 'run', '--silent', 'lint'] });
  }
  const units = (['unit', 'slow'] as const).filter((part) => parts.has(part));
  if (units.length > 0) {
    const selected = ['--selectProjects', ...units];
    // Beside the others they have little of the processor, and some send messages over sockets that do not wait for ever.
    const step = tests(`${units.join(' and ')} tests`, 'unit', [...selected, '--maxWorkers=100%']);
    background.push({ ...step, hasRealParts: true });
  }
  if (parts.has('build')) {
    foreground.push({ id: 'build', name: 'build', command: ['npm', 'run', '--silent', 'build'] });
  }
  // One run of both, so that they share the nodes and no core waits for the other at the end.
  const projects = (['integration', 'browser'] as const).filter((part) => parts.has(part));
  if (projects.length > 0) {
    const selected = ['--selectProjects', ...projects];
    const name = `${projects.join(' and ')} tests (Elasticsearch 8.19.8)`;
    foreground.push({ ...tests(name, 'real_parts', [...selected, WORKERS]), hasRealParts: true });
  }
  if (parts.has('next') && canRunNextVersion()) {
    const step = tests(`integration tests (Elasticsearch ${NEXT_VERSION})`, 'next', [
      '--selectProjects=integration',
      '--testPathPatterns=elasticsearch_|ingest_|bucket_source',
      WORKERS,
    ]);
    const environment = { LOCAL_ELASTICSEARCH_VERSION: NEXT_VERSION };
    foreground.push({ ...step, hasRealParts: true, environment });
  }
  return { foreground, background };
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
  /** Tests that failed, each with its file, and files that did not run. */
  readonly failures: readonly string[];
  /** Those of a first run that passed in the second. */
  readonly unsteady: readonly string[];
}

type Counts = Pick<Outcome, 'passed' | 'failed' | 'pending' | 'failures'> & {
  /** Files with such a test. */
  readonly files: readonly string[];
};

/** Parts of a report of jest. */
interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const NOTHING: Counts = { passed: 0, failed: 0, pending: 0, failures: [], files: [] };

function countsOf(file: string): Counts {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === 'failed');
      const names = failed.map(({ fullName }) => `${relative('.', name)}: ${fullName}`);
      return names.length === 0 && status === 'failed' ? [`${relative('.', name)} did not run`] : names;
    });
    return {
      passed: report.numPassedTests,
      failed: failures.length,
      pending: report.numPendingTests,
      failures,
      files: report.testResults.flatMap(({ name, status }) => (status === 'failed' ? [name] : [])),
    };
  } catch {
    return { ...NOTHING, failed: 1, failures: [`no report was written to ${file}`] };
  }
}

/**
 * Runs a step. One with real parts shares the processor with others, and a page may come too late for a test: its files that
 * failed run again by themselves, and a test that passes then is told as unsteady.
 *
 * @param inBackground at a lower priority, and its output, which a file takes, comes in one piece at its end
 */
async function run(step: Step, inBackground: boolean): Promise<Outcome> {
  const started = Date.now();
  process.stdout.write(`\n=== ${step.name}${inBackground ? `: to ${logOf(step)}` : ''}\n`);
  const code = await exitOf(step, inBackground);
  const counts = step.counted === undefined ? NOTHING : countsOf(step.counted);
  const first = { name: step.name, code, seconds: secondsSince(started), unsteady: [], ...counts };
  const { files, failures } = counts;
  if (!step.hasRealParts || files.length === 0 || files.length > MOST_FILES_RUN_AGAIN) return first;
  process.stdout.write(`\n=== once more: ${files.map((file) => relative('.', file)).join(', ')}\n`);
  const id = `${step.id}_again`;
  // Several projects may be selected; jest runs the files named in that which has them.
  const selected = step.command.filter((part) =>
    /^(--selectProjects.*|integration|browser|unit|slow)$/.test(part),
  );
  const again = tests(step.name, id, [...files, ...selected, '--runInBand']);
  const codeAgain = await exitOf({ ...again, environment: step.environment }, false);
  const then = countsOf(report(id));
  // Without a report nothing is known of the second run.
  if (then.failed > 0 && then.files.length === 0) return { ...first, code: codeAgain || code };
  const unsteady = failures.filter((failure) => !then.failures.includes(failure));
  return {
    ...first,
    code: codeAgain,
    seconds: secondsSince(started),
    passed: counts.passed + unsteady.length,
    failed: then.failed,
    failures: then.failures,
    unsteady,
  };
}

const logOf = ({ id }: Step): string => `build/verify/${id}.log`;

const secondsSince = (started: number): number => (Date.now() - started) / 1_000;

/** @returns the exit code of the command */
async function exitOf(step: Step, inBackground: boolean): Promise<number> {
  const [command, ...parameters] = step.command;
  const file = inBackground ? openSync(logOf(step), 'w') : undefined;
  const code = await new Promise<number>((settle) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', file ?? 'inherit', file ?? 'inherit'],
      env: { ...process.env, ...step.environment },
    });
    if (inBackground && child.pid !== undefined) setPriority(child.pid, BACKGROUND_PRIORITY);
    child.on('error', () => settle(127));
    child.on('exit', (status) => settle(status ?? 1));
  });
  if (file !== undefined) {
    closeSync(file);
    process.stdout.write(`\n=== ${step.name}\n${readFileSync(logOf(step), 'utf8')}`);
  }
  return code;
}

const isGood = ({ code, failed }: Outcome): boolean => code === 0 && failed === 0;

async function runAll(steps: readonly Step[], inBackground: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await run(step, inBackground));
  return outcomes;
}

async function main(): Promise<void> {
  const { only = new Set(PARTS) } = new Command('verify')
    .description('Runs every check and test, and tells how each ended.')
    .option('--only <parts>', `some of ${PARTS.join(',')}, separated by commas (default: all)`, parseParts)
    .parse()
    .opts<{ only?: ReadonlySet<Part> }>();
  rmSync('build/verify', { recursive: true, force: true });
  mkdirSync('build/verify', { recursive: true });
  const started = Date.now();
  const { foreground, background } = planOf(only);
  const waits = foreground.some(({ counted }) => counted !== undefined);
  const both = await Promise.all([runAll(background, waits), runAll(foreground, false)]);
  const outcomes = both.flat();
  process.stdout.write('\n');
  for (const outcome of outcomes) {
    const { name, seconds, passed } = outcome;
    const tests = passed > 0 ? `, ${passed} tests` : '';
    process.stdout.write(`${isGood(outcome) ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(0)} s${tests})\n`);
  }
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  if (failures.length > 0) process.stdout.write(`\n${failures.join('\n')}\n`);
  const unsteady = outcomes.flatMap((outcome) => outcome.unsteady);
  if (unsteady.length > 0) {
    process.stdout.write(`\nUNSTEADY, failed at first and passed by themselves:\n${unsteady.join('\n')}\n`);
  }
  const sum = (key: 'passed' | 'failed' | 'pending'): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const broken = outcomes.filter((outcome) => outcome.code !== 0 && outcome.failed === 0).length;
  process.stdout.write(
    `\n${sum('passed')} passed, ${sum('failed') + broken} failed, ${sum('pending')} skipped, ${unsteady.length} unsteady, ${((Date.now() - started) / 60_000).toFixed(1)} min\n`,
  );
  const ranNoTest =
    (['unit', 'slow', 'integration', 'browser', 'next'] as const).some((part) => only.has(part)) &&
    sum('passed') === 0;
  process.exitCode = !outcomes.every(isGood) || ranNoTest ? 1 : 0;
}

void main();
