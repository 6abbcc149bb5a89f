import type { LogDocument } from '../log_document';
import { parseExactJson } from './exact_json';
import { DEEPEST_JSON, isNestedTooDeeply, textOfJson } from '../json_values';
import { withMessage } from './application_log';
import { isPlausibleTime, type TimeContext } from './parts/leading_time';
import { SYSLOG_LEVELS } from './parts/levels';
import { cutText } from './parts/text_values';
import { parseTime } from './parts/timestamps';
import { LONGEST_TEXT } from './parts/types';

/** Microseconds; the year 10000. */
const END_OF_JOURNAL = 253_402_300_800_000_000;
/** Keys under which programs write the time, in the order of trust. */
const TIME_KEYS = ['@timestamp', 'timestamp', 'time', 'ts', 'date'] as const;
/**
 * Keys of the time in other logs, in lower case and without `_` and `-`: python's json loggers, cloud audit logs (`eventTime`),
 * Azure (`TimeGenerated`), Kubernetes' audit log, Okta, Cloudflare. Such a name may also be that of something else: what
 * cannot be read as a time of our day is passed over.
 */
const OTHER_TIME_KEYS = [
  'datetime',
  'asctime',
  'logtime',
  'eventtime',
  'eventtimestamp',
  'timegenerated',
  'timecreated',
  'requestreceivedtimestamp',
  'stagetimestamp',
  'published',
  'edgestarttimestamp',
  'timeunixnano',
  'timestamp',
  'time',
  'ts',
  't',
  'date',
  'createdat',
  'starttime',
] as const;
/**
 * Keys of the message where there is no `message`; an `event` that is a text is that of structlog, `textPayload` that of Google
 * Cloud, `short_message` that of GELF.
 */
const MESSAGE_KEYS = [
  'msg',
  'log',
  'event',
  'textPayload',
  'short_message',
  'Message',
  'body',
  'text',
] as const;

/**
 * Fields of systemd's journal (systemd.journal-fields) under their ECS names; the others keep their own, but for those of the
 * journal itself, which begin with two underscores.
 */
function readJournal(source: Record<string, unknown>): LogDocument | string {
  const microseconds = numberIn(source.__REALTIME_TIMESTAMP);
  if (!(microseconds > 0 && microseconds < END_OF_JOURNAL))
    return '__REALTIME_TIMESTAMP cannot be read as a time';
  const { MESSAGE: message, PRIORITY: priority, _HOSTNAME: host, _PID: pid } = source;
  const name = source.SYSLOG_IDENTIFIER ?? source._COMM;
  const unit = source._SYSTEMD_UNIT;
  const level = SYSLOG_LEVELS[numberIn(priority)];
  const process = {
    ...(typeof name === 'string' && { name }),
    ...(Number.isInteger(numberIn(pid)) && { pid: numberIn(pid) }),
  };
  const taken = new Set(['MESSAGE', '_HOSTNAME', '_PID', '_SYSTEMD_UNIT']);
  taken.add(source.SYSLOG_IDENTIFIER === undefined ? '_COMM' : 'SYSLOG_IDENTIFIER');
  if (level !== undefined) taken.add('PRIORITY');
  const others = Object.entries(source).filter(
    ([field, value]) => !taken.has(field) && !field.startsWith('__') && value !== null,
  );
  return withMessage(
    {
      ...Object.fromEntries(others.map(([field, value]) => [field, journalValue(value)])),
      '@timestamp': new Date(Math.floor(microseconds / 1_000)).toISOString(),
      ...(typeof host === 'string' && { host: { name: host } }),
      ...(Object.keys(process).length > 0 && { process }),
      ...(typeof unit === 'string' && { systemd: { unit } }),
    },
    level === undefined ? {} : { level },
    journalTexts(message).join('\n'),
  );
}

const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;

/** Texts of a field: one that is not UTF-8 comes as a list of bytes, one that is there several times as a list of either. */
function journalTexts(value: unknown): string[] {
  if (!Array.isArray(value)) return [textOfJson(value)];
  if (value.length > 0 && value.every(isByte)) return [utf8.decode(Uint8Array.from(value as number[]))];
  return value.flatMap(journalTexts);
}

function journalValue(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value);
  if (!Array.isArray(value)) return value;
  const texts = journalTexts(value).map((text) => cutText(text));
  return texts.length === 1 ? texts[0] : texts;
}

