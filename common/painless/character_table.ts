/**
 * Numbers packed into strings: the only constants that Painless reads fast, and small in JSON. A number is one UTF-16
 * code unit above the control characters (which JSON escapes with six bytes) and below the surrogates.
 */
const FIRST_CHARACTER = 0x20;
export const FIRST_SURROGATE = 0xd800;
/** Numbers that fit one character: 0 to this, excluded. */
export const CHARACTER_RANGE = FIRST_SURROGATE - FIRST_CHARACTER;

/** @param value an integer in [0, {@link CHARACTER_RANGE}) */
export function characterOf(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value >= CHARACTER_RANGE) {
    throw new RangeError(`${value} does not fit one character`);
  }
  return String.fromCharCode(value + FIRST_CHARACTER);
}

export const characters = (values: Iterable<number>): string => Array.from(values, characterOf).join('');

/** 32 bits in three characters of 11, 11 and 10 bits; Painless puts them together with `word(text, place)`. */
export const wordCharacters = (bits: number): string =>
  characterOf((bits >>> 21) & 0x7ff) + characterOf((bits >>> 10) & 0x7ff) + characterOf(bits & 0x3ff);

const float = new Float32Array(1);
const floatBits = new Int32Array(float.buffer);

/** A 32-bit integer that is ordered as the floats are; -0 and 0 are the same. */
export function orderedBits(value: number): number {
  float[0] = value + 0;
  const bits = floatBits[0];
  return bits ^ ((bits >> 31) & 0x7fffffff);
}
