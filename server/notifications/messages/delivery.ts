import { HOUR } from '../../../common/duration';
import type { Clock } from '../../detection/ports';
import type { AlertMessage, SuppressedAlerts } from './alert_message';
import type { IncidentMessage } from './incident_message';

/** One way to reach people. */
export interface AlertChannel {
  /** Names it in the settings and in the journal. */
  readonly name: string;
  /** Keeps an alert of its own for each incident, which has to hear when that is over. */
  readonly tracksIncidents?: boolean;
  /** Takes a repeated message for the one that it has, by its key, and tells nobody again. */
  readonly dropsRepeats?: boolean;
  /**
   * Asks whether the receiver answers, without a message.
   * @throws SendFailure
   */
  ping(signal?: AbortSignal): Promise<void>;
  /**
   * Sends once. Without `message`, only what was suppressed is told.
   * @throws SendFailure
   */
  send(
    message: AlertMessage | IncidentMessage | undefined,
    suppressed: SuppressedAlerts | undefined,
    signal?: AbortSignal,
    /** Names the message, the same whenever it is sent: a receiver can drop what it has taken before. */
    key?: string,
  ): Promise<void>;
}

/** A receiver is left alone no longer than this, whatever it asks for: one odd answer must not silence a channel. Milliseconds. */
export const LONGEST_PAUSE = HOUR;

export interface FailureDetails {
  /** Milliseconds that the receiver asked to be left alone; more than {@link LONGEST_PAUSE} counts as that, and what is no number as nothing. */
  readonly retryAfter?: number;
  /** The receiver may have taken the message although its answer is missing: repeating it at once may tell it again. */
  readonly mayHaveArrived?: boolean;
  /** HTTP status, SMTP code, or the code of the system's error. */
  readonly code?: string;
}

/** A message could not be delivered. The text may be shown and logged: it holds no secret. */
export class SendFailure extends Error {
  public override readonly name = 'SendFailure';
  public readonly retryAfter: FailureDetails['retryAfter'];
  public readonly mayHaveArrived: boolean;
  public readonly code: FailureDetails['code'];

  constructor(
    message: string,
    /** True when the same delivery may succeed later by itself. */
    public readonly isTemporary: boolean,
    { retryAfter, mayHaveArrived = false, code }: FailureDetails = {},
  ) {
    super(message);
    this.retryAfter =
      retryAfter === undefined || Number.isNaN(retryAfter)
        ? undefined
        : Math.min(Math.max(0, retryAfter), LONGEST_PAUSE);
    this.mayHaveArrived = mayHaveArrived;
    this.code = code;
  }
}

export interface RetryOptions {
  readonly attempts: number;
  /** Before the second attempt, milliseconds; doubles with each. */
  readonly firstDelay: number;
  /** A receiver that asks for a longer pause than this is left to a later run. */
  readonly longestDelay: number;
}
export const DEFAULT_RETRY: RetryOptions = { attempts: 4, firstDelay: 1_000, longestDelay: 30_000 };

/** Connections that were waited for in vain: each further attempt would hold up the run as long. */
const WAITED_IN_VAIN: ReadonlySet<string | undefined> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/**
 * Sends until it succeeds, fails for good, or the attempts run out. A message whose answer was lost, or for which no connection came about
 * in time, is left to a later call.
 *
 * @throws SendFailure of the last attempt
 */
export async function sendWithRetry(
  send: () => Promise<void>,
  clock: Clock,
  retry: RetryOptions,
  signal?: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const failure =
        error instanceof SendFailure ? error : new SendFailure('failed for an unknown reason', false);
      const delay = Math.max(retry.firstDelay * 2 ** (attempt - 1), failure.retryAfter ?? 0);
      const isOver =
        attempt >= retry.attempts ||
        delay > retry.longestDelay ||
        signal?.aborted ||
        failure.mayHaveArrived ||
        WAITED_IN_VAIN.has(failure.code);
      if (!failure.isTemporary || isOver) throw failure;
      await clock.sleep(delay, signal);
    }
  }
}

/**
 * @param header seconds, or an HTTP date (RFC 9110, 10.2.3)
 * @returns milliseconds from `now`, as long as it may be, undefined when absent or unreadable
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
