import { join } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { ENDPOINTS } from '../../common/api';
import { DetectionError, exitCodeOf } from '../../common/detection_error';
import { DAY } from '../../common/duration';
import type { DetectorProposal } from '../../common/scanning/propose_detectors';
import type { FoundSource, LeftOut, LeftOutReason } from '../../common/scanning/sources_of_indices';
import { createWatchers } from '../../common/scanning/watched_sources';
import { findSources, lookAtSource, type LookedAt } from '../../server/elasticsearch/scanning';
import {
  allDetectors,
  askEndpoint,
  connectToKibana,
  KIBANA_URL_OPTION,
  type KibanaConnection,
} from '../command_line/kibana';
import { writeWhole } from '../command_line/log_files';
import { numberBetween, printable, runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';
import { settingsGiven } from './suggest_features';

interface Options {
  days: number;
  only?: string[];
  output?: string;
  create: boolean;
  kibanaUrl?: string;
}

/** Source with what was proposed for it, or why nothing could be. */
interface Scanned {
  readonly source: FoundSource;
  readonly looked?: LookedAt;
  readonly problem?: string;
  /** Detectors that read it already: it gets no other. */
  readonly watchedBy?: readonly string[];
}

/** A detector that was to be made in Kibana. */
interface Made {
  readonly name: string;
  readonly id?: string;
  readonly refused?: { readonly code: DetectionError['code']; readonly message: string };
}

export const scan = (): Command =>
  runs<Options>(
    new Command('scan')
      .description('Find what looks like logs in Elasticsearch, and propose detectors for it')
      .option('--days <number>', 'look at the last days', numberBetween(0.01, 365), 7)
      .option(
        '--only <index...>',
        'only these of the sources that are found, by the names that a scan prints',
      )
      .option('--output <folder>', 'also write each proposed detector to a file (YAML) in this folder')
      .option('--create', 'also make the detectors in Kibana and start them', false)
      .option(...KIBANA_URL_OPTION)
      .addHelpText(
        'after',
        `
Only what you may read is seen, hidden and system indices are left out, and remote clusters are not looked into. Data streams, and
indices that rotate by date or counter, are one source each. Nothing is written without --output or --create; --create takes the
Kibana privilege "Log Anomalies: All" and the owner role, makes what has enough logs to learn from and no detector of the space reads
already, and says of each what became of it.

Examples:
  log-anomalies scan
  log-anomalies scan --only 'weblogs-*' logs-nginx.access-default --output detectors/
  log-anomalies scan --create --kibana-url http://localhost:5601`,
      ),
    async (session, options) => {
      const connection = options.create ? connectToKibana(session, options.kibanaUrl) : undefined;
      // Before anything takes long: who may not list detectors can make none.
      const watchersOf =
        connection &&
        createWatchers(
          (await allDetectors(connection)).map(({ detector: { name, source } }) => ({
            name,
            index: source.index,
          })),
        );
      const { found, scanned } = await scanCluster(session, options, watchersOf);
      const files = options.output === undefined ? [] : await writeFiles(options.output, scanned);
      const made = connection === undefined ? undefined : await makeAll(connection, session, scanned);
      const answer = {
        sources: scanned.map(({ source, looked, problem, watchedBy }) => ({
          ...source,
          ...looked,
          problem,
          ...(watchedBy && { detectors: watchedBy }),
        })),
        left_out: found.leftOut,
        incomplete: found.isIncomplete,
        ...(options.output !== undefined && { files }),
        ...(made !== undefined && { made }),
      };
      session.result(answer, () =>
        [
          ...scanned.map(sourceText),
          ...(scanned.length === 0
            ? [`Nothing that you may read looks like logs of the last ${options.days} days.`]
            : []),
          ...found.leftOut.map(leftOutText),
          ...(found.isIncomplete ? ['A part of the cluster did not answer in time: there may be more.'] : []),
          ...files.map((file) => `Written to ${file}`),
          ...(made ?? []).map(madeText),
        ].join('\n'),
      );
      const refused = made?.find((each) => each.refused !== undefined)?.refused;
      if (refused !== undefined) process.exitCode = exitCodeOf(refused.code);
    },
  );

async function scanCluster(
  session: Session,
  { days, only }: Options,
  watchersOf: ReturnType<typeof createWatchers> | undefined,
): Promise<{ found: Awaited<ReturnType<typeof findSources>>; scanned: Scanned[] }> {
  const to = session.clock.now();
  const range = { from: Math.round(to - days * DAY), to };
  const { signal } = session;
  return withClient(session, async (client) => {
    const found = await findSources(client, range, { signal });
    const unknown = only?.find((name) => !found.sources.some(({ index }) => index === name));
    if (unknown !== undefined) {
      throw new DetectionError(
        'not_found',
        `--only names "${printable(unknown)}", which is none of the sources found: ${found.sources.map(({ index }) => printable(index)).join(' ') || 'none'}.`,
      );
    }
    const chosen = found.sources.filter(({ index }) => only === undefined || only.includes(index));
    const progress = session.progress('Looking');
    const scanned: Scanned[] = [];
    for (const source of chosen) {
      try {
        const looked = await lookAtSource(client, source, range, { signal });
        const watchedBy = watchersOf?.(source.index, source.indices);
        scanned.push({ source, looked, ...(watchedBy && { watchedBy }) });
      } catch (error) {
        if (!(error instanceof DetectionError) || ['interrupted', 'unavailable'].includes(error.code))
          throw error;
        scanned.push({ source, problem: error.message });
      }
      progress(scanned.length, chosen.length, 'sources looked at');
    }
    progress.stop();
    return { found, scanned };
  });
}

const proposalsOf = ({ looked }: Scanned): readonly DetectorProposal[] => looked?.proposals ?? [];

/** @returns the paths of the files, one a detector */
async function writeFiles(folder: string, scanned: readonly Scanned[]): Promise<string[]> {
  const files: string[] = [];
  for (const { detector } of scanned.flatMap(proposalsOf)) {
    const file = join(folder, fileNameOf(detector.name, files.length));
    const { features, ...rest } = detector;
    const shown = {
      ...rest,
      ...(features && { features: features.map((each) => settingsGiven(each as never)) }),
    };
    await writeWhole(file, stringify(shown));
    files.push(file);
  }
  return files;
}

const LONGEST_FILE_NAME = 80;

/** Names of indices may hold what a shell or a file system takes for something else. */
const fileNameOf = (name: string, place: number): string => {
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, LONGEST_FILE_NAME);
  return `${String(place + 1).padStart(2, '0')}_${plain || 'logs'}.yml`;
};

