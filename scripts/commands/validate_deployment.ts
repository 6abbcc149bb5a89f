import { Command } from 'commander';
import { durationToMilliseconds } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import { watchDeployment } from '../../server/detection/promotion/watch_deployment';
import type { CheckpointStore } from '../../server/detection/ports';
import { createDetectorSource, type ElasticsearchClient } from '../../server/elasticsearch';
import { checkpointPlace, createCheckpointFile } from '../command_line/checkpoint_file';
import { gateBody, gateText, insist } from '../command_line/gate_text';
import { gateLimitsOf, loadActiveModel } from '../command_line/models';
import { numberBetween, runs, type Session } from '../command_line/session';
import { parseDuration } from '../command_line/time_options';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  detectorId: string;
  window: string;
  duration?: string;
  interval: string;
  checkpoint?: string;
  sample: number;
}

export const validateDeployment = (): Command =>
  runs<Options>(
    new Command('validate-deployment')
      .description('Watch the active model in production against the limits: alerts a day, score drift, lag')
      .requiredOption('--detector-id <id>', 'the detector')
      .option(
        '--window <duration>',
        'time range of the logs that are checked, up to now',
        parseDuration,
        '1h',
      )
      .option('--duration <duration>', 'watch for this long (default: one look)', parseDuration)
      .option('--interval <duration>', 'between two looks', parseDuration, '30s')
      .option('--checkpoint <file>', 'checkpoint file of the running `detect`, to tell its lag')
      .option('--sample <number>', 'number of logs in each check', numberBetween(10, 100_000, true), 5_000)
      .addHelpText(
        'after',
        `
Limits: limits.max_alerts_per_day, max_alert_share, max_score_drift and max_lag of the configuration. Exit code 7 when one is broken.

Example:
  log-anomalies validate-deployment --detector-id web --duration 10m --checkpoint .log-anomalies/web.json`,
      ),
    async (session, options) => {
      const { limits, space } = session.config;
      const progress = session.progress('Watching');
      await withStoredData(session, async (client) => {
        const active = await loadActiveModel(client, space, options.detectorId);
        if (active === undefined)
          throw new DetectionError('not_found', `The detector "${options.detectorId}" has no active model.`);
        const checkpoints = await runningCheckpoints(session, client, options);
        const report = await watchDeployment({
          detectorId: options.detectorId,
          snapshot: active.snapshot,
          source: createDetectorSource(client, active.snapshot.detector),
          checkpoints,
          clock: session.clock,
          limits: gateLimitsOf(limits),
          maxLag: durationToMilliseconds(limits.max_lag),
          window: durationToMilliseconds(options.window),
          duration: options.duration === undefined ? 0 : durationToMilliseconds(options.duration),
          interval: durationToMilliseconds(options.interval),
          sampleSize: options.sample,
          seed: 42,
          signal: session.signal,
          progress,
        });
        progress.stop();
        session.result(
          { model: active.version, ...gateBody(report) },
          () =>
            `${active.version}: ${report.measures?.logs ?? 0} logs looked at, ${report.looks} looks\n${gateText(report)}`,
        );
        insist(report, `${active.version} breaks its limits in production`);
      }).finally(() => progress.stop());
    },
  );

/** @throws DetectionError `not_found` for a file that is not there: its lag would go unseen */
async function runningCheckpoints(
  session: Session,
  client: ElasticsearchClient,
  { checkpoint: path, detectorId }: Options,
): Promise<CheckpointStore | undefined> {
  if (path === undefined) return undefined;
  const checkpoints = createCheckpointFile(path, await checkpointPlace(session, client));
  if ((await checkpoints.read(detectorId)) !== undefined) return checkpoints;
  throw new DetectionError(
    'not_found',
    `The checkpoint file ${path} is not there: name that of the running detect in --checkpoint, or leave it out.`,
  );
}
