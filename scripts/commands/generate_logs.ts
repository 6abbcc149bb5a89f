import { Command, InvalidArgumentError } from 'commander';
import {
  ANOMALY_KINDS,
  DEMO_SERVICES,
  generateLogs as generate,
  incidentsOf,
  type DemoLogOptions,
} from '../../common/demo_logs';
import { durationToMilliseconds } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { openDocumentWriter, writeWhole } from '../command_line/log_files';
import { writeLogs } from '../../server/elasticsearch/logs/write_logs';
import { numberBetween, printable, runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';
import { parseDuration, parseTimeOption } from '../command_line/time_options';

interface Options {
  duration: number;
  backfill?: string;
  rate: number;
  anomalyRate: number;
  dirtRate: number;
  lateRate: number;
  seed?: number;
  until?: number;
  services?: string[];
  kinds?: string[];
  index?: string;
  output?: string;
  incidents?: string;
}

/** Live traffic is written in steps of this length. */
const LIVE_STEP_MILLISECONDS = 250;

const parseList =
  (what: string, allowed: readonly string[]) =>
  (text: string): string[] => {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.find((name) => !allowed.includes(name));
    if (unknown !== undefined)
      throw new InvalidArgumentError(`${what} "${unknown}" is not among ${allowed.join(', ')}.`);
    return names;
  };

export const generateLogs = (): Command =>
  runs<Options>(
    new Command('generate-logs')
      .description('Generate demo HTTP logs of several services with labelled anomalies mixed in')
      .option(
        '--duration <seconds>',
        'live traffic for this long, at the pace of the clock',
        numberBetween(1, 31_536_000),
        300,
      )
      .option(
        '--backfill <duration>',
        'instead of live traffic: history of this length up to now, at once',
        parseDuration,
      )
      .option('--rate <logs>', 'logs a second on average', numberBetween(0.001, 100_000), 10)
      .option('--anomaly-rate <share>', 'share of logs that are anomalous', numberBetween(0, 0.5), 0.05)
      .option('--dirt-rate <share>', 'share of logs with missing or odd fields', numberBetween(0, 1), 0)
      .option('--late-rate <share>', 'share of logs that arrive late', numberBetween(0, 1), 0)
      .option(
        '--services <names>',
        'only these, comma-separated',
        parseList(
          'The service',
          DEMO_SERVICES.map(({ name }) => name),
        ),
      )
      .option(
        '--kinds <names>',
        `kinds of anomaly, comma-separated: ${ANOMALY_KINDS.join(', ')}`,
        parseList('The kind', ANOMALY_KINDS),
      )
      .option(
        '--seed <number>',
        'the same seed, options and --until give the same logs (default: the time)',
        numberBetween(0, 4_294_967_295, true),
      )
      .option('--until <time>', 'end of the history (default: now)', parseTimeOption)
      .option('--index <name>', 'index to write to (default: index of the configuration)')
      .option(
        '--output <file>',
        'write to a file instead: .json one array, else NDJSON; - for standard output',
      )
      .option('--incidents <file>', 'also write the ground truth of all incidents as JSON')
      .addHelpText(
        'after',
        `
The ground truth stands in labels.anomaly, labels.kind and labels.incident; it is never a feature. The exit code is 2 where
Elasticsearch refused logs, as it may those of --dirt-rate.

Examples:
  log-anomalies generate-logs --duration 300 --anomaly-rate 0.05
  log-anomalies generate-logs --backfill 7d --rate 2 --seed 1
  log-anomalies generate-logs --backfill 1d --output test_logs.json --seed 7`,
      ),
    generateAndWrite,
  );

interface Writing {
  readonly logs: Generator<{ arrival: number; document: LogDocument }>;
  /** Logs that there will be, roughly. */
  readonly expected: number;
  readonly progress: ReturnType<Session['progress']>;
}

/** Live traffic begins now, history ends now or at --until; a file gets live traffic as if it had been. */
function settingsOf(session: Session, options: Options): { settings: DemoLogOptions; live: boolean } {
  const live = options.backfill === undefined;
  const now = options.until ?? session.clock.now();
  const length = live ? options.duration * 1_000 : durationToMilliseconds(options.backfill!);
  const from = live && options.output === undefined ? session.clock.now() : now - length;
  return {
    live,
    settings: {
      seed: options.seed ?? session.clock.now() % 4_294_967_296,
      from,
      to: from + length,
      ratePerSecond: options.rate,
      anomalyRate: options.anomalyRate,
      dirtRate: options.dirtRate,
      lateRate: options.lateRate,
      ...(options.services && { services: options.services }),
      ...(options.kinds && { kinds: options.kinds as DemoLogOptions['kinds'] }),
    },
  };
}

async function generateAndWrite(session: Session, options: Options): Promise<void> {
  if (options.until !== undefined && options.backfill === undefined && options.output === undefined) {
    throw new DetectionError(
      'invalid_input',
      '--until is the end of a history, and live traffic to an index begins now; allowed: with --backfill or --output.',
    );
  }
  const { settings, live } = settingsOf(session, options);
  const { from, to } = settings;
  const counts = { logs: 0, anomalies: 0, kinds: {} as Record<string, number> };
  let reached = from;
  let isWhole = false;
  // Counts a log once the next one is asked for: of an interruption on none is taken.
  const counted = function* (): Generator<{ arrival: number; document: LogDocument }> {
    for (const log of generate(settings)) {
      yield log;
      reached = Math.min(to, Math.max(reached, log.arrival));
      counts.logs++;
      if (log.incident !== undefined) {
        counts.anomalies++;
        counts.kinds[log.incident.kind] = (counts.kinds[log.incident.kind] ?? 0) + 1;
      }
    }
    isWhole = true;
  };
  const target = options.output ?? options.index ?? session.config.index;
  const progress = session.progress('Generating');
  const expected = Math.round(((to - from) / 1_000) * options.rate);
  let refused: Refused | undefined;
  try {
    const writing = { logs: counted(), expected, progress };
    if (options.output !== undefined) await toFile(session, options.output, writing);
    else refused = await toElasticsearch(session, target, writing, { settings, live });
    if (options.incidents !== undefined) {
      const begun = [...incidentsOf(settings)].filter(({ from: begin }) => isWhole || begin < reached);
      await writeWhole(options.incidents, `${JSON.stringify(begun, null, 2)}\n`);
    }
  } finally {
    progress.stop();
  }
  const written = counts.logs - (refused?.count ?? 0);
  const summary = {
    ...counts,
    ...(refused && { refused: refused.count }),
    target,
    seed: settings.seed,
    from: new Date(from).toISOString(),
    to: new Date(isWhole ? to : reached).toISOString(),
    ...(!isWhole && { interrupted: true }),
  };
  if (options.output === '-') session.say(`${counts.logs} logs`);
  else
    session.result(
      summary,
      () =>
        `${written.toLocaleString('en')} logs to ${target}, ${counts.anomalies.toLocaleString('en')} ${refused ? 'of all' : 'of them'} anomalous` +
        Object.entries(counts.kinds)
          .map(([kind, count]) => `\n  ${kind.padEnd(20)} ${count}`)
          .join(''),
    );
  const problem = refused && refusedText(target, refused);
  if (!isWhole) {
    const logs = `${written.toLocaleString('en')} of about ${expected.toLocaleString('en')} logs`;
    throw new DetectionError(
      'interrupted',
      `Interrupted: ${logs} were written to ${target}.${problem === undefined ? '' : ` ${problem}`}`,
    );
  }
  if (problem !== undefined) throw new DetectionError('invalid_input', problem);
}

const refusedText = (target: string, { count, reason }: Refused): string =>
  `${target} refused ${count === 1 ? '1 log' : `${count.toLocaleString('en')} logs`}, e.g. ${reason}`;

/** Logs that Elasticsearch refused for their content. */
interface Refused {
  readonly count: number;
  /** Of the first, fit for a terminal. */
  readonly reason: string;
}

async function toFile(session: Session, path: string, { logs, expected, progress }: Writing): Promise<void> {
  const writer = await openDocumentWriter(path);
  let count = 0;
  try {
    for (const { document } of logs) {
      if (session.signal.aborted) break;
      await writer.write(document);
      if (++count % 1_000 === 0) progress(count, expected, 'logs');
    }
    if (session.signal.aborted && path !== '-') {
      throw new DetectionError('interrupted', `Interrupted; ${path} was not written.`);
    }
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function toElasticsearch(
  session: Session,
  index: string,
  { logs, expected, progress }: Writing,
  { settings, live }: { readonly settings: DemoLogOptions; readonly live: boolean },
): Promise<Refused | undefined> {
  async function* paced(): AsyncGenerator<LogDocument> {
    for (const { arrival, document } of logs) {
      while (live && arrival - session.clock.now() > 0 && !session.signal.aborted) {
        await session.clock.sleep(
          Math.min(LIVE_STEP_MILLISECONDS, arrival - session.clock.now()),
          session.signal,
        );
      }
      yield document;
    }
  }
  return withClient(session, async (client) => {
    const origin = `generate-logs|${settings.seed}|${settings.from}|${settings.ratePerSecond}`;
    const { rejectedCount, rejected } = await writeLogs(client, index, paced(), {
      origin,
      clock: session.clock,
      options: {
        signal: session.signal,
        progress,
        total: expected,
        flushInterval: live ? LIVE_STEP_MILLISECONDS : undefined,
      },
    });
    return rejectedCount === 0 ? undefined : { count: rejectedCount, reason: printable(rejected[0].reason) };
  });
}
