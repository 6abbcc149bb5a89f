import type { RequestCost } from '../../../common/api';
import { DetectionError } from '../../../common/detection_error';
import { pageSentence } from '../../../common/sentences/failure_sentences';

export interface LaneLimits {
  /** Requests that are answered at once. */
  readonly atOnce: number;
  /** Requests that wait for their turn, of all users. */
  readonly waiting: number;
  readonly waitingPerUser: number;
  /** Milliseconds. */
  readonly longestWait: number;
}

interface Waiting {
  readonly user: string | undefined;
  start(): void;
}

/** Taken as the time of a request until one has been answered, milliseconds. */
const FIRST_GUESS = 5_000;
/** Weight of the latest request in how long one takes. */
const WEIGHT_OF_LATEST = 0.3;
const LONGEST_RETRY_SECONDS = 300;

const NAMES: Readonly<Record<RequestCost, string>> = {
  preview: 'previews',
  search: 'expensive requests',
};

/**
 * Lets only so many expensive requests run at once in one Kibana and a bounded number wait. Whose turn is next: the user's
 * with the fewest running, then who came first; so nobody who asks for a lot keeps others waiting.
 */
export class RequestLimiter {
  private readonly lanes: Readonly<Record<RequestCost, Lane>>;

  /** @param now milliseconds, monotone */
  constructor(limits: Readonly<Record<RequestCost, LaneLimits>>, now: () => number) {
    this.lanes = {
      preview: new Lane(NAMES.preview, limits.preview, now),
      search: new Lane(NAMES.search, limits.search, now),
    };
  }

  /**
   * Does the work as soon as it is this user's turn.
   *
   * @param user undefined: nobody who could be told apart, held by the limit of all alone
   * @param signal ends the waiting; what runs already has to look at it itself
   * @throws DetectionError `busy` with `details.retry_after_seconds`, `interrupted` on the signal while it waits
   */
  run<Value>(
    cost: RequestCost,
    user: string | undefined,
    work: () => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    return this.lanes[cost].run(user, work, signal);
  }
}

class Lane {
  private readonly running = new Map<string | undefined, number>();
  private runningCount = 0;
  private queue: Waiting[] = [];
  private typical = FIRST_GUESS;

  constructor(
    private readonly name: string,
    private readonly limits: LaneLimits,
    private readonly now: () => number,
  ) {}

  async run<Value>(
    user: string | undefined,
    work: () => Promise<Value>,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    if (this.runningCount >= this.limits.atOnce) await this.turn(user, signal);
    else this.enter(user);
    const began = this.now();
    try {
      return await work();
    } finally {
      this.typical += WEIGHT_OF_LATEST * (this.now() - began - this.typical);
      this.leave(user);
    }
  }

  private enter(user: string | undefined): void {
    this.runningCount += 1;
    this.running.set(user, this.runningOf(user) + 1);
  }

  private leave(user: string | undefined): void {
    this.runningCount -= 1;
    const left = this.runningOf(user) - 1;
    if (left === 0) this.running.delete(user);
    else this.running.set(user, left);
    const next = this.next();
    if (next === undefined) return;
    this.queue = this.queue.filter((each) => each !== next);
    // Entered here, so that nobody who comes meanwhile takes the place.
    this.enter(next.user);
    next.start();
  }

  private runningOf = (user: string | undefined): number => this.running.get(user) ?? 0;

  private next(): Waiting | undefined {
    return this.queue.reduce<Waiting | undefined>(
      (best, each) =>
        best === undefined || this.runningOf(each.user) < this.runningOf(best.user) ? each : best,
      undefined,
    );
  }

  /** Resolves when it has a place. */
  private turn(user: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const { atOnce, waiting, waitingPerUser, longestWait } = this.limits;
    const own = this.queue.filter((each) => each.user === user).length;
    if (user !== undefined && own >= waitingPerUser) {
      throw this.busy(`${own} of yours wait already, at most ${waitingPerUser} may`);
    }
    if (this.queue.length >= waiting) {
      throw this.busy(`${atOnce} run and ${this.queue.length} wait, at most ${waiting} may`);
    }
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        this.queue = this.queue.filter((each) => each !== waiter);
        action();
      };
      const waiter: Waiting = { user, start: () => settle(resolve) };
      const stop = (): void =>
        settle(() => reject(new DetectionError('interrupted', 'The request was given up while it waited.')));
      const timer = setTimeout(
        () => settle(() => reject(this.busy(`it was not its turn within ${longestWait / 1_000} seconds`))),
        longestWait,
      );
      this.queue.push(waiter);
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
    });
  }

  private busy(reason: string): DetectionError {
    const estimated = ((this.queue.length + 1) * this.typical) / this.limits.atOnce / 1_000;
    const seconds = Math.min(LONGEST_RETRY_SECONDS, Math.max(1, Math.ceil(estimated)));
    return new DetectionError(
      'busy',
      `Kibana is busy with ${this.name}: ${reason}. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
      {
        details: { retry_after_seconds: seconds },
        said: pageSentence('kibana_busy', { seconds }),
      },
    );
  }
}
