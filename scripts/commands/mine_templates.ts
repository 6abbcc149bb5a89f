import { Command } from 'commander';
import { featureSchema } from '../../common/detector';
import { parseWith } from '../../common/validation';
import { DetectionError } from '../../common/detection_error';
import { getField, learnTemplate, templateAdvice } from '../../common/log_features';
import { parseExactJson } from '../../common/log_parsing/exact_json';
import { isNestedTooDeeply } from '../../common/json_values';
import type { LogDocument } from '../../common/log_document';
import {
  createRecordParser,
  detectFormat,
  LONGEST_LINE,
  NAMED_FORMATS,
  withEpochWord,
  type LogFormat,
  type NamedFormat,
  type RecordParser,
  type TimeContext,
  type ParseOutcome,
} from '../../common/log_parsing';
import { isTooLong, openDocumentWriter } from '../command_line/log_files';
import { ARRAY_CHARACTERS } from '../log_lines/line_splitter';
import { readLines } from '../log_lines/read_lines';
import { timesOfLogs, timeZoneOption, yearOption, type TimesOfLogs } from '../log_lines/times_of_logs';
import { numberBetween, printable, runs, type Session } from '../command_line/session';

interface Options extends TimesOfLogs {
  input: string;
  field: string;
  format: string;
  pattern?: string;
  output?: string;
  mask: string[];
  limit: number;
}

/** Formats that --format takes beside those of ingest-logs: a message a line. */
const LINES = 'lines';
/** Lines looked at to tell the format. */
const FORMAT_LINES = 50;
/** Fewer lines where they are long: the longest of them could take up the memory. */
const FORMAT_CHARACTERS = 32 * 1024 * 1024;
/** Characters of a template in the list. */
const SHOWN_CHARACTERS = 160;

interface Logs {
  readonly documents: LogDocument[];
  readonly malformed: number;
  readonly problem?: string;
}

export const mineTemplatesCommand = (): Command =>
  runs<Options>(
    new Command('mine-templates')
      .description('List the templates that log messages follow, with counts; write each log with its own')
      .requiredOption('--input <file>', 'logs: JSON or text, gzip or not; - for standard input')
      .option('--field <name>', 'field with the message', 'message')
      .option(
        '--format <name>',
        `auto, ${LINES} (each line is a message), ${NAMED_FORMATS.join(', ')}`,
        'auto',
      )
      .option('--pattern <pattern>', "a pattern in the notation of nginx's log_format")
      .addOption(yearOption())
      .addOption(timeZoneOption())
      .option(
        '--output <file>',
        'each log with template.id and template.text: NDJSON (a .json file: one array)',
      )
      .option(
        '--mask <name=regex>',
        'variable part of your messages that is not recognised; may be given up to 16 times',
        (value: string, before: string[]) => [...before, value],
        [],
      )
      .option(
        '--limit <number>',
        'templates to list, the most frequent first',
        numberBetween(1, 1_000, true),
        100,
      )
      .addHelpText(
        'after',
        `
The ids are those of a model that is trained on the same logs with a feature of type template. A log without the field, or
beyond the 1,000 templates that are kept, is written without one.

Examples:
  log-anomalies mine-templates --input logs.ndjson --field message
  log-anomalies mine-templates --input app.log --output templates.ndjson
  log-anomalies mine-templates --input /var/log/auth.log --year 2026 --time-zone Europe/Berlin
  log-anomalies mine-templates --input app.log --mask 'order=[A-Z]{3}-[a-z]+' --json`,
      ),
    async (session, options) => {
      const masks = options.mask.map(maskOf);
      const definition = parseWith(
        featureSchema,
        { type: 'template', field: options.field, ...(masks.length > 0 && { masks }) },
        'The template feature',
      );
      const { documents, malformed, problem } = await readLogs(options, session);
      const values = documents.map((document) => getField(document, options.field));
      const encoding = learnTemplate(definition, values);
      const { counts, total } = encoding;
      if (documents.length === 0) {
        throw new DetectionError(
          'invalid_input',
          `No line of ${options.input} could be read as a log (${problem}); --format or --pattern may help.`,
        );
      }
      if (total === 0) {
        throw new DetectionError(
          'invalid_input',
          `None of the ${documents.length} logs of ${options.input} has a text in the field ${options.field}; --field names another.`,
        );
      }
      if (options.output !== undefined) await writeOutput(options.output, documents, values, encoding);
      const matched = counts.reduce((sum, count) => sum + count, 0);
      const templates = counts.map((count, id) => ({ id, count, text: encoding.textOf(id) }));
      const report = {
        logs: documents.length,
        malformed,
        without_message: documents.length - total,
        without_template: total - matched,
        template_count: templates.length,
        templates: templates.slice(0, options.limit),
      };
      const advice = templateAdvice({ templates: templates.length, matched, total });
      if (advice !== undefined) session.say(advice);
      const text = (): string => textOf(report, problem);
      if (options.output === '-') session.say(text());
      else
        session.result({ ...report, ...(advice !== undefined && { advice }), output: options.output }, text);
    },
  );

