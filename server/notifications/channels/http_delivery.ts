import { parseRetryAfter, SendFailure } from '../messages/delivery';
import { cleanText, redact } from '../messages/untrusted_text';

export interface HttpDependencies {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Milliseconds for one answer. */
  readonly timeout: number;
}

/** One request to a receiver. */
export interface HttpMessage {
  readonly url: string;
  /** HEAD asks whether anybody answers: it carries no message, and hardly any answer says that nobody does. */
  readonly method?: 'POST' | 'PUT' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Names the message for the receiver, the same whenever it is sent. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Errors of a connection that was never made. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  // Both sides agreed on no encryption.
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
]);
/** Codes of certificates that cannot be trusted. Source: Node.js, tls, "X509 certificate error codes", and errors, `ERR_TLS_CERT_…`. */
const UNTRUSTED_CERTIFICATE =
  /^(?:CERT_|CRL_|UNABLE_TO_|ERROR_IN_(?:CERT|CRL)_|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$|ERR_TLS_CERT_)/;
/** Node's words for a connection that broke off before it was encrypted; the code is that of any that broke off. */
const BROKEN_BEFORE_TLS = /before secure TLS connection/;
/** A gateway speaks where the receiver did not: it may have taken the message. Source: RFC 9110, 15.6. */
const OF_A_GATEWAY: ReadonlySet<number> = new Set([502, 504]);
/** Answers to HEAD that say that the receiver is not there, or takes nothing now. One that knows no HEAD answers 405, 500 or 501. */
const NOT_THERE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const isTemporaryStatus = (status: number): boolean => status === 429 || status === 408 || status >= 500;
const LONGEST_ANSWER = 4_000;
const LONGEST_TOLD = 300;

interface ConnectionError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
  /** One for each address of a host that has several. */
  readonly errors?: unknown;
}

/** Returns whether the connection failed before anything could be sent over it. */
function wasNeverSent(cause: unknown): boolean {
  const { code, syscall, message, errors } = (cause ?? {}) as ConnectionError;
  if (syscall === 'connect') return true;
  if (typeof code === 'string' && (NEVER_SENT.has(code) || UNTRUSTED_CERTIFICATE.test(code))) return true;
  if (typeof message === 'string' && BROKEN_BEFORE_TLS.test(message)) return true;
  return Array.isArray(errors) && errors.length > 0 && errors.every(wasNeverSent);
}

/** The beginning of an answer, as text; the rest is not read. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  for (let length = 0; length < LONGEST_ANSWER;) {
    const { value, done } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  await reader.cancel();
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, LONGEST_ANSWER));
}

/**
 * Sends requests to one receiver. Redirects are not followed.
 *
 * @param receiver names it in messages, such as `Slack webhook at hooks.slack.com`
 * @param secrets never shown, also where an answer repeats them
 * @param pauseIn reads from the body of a refusal how long the receiver wants to be left alone, milliseconds, where the header does not say so
 */
export function createHttpSender(
  receiver: string,
  secrets: readonly (string | undefined)[],
  { fetch, now, timeout }: HttpDependencies,
  pauseIn?: (answer: string) => number | undefined,
) {
  /** @throws SendFailure */
  return async ({ url, method = 'POST', headers, body, key, signal }: HttpMessage): Promise<void> => {
    const controller = new AbortController();
    const abort = () => controller.abort();
    const timer = setTimeout(abort, timeout);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    try {
      const response = await fetch(url, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
          ...headers,
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        body,
        redirect: 'manual',
        signal: controller.signal,
      });
      if (method === 'HEAD' ? !NOT_THERE.has(response.status) : response.ok) {
        // Delivered, whatever becomes of the rest of the answer.
        await response.body?.cancel().catch(() => {});
        return;
      }
      const answer = await beginningOf(response);
      const told = cleanText(redact(answer, secrets), LONGEST_TOLD);
      throw new SendFailure(
        `${receiver} answered ${response.status} ${told}`.trim(),
        isTemporaryStatus(response.status),
        {
          retryAfter: parseRetryAfter(response.headers.get('retry-after'), now()) ?? pauseIn?.(answer),
          mayHaveArrived: OF_A_GATEWAY.has(response.status),
          code: String(response.status),
        },
      );
    } catch (error) {
      if (error instanceof SendFailure) throw error;
      const { cause: failed } = error as { cause?: ConnectionError };
      const cause = failed?.code;
      const why = controller.signal.aborted
        ? signal?.aborted
          ? 'was interrupted'
          : `did not answer within ${timeout / 1_000} s`
        : `could not be reached (${typeof cause === 'string' ? cause : 'connection failed'})`;
      const code = typeof cause === 'string' ? cause : controller.signal.aborted ? 'timeout' : undefined;
      throw new SendFailure(`${receiver} ${why}`, true, { mayHaveArrived: !wasNeverSent(failed), code });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  };
}

/** Shorter parts of an address are no secrets by themselves. */
const SHORTEST_SECRET = 10;

/** Returns the parts of a webhook's address that are secret: all of it, and path and query, which may be repeated alone. */
export function secretsOf(address: string): string[] {
  const { pathname, search, searchParams } = new URL(address);
  const parts = [...pathname.split('/'), ...searchParams.values()];
  return [
    address,
    ...(pathname.length > 1 ? [pathname + search, pathname] : []),
    ...parts.filter((part) => part.length >= SHORTEST_SECRET),
  ];
}
