import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { rangeOf } from '../ports/log_range';
import { checkProduction, measureProduction, type GateLimits, type ProductionMeasures } from './limit_checks';
import { gateReportOf, joinReports, type GateReport } from './gate_report';
import type { CheckpointStore, Clock, LogSource, Progress } from '../ports';
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
  readonly measures: ProductionMeasures;
  readonly lagMilliseconds?: number;
}

/**
 * Watches a deployed model for a while: alerts a day, share of anomalous logs, score drift against training, lag.
 * Ends early at the first look that breaks a limit, so that a rollback need not wait.
 *
 * @throws DetectionError `too_few_logs` when the window never held a log, `not_found` when there is no checkpoint to tell the lag by
 */
export async function watchDeployment(watch: DeploymentWatch): Promise<DeploymentReport> {
  const { clock, snapshot } = watch;
  const { source } = snapshot.detector;
  const end = clock.now() + watch.duration;
  let looks = 0;
  let report: DeploymentReport | undefined;
  for (;;) {
    const now = clock.now();
    const lag = await lagOf(watch, now);
    const to = now - durationToMilliseconds(snapshot.detector.schedule.query_delay);
    const sample = await watch.source.sample(rangeOf(source, to - watch.window, to), {
      size: watch.sampleSize,
      seed: watch.seed,
      fields: snapshot.encoder.fields,
      signal: watch.signal,
    });
    looks++;
    if (sample.logs.length > 0) {
      const logsPerDay = (sample.total * DAY) / watch.window;
      const measures = measureProduction(
        snapshot,
        sample.logs.map((log) => log.document),
        logsPerDay,
      );
      report = {
        ...joinReports(checkProduction(measures, watch.limits), lagReport(lag, watch.maxLag)),
        looks,
        measures,
        lagMilliseconds: lag,
      };
      if (report.verdict === 'fail') return report;
    }
    watch.progress?.(Math.min(watch.duration, now - (end - watch.duration)), watch.duration, 'ms watched');
    if (clock.now() >= end || watch.signal?.aborted) break;
    await clock.sleep(Math.min(watch.interval, end - clock.now()), watch.signal);
  }
  if (watch.signal?.aborted)
    throw new DetectionError('interrupted', 'Watching the deployment was interrupted.');
  if (report === undefined) {
    throw new DetectionError(
      'too_few_logs',
      `${source.index} held no log in the ${watch.window / 1_000} s before each look.`,
    );
  }
  return report;
}

async function lagOf(watch: DeploymentWatch, now: number): Promise<number | undefined> {
  if (watch.checkpoints === undefined) return undefined;
  const stored = await watch.checkpoints.read(watch.detectorId);
  if (stored === undefined) {
    throw new DetectionError(
      'not_found',
      `There is no checkpoint of detector "${watch.detectorId}" to tell its lag by.`,
    );
  }
  return now - Math.min(stored.checkpoint.timestampTo, stored.checkpoint.ingestedTo);
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
