import type { LogDocument } from '../../../common/log_document';
import type { Feedback, LogSource } from '../ports';

/** Judged logs that are fetched at most, the latest. */
const MOST_JUDGED_LOGS = 500;

/** Logs that people have judged, with what they said: `truths` are true for real anomalies. */
export interface JudgedLogs {
  readonly documents: readonly LogDocument[];
  readonly truths: readonly boolean[];
}

/**
 * @param feedback in the order in which it was given
 * @returns those that are still there
 */
export async function fetchJudgedLogs(
  source: Pick<LogSource, 'fetch'>,
  feedback: readonly Pick<Feedback, 'source' | 'verdict'>[],
  fields: readonly string[],
): Promise<JudgedLogs> {
  const latest = feedback.slice(-MOST_JUDGED_LOGS);
  if (latest.length === 0) return { documents: [], truths: [] };
  const isReal = new Map(
    latest.map(({ source: { index, id }, verdict }) => [`${index}/${id}`, verdict === 'real']),
  );
  const logs = await source.fetch(
    latest.map((each) => each.source),
    fields,
  );
  return {
    documents: logs.map((log) => log.document),
    truths: logs.map(({ index, id }) => isReal.get(`${index}/${id}`) === true),
  };
}