async function makeAll(
  connection: KibanaConnection,
  session: Session,
  scanned: readonly Scanned[],
): Promise<Made[]> {
  const wanted = scanned
    .filter(({ watchedBy = [] }) => watchedBy.length === 0)
    .flatMap(proposalsOf)
    .filter(({ isReady }) => isReady);
  const progress = session.progress('Making');
  const made: Made[] = [];
  for (const { detector } of wanted) {
    try {
      const { id } = await askEndpoint(connection, ENDPOINTS.createDetector, '/detectors', {
        detector,
        start: true,
      });
      made.push({ name: detector.name, id });
    } catch (error) {
      if (!(error instanceof DetectionError)) throw error;
      made.push({ name: detector.name, refused: { code: error.code, message: error.message } });
      // The answer tells what was made until then.
      if (['interrupted', 'unavailable'].includes(error.code)) break;
    }
    progress(made.length, wanted.length, 'detectors');
  }
  progress.stop();
  return made;
}

const counted = (count: number): string => count.toLocaleString('en');

function sourceText({ source, looked, problem, watchedBy = [] }: Scanned): string {
  const head = `${printable(source.index)}  (${counted(source.logs)} documents in ${counted(source.indices.length)} ${source.indices.length === 1 ? 'index' : 'indices'})`;
  if (looked === undefined) return `${head}\n    could not be looked at: ${printable(problem ?? '', 400)}`;
  if (looked.kind === undefined)
    return `${head}\n    does not look like logs: no message, level, request or log-in`;
  const lines = looked.proposals.map(
    ({ unit, detector, expectedAlertsPerDay, isReady, rows, rowsNeeded }) => {
      const entity =
        detector.entity_field === undefined ? '' : `, by ${printable(detector.entity_field, 60)}`;
      const what = unit === 'log' ? 'each log' : 'spans of time';
      const wait = isReady
        ? ''
        : `, ${rows} of ${rowsNeeded} ${unit === 'bucket' ? 'rows' : 'logs'} to learn from yet`;
      return `    ${what}${entity}: about ${expectedAlertsPerDay} anomalies a day${wait}`;
    },
  );
  return [
    `${head}\n    ${KIND_TEXT[looked.kind]}`,
    ...(watchedBy.length > 0
      ? [`    watched already by ${watchedBy.map((name) => printable(name, 60)).join(', ')}`]
      : []),
    ...(lines.length > 0 ? lines : ['    nothing fit to be looked at']),
  ].join('\n');
}

const KIND_TEXT: Readonly<Record<NonNullable<LookedAt['kind']>, string>> = {
  nginx: 'nginx',
  apache: 'Apache HTTP server',
  caddy: 'Caddy',
  kubernetes: 'containers of Kubernetes',
  authentication: 'log-ins and commands',
  elastic_agent: "Elastic Agent's own logs",
  system: 'system logs',
  database: 'database',
  web: 'web requests',
  application: 'application',
  other: 'messages',
};

const LEFT_OUT_TEXT: Readonly<Record<LeftOutReason, string>> = {
  hidden: 'hidden or of the system',
  own: 'of Log Anomalies itself',
  no_logs_by_name: 'metrics, traces and the like by their name',
  no_recent_logs: 'without a document in this time',
  odd_name: 'with a name that cannot be read',
  too_many: 'with fewer documents than those above',
};

const leftOutText = ({ reason, count, examples }: LeftOut): string =>
  `Left out: ${counted(count)} ${LEFT_OUT_TEXT[reason]}, such as ${examples.map((name) => printable(name, 60)).join(', ')}`;

const madeText = ({ name, id, refused }: Made): string =>
  refused === undefined
    ? `${printable(name)}: made and started (${id})`
    : `${printable(name)}: refused: ${printable(refused.message, 400)}`;