/** @throws DetectionError `invalid_input` without a name */
function maskOf(given: string): { name: string; regex: string } {
  const [, name, regex] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
  if (name === undefined) {
    throw new DetectionError(
      'invalid_input',
      `--mask is "${given}"; it must be a name and a regular expression, such as order=[A-Z]{3}-[a-z]+`,
    );
  }
  return { name, regex };
}

async function readLogs(options: Options, session: Session): Promise<Logs> {
  const { input, pattern, format } = options;
  const times = timesOfLogs(options, session.clock.now());
  if (format !== 'auto' && format !== LINES && !(NAMED_FORMATS as readonly string[]).includes(format)) {
    throw new DetectionError(
      'invalid_input',
      `--format is "${format}"; it must be auto, ${LINES}, ${NAMED_FORMATS.join(', ')}.`,
    );
  }
  const lines = readLines(input, session.signal);
  const head: string[] = [];
  let used = 0;
  let held = 0;
  while (used < FORMAT_LINES && held < FORMAT_CHARACTERS) {
    const next = await lines.next();
    if (next.done) break;
    head.push(next.value);
    held += next.value.length;
    if (next.value.trim() !== '') used++;
  }
  if (used === 0) throw new DetectionError('invalid_input', `${input} is empty.`);
  const isArray =
    pattern === undefined &&
    (format === 'auto' || format === 'json') &&
    ARRAY_START.test(head.join('\n').slice(0, 1_000));
  if (isArray) return readArray(input, head, lines, session);
  const chosen = pattern === undefined ? chosenFormat(format, head, times) : { pattern };
  // Documents keep the names of their fields.
  const isAsItStands = chosen === LINES || chosen === 'json';
  const parser = isAsItStands ? undefined : createRecordParser(chosen, withEpochWord(head, times));
  return readText(session, { format: chosen, parser }, input, { head, rest: lines });
}

