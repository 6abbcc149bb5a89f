import { DAY, HOUR } from '../duration';
import type { Run, Series } from './pattern';
import { hourOfWeek, utcTime, type LocalTime } from './usual_rate';

/** Logs after so long without any begin another run; a run takes no longer. */
const APART = 6 * HOUR;
/** Runs that are remembered, and for how long: those of a job on the first of the month. */
const RUNS_KEPT = 8;
const MEMORY = 100 * DAY;
/** A bucket of a run has at least so many times the logs of all buckets, or they are no runs. */
const RARE = 10;
/** A bucket is usual when so many runs had one as large as two thirds of it. */
const USUAL_RUNS = 2;
const SIMILAR = 2 / 3;
const HOURS_OF_DAY = 24;

/** Notes the logs of a bucket, before it is known as the last one. */
export function noteRun(series: Series, time: number, count: number): void {
  const { runs = [] } = series;
  const last = runs[runs.length - 1] as Run | undefined;
  if (last !== undefined && time - last.time < APART) {
    if (count > last.count) series.runs = [...runs.slice(0, -1), { ...last, count }];
    return;
  }
  if (time > series.since && time - series.lastSeen < APART) return;
  series.runs = [...runs, { time, count }].slice(-RUNS_KEPT);
}

/**
 * Says of many logs in a bucket that the pattern comes so, if it comes: in runs that are rare and have no hour, or at the hours of the
 * runs before. What comes at one hour of the day, or most of the time, is judged by what is usual in the hour alone.
 *
 * @param bucket `mean`: usual logs of all hours
 */
export function isUsualRun(
  { runs = [] }: Pick<Series, 'runs'>,
  { time, count, mean, local = utcTime }: { time: number; count: number; mean: number; local?: LocalTime },
): boolean {
  if (count < RARE * mean) return false;
  const similar = runs.filter(
    (run) => time - run.time >= APART && time - run.time <= MEMORY && run.count >= SIMILAR * count,
  );
  if (similar.length < USUAL_RUNS) return false;
  const hourOf = (at: number): number => hourOfWeek(local(at)) % HOURS_OF_DAY;
  const isNear = (one: number, other: number): boolean => {
    const apart = Math.abs(hourOf(one) - hourOf(other));
    return Math.min(apart, HOURS_OF_DAY - apart) <= 1;
  };
  return similar.some((run) => isNear(run.time, time) || !isNear(run.time, similar[0].time));
}
