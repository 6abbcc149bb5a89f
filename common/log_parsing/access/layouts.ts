import type { LogDocument } from '../../log_document';
import type { TimeContext } from '../parts/leading_time';
import { cutText, isIpAddress, unescapeLogText } from '../parts/text_values';
import { compilePattern, documentOfDraft, type PatternReader, type ReadRest } from './pattern';
import { VARIABLES, type DraftDocument } from './variables';

/** A value of a line whose values are separated by spaces. */
interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
}

const MOST_TOKENS = 64;

/** Splits at spaces; what stands in double quotes or square brackets is one value, without them. */
function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length && tokens.length < MOST_TOKENS) {
    if (line[at] === ' ') {
      at++;
      continue;
    }
    const isQuoted = line[at] === '"';
    const bracket = line[at] === '[' ? line.indexOf(']', at) : -1;
    // An address of IPv6 stands in brackets, and its port behind them.
    const isBracketed = bracket >= 0 && (line[bracket + 1] ?? ' ') === ' ';
    let end = isQuoted ? endOfQuotes(line, at + 1) : isBracketed ? bracket : line.indexOf(' ', at);
    if (end < 0) end = line.length;
    const isEnclosed = isQuoted || isBracketed;
    const raw = line.slice(isEnclosed ? at + 1 : at, end);
    tokens.push({ text: isQuoted ? unescapeLogText(raw) : raw, isQuoted });
    at = isEnclosed ? end + 1 : end;
  }
  return tokens;
}

function endOfQuotes(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === '"') return at;
  }
  return -1;
}

type Layout = readonly (string | undefined)[];

const ELB: Layout = [
  'time_iso8601',
  undefined,
  'remote_endpoint',
  'upstream_addr',
  undefined,
  'request_time',
  undefined,
  'status',
  undefined,
  'request_length',
  'bytes_sent',
  'request',
  'http_user_agent',
  'ssl_cipher',
  'ssl_protocol',
];
const ELB_KINDS = /^(?:https?|h2|grpcs|wss?)$/;

/**
 * Reads the access logs of Amazon's load balancers: the application load balancer, which begins with a kind such as `https`, and
 * the classic one (Elastic Load Balancing, "Access log entries"). The duration is that of the target.
 *
 * @returns the document, or what is wrong with the line
 */
export function readElb(line: string, context: TimeContext): LogDocument | string {
  const tokens = tokensOf(line);
  const own = ELB_KINDS.test(tokens[0]?.text ?? '') ? tokens.slice(1) : tokens;
  if (own.length < ELB.length || !own[11].isQuoted || !own[12].isQuoted)
    return 'has not the values of a load balancer of AWS';
  // -1 says that no target answered.
  const values = own.map(({ text }, place) => (place === 5 && text === '-1' ? '-' : text));
  return documentOfValues(ELB, values, { line, context });
}

const ENVOY: Layout = [
  'time_iso8601',
  'request',
  'status',
  'response_flags',
  'request_length',
  'bytes_sent',
  'request_time_ms',
  undefined,
  'http_x_forwarded_for',
  'http_user_agent',
  'request_id',
  'host',
  'upstream_addr',
];
/** Istio names, behind the flags, the details of the response and of the connection, and the failure of the transport. */
const ISTIO: Layout = [...ENVOY.slice(0, 4), undefined, undefined, undefined, ...ENVOY.slice(4)];
const isWhole = (token: Token | undefined): boolean => /^\d+$/.test(token?.text ?? '');

/**
 * Reads the access log of Envoy in its default format, and in that of Istio (Envoy, "Access logging").
 *
 * @returns the document, or what is wrong with the line
 */
export function readEnvoy(line: string, context: TimeContext): LogDocument | string {
  const tokens = line.startsWith('[') ? tokensOf(line) : [];
  const layout = isWhole(tokens[4]) ? ENVOY : ISTIO;
  if (tokens.length < layout.length || !tokens[1].isQuoted || !isWhole(tokens[layout.indexOf('bytes_sent')]))
    return 'has not the values of an access log of Envoy';
  // The status is 0 where the client went away before there was one.
  const values = tokens.map(({ text }, place) => (place === 2 && text === '0' ? '-' : text));
  return documentOfValues(layout, values, { line, context });
}

function documentOfValues(
  layout: Layout,
  values: readonly string[],
  { line, context }: { readonly line: string; readonly context: TimeContext },
): LogDocument | string {
  const draft: DraftDocument = { truncated: false };
  for (const [place, name] of layout.entries()) {
    const value = values[place];
    if (name === undefined || value === '-' || value === '') continue;
    const problem = VARIABLES[name](draft, value, context);
    if (problem !== undefined) return problem;
  }
  return draft.time === undefined ? 'there is no time' : documentOfDraft(draft, draft.time, line);
}

const COMMON = '$remote_addr $ignore $remote_user [$time_local] "$request" $status $body_bytes_sent';
const COMBINED = `${COMMON} "$http_referer" "$http_user_agent"`;

export type AccessFormat = 'common' | 'combined' | 'vhost_combined';

/** The named formats that are patterns (Apache HTTP Server 2.4, "Log Files"; nginx ngx_http_log_module). */
export const ACCESS_PATTERNS: Readonly<Record<AccessFormat, string>> = {
  common: COMMON,
  combined: COMBINED,
  vhost_combined: `$host:$server_port ${COMBINED}`,
};

