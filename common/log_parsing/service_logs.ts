import type { LogDocument } from '../log_document';
import { withMessage } from './application_log';
import { readTimeAt, type TimeContext } from './parts/leading_time';
import { cutText, isIpAddress } from './parts/text_values';

/** Severities of PostgreSQL; two spaces stand behind the colon of each. */
const SEVERITY = /(?:^|[ :])(DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC): {2}/;
/** Lines that belong to the one before. */
const PART = /(?:^|[ :])((?:DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION): {2}.*)$/s;
const PROCESS = /\[(\d{1,10})(?:-\d{1,10})?\]/;
const LONGEST_PREFIX = 400;
const POSTGRES_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/;

/**
 * Reads a record of PostgreSQL's server log, whatever `log_line_prefix` says, as long as it has the time first and the process:
 * `2026-03-04 10:00:14.002 UTC [2002] app@shop LOG:  duration: 6.420 ms  statement: SELECT 1` (PostgreSQL, "Error Reporting and
 * Logging"). Its DETAIL, HINT, CONTEXT and STATEMENT are lines of the message.
 *
 * @returns the document, or what is wrong with the record
 */
export function readPostgres(record: string, context: TimeContext): LogDocument | string {
  if (!POSTGRES_TIME.test(record)) return 'does not begin with a date and a time';
  const time = readTimeAt(record, 0, context);
  if (time === undefined || typeof time === 'string') return time ?? 'its time cannot be read';
  const rest = record.slice(time.end);
  const severity = SEVERITY.exec(rest.slice(0, LONGEST_PREFIX));
  if (severity === null) return 'has no severity of PostgreSQL, such as "LOG:  ", behind its time';
  const prefix = rest.slice(0, severity.index);
  const process = PROCESS.exec(prefix)?.[1];
  if (process === undefined) return 'has no process such as [2002] in front of its severity';
  const [first, ...others] = rest.slice(severity.index + severity[0].length).split('\n');
  const message = [
    first,
    ...others.map((line) => (POSTGRES_TIME.test(line) ? (PART.exec(line)?.[1] ?? line) : line)),
  ];
  const milliseconds = /^duration: (\d{1,12}(?:\.\d{1,6})?) ms/.exec(first)?.[1];
  const names = namesOf(prefix);
  return withMessage(
    {
      '@timestamp': new Date(time.time).toISOString(),
      process: { pid: Number(process) },
      ...names,
      ...(milliseconds !== undefined && { event: { duration: Math.round(Number(milliseconds) * 1e6) } }),
    },
    { level: severity[1].toLowerCase() },
    message.join('\n'),
  );
}

export const beginsPostgres = (line: string): boolean =>
  POSTGRES_TIME.test(line) && !PART.test(line.slice(0, LONGEST_PREFIX));

/** Names of the user, database and client, from `app@shop` or `user=app,db=shop,client=192.0.2.7`. */
function namesOf(prefix: string): LogDocument {
  const named = (key: string): string | undefined =>
    new RegExp(`(?:^|[ ,:[])${key}=([^,\\s\\]]{1,128})`).exec(prefix)?.[1];
  const pair = /(?:^|[ :])([^\s@:[\]]{1,128})@([^\s@:[\]]{1,128})/.exec(prefix);
  const user = named('user') ?? pair?.[1];
  const database = named('db') ?? pair?.[2];
  const client = named('client') ?? /:([\da-f.:]{3,45})\(\d{1,5}\):/i.exec(prefix)?.[1];
  const application = named('app');
  return {
    ...(isNamed(user) && { user: { name: user } }),
    ...(client !== undefined && isIpAddress(client) && { client: { address: client, ip: client } }),
    ...((isNamed(database) || isNamed(application)) && {
      postgresql: {
        log: {
          ...(isNamed(database) && { database }),
          ...(isNamed(application) && { application_name: application }),
        },
      },
    }),
  };
}

const isNamed = (name: string | undefined): name is string => name !== undefined && name !== '[unknown]';

const AUDIT = /^(?:node=(\S{1,255}) )?type=([A-Z0-9_[\]]{1,40}) msg=audit\((\d{9,10}\.\d{3}):(\d{1,10})\): ?/;
/** Behind the pairs, and a separator of its own, stand those that the daemon has put into words. */
// eslint-disable-next-line no-control-regex
const AUDIT_PAIR = /([\w-]{1,64})=("[^"]*"|[^\s'"\u001d]*)/g;
const MOST_AUDIT_PAIRS = 200;

/**
 * Reads a line of the Linux audit daemon: `type=SYSCALL msg=audit(1772618400.000:400): arch=c000003e success=yes comm="ls"`.
 * What a program of its own said, in `msg='…'`, is read alike.
 *
 * @returns the document, or what is wrong with the line
 */
export function readAuditd(line: string): LogDocument | string {
  const head = AUDIT.exec(line);
  if (head === null) return 'does not begin as "type=SYSCALL msg=audit(1772618400.000:400):" does';
  const [whole, node, type, seconds, sequence] = head;
  const message = line.slice(whole.length);
  const pairs = new Map<string, string>();
  for (const [, key, value] of message.slice(0, 16_384).matchAll(AUDIT_PAIR)) {
    if (pairs.size >= MOST_AUDIT_PAIRS) break;
    const text = value.replace(/^"(.*)"$/, '$1');
    if (key !== '__proto__' && text !== '' && text !== '?' && !pairs.has(key))
      pairs.set(key, cutText(text, 1_024));
  }
  const take = (key: string): string | undefined => {
    const value = pairs.get(key);
    pairs.delete(key);
    return value;
  };
  const pid = take('pid');
  const name = take('comm');
  const executable = take('exe');
  const user = take('acct');
  const address = take('addr');
  const result = take('res') ?? take('success');
  const outcome = result === undefined ? undefined : OUTCOMES[result.toLowerCase()];
  const process = {
    ...(pid !== undefined && /^\d{1,10}$/.test(pid) && { pid: Number(pid) }),
    ...(name !== undefined && { name }),
    ...(executable !== undefined && { executable }),
  };
  return withMessage(
    {
      '@timestamp': new Date(Math.round(Number(seconds) * 1_000)).toISOString(),
      event: { action: type.toLowerCase(), ...(outcome !== undefined && { outcome }) },
      ...(node !== undefined && { host: { name: node } }),
      ...(Object.keys(process).length > 0 && { process }),
      ...(user !== undefined && { user: { name: user } }),
      ...(address !== undefined && isIpAddress(address) && { source: { ip: address } }),
      auditd: { log: { sequence: Number(sequence), ...Object.fromEntries(pairs) } },
    },
    {},
    message === '' ? type : message,
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  success: 'success',
  yes: 'success',
  1: 'success',
  failed: 'failure',
  no: 'failure',
  0: 'failure',
};
