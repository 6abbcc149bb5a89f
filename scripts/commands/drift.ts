import type { Client } from '@elastic/elasticsearch';
import colors from 'picocolors';
import { Command } from 'commander';
import type { DriftMeasurement } from '../../common/api';
import { durationToMilliseconds } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { driftSentence, FEWEST_DRIFT_LOGS, measureDrift } from '../../server/detection/upkeep/measure_drift';
import {
  createDetectorSource,
  createDriftStore,
  refuseUnreadable,
  resultsPattern,
} from '../../server/elasticsearch';
import { detectorIdOf, loadActiveModel, loadModelFile } from '../command_line/models';
import { numberBetween, runs, type Session } from '../command_line/session';
import { parseDuration } from '../command_line/time_options';
import { rangeOf } from '../../server/detection/ports/log_range';
import { withStoredData } from '../command_line/stored_data';
import { DAY } from '../../common/duration';

interface Options {
  detectorId?: string;
  model?: string;
  window?: string;
  limit?: number;
  sample?: number;
  store: boolean;
  history: boolean;
  days: number;
}

const SHOWN_FEATURES = 10;

export const drift = (): Command =>
  runs<Options>(
    new Command('drift')
      .description('Measure the drift of recent logs from those that a model was trained on')
      .option('--detector-id <id>', 'the detector: its active model is measured')
      .option('--model <file>', 'measure with this model instead')
      .option(
        '--window <duration>',
        'logs of so long before now (default: drift.window of the detector)',
        parseDuration,
      )
      .option(
        '--sample <number>',
        'logs drawn (default: drift.sample)',
        numberBetween(FEWEST_DRIFT_LOGS, 50_000, true),
      )
      .option(
        '--limit <index>',
        'population stability index (default: drift.limit)',
        numberBetween(0.01, 100),
      )
      .option('--store', 'keep the measurement among the results, as Kibana does', false)
      .option('--history', 'list the measurements that were kept, and measure nothing', false)
      .option('--days <number>', 'with --history: of so long', numberBetween(0.01, 3_650), 30)
      .addHelpText(
        'after',
        `
Exit code 7 when a feature or the scores have moved by the limit: time to train again.

Examples:
  log-anomalies drift --detector-id web
  log-anomalies drift --model model.json --window 6h --json
  log-anomalies drift --detector-id web --history`,
      ),
    async (session, options) => {
      await withStoredData(session, async (client) => {
        if (options.history) await showHistory(session, client, options);
        else await measure(session, client, options);
      });
    },
  );

async function showHistory(session: Session, client: Client, options: Options): Promise<void> {
  const { detectorId, days } = options;
  if (detectorId === undefined) {
    throw new DetectionError('invalid_input', '--history needs --detector-id.');
  }
  const to = session.clock.now() + 1;
  const measurements = await createDriftStore(client, { space: session.config.space }).list(detectorId, {
    from: Math.round(to - days * DAY),
    to,
  });
  if (measurements.length === 0) await refuseUnreadable(client, [resultsPattern(session.config.space)]);
  session.result({ measurements }, () =>
    measurements.length === 0 ? 'Nothing was measured yet.' : measurements.map(lineOf).join('\n'),
  );
}

function lineOf({ at, largest, over, score_drift, features }: DriftMeasurement): string {
  const [first] = features;
  const moved = first === undefined || score_drift > first.drift ? 'scores' : first.feature;
  return `${at}  ${over ? colors.red('over') : colors.green('ok  ')}  ${largest.toFixed(3)}  ${moved}`;
}

async function measure(session: Session, client: Client, options: Options): Promise<void> {
  const { id, snapshot } = await modelOf(session, client, options);
  const { source, schedule, drift: settings, forest } = snapshot.detector;
  const to = session.clock.now() - durationToMilliseconds(schedule.query_delay);
  const window = { from: to - durationToMilliseconds(options.window ?? settings.window), to };
  const sample = await createDetectorSource(client, snapshot.detector).sample(
    rangeOf(source, window.from, window.to),
    {
      size: options.sample ?? settings.sample,
      seed: forest.seed,
      fields: snapshot.encoder.fields,
      signal: session.signal,
    },
  );
  const measurement = await measureDrift({
    snapshot,
    documents: sample.logs.map((log) => log.document),
    window,
    limit: options.limit ?? settings.limit,
  });
  if (measurement === undefined) {
    throw new DetectionError(
      'too_few_logs',
      `${source.index} holds ${sample.logs.length} of ${FEWEST_DRIFT_LOGS} logs that are needed to tell drift; take a longer --window.`,
    );
  }
  if (options.store) {
    await createDriftStore(client, { space: session.config.space }).write(
      { id, name: snapshot.detector.name },
      measurement,
      session.clock.now(),
    );
  }
  session.result({ detector: id, ...measurement }, () =>
    [
      `${snapshot.version} on ${measurement.logs.toLocaleString('en')} logs since ${measurement.from}`,
      ...[
        { feature: 'scores', drift: measurement.score_drift },
        ...measurement.features.slice(0, SHOWN_FEATURES),
      ].map(
        ({ feature, drift: index }) =>
          `  ${index >= measurement.limit ? colors.red('moved') : colors.green('ok   ')}  ${index.toFixed(3).padStart(7)}  ${feature}`,
      ),
      ...(measurement.features.length === 0
        ? ['  The model was trained before models kept how their features were spread: train it again.']
        : []),
    ].join('\n'),
  );
  if (measurement.over) throw new DetectionError('refused', driftSentence(measurement));
}

async function modelOf(
  session: Session,
  client: Client,
  { model, detectorId }: Options,
): Promise<{ id: string; snapshot: ModelSnapshot }> {
  if (model !== undefined) {
    const { snapshot } = await loadModelFile(model);
    return { id: detectorId ?? detectorIdOf(snapshot.detector.name), snapshot };
  }
  if (detectorId === undefined) {
    throw new DetectionError('invalid_input', 'Give --detector-id or --model.');
  }
  const active = await loadActiveModel(client, session.config.space, detectorId);
  if (active === undefined) {
    throw new DetectionError('not_found', `The detector "${detectorId}" has no active model.`);
  }
  return { id: detectorId, snapshot: active.snapshot };
}
