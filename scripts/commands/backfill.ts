import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { templateTokensOf } from '../../common/log_features';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { pastPatternsOf } from '../../server/detection/patterns/past_patterns';
import { detectAnomalies } from '../../server/detection/scoring/detect_anomalies';
import { rangeOf } from '../../server/detection/ports/log_range';
import type { CheckpointStore } from '../../server/detection/ports';
import type { RunPatterns } from '../../server/detection/ports/patterns';
import type { DetectionRun } from '../../server/detection/scoring/run_detection';
import {
  createDetectorSource,
  createResultStore,
  createScoredLogs,
  createSnapshotStore,
  type ElasticsearchClient,
} from '../../server/elasticsearch';
import { createCountingPlace, createPatternStore } from '../../server/elasticsearch/patterns';
import {
  followBackfill,
  livePipeline,
  refreshScored,
  startBackfill,
} from '../../server/elasticsearch/ingest';
import { checkpointPlace } from '../command_line/checkpoint_file';
import { BACKFILL_RUN_PREFIX } from '../../server/detection/scoring/result_documents';
import { backfillCheckpoints } from '../following/backfill_checkpoints';
import { suppressor } from '../command_line/hiding';
import { loadActiveModel } from '../command_line/models';
import { incidentsFor } from '../command_line/incidents';
import { numberBetween, runs, type Session } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';
import { parseTimeOption } from '../command_line/time_options';

interface Options {
  detectorId: string;
  from: number;
  to: number;
  job: boolean;
  into?: string;
  slices?: number;
  rate?: number;
}

export const backfill = (): Command =>
  runs<Options>(
    new Command('backfill')
      .description('Score logs of the past: inside the cluster where the detector has an ingest pipeline')
      .requiredOption('--detector-id <id>', 'the detector, with its active model or its ingest pipeline')
      .requiredOption('--from <time>', 'the first time that is scored', parseTimeOption)
      .requiredOption('--to <time>', 'end, exclusive', parseTimeOption)
      .option(
        '--job',
        'read the logs, count their patterns and write results, even where there is a pipeline',
        false,
      )
      .option('--into <index>', 'in the cluster: write scored copies here and leave the logs alone')
      .option('--slices <number>', 'in the cluster: parts side by side', numberBetween(1, 1_024, true))
      .option('--rate <number>', 'in the cluster: at most so many logs a second', numberBetween(0.1, 1e9))
      .addHelpText(
        'after',
        `
Ctrl-C stops it. Either way it goes on where it was when it is started again with the same times. One that begins where another ended
goes on with its adaptive threshold.

Examples:
  log-anomalies backfill --detector-id web --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z --rate 5000
  log-anomalies backfill --detector-id web --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z --into weblogs-scored`,
      ),
    async (session, options) => {
      const { detectorId } = options;
      const { clock, signal } = session;
      const { space } = session.config;
      const { from, to } = options;
      if (!(from < to)) {
        throw new DetectionError(
          'invalid_input',
          `--from is ${new Date(from).toISOString()}, must be before --to (${new Date(to).toISOString()})`,
        );
      }
      const progress = session.progress('Backfill');
      await withStoredData(session, async (client) => {
        const active = await loadActiveModel(client, space, detectorId);
        if (active === undefined) {
          throw new DetectionError(
            'not_found',
            `The detector "${detectorId}" has no active model; deploy one with deploy-model.`,
          );
        }
        const { snapshot } = active;
        const { source } = snapshot.detector;
        const pipeline = options.job ? undefined : await livePipeline(client, detectorId, { space, signal });
        if (pipeline !== undefined) {
          const task = await startBackfill(client, {
            range: rangeOf(source, from, to),
            pipeline,
            ...(options.into === undefined ? {} : { into: options.into }),
            ...(options.slices === undefined ? {} : { slices: options.slices }),
            ...(options.rate === undefined ? {} : { logsPerSecond: options.rate }),
            signal,
          });
          const state = await followBackfill(client, task, { clock, progress, signal });
          progress.stop();
          const results = await collect(session, client, options, snapshot);
          const outcome = { ...state, ...uncountedBy(snapshot), ...(results && { results }) };
          session.result(outcome, () => textOf(outcome, pipeline.version, options));
          return;
        }
        const cluster = await checkpointPlace(session, client);
        const files = { detectorId, version: snapshot.version, place: cluster };
        const { checkpoint: _place, ...run } = await detectAnomalies({
          detectorId,
          snapshot: { ...snapshot, detector: { ...snapshot.detector, scoring: 'job' } },
          source: createDetectorSource(client, snapshot.detector),
          scored: createScoredLogs(client),
          models: createSnapshotStore(client, { space }),
          results: createResultStore(client, { space, refreshResults: true }),
          incidents: incidentsFor(session, client, { detectorId, detector: snapshot.detector }),
          patterns: patternsOf(session, client, options, snapshot),
          suppress: suppressor(session, client, detectorId),
          checkpoints: await backfillCheckpoints(FOLDER, files, { from, to }),
          clock,
          runId: `${BACKFILL_RUN_PREFIX}${randomUUID()}`,
          startFrom: from,
          upTo: to,
          signal,
          progress,
        });
        progress.stop();
        session.result(
          run,
          () => `${run.logs} logs were scored; ${run.created} new of ${run.anomalies} anomalies.`,
        );
      }).finally(() => progress.stop());
    },
  );

