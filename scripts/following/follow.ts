import type { AnomalyResult } from '../../common/anomaly';
import { DetectionError, isRetryable } from '../../common/detection_error';
import type { Session } from '../command_line/session';
import { createList } from './anomaly_list';
import type { Follower } from './follower';
import type { FollowOptions } from './options';
import { unitWord } from '../command_line/models';

const FIRST_RETRY_MILLISECONDS = 1_000;
const LAST_RETRY_MILLISECONDS = 60_000;

/**
 * Runs all in turn, again and again, and shows what they have found as one list.
 *
 * @param renew returns the followers of the next round: others where another model has become active, with the totals of those before
 * @throws DetectionError `interrupted` where `--once` was stopped before it had caught up
 */
export async function follow(
  session: Session,
  options: FollowOptions,
  first: readonly Follower[],
  renew: (followers: readonly Follower[]) => Promise<readonly Follower[]>,
): Promise<void> {
  const { clock, signal } = session;
  const list = createList(session, options, first);
  let followers = first;
  let failures = 0;
  let hasCaughtUp = false;
  while (!signal.aborted) {
    const started = clock.now();
    try {
      followers = await renew(followers);
      const isComplete = await runAll(followers, started, list.show);
      failures = 0;
      if (!isComplete) continue;
      const waiting = await flushAll(followers);
      if (options.once) {
        hasCaughtUp = true;
        if (waiting > 0)
          session.say(`${waiting === 1 ? '1 message waits' : `${waiting} messages wait`} for the next run.`);
        break;
      }
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
    const interval = Math.min(...followers.map((each) => each.interval));
    await clock.sleep(Math.max(0, started + interval - clock.now()), signal);
  }
  tellTotals(session, followers, list.rows);
  if (options.once && !hasCaughtUp) {
    throw new DetectionError(
      'interrupted',
      'Interrupted before all logs were read; the next start carries on from the checkpoint.',
    );
  }
}

/** @returns whether all have come up to now */
async function runAll(
  followers: readonly Follower[],
  started: number,
  show: (found: readonly AnomalyResult[]) => void,
): Promise<boolean> {
  let isComplete = true;
  const found: AnomalyResult[] = [];
  // Those of several are shown together: what one of them says is part of what another does.
  const tell =
    followers.length === 1 ? show : (written: readonly AnomalyResult[]) => void found.push(...written);
  try {
    for (const follower of followers) isComplete = (await follower.run(started, tell)) && isComplete;
  } finally {
    show(found);
  }
  return isComplete;
}

/** @returns how many messages still wait */
async function flushAll(followers: readonly Follower[]): Promise<number> {
  let waiting = 0;
  for (const follower of followers) waiting += await follower.flush();
  return waiting;
}

function tellTotals(session: Session, followers: readonly Follower[], rows: number): void {
  for (const { detectorId, snapshot, checkpointPath, total } of followers) {
    const summary = { detector: detectorId, model: snapshot.version, checkpoint: checkpointPath, ...total };
    if (session.json) session.emit({ summary }, () => '');
    else
      session.say(
        `${followers.length > 1 ? `${snapshot.detector.name}: ` : ''}${total.logs.toLocaleString('en')} ${unitWord(snapshot.detector)} scored, ${total.anomalies.toLocaleString('en')} anomalies (${total.created.toLocaleString('en')} new).`,
      );
  }
  if (followers.length > 1 && !session.json)
    session.say(`Together ${rows.toLocaleString('en')} rows; what several found is one of them.`);
}
