import { durationToMilliseconds, type Detector } from '../../../common/detector';

/** Time of the last log and what follows from it, all in epoch milliseconds. */
export interface SessionSettings {
  /** A session is over after so long without a log. */
  readonly gap: number;
  /** It is judged by so much of it at most. */
  readonly longest: number;
}

/** Half-open, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const sessionSettings = ({ bucket }: Detector): SessionSettings => ({
  gap: durationToMilliseconds(bucket?.session?.gap ?? '5m'),
  longest: durationToMilliseconds(bucket?.session?.max_length ?? '1h'),
});

/** Logs of one session, in the order of time. */
export interface Chain<Log> {
  readonly start: number;
  /** Last log within the longest time. */
  readonly end: number;
  readonly logs: readonly Log[];
  /** Logs came on beyond the longest time. */
  readonly isCut: boolean;
  /** Time at which it is over: a gap after its last log, or its longest time after its first. */
  readonly closedAt: number;
}

/**
 * Cuts the logs of one id into sessions: each ends where no log follows within a gap. A session that goes on for longer than the
 * longest time is its logs up to then; those that follow until the next gap are left out.
 *
 * What is said of a session depends only on logs from a gap before its first to the longest time after it, so that it is the same
 * whichever time is looked at.
 *
 * @param logs of one id, in the order of time
 */
export function chainsOf<Log extends { readonly time: number }>(
  logs: readonly Log[],
  { gap, longest }: SessionSettings,
): Chain<Log>[] {
  const chains: Chain<Log>[] = [];
  for (let first = 0; first < logs.length;) {
    const start = logs[first].time;
    let next = first + 1;
    while (next < logs.length && logs[next].time - logs[next - 1].time < gap) next++;
    let last = first;
    while (last + 1 < next && logs[last + 1].time < start + longest) last++;
    const end = logs[last].time;
    chains.push({
      start,
      end,
      logs: logs.slice(first, last + 1),
      isCut: last + 1 < next,
      closedAt: Math.min(end + gap, start + longest),
    });
    first = next;
  }
  return chains;
}
