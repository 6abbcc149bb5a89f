import { Command, Option } from 'commander';
import {
  ANNOTATION_KINDS,
  DEFAULT_IMPORTED_FIELDS,
  type ImportedFields,
  importOrderSchema,
  type AnnotationKind,
  type ImportedRow,
  type ImportOrder,
  type ImportProblem,
  type ImportReport,
} from '../../common/annotations';
import { DetectionError, exitCodeOf, isRetryable } from '../../common/detection_error';
import { durationSchema, durationToMilliseconds } from '../../common/duration';
import { parseWith } from '../../common/validation';
import { importAnnotations } from '../../server/detection/annotations/import_annotations';
import { createAnnotationDocuments } from '../../server/elasticsearch/annotations';
import { printable, runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';
import { parseDuration } from '../command_line/time_options';
import { authorOf, calendarOf, lineOf } from './calendar';

type FieldOptions = Partial<
  Record<
    'atField' | 'endField' | 'titleField' | 'kindField' | 'entityField' | 'releaseField' | 'urlField',
    string[]
  >
>;
interface Options extends FieldOptions {
  index: string;
  from: string;
  to?: string;
  kind?: AnnotationKind;
  query?: string;
  dryRun: boolean;
  every?: string;
}

/** Rows that a result lists; more are counted. */
const SHOWN_ROWS = 20;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

const readFrom = (of: keyof ImportedFields): string => `(default: ${DEFAULT_IMPORTED_FIELDS[of].join(' ')})`;

export const importCommand = (): Command =>
  runs<Options>(
    new Command('import')
      .description('Note what an index holds, such as observability-annotations: each document once only')
      .requiredOption('--index <pattern>', 'index, data stream, alias or pattern, also of a remote cluster')
      .option('--from <time>', 'begun since: a time, or a duration before now', '7d')
      .option('--to <time>', 'begun before: a time, or a duration before now (default: planned ones, too)')
      .addOption(
        new Option(
          '--kind <kind>',
          'of all documents (default: as --kind-field says, else deployment)',
        ).choices(ANNOTATION_KINDS),
      )
      .option('--query <lucene>', 'only documents that match this query string')
      .option('--at-field <name...>', `start: the first that a document has ${readFrom('at')}`)
      .option('--end-field <name...>', `end ${readFrom('ends_at')}`)
      .option('--title-field <name...>', `what was done ${readFrom('title')}`)
      .option('--kind-field <name...>', `kind, where its value is one ${readFrom('kind')}`)
      .option('--entity-field <name...>', `entities, all of their values ${readFrom('entities')}`)
      .option('--release-field <name...>', `version that was deployed ${readFrom('version')}`)
      .option('--url-field <name...>', `page that says more ${readFrom('url')}`)
      .option('--dry-run', 'say what would be noted, and note nothing', false)
      .option('--every <duration>', 'again and again, such as 1m, until it is stopped', parseDuration)
      .addHelpText(
        'after',
        `
The newest 1,000 of the time are read. What is there already stays, and is given an end that it lacked. Documents that cannot be
noted are counted, and the first are named; where none can be, the exit code is 2.

Examples:
  log-anomalies annotations import --index observability-annotations --dry-run
  log-anomalies annotations import --index 'deployments-*' --title-field job.name --at-field finished_at --every 1m
  log-anomalies annotations import --index 'berlin:incidents' --kind incident --entity-field service.name host.name`,
      ),
    async (session, options) => {
      if (options.every !== undefined && options.dryRun) {
        throw new DetectionError('invalid_input', '--every and --dry-run are given; at most one is allowed.');
      }
      const order = (): ImportOrder => orderOf(options, session.clock.now());
      await withClient(session, async (client) => {
        const { signal } = session;
        const by = await authorOf(client);
        const stores = {
          ...calendarOf(session, client),
          documents: createAnnotationDocuments(client, { signal }),
        };
        const once = () => importAnnotations(stores, order(), { by, isDryRun: options.dryRun, signal });
        if (options.every !== undefined) return repeat(session, durationToMilliseconds(options.every), once);
        const report = await once();
        session.result(report, () => reportText(report, options));
        const isInVain = report.failed > 0 && report.rows.length === 0;
        if (isInVain) process.exitCode = exitCodeOf('invalid_input');
      });
    },
  );

/** @param now epoch milliseconds @throws DetectionError `invalid_input` */
function orderOf(options: Options, now: number): ImportOrder {
  const { index, from, to, kind, query } = options;
  const timeOf = (text: string): string | number =>
    durationSchema.safeParse(text).success ? now - durationToMilliseconds(text) : text;
  const names = {
    ...{ at: options.atField, ends_at: options.endField, title: options.titleField, kind: options.kindField },
    ...{ entities: options.entityField, version: options.releaseField, url: options.urlField },
  } satisfies Record<keyof ImportedFields, string[] | undefined>;
  return parseWith(
    importOrderSchema,
    {
      ...{ index, query, kind, from: timeOf(from), fields: names },
      ...(to !== undefined && { to: timeOf(to) }),
    },
    'The import',
  );
}

/** Imports again and again, and says what is new: a cluster that does not answer is tried again. */
async function repeat(
  { clock, signal, json, emit, say }: Session,
  pause: number,
  once: () => ReturnType<typeof importAnnotations>,
): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    const started = clock.now();
    try {
      const report = await once();
      for (const row of [...report.rows].reverse())
        if (row.outcome !== 'unchanged') emit(row, () => rowText(row, { isDryRun: false }));
      const remarks = remarksOf(report).join('\n');
      const { left_out, failed, problems } = report;
      // Only what has changed since.
      if (remarks !== '' && remarks !== told) {
        if (json) emit({ left_out, failed, problems }, () => remarks);
        else say(remarks);
      }
      told = remarks;
    } catch (error) {
      if (!(error instanceof DetectionError)) throw error;
      if (error.code === 'interrupted') break;
      if (!isRetryable(error.code)) throw error;
      say(`${error.message} It is tried again.`);
      await clock.sleep(Math.min(pause, LONGEST_PAUSE_MILLISECONDS), signal);
      continue;
    }
    await clock.sleep(Math.max(0, started + pause - clock.now()), signal);
  }
}