const FOLDER = '.log-anomalies';

/** Outcome of a backfill in the cluster. */
interface InCluster {
  readonly done: number;
  readonly conflicts: number;
  readonly patterns_not_counted?: true;
  readonly results?: Pick<DetectionRun, 'anomalies' | 'created' | 'logs'>;
}

/** No message leaves the cluster. */
const uncountedBy = ({ detector }: ModelSnapshot): Pick<InCluster, 'patterns_not_counted'> =>
  detector.patterns === undefined ? {} : { patterns_not_counted: true };

function textOf(
  { done, conflicts, results, patterns_not_counted: isUncounted }: InCluster,
  version: string,
  { into }: Options,
): string {
  return [
    `${done} logs were scored in the cluster by ${version}.`,
    ...(conflicts > 0
      ? [
          `${conflicts} were left alone: ${into === undefined ? 'they changed meanwhile' : 'their copies were there already'}.`,
        ]
      : []),
    results
      ? `${results.created} new results of ${results.anomalies} anomalies were collected from the ${results.logs} logs of the range that have a score.`
      : 'The detector says scoring: job, so no results were collected from them.',
    ...(isUncounted ? ['Their patterns were not counted; the same backfill with --job counts them.'] : []),
  ].join('\n');
}

/** Counts the patterns of the range, once however often it is scored. */
function patternsOf(
  { clock, config: { space }, say, signal }: Session,
  client: ElasticsearchClient,
  { detectorId, from, to }: Options,
  { detector, encoder }: ModelSnapshot,
): RunPatterns | undefined {
  return pastPatternsOf({
    store: createPatternStore(client, detectorId, { space, signal }),
    place: createCountingPlace(client, detectorId, { space, signal }),
    detector,
    templates: () => templateTokensOf(encoder, detector.patterns?.field ?? ''),
    now: () => clock.now(),
    by: `${from}-${to}`,
    range: { from, to },
    warn: say,
  });
}

/** Results of a range that the cluster has scored, where the detector's results come from the scored logs. */
async function collect(
  session: Session,
  client: ElasticsearchClient,
  options: Options,
  snapshot: ModelSnapshot,
): Promise<Omit<DetectionRun, 'checkpoint'> | undefined> {
  const { detector } = snapshot;
  if (detector.scoring !== 'ingest') return undefined;
  const { space } = session.config;
  const { detectorId, into } = options;
  await refreshScored(client, into ?? detector.source.index, { signal: session.signal });
  // Collecting again is cheap and changes nothing, so the place is not kept.
  const checkpoints: CheckpointStore = {
    read: () => Promise.resolve(undefined),
    write: () => Promise.resolve(undefined),
  };
  const { checkpoint: _place, ...run } = await detectAnomalies({
    detectorId,
    snapshot: {
      ...snapshot,
      detector: { ...detector, source: { ...detector.source, ...(into && { index: into }) } },
    },
    source: createDetectorSource(client, detector),
    scored: createScoredLogs(client, { signal: session.signal }),
    models: createSnapshotStore(client, { space }),
    results: createResultStore(client, { space, refreshResults: true }),
    incidents: incidentsFor(session, client, { detectorId, detector }),
    suppress: suppressor(session, client, detectorId),
    checkpoints,
    clock: session.clock,
    runId: `${BACKFILL_RUN_PREFIX}${randomUUID()}`,
    startFrom: options.from,
    upTo: options.to,
    signal: session.signal,
  });
  return run;
}
