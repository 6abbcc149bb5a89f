import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import type { IsolationForest } from '../../../common/isolation_forest';
import { encoderInSteps, type EncodingState } from '../../../common/log_features';
import {
  decodeModelSnapshot,
  snapshotOf,
  type ModelParts,
  type ModelSnapshot,
} from '../../../common/model_snapshot';
import { createTurns } from '../ports/in_turns';
import { findBuiltWorker } from '../workers/built_worker';

export type DecodeMessage =
  | { readonly kind: 'piece'; readonly text: string }
  /** All pieces are there, or the file comes as bytes. */
  | { readonly kind: 'decode'; readonly stored: boolean; readonly bytes?: Uint8Array }
  | { readonly kind: 'next' };

type Features = EncodingState['features'];
/** The forest comes without a copy; what was learned for the features is asked for one by one. */
type SentParts = Omit<ModelParts, 'encoding'> & { readonly encoding: Omit<EncodingState, 'features'> };

export type DecodeAnswer =
  /** With how many features and pieces of text follow when they are asked for. */
  | { readonly kind: 'model'; readonly parts: SentParts; readonly features: number; readonly texts: number }
  | { readonly kind: 'feature'; readonly feature: Features[number] }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'error';
      readonly code: DetectionErrorCode;
      readonly message: string;
      readonly details?: Record<string, unknown>;
    };

/** Reads model files while the calling thread goes on answering: the largest take seconds. */
export interface ModelDecoder {
  /**
   * A model that was stored.
   *
   * @throws DetectionError as `decodeModelSnapshot`
   */
  decode(text: string): Promise<ModelSnapshot>;
  /**
   * A file from outside. The bytes are gone afterwards.
   *
   * @returns its model, and its text without spaces
   * @throws DetectionError as `decodeModelSnapshot`
   */
  read(bytes: Uint8Array): Promise<{ snapshot: ModelSnapshot; text: string }>;
}

/** Characters handed over in one go: copying them takes some milliseconds. */
const PIECE_CHARACTERS = 1_000_000;
/** Memory of the thread without that of forests, which lie beside it. */
const MEMORY_MB = 768;
/** Milliseconds after which a file is given up: that of the largest allowed size takes a twentieth of it. */
const DEADLINE = 120_000;
/** Milliseconds for which an idle thread stays. */
const IDLE = 30_000;

/** Below the folder of the bundled server. */
export const MODEL_WORKER = 'detection/decoding/model_worker.js';

/** Parts of a text that are handed over one by one. */
export function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; start += PIECE_CHARACTERS) {
    yield text.slice(start, start + PIECE_CHARACTERS);
  }
}

/** Memory of a forest that another thread can take over. */
export function forestBuffers(forest: IsolationForest): ArrayBuffer[] {
  const { fillValues, treeStart, splitColumn, threshold, leftChild, nodeRowCount } = forest;
  const { lengthAdjustment, surprise, hyperplanes } = forest;
  const arrays = [
    ...[fillValues, treeStart, splitColumn, threshold, leftChild, nodeRowCount],
    ...(lengthAdjustment ? [lengthAdjustment] : []),
    ...(surprise ? Object.values(surprise) : []),
    ...(hyperplanes ? [hyperplanes.columns, hyperplanes.weights] : []),
  ] as { readonly buffer: ArrayBuffer }[];
  return [...new Set(arrays.map(({ buffer }) => buffer))];
}

/**
 * @param worker the built model_worker.js; undefined where the sources run unbuilt and in the command line, which has
 *   nobody to keep waiting: the calling thread does it then
 */
