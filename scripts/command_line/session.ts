import { type Command, InvalidArgumentError } from 'commander';
import { SingleBar } from 'cli-progress';
import colors from 'picocolors';
import { DetectionError, exitCodeOf } from '../../common/detection_error';
import type { Clock, Progress } from '../../server/detection/ports';
import { sleep } from '../../server/elasticsearch';
import { readConfig, type Config } from './config';
import type { TooLong, Unreadable } from './log_files';
import { SubstitutedValues } from './substituted_values';
import { spelt, terminalJson, terminalText } from './terminal';

/** Environment of every command: its configuration, its output, and a signal that fires on Ctrl-C. */
export interface Session {
  readonly config: Config;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Result of the command: the object with `--json`, the text otherwise. Standard output. */
  result(value: unknown, text: () => string): void;
  /** One line of JSON or text at once, for commands that go on for long. Standard output. */
  emit(value: unknown, text: () => string): void;
  /** A remark for people. Standard error, so that output can be piped. */
  say(text: string): void;
  /** Notes a line that is longer than what is read: exit code and last line say that not everything was. */
  readonly tooLong: TooLong;
  /** Notes a line that cannot be read in the same way, for commands whose result is wrong without it. */
  readonly leftOut: Unreadable;
  /** A progress bar on a terminal, an occasional line elsewhere, nothing with --json or --quiet. */
  progress(title: string): Progress & { stop(): void };
}

export type Handler<Options> = (session: Session, options: Options, command: Command) => Promise<void>;

const LINE_EVERY_MILLISECONDS = 5_000;

const onTerminal = (text: string): string => terminalText(text, colors.isColorSupported);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Gives a command its common options and its error handling: a known error is one line on standard error and its
 * exit code (see EXIT_CODES), an unknown one shows its stack.
 */
export function runs<Options extends object>(command: Command, handler: Handler<Options>): Command {
  return command
    .option('--config <file>', 'configuration file (default: config.yaml where it exists)')
    .option('--json', 'print JSON for machines', false)
    .option('--quiet', 'no progress and no remarks', false)
    .action(async (...received: unknown[]) => {
      const self = received[received.length - 1] as Command;
      const options = self.opts<Options & { config?: string; json: boolean; quiet: boolean }>();
      const interruption = new AbortController();
      const onSignal = (): void => {
        if (interruption.signal.aborted) process.exit(130);
        process.stderr.write('\nInterrupted: finishing what is under way (again to stop at once).\n');
        interruption.abort();
      };
      process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
      const substituted = new SubstitutedValues();
      const leftOut = new LeftOut();
      try {
        const config = await readConfig(options.config, process.env, substituted);
        const session = createSession(config, options, interruption.signal, leftOut);
        await handler(session, options, self);
        process.exitCode = leftOut.report(options.json) ?? process.exitCode;
      } catch (error) {
        leftOut.report(options.json);
        process.exitCode = report(error, options.json, substituted);
      } finally {
        process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      }
    });
}

export const EXIT_CODES = `
Exit codes: 0 done; 1 unexpected failure; 2 bad input or configuration; 3 not found; 4 changed meanwhile;
5 not signed in or not allowed; 6 too few logs; 7 refused by a limit or gate; 8 Elasticsearch or a receiver is not
available; 9 done, but lines were left out since they are too long or, by evaluate-model and
validate-model-performance, cannot be read; 130 interrupted.`;
const INCOMPLETE_EXIT_CODE = 9;

/** Lines that could not be read, or were too long for it, in all files of a command. */
class LeftOut {
  private lines = 0;
  private areTooLong = true;
  private first: { readonly file: string; readonly line: number; readonly why: string } | undefined;

  public readonly add: Unreadable = (file, line, why) => {
    this.areTooLong = false;
    this.note(file, line, why);
  };

  public readonly addTooLong: TooLong = (file, line, most) =>
    this.note(file, line, `longer than ${most.toLocaleString('en')} characters`);

  private note(file: string, line: number, why: string): void {
    this.lines++;
    this.first ??= { file, line, why };
  }

