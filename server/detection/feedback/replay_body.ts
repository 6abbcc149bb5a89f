import type { ReplayBody } from '../../../common/api';
import type { Preview } from './suppress_stored_results';

const iso = (time: number): string => new Date(time).toISOString();

/** A preview as the HTTP API and the command line show it. */
export function replayBodyOf({ replay, contradictions, consequences, refusal }: Preview): ReplayBody {
  const { before, after } = replay.results;
  return {
    from: iso(replay.from),
    to: iso(replay.to),
    results: { before, after, hidden: before - after },
    alerts: { ...replay.alerts },
    days_with_logs: replay.daysWithLogs,
    complete: replay.complete,
    days: replay.days.map(({ time, alerts, results }) => ({
      time: iso(time),
      alerts_before: alerts.before,
      alerts_after: alerts.after,
      results_before: results.before,
      results_after: results.after,
    })),
    confirmed_hidden: { total: replay.confirmed.total, results: replay.confirmed.results as never },
    contradictions: [...contradictions],
    consequences: [...consequences],
    ...(refusal && { refused: refusal.message }),
  };
}
