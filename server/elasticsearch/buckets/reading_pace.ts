/** A request that takes less is followed by one of twice as many buckets, one that takes more by one of half as many; milliseconds. */
const QUICK = 2_000;
const SLOW = 5_000;

/**
 * Buckets of one request where each log is read (`bucket.events`): how many logs they hold is not known, and reading can be stopped and
 * gone on with only between requests. It begins with one.
 */
export class ReadingPace {
  private most = 1;

  public get buckets(): number {
    return this.most;
  }

  /** @param buckets of the request, which may have been fewer than there could be */
  public took(milliseconds: number, buckets: number): void {
    if (milliseconds > SLOW) this.most = Math.max(1, Math.floor(buckets / 2));
    else if (milliseconds < QUICK) this.most = Math.max(this.most, 2 * buckets);
  }
}