export function createModelDecoder(worker = findBuiltWorker(__dirname, MODEL_WORKER)): ModelDecoder {
  if (worker === undefined) {
    return {
      decode: async (text) => decodeModelSnapshot(text, { stored: true }),
      read: async (bytes) => {
        const text = JSON.stringify(parsed(new TextDecoder().decode(bytes)));
        return { snapshot: decodeModelSnapshot(text), text };
      },
    };
  }
  const thread = new DecodingThread(worker);
  return {
    decode: async (text) => (await thread.decode({ text })).snapshot,
    read: async (bytes) => {
      const { snapshot, text = '' } = await thread.decode({ bytes });
      return { snapshot, text };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DetectionError(
      'refused',
      `The model file is refused: it is not JSON (${(cause as Error).message.slice(0, 200)})`,
      { cause },
    );
  }
}

type File =
  | { readonly text: string; readonly bytes?: undefined }
  | { readonly text?: undefined; readonly bytes: Uint8Array };

/** One thread, one file after another: so many files at once take the memory of one. */
class DecodingThread {
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly path: string) {}

  decode(file: File): Promise<{ snapshot: ModelSnapshot; text?: string }> {
    const decoded = this.last.then(() => this.decodeNow(file));
    this.last = decoded.catch(() => undefined);
    return decoded;
  }

  private async decodeNow(file: File): Promise<{ snapshot: ModelSnapshot; text?: string }> {
    clearTimeout(this.idle);
    const worker = (this.worker ??= new Worker(this.path, {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    }));
    worker.ref();
    try {
      return await this.ask(worker, file);
    } catch (error) {
      // A refused model leaves the thread as it was; any other error may not.
      if (!(error instanceof DetectionError) || error.code === 'internal' || error === this.tooLong) {
        this.worker = undefined;
        await worker.terminate();
      }
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      throw new DetectionError(
        'refused',
        `The model file is refused: reading it takes more than ${MEMORY_MB} MB of memory`,
        { cause: error },
      );
    } finally {
      // An idle thread does not keep the process alive.
      worker.unref();
      this.idle = setTimeout(() => {
        const over = this.worker;
        this.worker = undefined;
        void over?.terminate();
      }, IDLE).unref();
    }
  }

  private readonly tooLong = new DetectionError(
    'refused',
    `The model file is refused: reading it takes more than ${DEADLINE / 1_000} seconds`,
  );

  private async ask(worker: Worker, file: File): Promise<{ snapshot: ModelSnapshot; text?: string }> {
    if (file.bytes === undefined) {
      for (const text of piecesOf(file.text)) {
        worker.postMessage({ kind: 'piece', text } satisfies DecodeMessage);
        await setImmediate();
      }
    }
    const { bytes } = file;
    const answer = await this.answerOf(
      worker,
      { kind: 'decode', stored: bytes === undefined, ...(bytes && { bytes }) },
      bytes === undefined ? [] : transferable(bytes),
    );
    if (answer.kind !== 'model') throw unexpected();
    const features: Features = [];
    while (features.length < answer.features) {
      const next = await this.answerOf(worker, { kind: 'next' });
      if (next.kind !== 'feature') throw unexpected();
      features.push(next.feature);
    }
    let text = '';
    for (let i = 0; i < answer.texts; i++) {
      const next = await this.answerOf(worker, { kind: 'next' });
      if (next.kind !== 'text') throw unexpected();
      text += next.text;
    }
    const parts = { ...answer.parts, encoding: { ...answer.parts.encoding, features } };
    const encoder = await createTurns().finish(encoderInSteps(parts.encoding));
    return { snapshot: snapshotOf(parts, encoder), ...(text !== '' && { text }) };
  }

  private answerOf(
    worker: Worker,
    message: DecodeMessage,
    transfer: ArrayBuffer[] = [],
  ): Promise<Exclude<DecodeAnswer, { kind: 'error' }>> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        action();
      };
      const onMessage = (answer: DecodeAnswer): void =>
        settle(() => {
          if (answer.kind !== 'error') resolve(answer);
          else reject(new DetectionError(answer.code, answer.message, { details: answer.details }));
        });
      const onError = (error: Error): void => settle(() => reject(error));
      const onExit = (): void => settle(() => reject(unexpected()));
      const timer = setTimeout(() => settle(() => reject(this.tooLong)), DEADLINE);
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(message, transfer);
    });
  }
}

const unexpected = (): DetectionError =>
  new DetectionError('internal', 'The thread that reads model files has ended or answered out of turn.');

/** Small buffers of Node share their memory with others and are copied. */
const transferable = ({ buffer, byteLength }: Uint8Array): ArrayBuffer[] =>
  buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
