import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCIKIT_LEARN_VERSION = '1.9.1';
const REPOSITORY = join(__dirname, '..', '..');
const ENVIRONMENT = join(REPOSITORY, '.cache', `scikit-learn-${SCIKIT_LEARN_VERSION}`);
const PYTHON = join(ENVIRONMENT, 'bin', 'python');

/** Folder of the matrices for the other process. */
export const BENCH_FOLDER = join(REPOSITORY, '.cache', 'bench');

/** A Python process with scikit-learn that answers requests one at a time. */
export interface ScikitLearn {
  ask<Answer>(request: Record<string, unknown>): Promise<Answer>;
  close(): void;
}

/**
 * Starts scikit-learn, after installing it from PyPI into `.cache` when it is not there yet.
 *
 * @param script a file of this folder, which answers each line of its input with a line
 */
export async function startScikitLearn(script = 'scikit_learn.py'): Promise<ScikitLearn> {
  const installed = join(ENVIRONMENT, 'installed');
  if (!existsSync(installed)) {
    execFileSync('python3', ['-m', 'venv', ENVIRONMENT], { stdio: 'inherit' });
    execFileSync(PYTHON, ['-m', 'pip', 'install', '-q', `scikit-learn==${SCIKIT_LEARN_VERSION}`], {
      stdio: 'inherit',
    });
    mkdirSync(installed);
  }
  mkdirSync(BENCH_FOLDER, { recursive: true });
  const process = spawn(PYTHON, [join(__dirname, script)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  return {
    async ask<Answer>(request: Record<string, unknown>) {
      process.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`scikit-learn ended at the request ${JSON.stringify(request)}`);
      return JSON.parse(value) as Answer;
    },
    close() {
      process.stdin.end();
    },
  };
}