  /** Says on standard error, also with --quiet, that the input was not read as a whole. @returns the exit code for that */
  public report(json: boolean): number | undefined {
    if (this.first === undefined) return undefined;
    const { file, line, why } = this.first;
    const lines = this.lines === 1 ? '1 line was' : `${this.lines.toLocaleString('en')} lines were`;
    const ofAll = this.areTooLong ? `, ${why}` : '';
    const place = `line ${line} of ${file === '-' ? 'standard input' : file}`;
    const first = this.areTooLong ? place : `${place}, ${why}`;
    const message = `Not everything could be read: ${lines} left out${ofAll} (the first: ${first}).`;
    const body = { incomplete: { lines_left_out: this.lines, first: { file, line }, message } };
    tell(json ? terminalJson(JSON.stringify(body)) : onTerminal(`${colors.yellow('incomplete')} ${message}`));
    return INCOMPLETE_EXIT_CODE;
  }
}

function createSession(
  config: Config,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  signal: AbortSignal,
  leftOut: LeftOut,
): Session {
  const emit: Session['emit'] = (value, text) => {
    process.stdout.write(`${json ? terminalJson(JSON.stringify(value)) : onTerminal(text())}\n`);
  };
  return {
    config,
    json,
    signal,
    clock: systemClock,
    tooLong: leftOut.addTooLong,
    leftOut: leftOut.add,
    emit,
    result: (value, text) => {
      process.stdout.write(`${json ? terminalJson(JSON.stringify(value, null, 2)) : onTerminal(text())}\n`);
    },
    say: (text) => {
      if (!quiet && !json) tell(onTerminal(text));
    },
    progress: (title) => createProgress(title, quiet || json),
  };
}

function createProgress(title: string, silent: boolean): Progress & { stop(): void } {
  if (silent) return Object.assign(() => undefined, { stop: () => undefined });
  if (!process.stderr.isTTY) {
    let last = Date.now();
    let line = '';
    const write = (): void => {
      if (line !== '') tell(spelt(line));
      line = '';
    };
    return Object.assign(
      (done: number, total: number | undefined, what: string) => {
        line = `${title}: ${done.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`} ${what}`;
        if (Date.now() - last >= LINE_EVERY_MILLISECONDS) {
          last = Date.now();
          write();
        }
      },
      { stop: write },
    );
  }
  const bar = new SingleBar({
    format: (_options, parameters, payload: { what?: string }) => {
      const known = parameters.total > 0;
      const width = 24;
      const filled = known ? Math.round(width * Math.min(1, parameters.value / parameters.total)) : 0;
      const picture = known ? `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ` : '';
      const total = known ? ` of ${parameters.total.toLocaleString('en')}` : '';
      return spelt(
        `${title} ${picture}${parameters.value.toLocaleString('en')}${total} ${payload.what ?? ''}`,
      );
    },
    hideCursor: true,
    clearOnComplete: false,
  });
  let started = false;
  return Object.assign(
    (done: number, total: number | undefined, what: string) => {
      if (!started) bar.start(total ?? 0, done, { what });
      started = true;
      if (total !== undefined) bar.setTotal(total);
      bar.update(done, { what });
    },
    {
      stop: () => {
        if (started) bar.stop();
      },
    },
  );
}

/** Writes the error where people and machines look for it. @returns the exit code */
export function report(error: unknown, json: boolean, substituted = new SubstitutedValues()): number {
  if (error instanceof DetectionError) {
    const body = { error: { code: error.code, message: error.message, details: error.details } };
    const { hint } = error.details ?? {};
    const said = typeof hint === 'string' ? `${error.message} ${hint}` : error.message;
    const text = substituted.hideIn(json ? JSON.stringify(body) : `${colors.red('error')} ${said}`);
    tell(json ? terminalJson(text) : onTerminal(text));
    return exitCodeOf(error.code);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') return 0;
  if (code !== undefined && syscall !== undefined) {
    const known = new DetectionError('invalid_input', (error as Error).message, { cause: error });
    return report(known, json, substituted);
  }
  tell(onTerminal(substituted.hideIn((error as Error)?.stack ?? String(error))));
  return 1;
}

const systemClock: Clock = { now: () => Date.now(), sleep };

/** @returns a parser of an option that must be a number in [minimum, maximum] */
export function numberBetween(minimum: number, maximum: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (
      text.trim() === '' ||
      !Number.isFinite(value) ||
      value < minimum ||
      value > maximum ||
      (whole && !Number.isInteger(value))
    ) {
      throw new InvalidArgumentError(
        `must be a ${whole ? 'whole ' : ''}number from ${minimum} to ${maximum}, not "${text}".`,
      );
    }
    return value;
  };
}

/** Text from logs on a terminal: control characters, escape sequences among them, are shown and not acted on. */
export function printable(text: string, length = 200): string {
  return spelt(text.length > length ? `${text.slice(0, length - 1)}…` : text);
}
