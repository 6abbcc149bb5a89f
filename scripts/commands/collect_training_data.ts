import { readinessOf } from '../../server/detection/upkeep/readiness';
import { rangeOf } from '../../server/detection/ports/log_range';
import { Command } from 'commander';
import { labelSilences } from '../../common/buckets';
import type { Detector } from '../../common/detector';
import { sourceOfFileSchema } from '../../common/detector/query_limits';
import { parseInstant } from '../../common/parameters';
import { parseWith } from '../../common/validation';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { leftOutCause, leftOutSentence } from '../../server/detection/training/left_out_cause';
import { leftOutOf } from '../../server/detection/training/left_out_of_training';
import type { LogSample } from '../../server/detection/ports';
import {
  drawCleanSample,
  mixedWithOlder,
  type CleanDraw,
} from '../../server/detection/training/training_sample';
import {
  countOddTimes,
  createDetectorSource,
  createFeedbackStore,
  createLogSource,
  createSuppressionStore,
  noLogsError,
  type ElasticsearchClient,
} from '../../server/elasticsearch';
import { createAnnotationStore } from '../../server/elasticsearch/annotations';
import { parseYamlText } from '../command_line/config';
import { loadDetectorFile } from '../command_line/detectors';
import { formatOf, openDocumentWriter, type DocumentFormat } from '../command_line/log_files';
import { numberBetween, runs, type Session } from '../command_line/session';
import { readBounded } from '../../server/notifications/read_bounded';
import { withStoredData } from '../command_line/stored_data';
import { DAY } from '../../common/duration';
import { unitWord } from '../command_line/models';

const LARGEST_SILENCES_MB = 64;

/** As far back as training.older reaches. */
const OLDEST_WEEKS = 52;

interface Options {
  days: number;
  output: string;
  index?: string;
  query?: string;
  maxRows: number;
  seed: number;
  fields?: string;
  detector?: string;
  labelField?: string;
  incidents?: string;
  detectorId?: string;
  exclude?: string[];
  format?: DocumentFormat;
}

