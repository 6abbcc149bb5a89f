import type { CodedSentence } from './coded_sentence';

/**
 * The closed set of ways in which an operation of ours fails. Each has one HTTP status, one exit code and one
 * answer to "is it worth trying again?" (see {@link httpStatusOf}, {@link exitCodeOf}, {@link isRetryable}).
 */
export const DETECTION_ERROR_CODES = [
  'invalid_input',
  'not_found',
  'conflict',
  'unauthenticated',
  'forbidden',
  'too_few_logs',
  'refused',
  'busy',
  'unavailable',
  'interrupted',
  'internal',
] as const;
export type DetectionErrorCode = (typeof DETECTION_ERROR_CODES)[number];

/**
 * The one error type that crosses module borders. The message names the setting, the value and what is allowed,
 * and can be shown to the user as it stands; it never holds a secret.
 */
export class DetectionError extends Error {
  public override readonly name = 'DetectionError';

  constructor(
    public readonly code: DetectionErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown>; said?: CodedSentence } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details;
    this.said = options.said;
  }

  /** Machine-readable addition to the message: e.g. one entry for each invalid field. */
  public readonly details?: Record<string, unknown>;

  /** The message for pages, which translate it. */
  public readonly said?: CodedSentence;
}

interface ErrorClass {
  httpStatus: number;
  exitCode: number;
  retryable: boolean;
}

function classify(code: DetectionErrorCode): ErrorClass {
  switch (code) {
    case 'invalid_input':
      return { httpStatus: 400, exitCode: 2, retryable: false };
    case 'not_found':
      return { httpStatus: 404, exitCode: 3, retryable: false };
    case 'conflict':
      return { httpStatus: 409, exitCode: 4, retryable: true };
    case 'unauthenticated':
      return { httpStatus: 401, exitCode: 5, retryable: false };
    case 'forbidden':
      return { httpStatus: 403, exitCode: 5, retryable: false };
    case 'too_few_logs':
      return { httpStatus: 422, exitCode: 6, retryable: true };
    case 'refused':
      return { httpStatus: 422, exitCode: 7, retryable: false };
    case 'busy':
      return { httpStatus: 429, exitCode: 8, retryable: true };
    case 'unavailable':
      return { httpStatus: 503, exitCode: 8, retryable: true };
    case 'interrupted':
      return { httpStatus: 503, exitCode: 130, retryable: true };
    case 'internal':
      return { httpStatus: 500, exitCode: 1, retryable: false };
  }
}

export const httpStatusOf = (code: DetectionErrorCode): number => classify(code).httpStatus;
export const exitCodeOf = (code: DetectionErrorCode): number => classify(code).exitCode;
export const isRetryable = (code: DetectionErrorCode): boolean => classify(code).retryable;