/** @returns the object that a text of JSON is, or what is wrong with it */
function objectIn(json: string): Record<string, unknown> | string {
  let value: unknown;
  try {
    value = parseExactJson(json);
  } catch {
    return 'is not JSON';
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return 'is JSON, but not an object';
  if (isNestedTooDeeply(value)) return `is nested more than ${DEEPEST_JSON} levels deep`;
  return value as Record<string, unknown>;
}

/** Fields that are objects in ECS, with the part that a text there is. */
const PART_OF_ECS: Readonly<Record<string, string>> = {
  client: 'address',
  destination: 'address',
  error: 'message',
  host: 'name',
  http: 'version',
  process: 'name',
  server: 'address',
  service: 'name',
  source: 'address',
  url: 'original',
  user: 'name',
};

/**
 * Puts what a program wrote as JSON into the log of the container that ran it. Fields of the runtime, its time among them, go before
 * those of the program; the text stays the message where the JSON names none.
 */
export function withProgramFields(document: LogDocument): LogDocument {
  const { message } = document;
  if (typeof message !== 'string' || !/^\{.*\}\s*$/s.test(message)) return document;
  const fields = objectIn(message);
  if (typeof fields === 'string') return document;
  for (const [name, part] of Object.entries(PART_OF_ECS)) {
    // Where ECS has an object, a text or number of one program would keep the logs of all others out of the index.
    if (fields[name] !== undefined && (typeof fields[name] !== 'object' || fields[name] === null))
      fields[name] = fields[name] === null ? {} : { [part]: fields[name] };
  }
  const messageKey = ['message', ...MESSAGE_KEYS].find((key) => typeof fields[key] === 'string');
  const text = messageKey === undefined ? message : String(fields[messageKey]);
  for (const key of [...TIME_KEYS, ...(messageKey === undefined ? [] : [messageKey])]) delete fields[key];
  return { ...fields, ...document, message: cutText(text) };
}

/** The levels of GELF are the numbers of syslog. */
function withLevelOfGelf(document: Record<string, unknown>): void {
  const level = SYSLOG_LEVELS[numberIn(document.level)];
  if (level === undefined) return;
  delete document.level;
  document.log = { level };
}

function otherTimeKey(source: Record<string, unknown>, context: TimeContext): string | undefined {
  const names = new Map(
    Object.keys(source).map((name) => [name.toLowerCase().replace(/[_-]/g, ''), name] as const),
  );
  return OTHER_TIME_KEYS.map((key) => names.get(key)).find((name) => {
    if (name === undefined) return false;
    const time = parseTime(source[name], context);
    return time !== undefined && isPlausibleTime(time);
  });
}

/** Reads Serilog's compact log event format: `@t` time, `@m` message or `@mt` its template, `@l` level, `@x` exception. */
function readCompact(source: Record<string, unknown>, context: TimeContext): LogDocument | string {
  const { '@t': written, '@m': message, '@mt': template, '@l': level, '@x': exception, ...others } = source;
  const time = parseTime(written, context);
  if (time === undefined) return '@t cannot be read as a time';
  const texts = [message ?? template, exception].filter((text) => typeof text === 'string');
  return withMessage(
    {
      ...others,
      ...(typeof template === 'string' && message !== undefined && { 'log.template': cutText(template) }),
      '@timestamp': new Date(time).toISOString(),
    },
    // A level that is left out is Information.
    { level: typeof level === 'string' ? level.toLowerCase() : 'information' },
    texts.join('\n'),
  );
}

const MONGO_LEVELS: Readonly<Record<string, string>> = { F: 'fatal', E: 'error', W: 'warning', I: 'info' };

/** Reads MongoDB's structured log, whose time is `{"$date": …}` in `t`. @returns undefined for other logs */
function startOfMongo(source: Record<string, unknown>, context: TimeContext): LogDocument | undefined {
  const { t, msg } = source;
  if (t === null || typeof t !== 'object' || !Object.hasOwn(t, '$date')) return undefined;
  const time = parseTime((t as Record<string, unknown>).$date, context);
  if (time === undefined || typeof msg !== 'string') return undefined;
  const { t: _t, s, c, msg: _msg, ...others } = source;
  return withMessage(
    { ...others, '@timestamp': new Date(time).toISOString() },
    {
      ...(typeof s === 'string' && {
        level: MONGO_LEVELS[s] ?? (s.startsWith('D') ? 'debug' : s.toLowerCase()),
      }),
      ...(typeof c === 'string' && { logger: c }),
    },
    msg,
  );
}

/** The journal writes numbers as texts. */
const numberIn = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : NaN;

const utf8 = new TextDecoder();

/**
 * One JSON object a line: ECS, nested or dotted, is taken as it stands; other JSON gets `@timestamp` and `message`
 * from the usual names. `@timestamp` becomes ISO 8601.
 *
 * @returns the document, or what is wrong with the line
 */
export function readJsonLine(line: string, context: TimeContext): LogDocument | string {
  const source = objectIn(line);
  if (typeof source === 'string') return source;
  if (Object.hasOwn(source, '__REALTIME_TIMESTAMP')) return readJournal(source);
  if (Object.hasOwn(source, '@t')) return readCompact(source, context);
  const started = startOfMongo(source, context);
  if (started !== undefined) return started;
  const timeKey = TIME_KEYS.find((key) => Object.hasOwn(source, key)) ?? otherTimeKey(source, context);
  if (timeKey === undefined) return `has no time; it needs one of ${TIME_KEYS.join(', ')}`;
  const time = parseTime(source[timeKey], context);
  if (time === undefined) return `${timeKey} cannot be read as a time`;
  const document: Record<string, unknown> = { ...source, '@timestamp': new Date(time).toISOString() };
  if (timeKey !== '@timestamp') delete document[timeKey];
  if (!Object.hasOwn(document, 'message')) {
    const messageKey = MESSAGE_KEYS.find((key) => typeof source[key] === 'string');
    if (messageKey !== undefined) {
      // The runtimes of containers end each with the line break that was written.
      document.message = String(source[messageKey]).replace(/\r?\n$/, '');
      delete document[messageKey];
    }
  }
  if (source.version === '1.1' && typeof source.short_message === 'string') withLevelOfGelf(document);
  if (typeof document.message === 'string' && document.message.length > LONGEST_TEXT)
    document.message = cutText(document.message);
  // Docker's files.
  return typeof source.log === 'string' && typeof source.stream === 'string'
    ? withProgramFields(document)
    : document;
}
