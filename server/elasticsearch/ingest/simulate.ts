import { DetectionError } from '../../../common/detection_error';
import type { LogDocument } from '../../../common/log_document';
import { createModelScorer, type ModelSnapshot } from '../../../common/model_snapshot';
import { createTurns } from '../../detection/ports/in_turns';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

/** Score of the two languages may differ by so much. */
const SCORE_TOLERANCE = 1e-9;
/** Logs in one request, and rounds over all of them: the first ones run before Java has compiled the script. */
const BATCH = 500;
const ROUNDS = 8;

export interface SimulationOptions {
  /** Milliseconds, monotonic: `performance.now`. */
  readonly now: () => number;
  /** A pipeline that costs more is refused. Wall-clock time of the node, microseconds. */
  readonly maxMicrosecondsPerLog?: number;
  readonly signal?: AbortSignal;
}

export interface SimulationReport {
  readonly logs: number;
  readonly anomalies: number;
  /** Logs that the score had to do without some feature of. */
  readonly incomplete: number;
  /** Time that the pipeline adds to a pipeline without processors; the best of some rounds. */
  readonly microsecondsPerLog: number;
}

interface SimulatedDoc {
  doc?: { _source?: { anomaly?: { score?: number; is_anomaly?: boolean; unscored?: string | string[] } } };
  error?: { reason?: string };
}

/**
 * Runs sample logs through a pipeline without storing them.
 *
 * @throws DetectionError `refused` when a log fails, a score differs from ours, or the cost is over the limit
 */
export async function simulatePipeline(
  client: ElasticsearchClient,
  pipeline: string,
  options: SimulationOptions & {
    readonly documents: readonly LogDocument[];
    readonly snapshot: ModelSnapshot;
    readonly threshold?: number;
  },
): Promise<SimulationReport> {
  const { documents, snapshot, threshold = snapshot.threshold, now, maxMicrosecondsPerLog, signal } = options;
  if (documents.length === 0) {
    throw new DetectionError('too_few_logs', 'The pipeline cannot be tried out: there is no sample log.');
  }
  const batches: LogDocument[][] = [];
  for (let from = 0; from < documents.length; from += BATCH)
    batches.push(documents.slice(from, from + BATCH));
  const run = async (target: { id: string } | { pipeline: { processors: [] } }): Promise<SimulatedDoc[]> => {
    const docs: SimulatedDoc[] = [];
    for (const batch of batches) {
      const answer = await attempt(
        () =>
          client.ingest.simulate(
            {
              ...target,
              docs: batch.map((document) => ({ _index: 'trial', _id: 'trial', _source: document })),
            },
            { signal },
          ),
        { what: `try out the ingest pipeline "${pipeline}"`, signal },
      );
      docs.push(...(answer.docs as SimulatedDoc[]));
    }
    return docs;
  };

  const { scores } = await createTurns().finish(createModelScorer(snapshot).scoreInSteps(documents));
  const simulated = await run({ id: pipeline });
  let anomalies = 0;
  let incomplete = 0;
  simulated.forEach(({ doc, error }, i) => {
    const anomaly = doc?._source?.anomaly;
    const refuse = (why: string): never => {
      throw new DetectionError(
        'refused',
        `The pipeline failed its trial on sample log ${i + 1}: ${why}. It was not put live.`,
      );
    };
    if (anomaly?.score === undefined) return refuse(String(error?.reason ?? anomaly?.unscored ?? 'no score'));
    if (
      Math.abs(anomaly.score - scores[i]) > SCORE_TOLERANCE ||
      anomaly.is_anomaly !== scores[i] >= threshold
    ) {
      refuse(`it scores ${anomaly.score}, the model ${scores[i]}`);
    }
    if (anomaly.is_anomaly) anomalies++;
    if (anomaly.unscored !== undefined) incomplete++;
  });

  let withPipeline = Infinity;
  let without = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = now();
    await run({ id: pipeline });
    const middle = now();
    await run({ pipeline: { processors: [] } });
    withPipeline = Math.min(withPipeline, middle - start);
    without = Math.min(without, now() - middle);
  }
  const microsecondsPerLog = (Math.max(0, withPipeline - without) * 1_000) / documents.length;
  if (maxMicrosecondsPerLog !== undefined && microsecondsPerLog > maxMicrosecondsPerLog) {
    throw new DetectionError(
      'refused',
      `The pipeline costs ${microsecondsPerLog.toFixed(1)} microseconds a log, ${maxMicrosecondsPerLog} are allowed. It was not put live; use fewer features or trees.`,
    );
  }
  return { logs: documents.length, anomalies, incomplete, microsecondsPerLog };
}