/** A line of text may begin with a bracket, too: [2024-05-01] started. */
const ARRAY_START = /^\s*\[\s*(?:\{|\])/;

async function readArray(
  input: string,
  head: readonly string[],
  rest: AsyncGenerator<string>,
  session: Session,
): Promise<Logs> {
  const lines = [...head];
  let length = head.reduce((sum, line) => sum + line.length, 0);
  for await (const line of rest) {
    lines.push(line);
    length += line.length;
    if (length > ARRAY_CHARACTERS) {
      throw new DetectionError(
        'invalid_input',
        `${input} holds a JSON array of more than ${ARRAY_CHARACTERS.toLocaleString('en')} characters; write it as NDJSON.`,
      );
    }
  }
  refuseInterrupted(session);
  let items: unknown;
  try {
    items = parseExactJson(lines.join('\n'));
  } catch (cause) {
    throw new DetectionError(
      'invalid_input',
      `${input} is not a valid JSON array: ${printable((cause as Error).message, 120)}`,
      { cause },
    );
  }
  const documents = (items as unknown[]).filter(
    (item): item is LogDocument => item !== null && typeof item === 'object' && !Array.isArray(item),
  );
  const malformed = (items as unknown[]).length - documents.length;
  return { documents, malformed, ...(malformed > 0 && { problem: 'not a JSON object' }) };
}

function refuseInterrupted({ signal }: Session): void {
  if (signal.aborted) throw new DetectionError('interrupted', 'Interrupted; no output was written.');
}

/** The format that the first lines have; a message a line where they have none. */
function chosenFormat(
  format: string,
  head: readonly string[],
  times: TimeContext,
): NamedFormat | typeof LINES {
  if (format !== 'auto') return format as NamedFormat | typeof LINES;
  if (documentOf(head.find((line) => line.trim() !== '') ?? '') !== undefined) return 'json';
  try {
    return detectFormat(head, times);
  } catch (error) {
    if (error instanceof DetectionError) return LINES;
    throw error;
  }
}

function documentOf(line: string): LogDocument | undefined {
  try {
    const value: unknown = parseExactJson(line);
    return value !== null && typeof value === 'object' && !Array.isArray(value) && !isNestedTooDeeply(value)
      ? (value as LogDocument)
      : undefined;
  } catch {
    return undefined;
  }
}

async function readText(
  session: Session,
  { format, parser }: { readonly format: LogFormat | typeof LINES; readonly parser?: RecordParser },
  input: string,
  { head, rest }: { readonly head: readonly string[]; readonly rest: AsyncGenerator<string> },
): Promise<Logs> {
  const documents: LogDocument[] = [];
  let malformed = 0;
  let problem: string | undefined;
  const take = ({ document, failure, isTooLong: isLeftOut }: ParseOutcome): void => {
    if (document !== undefined) documents.push(document);
    if (failure === undefined) return;
    if (isLeftOut) session.tooLong(input, failure.line, LONGEST_LINE);
    malformed++;
    problem ??= `line ${failure.line}: ${failure.error}`;
  };
  let number = 0;
  const read = (line: string): void => {
    number++;
    if (parser !== undefined) parser.read(line, number).forEach(take);
    else if (line.trim() === '') return;
    else if (isTooLong(line, number, input, session))
      take({ failure: { line: number, error: 'is longer than what is read', excerpt: '' } });
    else if (format === LINES) documents.push({ message: line });
    else {
      const document = documentOf(line);
      take(
        document === undefined
          ? { failure: { line: number, error: 'not a JSON object', excerpt: '' } }
          : { document },
      );
    }
  };
  head.forEach(read);
  for await (const line of rest) read(line);
  refuseInterrupted(session);
  parser?.end().forEach(take);
  return { documents, malformed, problem };
}

async function writeOutput(
  path: string,
  documents: readonly LogDocument[],
  values: readonly unknown[],
  encoding: ReturnType<typeof learnTemplate>,
): Promise<void> {
  const writer = await openDocumentWriter(path);
  try {
    for (const [index, document] of documents.entries()) {
      const template = encoding.templateOf(values[index]);
      await writer.write(template === undefined ? document : { ...document, template });
    }
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

interface Report {
  readonly logs: number;
  readonly malformed: number;
  readonly without_message: number;
  readonly without_template: number;
  readonly template_count: number;
  readonly templates: readonly { id: number; count: number; text: string }[];
}

function textOf(report: Report, problem: string | undefined): string {
  const count = (value: number): string => value.toLocaleString('en');
  const width = Math.max(5, count(report.templates[0]?.count ?? 0).length);
  const rest = report.template_count - report.templates.length;
  const remarks = [
    `${count(report.template_count)} templates in ${count(report.logs)} logs`,
    ...(rest > 0 ? [`${count(rest)} rarer ones are not listed (--limit)`] : []),
    ...(report.without_message > 0 ? [`${count(report.without_message)} logs have no message`] : []),
    ...(report.without_template > 0 ? [`${count(report.without_template)} follow none that is kept`] : []),
    ...(report.malformed > 0 ? [`${count(report.malformed)} could not be read (${problem})`] : []),
  ];
  return [
    `${'logs'.padStart(width)}    id  template`,
    ...report.templates.map(
      ({ id, count: logs, text }) =>
        `${count(logs).padStart(width)}  ${String(id).padStart(4)}  ${printable(text, SHOWN_CHARACTERS)}`,
    ),
    '',
    remarks.join('; '),
  ].join('\n');
}
