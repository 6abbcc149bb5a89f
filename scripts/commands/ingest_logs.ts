import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { getField } from '../../common/log_features';
import {
  createRecordParser,
  detectFormat,
  LONGEST_LINE,
  NAMED_FORMATS,
  parseTime,
  shiftTimestamp,
  type LogFormat,
  type NamedFormat,
  type ParseFailure,
  type ParseOutcome,
  type RecordParser,
  type TimeContext,
  withEpochWord,
} from '../../common/log_parsing';
import { type connect } from '../../server/elasticsearch';
import type { TooLong } from '../command_line/log_files';
import { readLines } from '../log_lines/read_lines';
import { timesOfLogs, timeZoneOption, yearOption, type TimesOfLogs } from '../log_lines/times_of_logs';
import { writeLogs, type LogWriting } from '../../server/elasticsearch/logs/write_logs';
import { printable, runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

interface Options extends TimesOfLogs {
  index?: string;
  format: string;
  pattern?: string;
  shiftToNow: boolean;
  service?: string;
}

/** Lines looked at to tell the format. */
const FORMAT_LINES = 50;
/** Fewer lines where they are long: the longest of them could take up the memory. */
const FORMAT_CHARACTERS = 32 * 1024 * 1024;
const FAILURES_SHOWN = 5;

interface FileReport extends LogWriting {
  readonly file: string;
  readonly format: string;
  readonly malformed: number;
  readonly examples: readonly ParseFailure[];
}

export const ingestLogs = (): Command =>
  runs<Options>(
    new Command('ingest-logs')
      .description(
        'Write log files to Elasticsearch: access logs, syslog, application and container logs, JSON, logfmt, CSV, or a pattern of your own',
      )
      .argument('<files...>', 'files, gzip or not; - for standard input')
      .option('--index <name>', 'index to write to (default: index of the configuration)')
      .option('--format <name>', `auto, ${NAMED_FORMATS.join(', ')}`, 'auto')
      .option('--pattern <pattern>', "a pattern in the notation of nginx's log_format")
      .addOption(yearOption())
      .addOption(timeZoneOption())
      .option('--shift-to-now', 'move all times so that the last log is now', false)
      .option('--service <name>', 'service.name for logs without one')
      .addHelpText(
        'after',
        `
A record may have several lines, such as one with a stack trace: what begins with no time joins the one before.
Lines that cannot be read are counted and shown, the others are written; the exit code is 9 where one was too long, and 2 where
Elasticsearch refused logs. The id of a log is made of its place and content: the same file given twice doubles nothing, unless
--shift-to-now gave it other times.

Examples:
  log-anomalies ingest-logs /var/log/nginx/access.log --index web-logs
  zcat access.log.gz | log-anomalies ingest-logs - --format combined
  journalctl -o json | log-anomalies ingest-logs - --index system-logs
  log-anomalies ingest-logs /var/log/auth.log --year 2026 --time-zone Europe/Berlin
  log-anomalies ingest-logs app.log --pattern '$remote_addr [$time_local] "$request" $status $request_time'`,
      ),
    async (session, options, command) => {
      const format = chosenFormat(options);
      const times = timesOfLogs(options, session.clock.now());
      const files = command.args;
      if (options.shiftToNow && files.includes('-')) {
        throw new DetectionError(
          'invalid_input',
          '--shift-to-now reads a file twice and so cannot be used with standard input.',
        );
      }
      const index = options.index ?? session.config.index;
      await withClient(session, async (client) => {
        const reports: FileReport[] = [];
        for (const file of files) {
          const { failure, ...report } = await ingest(session, client, file, {
            format,
            times,
            index,
            options,
          });
          // Of a file that is not there the failure says all.
          if (failure === undefined || linesOf(report) > 0) reports.push(report);
          if (failure === undefined) continue;
          if (reports.length > 0) tellResult(session, reports, index);
          const told = report.written === 0 ? '' : ` (${numberWords(report.written)} logs of it are written)`;
          throw new DetectionError('invalid_input', `${failure.message}${told}`, { cause: failure });
        }
        tellResult(session, reports, index);
        insistOnLogs(reports, index);
      });
    },
  );

const linesOf = ({ written, duplicates, malformed, rejectedCount }: FileReport): number =>
  written + duplicates + malformed + rejectedCount;

const numberWords = (count: number): string => count.toLocaleString('en');

function tellResult(session: Session, reports: readonly FileReport[], index: string): void {
  session.result({ index, files: reports }, () =>
    reports.map((report) => describe(report, index)).join('\n'),
  );
}

/** @throws DetectionError `invalid_input` where Elasticsearch refused logs, or no line of a file was one */
function insistOnLogs(reports: readonly FileReport[], index: string): void {
  const refused = reports.reduce((sum, { rejectedCount }) => sum + rejectedCount, 0);
  if (refused > 0) {
    const [{ reason }] = reports.flatMap(({ rejected }) => rejected);
    throw new DetectionError(
      'invalid_input',
      `${index} refused ${refused === 1 ? '1 log' : `${numberWords(refused)} logs`}, e.g. ${printable(reason)}`,
    );
  }
  const unread = reports.filter(({ written, duplicates }) => written + duplicates === 0);
  if (unread.length === reports.length) {
    throw new DetectionError(
      'invalid_input',
      'No line of any file could be read as a log; --format or --pattern may help.',
    );
  }
  // An empty file among others is whole.
  const failed = unread.filter(({ malformed }) => malformed > 0).map(({ file }) => file);
  if (failed.length > 0) {
    throw new DetectionError(
      'invalid_input',
      `No line of ${failed.join(', ')} could be read as a log; --format or --pattern may help.`,
    );
  }
}

function chosenFormat(options: Options): LogFormat | 'auto' {
  if (options.pattern !== undefined) {
    const format = { pattern: options.pattern };
    createRecordParser(format); // a pattern that cannot be read is told before anything is written
    return format;
  }
  if (options.format === 'auto' || (NAMED_FORMATS as readonly string[]).includes(options.format)) {
    return options.format as NamedFormat | 'auto';
  }
  throw new DetectionError(
    'invalid_input',
    `--format is "${options.format}"; it must be auto, ${NAMED_FORMATS.join(', ')}, or give --pattern.`,
  );
}

/** Options for reading the lines of the files. */
interface Reading {
  readonly format: LogFormat | 'auto';
  readonly times: TimeContext;
}

interface Ingestion extends Reading {
  readonly index: string;
  readonly options: Options;
}

async function ingest(
  session: Session,
  client: ReturnType<typeof connect>,
  file: string,
  ingestion: Ingestion,
): Promise<FileReport & { readonly failure?: DetectionError }> {
  const { index, options } = ingestion;
  const seen = { malformed: 0, examples: [] as ParseFailure[], format: '' };
  const shift = options.shiftToNow ? session.clock.now() - (await latestTime(session, file, ingestion)) : 0;
  let failure: DetectionError | undefined;
  async function* documents(): AsyncGenerator<LogDocument> {
    try {
      yield* read();
    } catch (error) {
      // Logs before the end of a file that is cut off are written all the same.
      if (!isUnreadable(error)) throw error;
      failure = error;
    }
  }
  async function* read(): AsyncGenerator<LogDocument> {
    for await (const { document, failure } of parseFile(session, file, ingestion, {
      told: (name) => (seen.format = name),
      tooLong: session.tooLong,
    })) {
      if (failure !== undefined) {
        seen.malformed++;
        if (seen.examples.length < FAILURES_SHOWN) seen.examples.push(failure);
        continue;
      }
      const named = options.service === undefined ? document : withService(document, options.service);
      yield shift === 0 ? named : shiftTimestamp(named, shift);
    }
  }
  const progress = session.progress(file === '-' ? 'standard input' : file);
  try {
    const written = await writeLogs(client, index, documents(), {
      origin: `ingest-logs|${file}`,
      clock: session.clock,
      options: {
        signal: session.signal,
        progress,
      },
    });
    if (session.signal.aborted)
      throw new DetectionError(
        'interrupted',
        `Interrupted: ${numberWords(written.written)} logs of ${file} are written. ${
          options.shiftToNow
            ? `Started again, --shift-to-now writes them once more, with other times: delete ${index} before, or name another index.`
            : 'Start again to write the rest.'
        }`,
      );
    return { file, ...seen, ...written, ...(failure && { failure }) };
  } finally {
    progress.stop();
  }
}

/** Names the service of a log that names none, nested or dotted. */
function withService(document: LogDocument, name: string): LogDocument {
  const { service } = document;
  if (getField(document, 'service.name') !== undefined) return document;
  if (service === undefined || service === null) return { ...document, service: { name } };
  const isObject = typeof service === 'object' && !Array.isArray(service);
  return isObject ? { ...document, service: { ...service, name } } : document;
}

interface Listener {
  /** Told the name or the pattern of the format, once it is decided. */
  readonly told?: (format: string) => void;
  readonly tooLong?: TooLong;
}

async function* parseFile(
  session: Session,
  file: string,
  { format, times }: Reading,
  { told, tooLong }: Listener = {},
): AsyncGenerator<ParseOutcome> {
  let parser: RecordParser | undefined;
  let waiting: string[] = [];
  let held = 0;
  let line = 0;
  const start = (): RecordParser => {
    const ownTimes = withEpochWord(waiting, times);
    const decided = format === 'auto' ? detectFormat(waiting, ownTimes) : format;
    told?.(typeof decided === 'string' ? decided : decided.pattern);
    return createRecordParser(decided, ownTimes);
  };
  const counted = function* (outcomes: readonly ParseOutcome[]): Generator<ParseOutcome> {
    for (const outcome of outcomes) {
      if (outcome.isTooLong) tooLong?.(file, outcome.failure.line, LONGEST_LINE);
      yield outcome;
    }
  };
  const flush = function* (reader: RecordParser): Generator<ParseOutcome> {
    for (const text of waiting) yield* counted(reader.read(text, ++line));
    waiting = [];
  };
  const ending: { cutOff?: DetectionError } = {};
  for await (const text of linesBeforeCut(readLines(file, session.signal), ending)) {
    waiting.push(text);
    held += text.length;
    if (parser === undefined && waiting.length < FORMAT_LINES && held < FORMAT_CHARACTERS) continue;
    parser ??= start();
    yield* flush(parser);
  }
  if (waiting.length > 0) {
    try {
      parser ??= start();
    } catch (error) {
      throw ending.cutOff ?? error;
    }
    yield* flush(parser);
  }
  if (parser !== undefined) yield* counted(parser.end());
  if (ending.cutOff !== undefined) throw ending.cutOff;
}

/** Gives the lines of a file that is cut off and ends as if it were whole; `ending` then says why it is not. */
async function* linesBeforeCut(
  lines: AsyncIterable<string>,
  ending: { cutOff?: DetectionError },
): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    ending.cutOff = error;
  }
}

