import type { LogDocument } from '../log_document';
import { requestOfHaproxy } from './access/layouts';
import { withMessage } from './application_log';
import { readTimeAt, type TimeContext } from './parts/leading_time';
import { eventOfCef } from './cef';
import { levelOf, SYSLOG_LEVELS } from './parts/levels';
import { isIpAddress } from './parts/text_values';

const PRIORITY = /^<(\d{1,3})>/;
const FIRST_VERSION = /^1 /;
/** RFC 5424, 6: the five names of the header after the time, each without a space. */
const HEADER_5424 = /^ (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;
/** `sshd[24200]: `, `kernel: `, `sshd(pam_unix)[19939]: `, `com.apple.xpc.launchd[1] (name): `; RFC 3164, 5.3. */
const TAG = /^([^\s:[]{1,128})(?:\[(\d{1,10})\])?(?: \([^)]{1,128}\))?:(?: |$)/;
const MONTH_NAME = /^(?:<\d{1,3}>)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) /;
const ISO_DATE = /^(?:<\d{1,3}>)?\d{4}-\d{2}-\d{2}T/;

interface Priority {
  readonly level?: string;
  readonly facility?: number;
  readonly length: number;
}

function priorityOf(line: string): Priority | string {
  const match = PRIORITY.exec(line);
  if (match === null) return { length: 0 };
  const value = Number(match[1]);
  if (value > 191) return `its priority is ${value}; at most 191 is one`;
  return { level: SYSLOG_LEVELS[value % 8], facility: value >> 3, length: match[0].length };
}

/** Reads a line of RFC 5424: `<34>1 2003-10-11T22:14:15.003Z host app 1234 ID47 [data] message`. */
export function readSyslog5424(line: string, context: TimeContext): LogDocument | string {
  const priority = priorityOf(line);
  if (typeof priority === 'string') return priority;
  if (priority.length === 0) return 'does not begin with a priority such as <34>';
  const rest = line.slice(priority.length);
  if (!FIRST_VERSION.test(rest)) return 'has no version 1 behind its priority';
  const time = readTimeAt(rest, 2, context);
  if (time === undefined) return 'its time cannot be read';
  if (typeof time === 'string') return time;
  const header = HEADER_5424.exec(rest.slice(time.end));
  if (header === null) return 'has no host, application, process and message id';
  const [whole, host, application, process] = header;
  let message = rest.slice(time.end + whole.length);
  let data: string | undefined;
  if (message.startsWith('[')) {
    const end = endOfStructuredData(message);
    data = message.slice(0, end);
    message = message.slice(end).trimStart();
  } else if (message.startsWith('-')) message = message.slice(1).trimStart();
  // A byte-order mark says that the message is UTF-8.
  if (message.charCodeAt(0) === 0xfeff) message = message.slice(1);
  const document = {
    '@timestamp': new Date(time.time).toISOString(),
    ...(host !== '-' && { host: { name: host } }),
    ...processOf(application, process),
    ...partsOf(application, message),
  };
  return withMessage(
    document,
    { ...logOf(priority), ...(data !== undefined && { syslog: { structured_data: data } }) },
    message,
  );
}

/** @returns index behind the last element; a `]` within quotes ends none, a backslash escapes what follows (RFC 5424, 6.3) */
function endOfStructuredData(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (isQuoted && text[at] === '\\') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[at] === ']' && text[at + 1] !== '[') return at + 1;
  }
  return text.length;
}

/**
 * Reads a line as syslog daemons write it (RFC 3164, and with ISO 8601 times as rsyslog and systemd do):
 * `Dec 10 06:55:46 host sshd[24200]: message`, with or without a priority.
 */
