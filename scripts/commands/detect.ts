import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import colors from 'picocolors';
import type { AnomalyResult, Severity } from '../../common/anomaly';
import { durationToMilliseconds, SCORING_WAYS, type Detector } from '../../common/detector';
import { DetectionError, isRetryable } from '../../common/detection_error';
import { sentenceOf, subjectOf } from '../../common/explanations';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { detectAnomalies } from '../../server/detection/detect_anomalies';
import { frozenWindowsOf } from '../../server/detection/left_out_of_training';
import {
  type connect,
  createDetectorSource,
  createResultStore,
  createScoredLogs,
  createSnapshotStore,
} from '../../server/elasticsearch';
import { createFileJournal, createNotifier } from '../../server/notifications';
import { garbageCollector } from '../command_line/collect_garbage';
import { createCheckpointFile } from '../command_line/checkpoint_file';
import { hidingStores, suppressor } from '../command_line/hiding';
import { detectorIdOf, loadActiveModel, loadModelFile } from '../command_line/models';
import { numberBetween, printable, runs, type Session } from '../command_line/session';
import { parseDuration } from './generate_logs';
import { connectToStored } from '../command_line/stored_data';

interface Options {
  model?: string;
  detectorId?: string;
  threshold?: number;
  scoring?: Detector['scoring'];
  index?: string;
  checkpoint?: string;
  from: string;
  interval?: string;
  delay?: string;
  once: boolean;
  alerts: boolean;
  context: number;
  limit: number;
}

/** A run ends here and the next one follows at once; alerts are grouped by run. */
const LOGS_IN_A_RUN = 200_000;
const FIRST_RETRY_MILLISECONDS = 1_000;
const LAST_RETRY_MILLISECONDS = 60_000;

export const detect = (): Command =>
  runs<Options>(
    new Command('detect')
      .description('Follow the logs and report each anomaly with confidence, severity, context and reasons')
      .option(
        '--model <file>',
        'model to score with (default: the active one of --detector-id in Elasticsearch)',
      )
      .option(
        '--detector-id <id>',
        'where results and checkpoint belong (default: from the name of the detector)',
      )
      .option(
        '--threshold <score>',
        "anomaly score from which a log is an anomaly (default: the model's)",
        numberBetween(0.000001, 1),
      )
      .addOption(
        new Option(
          '--scoring <way>',
          "job: score here; ingest: collect what the ingest pipeline has scored (default: the detector's)",
        ).choices(SCORING_WAYS),
      )
      .option('--index <pattern>', "logs to follow (default: the detector's source)")
      .option(
        '--checkpoint <file>',
        'where the place reached is kept (default: .log-anomalies/<detector id>.json)',
      )
      .option(
        '--from <duration>',
        'where to begin without a checkpoint: so long before now',
        parseDuration,
        '15m',
      )
      .option('--interval <duration>', "pause between two looks (default: the detector's)", parseDuration)
      .option(
        '--delay <duration>',
        "stay so far behind now (default: the detector's query_delay)",
        parseDuration,
      )
      .option('--once', 'catch up and end', false)
      .option('--no-alerts', 'do not send the alerts of the configuration')
      .option('--context <fields>', 'features shown with each anomaly', numberBetween(0, 20, true), 3)
      .option(
        '--limit <number>',
        'anomalies printed in one run, the most anomalous first; all are stored',
        numberBetween(0, 1_000_000, true),
        1_000,
      )
      .addHelpText(
        'after',
        `
Results go to log-anomalies-results.<space>.*. Stop with Ctrl-C at any point: the next start carries on from the checkpoint
file, late logs included; nothing is lost and nothing is written or announced twice.

Examples:
  log-anomalies detect --model model.json --threshold 0.8
  log-anomalies detect --detector-id web --once --from 1h --json`,
      ),
    async (session, options) => {
      const client = await connectToStored(session);
      try {
        const { snapshot, detectorId } = await chooseModel(session, options, client);
        await follow(session, options, client, snapshot, detectorId);
      } finally {
        await client.close();
      }
    },
  );

type Client = ReturnType<typeof connect>;

async function chooseModel(
  session: Session,
  options: Options,
  client: Client,
): Promise<{ snapshot: ModelSnapshot; detectorId: string }> {
  const loaded = await (async () => {
    if (options.model !== undefined) return (await loadModelFile(options.model)).snapshot;
    if (options.detectorId === undefined) {
      throw new DetectionError(
        'invalid_input',
        'Neither --model nor --detector-id is given; one of them must name the model.',
      );
    }
    const active = await loadActiveModel(client, session.config.space, options.detectorId);
    if (active === undefined) {
      throw new DetectionError(
        'not_found',
        `The detector "${options.detectorId}" has no active model; deploy one with deploy-model.`,
      );
    }
    return active.snapshot;
  })();
  const { detector } = loaded;
  const snapshot: ModelSnapshot = {
    ...loaded,
    detector: {
      ...detector,
      scoring: options.scoring ?? detector.scoring,
      source: { ...detector.source, ...(options.index && { index: options.index }) },
      schedule: { ...detector.schedule, ...(options.delay && { query_delay: options.delay }) },
    },
  };
  return { snapshot, detectorId: options.detectorId ?? detectorIdOf(detector.name) };
}

