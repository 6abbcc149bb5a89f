import { PROPOSAL_SAMPLE } from '../../../common/scanning/propose_from_sample';
import type { SourceLog } from '../../../common/log_document';
import type { LogRange } from '../../detection/ports';
import { createLogSource } from '../logs/log_source';
import { firstLogAt, measureLogs } from '../logs/sample_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

/** Logs that a sample is drawn from; of more the latest stand for all. */
const DRAWN_FROM = 1_000_000;

export interface DrawnSample {
  readonly logs: readonly SourceLog[];
  /** Logs of the range. */
  readonly total: number;
  /** Time of the first log of the range, epoch milliseconds. */
  readonly first: number;
}

/**
 * Draws the logs that a proposal is made from, the same whoever asks.
 *
 * @returns undefined where the range holds none
 */
export async function drawSample(
  client: ElasticsearchClient,
  range: LogRange,
  options: RequestOptions = {},
): Promise<DrawnSample | undefined> {
  const [{ total }, first] = await Promise.all([
    measureLogs(client, range, options),
    firstLogAt(client, range, options),
  ]);
  if (total === 0 || first === undefined) return undefined;
  const { from, to } = range;
  const begin = Math.max(from, first);
  const late = to - Math.ceil((to - begin) * Math.min(1, DRAWN_FROM / total));
  const draw = (since: number) =>
    createLogSource(client, options).sample(
      { ...range, from: since },
      { size: PROPOSAL_SAMPLE, seed: 1, fields: ['*'], identified: true, signal: options.signal },
    );
  const drawn = await draw(late);
  // Logs that came in one heap and none since.
  const { logs } = drawn.logs.length === 0 && late > begin ? await draw(begin) : drawn;
  return { logs, total, first };
}
