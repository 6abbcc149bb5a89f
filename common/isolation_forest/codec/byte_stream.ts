import { DetectionError } from '../../detection_error';

/** Bytes with room to grow; numbers little-endian, whole numbers as LEB128 (7 bits a byte, low ones first). */
export class ByteWriter {
  private bytes = new Uint8Array(65_536);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** @param value from 0 to 2^32 - 1 */
  count(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  float32(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  /** @returns a copy of what was written so far */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads what {@link ByteWriter} wrote, from a source that is not trusted: never past the end, never out of range. */
export class ByteReader {
  private position = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  byte(): number {
    this.need(1);
    return this.bytes[this.position++];
  }

  /** @returns a whole number from `minimum` to `maximum` (at most 2^32 - 1) */
  count(name: string, minimum: number, maximum: number): number {
    let value = 0;
    let scale = 1;
    let part: number;
    do {
      part = this.byte();
      value += (part & 127) * scale;
      scale *= 128;
      if (value > 0xffffffff) this.refuse(`${name} is above 2^32 - 1`);
      if (scale > 2 ** 35) this.refuse(`${name} takes more than 5 bytes`);
    } while (part > 127);
    if (value < minimum || value > maximum) {
      this.refuse(`${name} is ${value}, must be from ${minimum} to ${maximum}`);
    }
    return value;
  }

  uint32(): number {
    this.need(4);
    this.position += 4;
    return this.view.getUint32(this.position - 4, true);
  }

  float32(): number {
    this.need(4);
    this.position += 4;
    return this.view.getFloat32(this.position - 4, true);
  }

  /** @throws DetectionError `invalid_input`, always */
  refuse(reason: string): never {
    throw new DetectionError(
      'invalid_input',
      `${this.what} is not valid at byte ${this.position}: ${reason}`,
    );
  }

  private need(count: number): void {
    if (this.remaining < count) this.refuse(`it ends early, after ${this.bytes.length} bytes`);
  }
}

const CRC_OF_BYTE = Int32Array.from({ length: 256 }, (_none, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32 of ISO 3309 (as in gzip): finds damage, not forgery. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_OF_BYTE[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}
