import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { rangeOf } from '../ports/log_range';
import { checkProduction, measureProduction, type GateLimits, type ProductionMeasures } from './limit_checks';
import { gateReportOf, joinReports, type GateReport } from './gate_report';
import { adaptedThreshold } from './starting_threshold';
import type { Checkpoint, CheckpointStore, Clock, LogSource, Progress } from '../ports';
import { DAY } from '../../../common/duration';

export interface DeploymentWatch {
  readonly detectorId: string;
  readonly snapshot: ModelSnapshot;
  readonly source: LogSource;
  /** Checkpoints of the running detector; without them its lag is unknown. */
  readonly checkpoints?: CheckpointStore;
  readonly clock: Clock;
  readonly limits: GateLimits;
  /** Largest lag of the detector behind now, milliseconds. */
  readonly maxLag: number;
  /** Logs of this long before now are looked at, at each look, milliseconds. */
  readonly window: number;
  /** Duration of the watch; 0 checks once. Milliseconds. */
  readonly duration: number;
  readonly interval: number;
  readonly sampleSize: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

export interface DeploymentReport extends GateReport {
  readonly looks: number;
  /** Of the latest look that found logs; absent where none did. */
  readonly measures?: ProductionMeasures;
  readonly lagMilliseconds?: number;
}

/**
 * Watches a deployed model for a while: alerts a day, share of anomalous logs, score drift against training, lag.
 * Ends early at the first look that breaks a limit, so that a rollback need not wait. Where the latest look found no log and an
 * earlier one did, that is worth a look.
 *
 * @throws DetectionError `too_few_logs` when the window never held a log and nothing else is wrong, `not_found` when there is no checkpoint to tell the lag by
 */
export async function watchDeployment(watch: DeploymentWatch): Promise<DeploymentReport> {
  const { clock, snapshot } = watch;
  const { source } = snapshot.detector;
  const end = clock.now() + watch.duration;
  let looks = 0;
  let measures: ProductionMeasures | undefined;
  let report: DeploymentReport;
  for (;;) {
    const now = clock.now();
    const checkpoint = await checkpointOf(watch);
    const lag = checkpoint && now - Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
    const to = now - durationToMilliseconds(snapshot.detector.schedule.query_delay);
    const sample = await watch.source.sample(rangeOf(source, to - watch.window, to), {
      size: watch.sampleSize,
      seed: watch.seed,
      fields: snapshot.encoder.fields,
      signal: watch.signal,
    });
    looks++;
    const isSilent = sample.logs.length === 0;
    if (!isSilent) {
      measures = measureProduction(
        snapshot,
        sample.logs.map((log) => log.document),
        (sample.total * DAY) / watch.window,
        adaptedThreshold(snapshot, checkpoint),
      );
    }
    report = {
      ...joinReports(
        measures === undefined ? gateReportOf([]) : checkProduction(measures, watch.limits),
        lagReport(lag, watch.maxLag),
        isSilent && measures !== undefined ? silenceReport(watch) : gateReportOf([]),
      ),
      looks,
      ...(measures && { measures }),
      lagMilliseconds: lag,
    };
    if (report.verdict === 'fail') return report;
    watch.progress?.(Math.min(watch.duration, now - (end - watch.duration)), watch.duration, 'ms watched');
    if (clock.now() >= end || watch.signal?.aborted) break;
    await clock.sleep(Math.min(watch.interval, end - clock.now()), watch.signal);
  }
  if (watch.signal?.aborted)
    throw new DetectionError('interrupted', 'Watching the deployment was interrupted.');
  if (report.measures === undefined) {
    throw new DetectionError(
      'too_few_logs',
      `${source.index} held no log in the ${watch.window / 1_000} s before each look.`,
    );
  }
  return report;
}

async function checkpointOf(watch: DeploymentWatch): Promise<Checkpoint | undefined> {
  if (watch.checkpoints === undefined) return undefined;
  const stored = await watch.checkpoints.read(watch.detectorId);
  if (stored === undefined) {
    throw new DetectionError(
      'not_found',
      `There is no checkpoint of detector "${watch.detectorId}" to tell its lag by.`,
    );
  }
  return stored.checkpoint;
}

function silenceReport({ snapshot, window }: DeploymentWatch): GateReport {
  return gateReportOf([
    {
      name: 'logs',
      verdict: 'ask',
      value: 0,
      limit: 1,
      message: `${snapshot.detector.source.index} held no log in the ${window / 1_000} s before the latest look`,
    },
  ]);
}

function lagReport(lag: number | undefined, maxLag: number): GateReport {
  if (lag === undefined) return gateReportOf([]);
  return gateReportOf([
    {
      name: 'lag',
      verdict: lag <= maxLag ? 'pass' : 'fail',
      value: lag,
      limit: maxLag,
      message: `lag ${Math.round(lag / 1_000)} s, at most ${Math.round(maxLag / 1_000)} s is allowed`,
    },
  ]);
}
