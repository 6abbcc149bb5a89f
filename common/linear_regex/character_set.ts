/**
 * Sets of UTF-16 code units as they are compared where the case of letters does not count: every code unit stands for
 * its canonical form (ECMA-262, Canonicalize without the flag u). A set is ascending, disjoint, inclusive ranges.
 */
export type CharacterSet = readonly (readonly [low: number, high: number])[];

const LAST_CODE_UNIT = 0xffff;
const LAST_ASCII = 0x7f;

/** The form in which code units are compared: upper case, unless that is several code units, or ASCII for what is not. */
export function canonicalUnit(unit: number): number {
  if (unit < 128) return unit >= 97 && unit <= 122 ? unit - 32 : unit;
  const upper = String.fromCharCode(unit).toUpperCase();
  if (upper.length !== 1) return unit;
  const code = upper.charCodeAt(0);
  return code < 128 ? unit : code;
}

let table: Uint16Array | undefined;
/** {@link canonicalUnit} of every code unit, worked out once. */
const canonicalUnits = (): Uint16Array =>
  (table ??= Uint16Array.from({ length: LAST_CODE_UNIT + 1 }, (_, unit) => canonicalUnit(unit)));

/** Ascending, what touches joined. */
function join(ranges: [number, number][]): CharacterSet {
  const joined: [number, number][] = [];
  for (const [low, high] of ranges.sort((one, other) => one[0] - other[0])) {
    const last = joined[joined.length - 1];
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}

export function complement(set: CharacterSet): CharacterSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [low, high] of set) {
    if (low > next) rest.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= LAST_CODE_UNIT) rest.push([next, LAST_CODE_UNIT]);
  return rest;
}

/** Large sets come back, as `.` and `\W` do; so many are kept with their canonical forms. */
const KEPT_SETS = 64;
const canonicalSets = new Map<string, CharacterSet>();

/** The canonical forms of the code units in `ranges`. */
export function canonicalSet(ranges: CharacterSet): CharacterSet {
  if (ranges.every(([low, high]) => high - low < LAST_ASCII)) return toCanonical(ranges);
  const key = ranges.join(' ');
  const kept = canonicalSets.get(key);
  if (kept !== undefined) return kept;
  if (canonicalSets.size >= KEPT_SETS) canonicalSets.clear();
  const set = toCanonical(ranges);
  canonicalSets.set(key, set);
  return set;
}

function toCanonical(ranges: CharacterSet): CharacterSet {
  const out: [number, number][] = [];
  for (const [low, high] of ranges) {
    const lowest = Math.max(low, 97);
    const highest = Math.min(high, 122);
    if (lowest <= highest) out.push([lowest - 32, highest - 32]);
    if (low < 128) out.push([low, Math.min(high, 127)]);
    if (high < 128) continue;
    if (low <= 128 && high === LAST_CODE_UNIT) {
      out.push([128, LAST_CODE_UNIT]);
      continue;
    }
    const units = canonicalUnits();
    for (let unit = Math.max(low, 128); unit <= high; unit++) {
      const canonical = units[unit];
      const last = out[out.length - 1];
      if (last !== undefined && canonical === last[1] + 1) last[1] = canonical;
      else if (last === undefined || canonical < last[0] || canonical > last[1])
        out.push([canonical, canonical]);
    }
  }
  return join(out);
}

export const union = (...sets: readonly CharacterSet[]): CharacterSet =>
  join(sets.flatMap((set) => set.map(([low, high]): [number, number] => [low, high])));

export const DIGITS: CharacterSet = [[48, 57]];
export const WORD_UNITS: CharacterSet = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
export const SPACES: CharacterSet = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
export const LINE_ENDS: CharacterSet = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];