function reportText(report: ImportReport, { index, dryRun: isDryRun }: Options): string {
  const { found, failed, noted, ended, unchanged, rows } = report;
  if (found + failed === 0) return `${printable(index)} holds nothing of this time.`;
  const fresh = rows.filter(({ outcome, differs }) => outcome !== 'unchanged' || differs.length > 0);
  const more = fresh.length - SHOWN_ROWS;
  const counts = [
    `${isDryRun ? 'Would be noted' : 'Noted'}: ${noted}`,
    `given an end: ${ended}`,
    `there already: ${unchanged}`,
    `cannot be noted: ${failed}`,
  ];
  return [
    ...fresh.slice(0, SHOWN_ROWS).map((row) => rowText(row, { isDryRun })),
    ...(more > 0 ? [`… and ${more} more.`] : []),
    `${counts.join('; ')}.`,
    ...remarksOf(report),
  ].join('\n');
}

function rowText(
  { annotation, outcome, differs }: ImportedRow,
  { isDryRun }: { readonly isDryRun: boolean },
): string {
  const said = {
    noted: isDryRun ? 'Would be noted' : 'Noted',
    ended: isDryRun ? 'Would be given an end' : 'Given an end',
    unchanged: 'There already',
  };
  const other = differs.length === 0 ? '' : `; what is stored differs in ${differs.join(', ')}, and stays`;
  return `${said[outcome]}: ${lineOf(annotation)}${other}`;
}

/** Says what was not read, and what cannot be noted. */
function remarksOf({ left_out: leftOut, found, problems }: ImportReport): string[] {
  return [
    ...(leftOut > 0
      ? [
          `The newest ${found - leftOut} of ${found} documents were read, ${leftOut} older ones were left out: choose a shorter time.`,
        ]
      : []),
    ...problems.map(problemText),
  ];
}

function problemText({ field, count, examples }: ImportProblem): string {
  const named = examples.map(
    ({ index, id, message }) => `${printable(`${index}/${id}`, 120)} (${printable(message, 240)})`,
  );
  const more = count > examples.length ? ', …' : '';
  return `Cannot be noted for ${field}: ${count}, such as ${named.join(', ')}${more}`;
}
