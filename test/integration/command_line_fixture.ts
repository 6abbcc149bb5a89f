import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = resolve(__dirname, '../..');

/** Starts the bundled command line in a folder of the test's. */
export function start(
  folder: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  return spawn(process.execPath, [process.env.COMMAND_LINE_OF_TESTS as string, ...parameters], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr!.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('close', (code) => settle({ code: code ?? 128, stdout, stderr }));
  });
}

export const run = (folder: string, ...parameters: string[]): Promise<Outcome> =>
  outcomeOf(start(folder, parameters));

/** Runs a script of the CI pipeline, as the workflow does. */
export function runScript(script: string, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  return outcomeOf(
    spawn('sh', [resolve(ROOT, script)], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}
