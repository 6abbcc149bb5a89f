import { Worker } from 'node:worker_threads';
import { DetectionError } from '../../../common/detection_error';
import { readYamlDocuments, type YamlAnswer, type YamlDocument } from '../../../common/yaml_documents';
import { findBuiltWorker } from '../../detection/workers/built_worker';

/** A file of the largest size takes about a second. */
const DEADLINE_MILLISECONDS = 5_000;
const MEMORY_MB = 256;

const builtWorker = findBuiltWorker(__dirname, 'kibana/exchange/yaml_worker.js');

/** One file after another, so that many of them take one thread. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Reads a YAML file of several documents on a thread of its own that is stopped at a deadline, since a small file can take
 * long. Where the sources run unbuilt it is this thread.
 *
 * @param worker the built yaml_worker.js
 * @throws DetectionError `invalid_input` saying where the file is wrong, `refused` when it takes too long or too much memory
 */
export async function readYaml(
  text: string,
  { worker = builtWorker, deadline = DEADLINE_MILLISECONDS }: { worker?: string; deadline?: number } = {},
): Promise<readonly YamlDocument[]> {
  const work = last.then(() =>
    worker === undefined ? readYamlDocuments(text) : inWorker(text, worker, deadline),
  );
  last = work.catch(() => undefined);
  const { documents, problem } = await work;
  if (problem !== undefined) {
    throw new DetectionError('invalid_input', `The file is not valid YAML: ${problem}`);
  }
  return documents;
}

async function inWorker(text: string, path: string, deadline: number): Promise<YamlAnswer> {
  const worker = new Worker(path, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<YamlAnswer>((resolve, reject) => {
      const refuse = (why: string, cause?: unknown): void =>
        reject(new DetectionError('refused', `The file cannot be read: ${why}. Split it.`, { cause }));
      timer = setTimeout(() => refuse(`it takes more than ${deadline / 1_000} seconds`), deadline);
      worker.once('message', resolve);
      worker.once('error', (cause) => refuse(cause.message, cause));
      worker.postMessage(text);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
