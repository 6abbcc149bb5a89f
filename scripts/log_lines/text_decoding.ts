import { StringDecoder } from 'node:string_decoder';
import { DetectionError } from '../../common/detection_error';

/** Decodes a text that comes in pieces. */
export interface TextDecoding {
  /** @throws DetectionError `invalid_input` naming the encoding, where it is none that is read */
  write(bytes: Buffer): string;
  /** The rest of the text. */
  end(): string;
}

/** Bytes that tell the encoding. */
const MARK_BYTES = 4;
const LOOKED_AT_BYTES = 4_096;
/** Of the bytes at one of two places so many are zero in UTF-16, and hardly any at the other: most text is Latin. */
const LEAST_ZEROS = 0.4;
const MOST_ZEROS = 0.05;

/** @param name of the file, for errors. Text is UTF-8, or UTF-16 where a byte order mark says so; the mark is passed over. */
export function createTextDecoding(name: string): TextDecoding {
  let head: Buffer = Buffer.alloc(0);
  let decode: { write(bytes: Buffer): string; end(): string } | undefined;
  const start = (): string => {
    const { mark, decoder } = decoderOf(head, name);
    decode = decoder;
    const text = decoder.write(head.subarray(mark));
    head = Buffer.alloc(0);
    return text;
  };
  return {
    write(bytes) {
      if (decode !== undefined) return decode.write(bytes);
      head = Buffer.concat([head, bytes]);
      return head.length < MARK_BYTES ? '' : start();
    },
    end: () => (decode === undefined ? start() : '') + decode!.end(),
  };
}

function decoderOf(
  head: Buffer,
  name: string,
): { readonly mark: number; readonly decoder: Pick<TextDecoding, 'write' | 'end'> } {
  const startsWith = (...mark: number[]): boolean => mark.every((byte, place) => head[place] === byte);
  if (startsWith(0xff, 0xfe, 0, 0)) throw refused(name, 'UTF-32LE');
  if (startsWith(0xff, 0xfe)) return { mark: 2, decoder: new StringDecoder('utf16le') };
  if (startsWith(0xfe, 0xff)) return { mark: 2, decoder: bigEndian() };
  const unmarked = unmarkedUtf16(head);
  if (unmarked !== undefined) throw refused(name, unmarked);
  return { mark: startsWith(0xef, 0xbb, 0xbf) ? 3 : 0, decoder: new StringDecoder('utf8') };
}

function bigEndian(): Pick<TextDecoding, 'write' | 'end'> {
  const decoder = new TextDecoder('utf-16be');
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

function refused(name: string, encoding: string): DetectionError {
  const which = encoding.startsWith('UTF-16') ? `${encoding} without a byte order mark` : encoding;
  return new DetectionError(
    'invalid_input',
    `${name} is ${which}; text is read as UTF-8. Convert it: iconv -f ${encoding} -t UTF-8`,
  );
}

function unmarkedUtf16(head: Buffer): string | undefined {
  const zeros = [0, 0];
  const length = Math.min(head.length, LOOKED_AT_BYTES);
  for (let at = 0; at < length; at++) if (head[at] === 0) zeros[at % 2]++;
  const [even, odd] = zeros.map((count) => count / Math.max(1, Math.floor(length / 2)));
  if (odd >= LEAST_ZEROS && even <= MOST_ZEROS) return 'UTF-16LE';
  return even >= LEAST_ZEROS && odd <= MOST_ZEROS ? 'UTF-16BE' : undefined;
}
