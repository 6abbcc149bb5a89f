import type { Followed } from './choose_models';
import type { Follower, Total } from './follower';

/** Ways to look for other models and to follow with them. */
export interface RenewalWork {
  /** @returns undefined where no model is active any more */
  activeVersion(detectorId: string): Promise<string | undefined>;
  /** Chooses anew among the models that are active now, in the order of the followers. */
  choose(): Promise<readonly Followed[]>;
  /** @param total of the runs before; it goes on */
  build(followed: Followed, total: Total): Follower;
  say(text: string): void;
}

/** Puts new followers in the place of those whose model was replaced; they go on with the totals and checkpoints. */
export async function renewed(
  { activeVersion, choose, build, say }: RenewalWork,
  followers: readonly Follower[],
): Promise<readonly Follower[]> {
  const isReplaced = async ({ detectorId, snapshot }: Follower): Promise<boolean> =>
    ![undefined, snapshot.version].includes(await activeVersion(detectorId));
  if (!(await Promise.all(followers.map(isReplaced))).includes(true)) return followers;
  const chosen = await choose();
  return followers.map((follower, place) => {
    const next = chosen[place];
    const [before, now] = [follower.snapshot.version, next.snapshot.version];
    if (now === before) return follower;
    say(`${now} is the active model of ${follower.detectorId} now, in the place of ${before}.`);
    return build(next, follower.total);
  });
}
