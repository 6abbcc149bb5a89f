import type { SessionSettings } from './session_chains';

/** Logs of one session that are kept; of further ones only where they lie in time. */
const MOST_LOGS_OF_A_SESSION = 50_000;

export interface SessionLog {
  readonly time: number;
  /** As the log states it, to the nanosecond. */
  readonly stated: unknown;
  readonly event: string | undefined;
  /** Logs that it stands for, itself among them; default 1. */
  readonly count?: number;
  /** Those of them that have a message which is not kept; default 0. */
  readonly others?: number;
}

export const countOf = (logs: readonly SessionLog[]): number =>
  logs.reduce((sum, { count = 1 }) => sum + count, 0);

/**
 * Logs of one id, of which no more are kept than its sessions take: beyond the longest time of a session, and beyond a number of its logs,
 * two of each gap, without their messages. Cut into sessions they give the same times and, by {@link countOf}, the same counts as all.
 */
export class KeptLogs {
  public readonly logs: SessionLog[] = [];
  /** First log since a silence. */
  private begin = NaN;
  private whole = 0;
  /** Logs at the end of which the last may give way to the next. */
  private thin = 0;

  constructor(
    private readonly settings: SessionSettings,
    private readonly most = MOST_LOGS_OF_A_SESSION,
  ) {}

  /**
   * @param log in the order of time, after those before
   * @param mayBeWhole there is room for it with its message
   */
  public add(log: SessionLog, mayBeWhole = true): void {
    const { logs } = this;
    const { gap, longest } = this.settings;
    const last = logs.at(-1);
    if (last === undefined || log.time - last.time >= gap) {
      this.begin = log.time;
      [this.whole, this.thin] = [0, 0];
    }
    const end = this.begin + longest;
    if (last === undefined || (log.time < end && mayBeWhole && this.whole < this.most)) {
      this.whole++;
      logs.push(log);
      return;
    }
    // The last log of the session is that of its row.
    if (log.time >= end && last.time < end) this.thin = 0;
    const others = log.event === undefined ? (log.others ?? 0) : 1;
    const bare = { time: log.time, stated: log.stated, event: undefined, others };
    if (this.thin >= 2 && log.time - logs[logs.length - 2].time < gap) {
      logs[logs.length - 1] = {
        ...bare,
        count: (last.count ?? 1) + 1,
        others: (last.others ?? 0) + others,
      };
    } else {
      logs.push(bare);
      this.thin++;
    }
  }
}
