import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { CodedSentence } from '../../../common/coded_sentence';
import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import type { TrainingStep } from '../../../common/api/status';
import type { SourceLog } from '../../../common/log_document';
import type { Trainer, TrainingOutcome, TrainingWork } from '../../detection/training/training_work';

export type WorkerMessage =
  | { readonly kind: 'logs'; readonly logs: readonly SourceLog[] }
  | { readonly kind: 'work'; readonly work: Omit<TrainingWork, 'logs'> };

export type WorkerAnswer =
  /** On the way; the others come once, at the end. */
  | {
      readonly step: TrainingStep;
      readonly done?: number;
      readonly outcome?: undefined;
      readonly error?: undefined;
    }
  | { readonly step?: undefined; readonly outcome: TrainingOutcome; readonly error?: undefined }
  | {
      readonly step?: undefined;
      readonly outcome?: undefined;
      readonly error: {
        code: DetectionErrorCode;
        message: string;
        details?: Record<string, unknown>;
        said?: CodedSentence;
      };
    };

type FinalAnswer = Exclude<WorkerAnswer, { step: TrainingStep }>;

/** Logs handed over in one go: copying them takes a few milliseconds. */
const LOGS_A_MESSAGE = 500;

/**
 * Trains on a thread of its own, so that Kibana goes on answering.
 *
 * @param path the built training_worker.js
 * @returns a trainer that throws `interrupted` on its signal and `refused` when the thread needs more memory
 */
export function createWorkerTrainer(path: string, memoryMb: number): Trainer {
  return async (work, signal, tell) => {
    const { logs, ...rest } = work;
    const worker = new Worker(path, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    const stop = (): void => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const answered = new Promise<FinalAnswer>((resolve, reject) => {
        worker.on('message', (answer: WorkerAnswer) => {
          if (answer.step === undefined) resolve(answer);
          else tell?.(answer.step, answer.done);
        });
        worker.once('error', reject);
        worker.once('exit', () => reject(new DetectionError('interrupted', 'Training was interrupted.')));
      });
      // Awaited below; without this a failure while the logs are handed over would go unhandled.
      answered.catch(() => undefined);
      for (let start = 0; start < logs.length && !signal?.aborted; start += LOGS_A_MESSAGE) {
        const message: WorkerMessage = { kind: 'logs', logs: logs.slice(start, start + LOGS_A_MESSAGE) };
        worker.postMessage(message);
        await setImmediate();
      }
      if (signal?.aborted) throw new DetectionError('interrupted', 'Training was interrupted.');
      worker.postMessage({ kind: 'work', work: rest } satisfies WorkerMessage);
      const { outcome, error } = await answered;
      if (error !== undefined)
        throw new DetectionError(error.code, error.message, { details: error.details, said: error.said });
      return outcome;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      throw new DetectionError(
        'refused',
        `Training needs more than the ${memoryMb} MB that logAnomalies.jobs.training_memory_mb allows. Raise it, or lower training.max_rows.`,
        { cause: error },
      );
    } finally {
      signal?.removeEventListener('abort', stop);
      await worker.terminate();
    }
  };
}