/**
 * Makes the reader of an access log. Servers are often told to write more behind its last value: that stays in the message, and a
 * duration in it is read where its unit is known.
 */
export function accessReader(format: AccessFormat, context: TimeContext): PatternReader {
  const readRest: ReadRest = (draft, rest) => {
    readMore(draft, rest);
    return rest.startsWith(' ');
  };
  const readPlain = compilePattern(ACCESS_PATTERNS[format], context, readRest);
  if (format === 'vhost_combined') {
    const readHost = compilePattern(`$host ${COMBINED}`, context, readRest);
    return (line) => (hasHost(line) && !/^\S{1,255}:\d{1,5} /.test(line) ? readHost(line) : readPlain(line));
  }
  return withoutProxies((line) => {
    // Otherwise the name of the host would be that of the client.
    if (hasHost(line)) return 'has a host in front of its address';
    const document = readPlain(line);
    return typeof document === 'string' && format === 'common'
      ? (readMoreNumbers(line, readPlain) ?? document)
      : document;
  });
}

const HOST = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?(?::\d{1,5})?$/;

/** Returns true where an address is the second word of a line, and the name of a host the first. */
function hasHost(line: string): boolean {
  // The second word of nearly all lines is a dash.
  if (line[line.indexOf(' ') + 1] === '-') return false;
  const [first, second] = line.slice(0, 512).split(' ', 2);
  return isIpAddress(second ?? '') && !isIpAddress(first) && HOST.test(first);
}

/** The client and the proxies behind it, as X-Forwarded-For has them. */
const CHAIN = /^([\da-f.:]{2,45})(?:, ?[\da-f.:]{2,45}){1,20} /i;

/** Reads lines that begin with a chain of proxies: its first address is the client. */
const withoutProxies =
  (read: PatternReader): PatternReader =>
  (line) => {
    const isChain = line.slice(0, line.indexOf(' ')).includes(',');
    const chain = isChain ? CHAIN.exec(line.slice(0, 1_024)) : null;
    if (chain === null) return read(line);
    const document = read(`${chain[1]} ${line.slice(chain[0].length)}`);
    return typeof document === 'string' ? document : { ...document, message: cutText(line) };
  };

/** Reads a line of the common format that ends with more numbers, such as the time taken. @returns undefined for others */
function readMoreNumbers(line: string, read: PatternReader): LogDocument | undefined {
  const end = line.slice(line.lastIndexOf('"'));
  const rest = /^" \d{3} (?:\d{1,15}|-)((?: [\d.-]{1,20}){1,8})$/.exec(end)?.[1];
  const document = rest === undefined ? undefined : read(line.slice(0, line.length - rest.length));
  if (rest === undefined || document === undefined || typeof document === 'string') return undefined;
  const draft: DraftDocument = { truncated: false };
  readMore(draft, rest);
  return { ...document, message: cutText(line), ...(draft.event !== undefined && { event: draft.event }) };
}

/** nginx writes its times with three digits behind the point, in seconds; Traefik writes the unit. */
const SECONDS = /^(?:(?:rt|request_time)=)?"?(\d{1,7}\.\d{3})"?$/;
const MILLISECONDS = /^(\d{1,9})ms$/;

function readMore(draft: DraftDocument, rest: string): void {
  for (const { text, isQuoted } of tokensOf(rest)) {
    const seconds = isQuoted ? undefined : SECONDS.exec(text)?.[1];
    const milliseconds = isQuoted ? undefined : MILLISECONDS.exec(text)?.[1];
    if (seconds !== undefined) VARIABLES.request_time(draft, seconds, {});
    else if (milliseconds !== undefined) VARIABLES.request_time_ms(draft, milliseconds, {});
    else continue;
    return;
  }
}

/** `192.0.2.7:33317 [04/Mar/2026:10:00:12.655] frontend backend/server 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {…} "GET / HTTP/1.1"` */
const HAPROXY =
  /^(\S{3,64}) \[[^\]]{10,40}\] (\S{1,256}) ([^\s/]{1,256})\/(\S{1,256}) -?\d+(?:\/-?\d+)*\/(-?\+?\d{1,12}) (-1|\d{3}) \+?(\d{1,15}) \S+ \S+ (\S{4}) /;

/**
 * Reads a request from a message of HAProxy (HAProxy configuration manual, 8.2.3, "HTTP log format").
 *
 * @returns nothing for other messages
 */
export function requestOfHaproxy(message: string): LogDocument {
  const head = HAPROXY.exec(message.slice(0, 2_048));
  const request = /"([^"]*)"?$/.exec(message.slice(head?.[0].length ?? 0, 16_384))?.[1];
  if (head === null || request === undefined) return {};
  const [, endpoint, frontend, backend, server, duration, status, bytes, state] = head;
  const draft: DraftDocument = { truncated: false };
  VARIABLES.remote_endpoint(draft, endpoint, {});
  VARIABLES.request_time_ms(draft, duration.replace('+', ''), {});
  if (status !== '-1') VARIABLES.status(draft, status, {});
  VARIABLES.bytes_sent(draft, bytes, {});
  VARIABLES.request(draft, request, {});
  if (state !== '----') VARIABLES.response_flags(draft, state, {});
  const fields: Record<string, unknown> = documentOfDraft(draft, 0, '');
  for (const own of ['@timestamp', 'message', 'log']) delete fields[own];
  return {
    ...fields,
    haproxy: { frontend_name: frontend, backend_name: backend, server_name: server },
  };
}
