import {
  asyncScheduler,
  distinctUntilChanged,
  interval,
  map,
  merge,
  scan,
  startWith,
  Subject,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { ServiceStatus, ServiceStatusLevel } from './contracts';

/** Outcome of the last run of one detector on this Kibana. */
export interface ReportedRun {
  readonly detectorId: string;
  /** `gone`: deleted or stopped, and not counted any more. */
  readonly outcome: 'good' | 'failed' | 'gone';
}

/** Runs that were reported longer ago say nothing: another Kibana may have taken the detector over. */
const FORGOTTEN_AFTER_MILLISECONDS = 60 * 60_000;
const LOOK_EVERY_MILLISECONDS = 60_000;

/** By detector. */
type Runs = ReadonlyMap<string, { readonly at: number; readonly isFailed: boolean }>;

/** Outcomes of the runs of all detectors on this Kibana. */
export class RunOutcomes {
  private readonly reported = new Subject<ReportedRun>();

  constructor(private readonly scheduler: SchedulerLike = asyncScheduler) {}

  report(run: ReportedRun): void {
    this.reported.next(run);
  }

  /** The last run of each detector, as it changes. */
  watch(): Observable<Runs> {
    const ticks = interval(LOOK_EVERY_MILLISECONDS, this.scheduler).pipe(map(() => undefined));
    return merge(this.reported, ticks).pipe(
      scan((runs: Runs, run) => this.withRun(runs, run), new Map()),
      startWith(new Map()),
    );
  }

  private withRun(runs: Runs, run: ReportedRun | undefined): Runs {
    const now = this.scheduler.now();
    const kept = new Map([...runs].filter(([, { at }]) => now - at < FORGOTTEN_AFTER_MILLISECONDS));
    if (run?.outcome === 'gone') kept.delete(run.detectorId);
    else if (run !== undefined) kept.set(run.detectorId, { at: now, isFailed: run.outcome === 'failed' });
    return kept;
  }
}

/** Kibana's own objects, which it compares by identity. */
interface StatusLevels {
  readonly available: ServiceStatusLevel;
  readonly degraded: ServiceStatusLevel;
}

/**
 * Returns the status of the plugin for Kibana's status page and `/api/status`: how many of the detectors that ran here within the hour
 * fail. None is named: every user may read it, and detectors of all spaces are counted. One bad detector is told, but only when several ran and all fail is the plugin degraded:
 * something beside the detectors is broken then, and monitors should see it. Trouble of other plugins is told by themselves.
 */
export function pluginStatus(runs: Observable<Runs>, levels: StatusLevels): Observable<ServiceStatus> {
  return runs.pipe(
    map((known) => statusOfRuns(known, levels)),
    // Each change is a line in Kibana's log.
    distinctUntilChanged((one, other) => one.level === other.level && one.summary === other.summary),
  );
}

function statusOfRuns(runs: Runs, { available, degraded }: StatusLevels): ServiceStatus {
  const failing = [...runs].filter(([, { isFailed }]) => isFailed).map(([detectorId]) => detectorId);
  if (failing.length === 0) return { level: available, summary: 'No detector fails' };
  return {
    level: failing.length > 1 && failing.length === runs.size ? degraded : available,
    summary: `Detectors that fail: ${failing.length} of ${runs.size}. The pages of detectors say which, and why.`,
  };
}