async function follow(
  session: Session,
  options: Options,
  client: Client,
  snapshot: ModelSnapshot,
  detectorId: string,
): Promise<void> {
  const { clock, signal } = session;
  const { detector } = snapshot;
  const checkpointPath = options.checkpoint ?? `.log-anomalies/${detectorId}.json`;
  const checkpoints = createCheckpointFile(checkpointPath);
  const notifier =
    options.alerts && session.config.alerts !== undefined
      ? createNotifier(session.config.alerts, {
          clock,
          journal: createFileJournal(`${checkpointPath}.announced`),
          log: { info: session.say, warn: session.say },
        })
      : undefined;
  const source = createDetectorSource(client, detector);
  const { space } = session.config;
  const results = createResultStore(client, { space });
  const scored = createScoredLogs(client, { signal });
  const models = createSnapshotStore(client, { space });
  const suppress = suppressor(session, client, detectorId);
  const { suppressions, audit } = hidingStores(session, client);
  const interval = durationToMilliseconds(options.interval ?? detector.schedule.interval);
  const total = { logs: 0, anomalies: 0, suppressed: 0, created: 0, runs: 0 };
  let failures = 0;
  const collectGarbage = garbageCollector();
  session.say(
    `Following ${detector.source.index} with model ${snapshot.version}, threshold ${(options.threshold ?? snapshot.threshold).toFixed(4)}; Ctrl-C stops.`,
  );
  while (!signal.aborted) {
    const started = clock.now();
    const runId = randomUUID();
    try {
      const run = await detectAnomalies({
        detectorId,
        snapshot,
        source,
        scored,
        models,
        results,
        suppress,
        frozenWindows: () => frozenWindowsOf(suppressions, detectorId, detector.schedule, started),
        checkpoints,
        audit,
        clock,
        runId,
        startFrom: started - durationToMilliseconds(options.from),
        thresholdOverride: options.threshold,
        signal,
        progress: collectGarbage,
        onResults: async (found) => {
          show(session, found, options);
        },
        maxLogs: LOGS_IN_A_RUN,
        announce:
          notifier &&
          (async (found) => {
            await notifier.notify({ id: detectorId, name: detector.name }, { id: runId }, found);
          }),
      });
      failures = 0;
      total.logs += run.logs;
      total.anomalies += run.anomalies;
      total.suppressed += run.suppressed;
      total.created += run.created;
      total.runs++;
      const dirty = Object.entries(run.dirt).flatMap(([feature, kinds]) =>
        Object.entries(kinds).map(([kind, count]) => `${feature} ${kind} ${count}`),
      );
      if (run.logs + run.unscored > 0)
        session.say(
          colors.dim(
            `${new Date(run.to).toISOString()}  ${run.logs} logs, ${run.anomalies} anomalies${run.suppressed > 0 ? ` and ${run.suppressed} hidden` : ''}, threshold ${run.threshold.toFixed(4)}${run.unscored > 0 ? `; ${run.unscored} logs without a score: is the pipeline attached?` : ''}${dirty.length > 0 ? `; dirty: ${dirty.slice(0, 4).join(', ')}` : ''}`,
          ),
        );
      if (!run.complete) continue;
      if (options.once) break;
      await notifier?.flush();
    } catch (error) {
      if (error instanceof DetectionError && error.code === 'interrupted') break;
      const worthRetrying =
        error instanceof DetectionError &&
        isRetryable(error.code) &&
        error.code !== 'conflict' &&
        !options.once;
      if (!worthRetrying) throw error;
      const pause = Math.min(LAST_RETRY_MILLISECONDS, FIRST_RETRY_MILLISECONDS * 2 ** failures++);
      session.say(`${(error as Error).message} Trying again in ${pause / 1_000} s.`);
      await clock.sleep(pause, signal);
      continue;
    }
    await clock.sleep(Math.max(0, started + interval - clock.now()), signal);
  }
  const summary = { detector: detectorId, model: snapshot.version, checkpoint: checkpointPath, ...total };
  if (session.json) session.emit({ summary }, () => '');
  else
    session.say(
      `${total.logs.toLocaleString('en')} logs scored, ${total.anomalies.toLocaleString('en')} anomalies (${total.created.toLocaleString('en')} new).`,
    );
}

/** All of them for machines; for people the most anomalous, in the order of time. */
function show(session: Session, found: readonly AnomalyResult[], options: Options): void {
  const shown =
    session.json || found.length <= options.limit
      ? found
      : [...found]
          .sort((left, right) => right.anomaly.score - left.anomaly.score)
          .slice(0, options.limit)
          .sort((left, right) => (left['@timestamp'] < right['@timestamp'] ? -1 : 1));
  for (const result of shown) session.emit(result, () => describe(result, options.context));
  if (shown.length < found.length) session.say(`… and ${found.length - shown.length} more (all are stored).`);
}

const PAINT: Record<Severity, (text: string) => string> = {
  critical: (text) => colors.bold(colors.red(text)),
  major: colors.red,
  minor: colors.yellow,
  warning: colors.cyan,
};

/** One anomaly for people: when and where, how sure, the log line, and the features that made it so. */
export function describe(result: AnomalyResult, features: number): string {
  const { anomaly } = result;
  const line =
    typeof result.message === 'string' ? result.message : JSON.stringify(result.url ?? result.source);
  return [
    `${PAINT[anomaly.severity](anomaly.severity.toUpperCase().padEnd(8))} ${result['@timestamp']}  confidence ${(anomaly.confidence * 100).toFixed(1)}%  score ${anomaly.score.toFixed(4)}${anomaly.entity === undefined ? '' : `  ${printable(anomaly.entity, 60)}`}`,
    `  ${printable(line, 180)}`,
    ...anomaly.attribution
      .slice(0, features)
      .map((part) =>
        colors.dim(
          `  ${`${Math.round(part.share * 100)}%`.padStart(4)}  ${printable(`${subjectOf(part)} ${sentenceOf(part)}`, 200)}`,
        ),
      ),
  ].join('\n');
}
