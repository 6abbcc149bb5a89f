import { DetectionError, isRetryable } from '../../common/detection_error';
import type { Followed } from './choose_models';
import type { Follower, Total } from './follower';

/** Ways to look for other models and to follow with them. */
export interface RenewalWork {
  /** @returns undefined where no model is active any more */
  activeVersion(detectorId: string): Promise<string | undefined>;
  /**
   * Chooses anew among the models that are active now, in the order of the followers.
   *
   * @param known what is followed now, which stands for a detector without an active model
   */
  choose(known: readonly Follower[]): Promise<readonly Followed[]>;
  /** @param total of the runs before; it goes on */
  build(followed: Followed, total: Total): Follower;
  say(text: string): void;
}

/** The last reason for which new models were not followed with: it is said once. */
const told = new WeakMap<RenewalWork, string>();

/**
 * Puts new followers in the place of those whose model was replaced; they go on with the totals and checkpoints. Where the new
 * models cannot be followed with, the old ones go on, and that is said.
 */
export async function renewed(
  work: RenewalWork,
  followers: readonly Follower[],
): Promise<readonly Follower[]> {
  const { activeVersion, choose, build, say } = work;
  const isReplaced = async ({ detectorId, snapshot }: Follower): Promise<boolean> =>
    ![undefined, snapshot.version].includes(await activeVersion(detectorId));
  if (!(await Promise.all(followers.map(isReplaced))).includes(true)) return followers;
  let chosen: readonly Followed[];
  try {
    chosen = await choose(followers);
  } catch (error) {
    if (!(error instanceof DetectionError) || isRetryable(error.code)) throw error;
    if (told.get(work) !== error.message) {
      told.set(work, error.message);
      say(
        `Another model is active, which cannot be followed with; detect goes on as before: ${error.message}`,
      );
    }
    return followers;
  }
  const budgetOf = ({ snapshot: { detector } }: Pick<Followed, 'snapshot'>): number | undefined =>
    detector.threshold.method === 'adaptive' ? detector.threshold.alerts_per_day : undefined;
  return followers.map((follower, place) => {
    const next = chosen[place];
    const [before, now] = [follower.snapshot.version, next.snapshot.version];
    // A budget of all together is another part for each once one more or one less takes part.
    if (now === before && budgetOf(next) === budgetOf(follower)) return follower;
    if (now === before) return build(next, follower.total);
    say(`${now} is the active model of ${follower.detectorId} now, in the place of ${before}.`);
    return build(next, follower.total);
  });
}
