import type { TimeContext } from '../parts/leading_time';
import { cutText, isIpAddress } from '../parts/text_values';
import { parseAccessLogTime, parseTime } from '../parts/timestamps';
import { LONGEST_TEXT } from '../parts/types';

/** A document while its fields are being read. */
export interface DraftDocument {
  time?: number;
  truncated: boolean;
  client?: { address: string; ip?: string };
  user?: { name: string };
  host?: { name: string };
  service?: { name: string };
  log?: { level?: string; logger?: string };
  trace?: { id: string };
  event?: { duration?: number; reason?: string };
  upstream?: { address: string };
  tls?: { cipher?: string; version?: string };
  requestMethod?: string;
  requestReferrer?: string;
  requestBytes?: number;
  requestId?: string;
  responseStatus?: number;
  responseBytes?: number;
  responseBodyBytes?: number;
  httpVersion?: string;
  url?: { original?: string; path?: string; query?: string; domain?: string; port?: number };
  userAgent?: string;
  message?: string;
}

/** @returns what is wrong with the value, or nothing */
type Reader = (draft: DraftDocument, value: string, context: TimeContext) => string | void;

function text(draft: DraftDocument, value: string): string {
  if (value.length <= LONGEST_TEXT) return value;
  draft.truncated = true;
  return cutText(value);
}

const WHOLE_NUMBER = /^\d{1,15}$/;
const whole =
  (name: string, set: (draft: DraftDocument, value: number) => void): Reader =>
  (draft, value) => {
    if (!WHOLE_NUMBER.test(value)) return `${name} is not a whole number`;
    set(draft, Number(value));
  };

/** Seconds to nanoseconds. nginx lists several upstreams with commas and colons; only a single number is taken. */
function readDuration(draft: DraftDocument, value: string): string | void {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(value)) return 'the request time is not a number of seconds';
  draft.event = { ...draft.event, duration: Math.round(Number(value) * 1e9) };
}

/** Milliseconds to nanoseconds. */
function readMilliseconds(draft: DraftDocument, value: string): string | void {
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(value)) return 'the request time is not a number of milliseconds';
  draft.event = { ...draft.event, duration: Math.round(Number(value) * 1e6) };
}

/** An address with its port, `192.0.2.7:2817` or `[2001:db8::7]:443`; a port alone, as `2001:db8::7:443` has it, is cut as well. */
function readClient(draft: DraftDocument, value: string): void {
  const port = value.lastIndexOf(':');
  const address = (port < 0 ? value : value.slice(0, port)).replace(/^\[(.*)\]$/, '$1');
  VARIABLES.remote_addr(draft, address, {});
}

function readUrl(draft: DraftDocument, value: string): void {
  const original = text(draft, value);
  const url = (draft.url ??= {});
  url.original = original;
  const fragment = original.indexOf('#');
  const address = fragment < 0 ? original : original.slice(0, fragment);
  const question = address.indexOf('?');
  let path = question < 0 ? address : address.slice(0, question);
  if (question >= 0) url.query = address.slice(question + 1);
  if (path.charCodeAt(0) !== 47) {
    const absolute = /^[a-z][a-z0-9+.-]{0,20}:\/\/([^/]{0,255})(\/.*)?$/is.exec(path);
    if (absolute) {
      url.domain ??= absolute[1];
      path = absolute[2] ?? '/';
    }
  }
  url.path = path;
}

/** A request line; what is none (a TLS handshake, say) is kept whole as `url.original`, where it stands out. */
function readRequest(draft: DraftDocument, value: string): void {
  // Connections that carry no HTTP have dashes there.
  if (/^[-\s]*$/.test(value)) return;
  const afterMethod = value.indexOf(' ');
  if (afterMethod <= 0 || afterMethod > 32 || !/^[A-Za-z_-]+$/.test(value.slice(0, afterMethod))) {
    (draft.url ??= {}).original = text(draft, value);
    return;
  }
  draft.requestMethod = value.slice(0, afterMethod);
  const beforeVersion = value.lastIndexOf(' HTTP/');
  const version = beforeVersion < afterMethod ? '' : value.slice(beforeVersion + 6);
  const hasVersion = version !== '' && version.length <= 8;
  if (hasVersion) draft.httpVersion = version;
  readUrl(draft, value.slice(afterMethod + 1, hasVersion ? beforeVersion : undefined));
}

