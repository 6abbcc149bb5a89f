import { parentPort } from 'node:worker_threads';
import { DetectionError } from '../../../common/detection_error';
import { readModel } from '../../../common/model_snapshot';
import { forestBuffers, piecesOf, type DecodeAnswer, type DecodeMessage } from './decode_model';

/** Entry of the thread that reads model files: one answer for each file, then its parts, one each time they are asked for. */
let pieces: string[] = [];
/** Parts of the answer that are handed over one by one. */
let rest: DecodeAnswer[] = [];

parentPort?.on('message', (message: DecodeMessage) => {
  if (message.kind === 'piece') {
    pieces.push(message.text);
    return;
  }
  if (message.kind === 'next') {
    parentPort?.postMessage(rest.shift());
    return;
  }
  try {
    const given = message.bytes === undefined ? pieces.join('') : textOf(message.bytes);
    pieces = [];
    const { parts } = readModel(given, { stored: message.stored });
    const { encoding, ...others } = parts;
    const { features, ...frame } = encoding;
    const texts = message.bytes === undefined ? [] : [...piecesOf(JSON.stringify(JSON.parse(given)))];
    rest = [
      ...features.map((feature): DecodeAnswer => ({ kind: 'feature', feature })),
      ...texts.map((text): DecodeAnswer => ({ kind: 'text', text })),
    ];
    const answer: DecodeAnswer = {
      kind: 'model',
      parts: { ...others, encoding: frame },
      features: features.length,
      texts: texts.length,
    };
    parentPort?.postMessage(answer, forestBuffers(others.forest));
  } catch (error) {
    pieces = [];
    const known = error instanceof DetectionError;
    parentPort?.postMessage({
      kind: 'error',
      code: known ? error.code : 'internal',
      message: (error as Error).message,
      ...(known && error.details && { details: error.details }),
    } satisfies DecodeAnswer);
  }
});

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DetectionError('refused', 'The model file is refused: it is not UTF-8 text', { cause });
  }
}
