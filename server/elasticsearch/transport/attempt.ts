import { DetectionError } from '../../../common/detection_error';
import { isWorthRetrying, toDetectionError } from './errors';

/** Limits of retries after answers that speak of load (429, 502, 503, 504) and after lost connections. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Longest wait before the second try; it doubles with each further one. */
  readonly firstDelayMs: number;
  readonly maximumDelayMs: number;
  /** In [0, 1): spreads the waits of several processes. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Retries of a request, and the signal that ends it. */
export interface RequestOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

/** Ends early, without an error, when the signal fires. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal?.aborted) return done();
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      done();
    };
    const timer = setTimeout(wake, milliseconds);
    signal?.addEventListener('abort', wake);
  });
}

/** 10 to 20 seconds of waiting in all, beside the client's own. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 6,
  firstDelayMs: 500,
  maximumDelayMs: 20_000,
  random: Math.random,
  sleep,
};

/** Exponential backoff with equal jitter: between half and all of the doubled delay. */
export function delayBefore(retry: number, policy: RetryPolicy): number {
  const longest = Math.min(policy.maximumDelayMs, policy.firstDelayMs * 2 ** (retry - 1));
  return longest * (0.5 + policy.random() / 2);
}

export interface AttemptOptions {
  /** The operation, as it follows "Could not". */
  readonly what: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new DetectionError('interrupted', `Could not ${what}: it was interrupted.`);
}

/**
 * Runs one request, again after load and lost connections. A request that changes something must be safe to repeat.
 *
 * @throws DetectionError mapped from the client's error; `interrupted` when the signal fires
 */
export async function attempt<Answer>(
  request: () => Promise<Answer>,
  options: AttemptOptions,
): Promise<Answer> {
  const { what, policy = DEFAULT_RETRY_POLICY, signal } = options;
  for (let tried = 1; ; tried++) {
    throwIfAborted(signal, what);
    try {
      return await request();
    } catch (error) {
      throwIfAborted(signal, what);
      if (tried >= policy.attempts || !isWorthRetrying(error)) throw toDetectionError(error, what);
      await policy.sleep(delayBefore(tried, policy), signal);
    }
  }
}