const isUnreadable = (error: unknown): error is DetectionError =>
  error instanceof DetectionError && error.code === 'invalid_input';

async function latestTime(session: Session, file: string, reading: Reading): Promise<number> {
  let latest = -Infinity;
  try {
    for await (const { document } of parseFile(session, file, reading)) {
      const time = document === undefined ? undefined : parseTime(document['@timestamp']);
      if (time !== undefined && time > latest) latest = time;
    }
  } catch (error) {
    // A file that is cut off is told of where its logs are written.
    if (!isUnreadable(error) || latest === -Infinity) throw error;
  }
  if (latest === -Infinity)
    throw new DetectionError(
      'invalid_input',
      `No line of ${file} carries a time, so nothing can be shifted to now.`,
    );
  return latest;
}

function describe(report: FileReport, index: string): string {
  const format = report.format === '' ? '' : ` (${report.format})`;
  const lines = [`${report.file}: ${numberWords(report.written)} logs to ${index}${format}`];
  if (report.duplicates > 0) lines.push(`  ${numberWords(report.duplicates)} were there already`);
  if (report.malformed > 0) {
    lines.push(`  ${numberWords(report.malformed)} lines could not be read, e.g.`);
    for (const { line, error, excerpt } of report.examples)
      lines.push(`    line ${line}: ${error}: ${printable(excerpt, 100)}`);
  }
  if (report.rejectedCount > 0)
    lines.push(
      `  ${numberWords(report.rejectedCount)} were refused, e.g. ${printable(report.rejected[0].reason)}`,
    );
  return lines.join('\n');
}
