import colors from 'picocolors';

/** Ends a journey whose next steps make no sense any more; the step that failed was told already. */
class StepFailed extends Error {}

/** Prints one line for each step, with its time, and counts. */
export class Report {
  private passed = 0;
  private readonly failures: string[] = [];
  private readonly skipped: string[] = [];
  private readonly figures: string[] = [];

  get hasFailed(): boolean {
    return this.failures.length > 0;
  }

  /** Runs the steps of a journey until one fails; the journeys after it run all the same. */
  async journey(name: string, steps: () => Promise<void>): Promise<void> {
    console.log(`\n${colors.bold(name)}`);
    try {
      await steps();
    } catch (error) {
      if (!(error instanceof StepFailed)) this.fail(name, Date.now(), error);
    }
  }

  /** @returns what the work returns; its failure ends the journey */
  async step<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const started = Date.now();
    try {
      const value = await work();
      this.passed++;
      console.log(`${colors.green('  pass')} ${name} ${colors.dim(seconds(started))}`);
      return value;
    } catch (error) {
      this.fail(name, started, error);
      throw new StepFailed(name);
    }
  }

  skip(name: string, reason: string): void {
    this.skipped.push(`${name}: ${reason}`);
    console.log(`${colors.yellow('  SKIP')} ${name}: ${reason}`);
  }

  /** A number that was measured and is not a matter of pass or fail. */
  figure(name: string, value: string): void {
    this.figures.push(`${name}: ${value}`);
    console.log(`${colors.cyan('  note')} ${name}: ${value}`);
  }

  /** @returns whether nothing failed */
  finish(started: number): boolean {
    console.log(
      `\n${colors.bold('End to end')}: ${this.passed} steps passed, ${this.failures.length} failed, ` +
        `${this.skipped.length} skipped in ${seconds(started)}`,
    );
    for (const figure of this.figures) console.log(`  ${figure}`);
    for (const skipped of this.skipped) console.log(colors.yellow(`  SKIPPED ${skipped}`));
    for (const failure of this.failures) console.log(colors.red(`  FAILED ${failure}`));
    return this.failures.length === 0;
  }

  private fail(name: string, started: number, error: unknown): void {
    const message = error instanceof Error ? withCause(error) : String(error);
    this.failures.push(`${name}: ${message.split('\n')[0]}`);
    console.log(`${colors.red('  FAIL')} ${name} ${colors.dim(seconds(started))}\n       ${message}`);
  }
}

/** A request that was not answered says why in its cause alone. */
const withCause = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;

const seconds = (started: number): string => `${((Date.now() - started) / 1_000).toFixed(1)} s`;
