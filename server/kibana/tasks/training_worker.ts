import { parentPort } from 'node:worker_threads';
import { DetectionError } from '../../../common/detection_error';
import type { SourceLog } from '../../../common/log_document';
import type { WorkerAnswer, WorkerMessage } from './train_in_worker';
import { doTrainingWork } from '../../detection/training/training_work';

/** Entry of the thread that trains: collects the logs piece by piece, then works and answers once. */
const logs: SourceLog[] = [];

parentPort?.on('message', (message: WorkerMessage) => {
  if (message.kind === 'logs') {
    logs.push(...message.logs);
    return;
  }
  let answer: WorkerAnswer;
  try {
    answer = {
      outcome: doTrainingWork({ ...message.work, logs }, Date.now, (step, done) =>
        parentPort?.postMessage({ step, ...(done !== undefined && { done }) } satisfies WorkerAnswer),
      ),
    };
  } catch (error) {
    answer = {
      error: {
        code: error instanceof DetectionError ? error.code : 'internal',
        message: error instanceof Error ? error.message : String(error),
        ...(error instanceof DetectionError && error.details ? { details: error.details } : {}),
        ...(error instanceof DetectionError && error.said ? { said: error.said } : {}),
      },
    };
  }
  parentPort?.postMessage(answer);
});