function readTime(
  draft: DraftDocument,
  value: string,
  parse: (text: string) => number | undefined,
): string | void {
  const time = parse(value);
  if (time === undefined) return 'the time cannot be read';
  draft.time = time;
}

/** Variables of a pattern, named as in nginx where nginx has them, with the field that each fills. */
export const VARIABLES: Readonly<Record<string, Reader>> = {
  remote_addr: (draft, value) => {
    draft.client = { address: text(draft, value), ...(isIpAddress(value) ? { ip: value } : {}) };
  },
  remote_user: (draft, value) => {
    draft.user = { name: text(draft, value) };
  },
  time_local: (draft, value) => readTime(draft, value, parseAccessLogTime),
  time_iso8601: (draft, value, context) => readTime(draft, value, (text) => parseTime(text, context)),
  msec: (draft, value) => readTime(draft, value, parseTime),
  request: readRequest,
  request_method: (draft, value) => {
    draft.requestMethod = cutText(value, 64);
  },
  request_uri: readUrl,
  server_protocol: (draft, value) => {
    draft.httpVersion = cutText(value.replace(/^HTTP\//, ''), 8);
  },
  status: (draft, value) => {
    if (!/^\d{3}$/.test(value)) return 'the status is not a three-digit number';
    draft.responseStatus = Number(value);
  },
  body_bytes_sent: whole('body_bytes_sent', (draft, value) => {
    draft.responseBodyBytes = value;
  }),
  bytes_sent: whole('bytes_sent', (draft, value) => {
    draft.responseBytes = value;
  }),
  request_length: whole('request_length', (draft, value) => {
    draft.requestBytes = value;
  }),
  request_time: readDuration,
  request_time_ms: readMilliseconds,
  remote_endpoint: readClient,
  /** The client by its own word, and that of the proxies behind it: taken where nothing better is known. */
  http_x_forwarded_for: (draft, value) => {
    if (draft.client === undefined) VARIABLES.remote_addr(draft, value.split(',')[0].trim(), {});
  },
  upstream_addr: (draft, value) => {
    draft.upstream = { address: cutText(value, 256) };
  },
  response_flags: (draft, value) => {
    draft.event = { ...draft.event, reason: cutText(value, 256) };
  },
  ssl_cipher: (draft, value) => {
    draft.tls = { ...draft.tls, cipher: cutText(value, 256) };
  },
  ssl_protocol: (draft, value) => {
    draft.tls = { ...draft.tls, version: cutText(value, 64) };
  },
  http_referer: (draft, value) => {
    draft.requestReferrer = text(draft, value);
  },
  http_user_agent: (draft, value) => {
    draft.userAgent = text(draft, value);
  },
  host: (draft, value) => {
    (draft.url ??= {}).domain = cutText(value, 255);
  },
  server_port: whole('server_port', (draft, value) => {
    (draft.url ??= {}).port = value;
  }),
  hostname: (draft, value) => {
    draft.host = { name: cutText(value, 255) };
  },
  request_id: (draft, value) => {
    draft.requestId = cutText(value, 256);
  },
  trace_id: (draft, value) => {
    draft.trace = { id: cutText(value, 256) };
  },
  service: (draft, value) => {
    draft.service = { name: cutText(value, 256) };
  },
  level: (draft, value) => {
    draft.log = { ...draft.log, level: cutText(value.toLowerCase(), 32) };
  },
  logger: (draft, value) => {
    draft.log = { ...draft.log, logger: cutText(value, 256) };
  },
  message: (draft, value) => {
    draft.message = text(draft, value);
  },
  /** Read over. */
  ignore: () => {},
};