export function readSyslog3164(line: string, context: TimeContext): LogDocument | string {
  if (!MONTH_NAME.test(line) && !ISO_DATE.test(line)) return 'does not begin with a time as syslog has it';
  const priority = priorityOf(line);
  if (typeof priority === 'string') return priority;
  const time = readTimeAt(line, priority.length, context);
  if (time === undefined) return 'its time cannot be read';
  if (typeof time === 'string') return time;
  const rest = line.slice(time.end).trimStart();
  const space = rest.indexOf(' ');
  if (space <= 0 || space > 255) return 'has no host behind its time';
  const host = rest.slice(0, space);
  if (!MONTH_NAME.test(line) && levelOf(host) !== undefined) return 'has a level where its host would be';
  const behind = rest.slice(space + 1);
  const tag = TAG.exec(behind);
  // Other programs begin lines with such a time, too; only syslog has month names there.
  if (tag === null && !MONTH_NAME.test(line) && !behind.startsWith('CEF:'))
    return 'has no program such as "sshd[123]:" behind its host';
  const message = tag === null ? behind : behind.slice(tag[0].length);
  const document = {
    '@timestamp': new Date(time.time).toISOString(),
    host: { name: host },
    ...(tag !== null && processOf(tag[1], tag[2])),
    ...partsOf(tag?.[1], message),
  };
  return withMessage(document, logOf(priority), message);
}

export const beginsSyslog = (line: string): boolean =>
  MONTH_NAME.test(line) || ISO_DATE.test(line) || PRIORITY.test(line);

/** Fields that the messages of known programs hold. */
function partsOf(program: string | undefined, message: string): LogDocument {
  if (message.startsWith('CEF:')) return eventOfCef(message);
  if (program === undefined) return {};
  if (SSHD.has(program)) return loginOf(message);
  return program === 'haproxy' ? requestOfHaproxy(message) : {};
}

const logOf = ({ level }: Priority): Record<string, unknown> => (level === undefined ? {} : { level });

function processOf(name: string | undefined, id: string | undefined): LogDocument {
  const process = {
    ...(name !== undefined && name !== '-' && { name }),
    ...(id !== undefined && /^\d{1,10}$/.test(id) && { pid: Number(id) }),
  };
  return Object.keys(process).length > 0 ? { process } : {};
}

/** `from 203.0.113.31 port 38926`, `closed by 2001:db8::1`, `rhost=203.0.113.31`, `example.com [203.0.113.31] failed`. */
const ADDRESS = /(?:\b(?:from|by) |\brhost=|\[)([\da-f.:]{2,44}[\da-f])(?![\w.-])/i;
/** sshd writes the address last; the name before it is whatever the client said. */
const WRITTEN_LAST =
  /^(?:Failed|Accepted|[Ii]nvalid user) .* from (\S{2,64})(?: port \d{1,5})?(?: ssh2?)?(?::.*)?$/;
const USER = [
  /^(?:Failed|Accepted) \S{1,64} for (?:invalid user )?(\S.{0,255}) from \S{2,64}(?: port \d{1,5})?(?: ssh2?)?(?::.*)?$/,
  /^[Ii]nvalid user (\S.{0,255}?)(?: from \S{2,64}(?: port \d{1,5})?)?$/,
  /^pam_unix\(sshd:auth\): authentication failure;.{0,512} user=(\S{1,256})/,
];
/** Since OpenSSH 9.8 another program takes the log-ins. */
const SSHD: ReadonlySet<string> = new Set(['sshd', 'sshd-session', 'sshd-auth']);
const FAILURE = /^(?:Failed |[Ii]nvalid user |pam_unix\(sshd:auth\): authentication failure;)/;
const SUCCESS = /^Accepted /;
/** Messages of sshd are short; of a longer one the rest is not looked at. */
const LONGEST_LOGIN = 1_024;

/** Reads from a message of sshd who logged in or tried to, from where and how it ended, as `system.auth` of Elastic Agent has it. */
function loginOf(message: string): LogDocument {
  const text = message.slice(0, LONGEST_LOGIN);
  const address = (WRITTEN_LAST.exec(text) ?? ADDRESS.exec(text))?.[1];
  const user = USER.map((regex) => regex.exec(text)?.[1]).find((name) => name !== undefined);
  const outcome = FAILURE.test(text) ? 'failure' : SUCCESS.test(text) ? 'success' : undefined;
  return {
    ...(address !== undefined && isIpAddress(address) && { source: { ip: address } }),
    ...(user !== undefined && { user: { name: user } }),
    ...(outcome !== undefined && { event: { category: ['authentication'], outcome } }),
  };
}