export const collectTrainingData = (): Command =>
  runs<Options>(
    new Command('collect-training-data')
      .description('Draw a uniform random sample of recent logs out of Elasticsearch')
      .option('--days <number>', 'length of the training window, up to now', numberBetween(0.001, 3_650), 7)
      .requiredOption('--output <file>', '.json one array, else NDJSON; - for standard output')
      .option(
        '--detector <file>',
        'detector whose logs to read; with unit: bucket its rows (default: that of the configuration)',
      )
      .option('--index <pattern>', 'logs to read (default: index of the configuration)')
      .option('--query <lucene>', 'only logs that match this query string')
      .option(
        '--max-rows <number>',
        'size of the sample; more logs than this never leave the cluster',
        numberBetween(1, 1_000_000, true),
        25_600,
      )
      .option('--fields <names>', 'only these fields, comma-separated (default: whole logs)')
      .option('--seed <number>', 'of the draw', numberBetween(0, 4_294_967_295, true), 42)
      .option(
        '--label-field <name>',
        'bucket rows: field of the logs with the ground truth, such as labels.anomaly; kind and incident stand beside it',
      )
      .option('--incidents <file>', 'bucket rows: ground truth of generate-logs, which labels silences')
      .option(
        '--detector-id <id>',
        'leave out what people have confirmed as anomalies of this detector, and its excluded times',
      )
      .option(
        '--exclude <from/to...>',
        'leave out these times, such as incidents: ISO 8601, two with / between',
      )
      .option('--format <name>', 'json or ndjson (default: by the name of the file)')
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies collect-training-data --days 7 --output training_data.json
  log-anomalies collect-training-data --detector services.yml --output rows.ndjson
  log-anomalies collect-training-data --detector web.yml --detector-id web --exclude 2026-11-02T10:00Z/2026-11-02T14:00Z --output clean.ndjson
  log-anomalies collect-training-data --days 30 --index 'filebeat-*' --query 'service.name:checkout' --output sample.ndjson`,
      ),
    drawAndWrite,
  );

async function drawAndWrite(session: Session, options: Options): Promise<void> {
  if (options.format !== undefined && !['json', 'ndjson'].includes(options.format)) {
    throw new DetectionError(
      'invalid_input',
      `--format is "${options.format as string}"; it must be json or ndjson.`,
    );
  }
  const detector =
    options.detector === undefined ? session.config.detector : await loadDetectorFile(options.detector);
  const source = parseWith(
    sourceOfFileSchema,
    detector !== undefined && options.index === undefined
      ? { ...detector.source, ...(options.query && { query: options.query }) }
      : {
          ...(detector && timesOfLogs(detector)),
          index: options.index ?? session.config.index,
          ...(options.query && { query: options.query }),
        },
    'The log source',
  );
  const to = session.clock.now();
  const from = Math.round(to - options.days * DAY);
  await withStoredData(session, async (client) => {
    const { sample, logs, olderLogs } = await drawLogs(session, client, options, {
      detector,
      source,
      from,
      to,
    });
    if (sample.logs.length === 0) {
      throw await noLogsError(
        client,
        rangeOf(source, from, to),
        { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
        { signal: session.signal },
      );
    }
    const odd = await countOddTimes(client, rangeOf(source, from, to), to, { signal: session.signal });
    for (const { message, next_step: nextStep } of readinessOf({ oddTimes: odd }))
      session.say(`${message} ${nextStep}`);
    const documents = logs.map((log) => log.document);
    const labelled =
      detector?.unit === 'bucket' && options.incidents !== undefined
        ? await withSilences(documents, detector, options.incidents)
        : documents;
    await writeDocuments(labelled, options);
    const summary = {
      rows: logs.length,
      ...(olderLogs > 0 && { older: olderLogs }),
      logs_in_window: sample.total,
      method: sample.method,
      output: options.output,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    };
    const text = (): string =>
      `${summary.rows.toLocaleString('en')} of ${summary.logs_in_window.toLocaleString('en')} ${unitWord(detector)} to ${options.output} (${sample.method})`;
    if (options.output === '-') session.say(text());
    else session.result(summary, text);
  });
}

/** Logs that are asked for, times in epoch milliseconds. */
interface Wanted {
  readonly detector: Detector | undefined;
  readonly source: Detector['source'];
  readonly from: number;
  readonly to: number;
}

/** @returns the sample of the window, and the logs of it together with older ones where the detector wants some */
async function drawLogs(
  session: Session,
  client: ElasticsearchClient,
  options: Options,
  { detector, source, from, to }: Wanted,
): Promise<{ sample: LogSample } & Pick<Awaited<ReturnType<typeof mixedWithOlder>>, 'logs' | 'olderLogs'>> {
  const isOfBuckets = detector?.unit === 'bucket';
  const reader = isOfBuckets
    ? createDetectorSource(
        client,
        { ...detector, source },
        {
          labelField: options.labelField ?? (options.incidents && 'labels.anomaly'),
        },
      )
    : createLogSource(client);
  const left = await leftOut(session, client, options, { from, to });
  const wanted = detector ?? UNKNOWN_DETECTOR;
  const fields = options.fields?.split(',').map((name) => name.trim());
  const draw = (start: number, end: number, size: number, change: Partial<CleanDraw> = {}) =>
    drawCleanSample(
      reader,
      { ...wanted, source },
      {
        from: start,
        to: end,
        options: { size, seed: options.seed, fields, signal: session.signal },
        ...left,
        ...change,
      },
    );
  const sample = await draw(from, to, options.maxRows);
  if (sample.logs.length === 0) {
    await throwIfLeftOut(left.exclusions, async (exclusions) => {
      const { logs, total } = await draw(from, to, options.maxRows, { exclusions });
      return { logs: logs.length, logsInWindow: total };
    });
  }
  const { older } = wanted.training;
  if (older === undefined) return { sample, logs: sample.logs, olderLogs: 0 };
  const mixed = await mixedWithOlder(
    sample.logs,
    { rows: options.maxRows, share: older.share, seed: options.seed },
    (size) => draw(from - older.weeks * 7 * DAY, from, size),
  );
  return { sample, ...mixed };
}

/** @throws DetectionError `too_few_logs` where there are logs, and times that are kept out leave none */
async function throwIfLeftOut(
  exclusions: CleanDraw['exclusions'],
  draw: Parameters<typeof leftOutCause>[2],
): Promise<void> {
  const cause = await leftOutCause(exclusions, { logs: 0, needed: 1 }, draw);
  if (cause !== undefined) {
    const advice = 'Ask for more --days, or look into these times.';
    throw new DetectionError('too_few_logs', `No log is left. ${leftOutSentence(cause)} ${advice}`);
  }
  if (exclusions.length > 0 && (await draw([])).logs > 0) {
    throw new DetectionError('too_few_logs', 'No log is left: all of them lie in times of --exclude.');
  }
}

async function writeDocuments(documents: readonly LogDocument[], { output, format }: Options): Promise<void> {
  const writer = await openDocumentWriter(output, format ?? formatOf(output));
  try {
    for (const document of documents) await writer.write(document);
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Other logs of a detector have their times in the same fields; what else chooses its own logs does not hold for them. */
const timesOfLogs = ({
  source: { timestamp_field, ingested_field },
}: Detector): Pick<Detector['source'], 'timestamp_field' | 'ingested_field'> => ({
  timestamp_field,
  ingested_field,
});

/** Of logs without a detector nothing is known but where they are. */
const UNKNOWN_DETECTOR: Pick<Detector, 'unit' | 'bucket' | 'entity_field' | 'entity_fields'> & {
  readonly training: Pick<Detector['training'], 'older'>;
} = { unit: 'log', training: {} };

async function leftOut(
  { clock, config, say }: Session,
  client: ElasticsearchClient,
  { exclude = [], detectorId }: Options,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Pick<CleanDraw, 'confirmed' | 'exclusions'>> {
  const named = exclude.map((text) => timesOf(text));
  if (detectorId === undefined) return { confirmed: [], exclusions: named };
  const { space } = config;
  const stores = {
    warn: say,
    feedback: createFeedbackStore(client, { space }),
    suppressions: createSuppressionStore(client, { space, now: () => clock.now() }),
    annotations: createAnnotationStore(client, { space }),
  };
  const older = { weeks: OLDEST_WEEKS, share: 0.5 };
  const window = `${Math.max(1, Math.ceil((to - from) / 60_000))}m`;
  const found = await leftOutOf(stores, detectorId, { window, older }, to);
  return { confirmed: found.confirmed, exclusions: [...found.exclusions, ...named] };
}

/** @throws DetectionError `invalid_input` with what is allowed */
function timesOf(text: string): { from: number; to: number } {
  const [from, to] = text.split('/').map(parseInstant);
  if (from < to) return { from, to };
  throw new DetectionError(
    'invalid_input',
    `--exclude is "${text}"; it must be two times of ISO 8601 (UTC without an offset) with / between, the earlier one first.`,
  );
}

async function withSilences(
  documents: readonly LogDocument[],
  detector: Detector,
  path: string,
): Promise<LogDocument[]> {
  const text = await readBounded(path, LARGEST_SILENCES_MB).catch((error: Error) => {
    throw new DetectionError('invalid_input', `The file ${path} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  return labelSilences(documents, detector, parseYamlText(text, path));
}
