import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { API_ROOT, ENDPOINTS, type DetectorRecord } from '../../common/api';
import type { Endpoint } from '../../common/api/endpoint';
import { DETECTION_ERROR_CODES, DetectionError, type DetectionErrorCode } from '../../common/detection_error';
import { credentialsOf, takeUserOf, type UserAndPassword } from '../../server/elasticsearch';
import { printable, type Session } from './session';

/** A Kibana with the plugin, in the space of the configuration. */
export interface KibanaConnection {
  /** As it was named, without user and password. */
  readonly kibana: string;
  /** Asks at a path below the space. */
  ask(path: string, request?: RequestInit): Promise<Response>;
}

export const KIBANA_URL_OPTION = ['--kibana-url <url>', 'address of Kibana (default: KIBANA_URL)'] as const;

/**
 * Asks with the user that the address of Kibana names, else with the user or API key of the Elasticsearch connection. Neither a
 * message nor the connection repeats a password.
 *
 * An `ask` waits and asks again where Kibana has too much to do (429), as long as it says itself, at most four times.
 *
 * @throws DetectionError `invalid_input` when no Kibana is named; an `ask` throws `unavailable` when it does not answer
 */
export function connectToKibana(
  { config, signal }: Pick<Session, 'config' | 'signal'>,
  url: string | undefined,
  alternative = '',
): KibanaConnection {
  const named = url ?? process.env.KIBANA_URL;
  if (named === undefined) {
    throw new DetectionError(
      'invalid_input',
      `No Kibana is named: give --kibana-url, or set KIBANA_URL${alternative}.`,
    );
  }
  const { space } = config;
  const { kibana, user } = addressOf(named);
  const base = `${kibana}${space === 'default' ? '' : `/s/${space}`}`;
  const headersOfAll = { 'kbn-xsrf': 'true', ...authorization(user ?? credentialsOf(config.elasticsearch)) };
  return {
    kibana,
    ask: async (path, request = {}) => {
      try {
        const headers = { ...headersOfAll, ...request.headers };
        for (let attempt = 1; ; attempt++) {
          const answer = await fetch(`${base}${path}`, { signal, ...request, headers });
          if (answer.status !== TOO_MANY || attempt === MOST_ATTEMPTS) return answer;
          await answer.body?.cancel();
          await wait(1_000 * secondsUntilRetry(answer.headers.get('retry-after')), undefined, { signal });
        }
      } catch (error) {
        const { cause, message } = error as Error & { cause?: Error };
        throw new DetectionError(
          signal.aborted ? 'interrupted' : 'unavailable',
          `Kibana does not answer at ${kibana}: ${cause?.message ?? message}`,
          { cause: error },
        );
      }
    },
  };
}

/** @param retryAfter header of an answer; only seconds are understood */
const secondsUntilRetry = (retryAfter: string | null): number =>
  /^\d+$/.test(retryAfter ?? '') ? Math.min(Number(retryAfter), LONGEST_WAIT_SECONDS) : 1;

/** @throws DetectionError `invalid_input` with what stands behind user and password */
function addressOf(named: string): { readonly kibana: string; readonly user?: UserAndPassword } {
  const url = URL.canParse(named) ? new URL(named) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const shown = named.slice(named.lastIndexOf('@') + 1);
    throw new DetectionError(
      'invalid_input',
      `--kibana-url is "${shown === named ? '' : '…@'}${shown}"; it must be an address such as http://localhost:5601.`,
    );
  }
  const user = takeUserOf(url);
  const kibana = (user === undefined ? named : url.toString()).replace(/\/+$/, '');
  return { kibana, ...(user && { user }) };
}

function authorization(credentials: ReturnType<typeof credentialsOf>): Record<string, string> {
  if (credentials === undefined) return {};
  if ('apiKey' in credentials) return { authorization: `ApiKey ${credentials.apiKey}` };
  const { username, password } = credentials;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** Status of a Kibana that has too much to do; nothing was done then, whatever was asked for. */
const TOO_MANY = 429;
const MOST_ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 30;

const CODES: Readonly<Record<number, DetectionErrorCode>> = {
  400: 'invalid_input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'invalid_input',
  [TOO_MANY]: 'busy',
  503: 'unavailable',
};

interface Refusal {
  readonly message?: unknown;
  readonly attributes?: { readonly code?: unknown; readonly details?: Record<string, unknown> };
}

/** @returns why Kibana or the plugin said no, in its own words */
export function refusalOf(status: number, text: string): DetectionError {
  const { message, attributes } = (jsonOf(text) ?? {}) as Refusal;
  const code = DETECTION_ERROR_CODES.find((known) => known === attributes?.code);
  const said = typeof message === 'string' && message !== '' ? message : text;
  return new DetectionError(
    code ?? CODES[status] ?? 'internal',
    `Kibana answers ${status}: ${printable(said, 4_000)}`,
    attributes?.details && { details: attributes.details },
  );
}

/**
 * Asks the plugin's own API.
 *
 * @param path below its root, such as /detectors
 * @returns the text of the answer
 * @throws DetectionError in the words of the plugin, or `not_found` where Kibana does not have it
 */
export async function askPlugin(
  { ask, kibana }: KibanaConnection,
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<string> {
  const answer = await ask(`${API_ROOT}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  if (answer.ok) return text;
  const refusal = refusalOf(answer.status, text);
  // A path that Kibana does not know has no words of ours.
  if (answer.status !== 404 || /no such object/.test(refusal.message)) throw refusal;
  throw new DetectionError(
    'not_found',
    `The Kibana at ${kibana} does not have this version of the plugin Log Anomalies, or not this space.`,
  );
}

/**
 * Asks an endpoint of the plugin by its method, and reads its answer by its schema.
 *
 * @throws DetectionError like {@link askPlugin}, and `internal` for an answer that the schema does not know
 */
export async function askEndpoint<Response extends z.ZodType>(
  connection: KibanaConnection,
  { method, response }: Pick<Endpoint, 'method'> & { readonly response: Response },
  path: string,
  body?: unknown,
): Promise<z.infer<Response>> {
  const answer = await askPlugin(connection, path, body, method.toUpperCase());
  const parsed = response.safeParse(jsonOf(answer));
  if (!parsed.success) {
    throw new DetectionError('internal', `Kibana's answer is none of ours: ${printable(answer, 200)}`);
  }
  return parsed.data;
}

const PAGE = 1_000;

/** Returns the detectors of the space that the address of Kibana names. */
export async function allDetectors(connection: KibanaConnection): Promise<DetectorRecord[]> {
  const records: DetectorRecord[] = [];
  for (let page = 1; ; page++) {
    const path = `/detectors?page=${page}&per_page=${PAGE}`;
    const { total, detectors } = await askEndpoint(connection, ENDPOINTS.listDetectors, path);
    records.push(...detectors);
    if (page * PAGE >= total) return records;
  }
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
