import type { LogDocument } from '../log_document';
import { withMessage } from './application_log';
import { withProgramFields } from './json_lines';
import { readTimeAt, type TimeContext } from './parts/leading_time';
import { levelOf } from './parts/levels';
import { CRI } from './parts/records';
import { isIpAddress } from './parts/text_values';

/** Reads the error log of Apache 2.2 and 2.4: `[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328] [client 192.0.2.1:8080] message`. */
export function readApacheError(line: string, context: TimeContext): LogDocument | string {
  if (!line.startsWith('[')) return 'does not begin with a time in square brackets';
  const time = readTimeAt(line, 1, context);
  if (time === undefined || typeof time === 'string') return time ?? 'its time cannot be read';
  if (line[time.end] !== ']') return 'has no ] behind its time';
  const level = /^ \[(?:([a-z0-9_-]{0,40}):)?([a-z][a-z0-9]{2,9})\]/.exec(
    line.slice(time.end + 1, time.end + 80),
  );
  if (level === null) return 'has no level such as [error] behind its time';
  const [whole, module, name] = level;
  let rest = line.slice(time.end + 1 + whole.length);
  const process = /^ \[pid (\d{1,10})(?::tid (\d{1,20}))?\]/.exec(rest);
  if (process !== null) rest = rest.slice(process[0].length);
  const client = /^ \[client ([0-9A-Fa-f:.]{2,45}?)(?::(\d{1,5}))?\]/.exec(rest);
  if (client !== null) rest = rest.slice(client[0].length);
  return withMessage(
    {
      '@timestamp': new Date(time.time).toISOString(),
      ...(process !== null && { process: { pid: Number(process[1]) } }),
      ...(client !== null && {
        client: {
          address: client[1],
          ...(isIpAddress(client[1]) && { ip: client[1] }),
          ...(client[2] !== undefined && { port: Number(client[2]) }),
        },
      }),
    },
    { level: name, ...(module && { logger: module }) },
    rest.trimStart(),
  );
}

export const beginsApacheError = (line: string): boolean => /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) /.test(line);

const NGINX_ERROR = /^ \[([a-z]{3,8})\] (\d{1,10})#(\d{1,10}): (?:\*\d{1,20} )?/;

/** Reads the error log of nginx: `2016/10/25 14:49:34 [error] 54053#0: *1 message, client: 192.0.2.1, …`. */
export function readNginxError(line: string, context: TimeContext): LogDocument | string {
  const time = readTimeAt(line, 0, context);
  if (time === undefined || typeof time === 'string') return time ?? 'does not begin with a time';
  const head = NGINX_ERROR.exec(line.slice(time.end));
  if (head === null) return 'has no level and process such as "[error] 54053#0:" behind its time';
  const message = line.slice(time.end + head[0].length);
  const client = /, client: ([0-9A-Fa-f:.]{2,45})(?:,|$)/.exec(message.slice(0, 4_096))?.[1];
  return withMessage(
    {
      '@timestamp': new Date(time.time).toISOString(),
      process: { pid: Number(head[2]) },
      ...(client !== undefined && {
        client: { address: client, ...(isIpAddress(client) && { ip: client }) },
      }),
    },
    { level: head[1] },
    message,
  );
}

export const beginsNginxError = (line: string): boolean => /^\d{4}\/\d{2}\/\d{2} /.test(line);

const LETTERS: Readonly<Record<string, string>> = {
  V: 'verbose',
  D: 'debug',
  I: 'info',
  W: 'warn',
  E: 'error',
  F: 'fatal',
  A: 'assert',
};
const LOGCAT = /^(?:\d{4}-)?\d{2}-\d{2} \d{2}:\d{2}:\d{2}/;
const LOGCAT_HEAD = /^ {1,6}(\d{1,10}) {1,6}(\d{1,10}) ([VDIWEFA]) ([^:]{0,128}?) *: ?/;

/** Reads Android's logcat in its format `threadtime`: `03-17 16:13:38.811  1702  2395 D WindowManager: message`. */
export function readLogcat(line: string, context: TimeContext): LogDocument | string {
  if (!LOGCAT.test(line)) return 'does not begin with a month, a day and a time';
  const time = readTimeAt(line, 0, context);
  if (time === undefined || typeof time === 'string') return time ?? 'its time cannot be read';
  const head = LOGCAT_HEAD.exec(line.slice(time.end));
  if (head === null) return 'has no process, thread, level and tag behind its time';
  const [whole, pid, thread, level, tag] = head;
  return withMessage(
    {
      '@timestamp': new Date(time.time).toISOString(),
      process: { pid: Number(pid), thread: { id: Number(thread) } },
    },
    { level: LETTERS[level], ...(tag !== '' && { logger: tag }) },
    line.slice(time.end + whole.length),
  );
}

export const beginsLogcat = (line: string): boolean => LOGCAT.test(line);

const KLOG =
  /^([IWEF])(\d{2})(\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) {1,8}(\d{1,10}) ([^\s\]]{1,255}:\d{1,7})\] ?/;

/** Reads Kubernetes' klog: `I0102 15:04:05.678901   12345 server.go:123] message`. */
export function readKlog(line: string, context: TimeContext): LogDocument | string {
  const head = KLOG.exec(line);
  if (head === null) return 'has no head of klog, such as "I0102 15:04:05.678901 12345 server.go:123]"';
  const [whole, letter, month, day, clock, pid, place] = head;
  const time = readTimeAt(`${month}-${day} ${clock}`, 0, context);
  if (time === undefined || typeof time === 'string') return time ?? 'its time cannot be read';
  return withMessage(
    { '@timestamp': new Date(time.time).toISOString(), process: { pid: Number(pid) } },
    { level: LETTERS[letter], logger: place },
    line.slice(whole.length),
  );
}

export const beginsKlog = (line: string): boolean => KLOG.test(line);

const CBS = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}, ([A-Za-z]{3,11}) {2,40}(?:(\w{1,20}) {1,10})?/;

/** Reads Windows' component-based servicing log: `2016-09-28 04:30:31, Info                  CBS    message`. */
export function readWindowsCbs(line: string, context: TimeContext): LogDocument | string {
  const head = CBS.exec(line);
  const level = head === null ? undefined : levelOf(head[1]);
  if (head === null || level === undefined) return 'has no head such as "2016-09-28 04:30:31, Info   CBS"';
  const time = readTimeAt(line, 0, context);
  if (time === undefined || typeof time === 'string') return time ?? 'its time cannot be read';
  return withMessage(
    { '@timestamp': new Date(time.time).toISOString() },
    { level, ...(head[2] !== undefined && { logger: head[2] }) },
    line.slice(head[0].length),
  );
}

export const beginsWindowsCbs = (line: string): boolean => CBS.test(line);

/** Reads a line of a container as containerd and CRI-O write it: `2016-10-06T00:17:09.669794202Z stdout F message`. */
export function readCri(line: string, context: TimeContext): LogDocument | string {
  const head = CRI.exec(line);
  if (head === null) return 'has no head such as "2016-10-06T00:17:09.669794202Z stdout F"';
  const time = readTimeAt(head[1], 0, context);
  if (time === undefined || typeof time === 'string') return time ?? 'its time cannot be read';
  return withProgramFields({
    ...withMessage({ '@timestamp': new Date(time.time).toISOString() }, {}, line.slice(head[0].length)),
    stream: head[2],
  });
}
