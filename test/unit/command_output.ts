import type { Command } from 'commander';

export interface CommandOutput {
  /** Undefined where the command set none, which is 0. */
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command within this process. */
export async function outputOf(command: Command, ...parameters: string[]): Promise<CommandOutput> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  const { exitCode } = process;
  process.exitCode = undefined;
  try {
    await command.parseAsync(parameters, { from: 'user' });
    return { code: process.exitCode, ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = exitCode;
  }
}
