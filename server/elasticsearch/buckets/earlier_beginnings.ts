/** A log that was there by a time, epoch milliseconds both. */
interface Arrival {
  readonly time: number;
  readonly ingested: number;
}

/**
 * Times at which sessions of one id may have begun when some of its logs had not been indexed yet: those of logs before which, within a
 * gap, none had been indexed by the time at which they were, or at which all were looked at for the first time. Logs are taken to be
 * found in the order in which they were indexed; those that do not say when are taken to have been there.
 *
 * @param since epoch milliseconds: whatever was indexed before had been looked at
 */
export class EarlierBeginnings {
  public readonly times = new Set<number>();
  /** Within a gap before the last log: later ones only where they were indexed later than those behind them. */
  private arrivals: Arrival[] = [];
  private first = 0;

  constructor(
    private readonly gap: number,
    private readonly since: number,
  ) {}

  /** @param log in the order of time, after those before; `ingested` is undefined where it does not say */
  public add(log: { readonly time: number; readonly ingested?: number }): void {
    const { time } = log;
    const ingested = Math.max(this.since, log.ingested ?? -Infinity);
    const { arrivals, gap } = this;
    while (this.first < arrivals.length && time - arrivals[this.first].time >= gap) this.first++;
    if (this.first === arrivals.length || arrivals[this.first].ingested > ingested) this.times.add(time);
    while (arrivals.length > this.first && arrivals[arrivals.length - 1].ingested >= ingested) arrivals.pop();
    if (this.first > arrivals.length / 2) {
      this.arrivals = arrivals.slice(this.first);
      this.first = 0;
    }
    this.arrivals.push({ time, ingested });
  }
}
