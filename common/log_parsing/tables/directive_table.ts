import type { LogDocument } from '../../log_document';
import type { TimeContext } from '../parts/leading_time';
import { cutText, isIpAddress } from '../parts/text_values';
import { parseTime } from '../parts/timestamps';
import { NUMBER } from './column_table';

/** A file whose columns are named by a line that begins with `#`; other such lines are directives, not logs. */
interface Directives {
  readonly columns: readonly string[];
  /** The day of times that stand alone, `2026-03-04`. */
  readonly date?: string;
}

/** Reads one line; undefined for a directive. */
type ReadLine = (line: string) => LogDocument | string | undefined;

const MOST_COLUMNS = 500;
/** Fields of ECS under the names of the W3C's extended log file format, as IIS and CloudFront have them. */
const W3C_FIELDS: Readonly<Record<string, string>> = {
  'c-ip': 'client.address',
  'c-port': 'client.port',
  's-ip': 'server.address',
  's-port': 'server.port',
  's-computername': 'host.name',
  's-sitename': 'service.name',
  'cs-method': 'http.request.method',
  'cs-uri-stem': 'url.path',
  'cs-uri-query': 'url.query',
  'cs-username': 'user.name',
  'cs-host': 'url.domain',
  'cs(host)': 'url.domain',
  'cs(user-agent)': 'user_agent.original',
  'cs(referer)': 'http.request.referrer',
  'cs-bytes': 'http.request.bytes',
  'sc-bytes': 'http.response.bytes',
  'sc-status': 'http.response.status_code',
  'cs-version': 'http.version',
};
/** Fields of ECS under the names of Zeek's conn.log and its other logs. */
const ZEEK_FIELDS: Readonly<Record<string, string>> = {
  uid: 'event.id',
  'id.orig_h': 'source.address',
  'id.orig_p': 'source.port',
  'id.resp_h': 'destination.address',
  'id.resp_p': 'destination.port',
  proto: 'network.transport',
  service: 'network.protocol',
  orig_bytes: 'source.bytes',
  resp_bytes: 'destination.bytes',
  orig_pkts: 'source.packets',
  resp_pkts: 'destination.packets',
};
/** Values that are names, however much they look like numbers. */
const TEXT = /^(?:user_agent\.original|url\.(?:path|query|domain)|user\.name|event\.id)$/;

/**
 * Makes the reader of a file in the W3C's extended log file format, such as that of IIS and CloudFront. Its times are in UTC.
 *
 * @throws nothing
 */
export function createW3cReader(context: TimeContext): ReadLine {
  let directives: Directives | undefined;
  return (line) => {
    if (line.startsWith('#')) {
      const fields = /^#fields:\s*(.*)$/i.exec(line)?.[1];
      const date = /^#date:\s*(\d{4}-\d{2}-\d{2})/i.exec(line)?.[1] ?? directives?.date;
      const columns = fields?.trim().split(/\s+/) ?? directives?.columns ?? [];
      directives = { columns, ...(date !== undefined && { date }) };
      return undefined;
    }
    if (directives === undefined || directives.columns.length === 0)
      return 'has no line "#Fields:" before it that names its values';
    const cells = line.split(line.includes('\t') ? '\t' : ' ');
    const problem = countProblem(cells, directives.columns);
    if (problem !== undefined) return problem;
    return rowOfW3c(cells, directives, { line, context: { ...context, timeZone: 'UTC' } });
  };
}

function rowOfW3c(
  cells: readonly string[],
  { columns, date }: Directives,
  { line, context }: { readonly line: string; readonly context: TimeContext },
): LogDocument | string {
  const valueOf = (name: string): string | undefined => cells[columns.indexOf(name)];
  const clock = valueOf('time');
  const time = parseTime(`${valueOf('date') ?? date ?? ''} ${clock ?? ''}`.trim(), context);
  if (time === undefined || clock === undefined) return 'its columns date and time cannot be read as a time';
  const document = rowOf(cells, columns, W3C_FIELDS, decoded);
  for (const own of ['date', 'time', 'time-taken']) delete document[own];
  const taken = valueOf('time-taken');
  if (taken !== undefined && NUMBER.test(taken)) {
    // IIS writes whole milliseconds, CloudFront seconds.
    const unit = taken.includes('.') ? 1e9 : 1e6;
    document['event.duration'] = Math.round(Number(taken) * unit);
  }
  return { '@timestamp': new Date(time).toISOString(), message: cutText(line), ...document };
}

/** IIS writes a plus for a space, CloudFront `%20`. */
function decoded(name: string, text: string): string {
  if (!/^cs\((?:user-agent|referer)\)$/i.test(name)) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Makes the reader of a log of Zeek: values between tabs under a line `#fields`. */
export function createZeekReader(): ReadLine {
  let columns: readonly string[] = [];
  return (line) => {
    if (line.startsWith('#')) {
      if (line.startsWith('#fields\t')) columns = line.split('\t').slice(1);
      return undefined;
    }
    if (columns.length === 0) return 'has no line "#fields" before it that names its values';
    const cells = line.split('\t');
    const problem = countProblem(cells, columns);
    if (problem !== undefined) return problem;
    const written = cells[columns.indexOf('ts')];
    const time = written === undefined ? undefined : parseTime(written);
    if (time === undefined) return 'its column ts cannot be read as a time';
    const document = rowOf(cells, columns, ZEEK_FIELDS, (_name, text) => text);
    delete document.ts;
    const { duration } = document;
    if (typeof duration === 'number') {
      delete document.duration;
      document['event.duration'] = Math.round(duration * 1e9);
    }
    return { '@timestamp': new Date(time).toISOString(), message: cutText(line), ...document };
  };
}

const countProblem = (cells: readonly string[], columns: readonly string[]): string | undefined =>
  cells.length === columns.length && columns.length <= MOST_COLUMNS
    ? undefined
    : `has ${cells.length} values where its header names ${columns.length}`;

function rowOf(
  cells: readonly string[],
  columns: readonly string[],
  fields: Readonly<Record<string, string>>,
  textOf: (name: string, text: string) => string,
): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  columns.forEach((column, place) => {
    const cell = cells[place];
    if (cell === '' || cell === '-' || cell === '(empty)' || column === '__proto__') return;
    const name = fields[column.toLowerCase()] ?? column;
    document[name] = NUMBER.test(cell) && !TEXT.test(name) ? Number(cell) : cutText(textOf(column, cell));
    if (name.endsWith('.address') && isIpAddress(cell)) document[name.replace(/address$/, 'ip')] = cell;
  });
  return document;
}
