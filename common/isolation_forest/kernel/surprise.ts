// Surprise of a row from values that training never held, as in ../scoring/surprise.ts, to the last bit.

// Fields of an entry: column and feature (uint32), then float32.
const COLUMN = 0;
const FEATURE = 4;
const LOW = 8;
const LOW_SCALE = 12;
const HIGH = 16;
const HIGH_SCALE = 20;
const JUMP = 24;
const GROWTH = 28;
const ENTRY_BYTES = 32;

function surpriseOf(entry: u32, value: f32): f64 {
  let beyond: f64 = -1;
  if (value > load<f32>(entry, HIGH)) {
    beyond = (f64(value) - f64(load<f32>(entry, HIGH))) / f64(load<f32>(entry, HIGH_SCALE));
  } else if (value < load<f32>(entry, LOW)) {
    beyond = (f64(load<f32>(entry, LOW)) - f64(value)) / f64(load<f32>(entry, LOW_SCALE));
  }
  if (beyond < 0) return 0;
  return f64(load<f32>(entry, JUMP)) + f64(load<f32>(entry, GROWTH)) * (beyond / (beyond + 1));
}

/** Writes the larger of what is there and the surprise of each row in a column. @returns whether any row has one */
function raise(entry: u32, values: u32, largest: u32, rowCount: i32): bool {
  const low = f32x4.splat(load<f32>(entry, LOW));
  const high = f32x4.splat(load<f32>(entry, HIGH));
  let found = false;
  for (let row: i32 = 0; row < rowCount; row += 4) {
    const four = v128.load(values);
    if (v128.any_true(v128.or(f32x4.gt(four, high), f32x4.lt(four, low)))) {
      found = true;
      for (let i: u32 = 0; i < 4; i++) {
        const surprise = surpriseOf(entry, load<f32>(values + i * 4));
        const place: u32 = largest + i * 8;
        if (surprise > load<f64>(place)) store<f64>(place, surprise);
      }
    }
    values += 16;
    largest += 32;
  }
  return found;
}

/**
 * Divides the sums of the rows by 1 + their surprise.
 *
 * @param entries sorted by feature
 * @param values float32, column by column
 * @param surprises room for two float64 a row: the largest of a feature, and all features added up
 * @param rowCount a multiple of 4
 */
export function divideBySurprise(
  entries: u32,
  count: u32,
  values: u32,
  columnBytes: u32,
  surprises: u32,
  rowCount: i32,
  sums: u32,
): void {
  const bytes = rowCount * 8;
  const total: u32 = surprises + bytes;
  memory.fill(surprises, 0, bytes * 2);
  let isAny = false;
  let isOfFeature = false;
  for (let i: u32 = 0; i < count; i++) {
    if (raise(entries, values + load<u32>(entries, COLUMN) * columnBytes, surprises, rowCount))
      isOfFeature = true;
    const isLast = i == count - 1 || load<u32>(entries, FEATURE) != load<u32>(entries + ENTRY_BYTES, FEATURE);
    if (isLast && isOfFeature) {
      for (let at: i32 = 0; at < bytes; at += 8) {
        store<f64>(total + at, load<f64>(total + at) + load<f64>(surprises + at));
      }
      memory.fill(surprises, 0, bytes);
      isOfFeature = false;
      isAny = true;
    }
    entries += ENTRY_BYTES;
  }
  if (!isAny) return;
  for (let at: i32 = 0; at < bytes; at += 8) {
    store<f64>(sums + at, load<f64>(sums + at) / (1 + load<f64>(total + at)));
  }
}

/**
 * Counts in part what sums are shorter than a limit, as `dampedSum` in ../scoring/surprise.ts, to the last bit.
 *
 * @param damping limit and share, float64
 * @param rowCount even
 */
export function dampShortSums(damping: u32, rowCount: i32, sums: u32): void {
  const limit = f64x2.splat(load<f64>(damping));
  const share = f64x2.splat(load<f64>(damping, 8));
  for (let left = rowCount; left > 0; left -= 2) {
    const two = v128.load(sums);
    const isShort = f64x2.lt(two, limit);
    if (v128.any_true(isShort)) {
      const counted = f64x2.sub(limit, f64x2.mul(f64x2.sub(limit, two), share));
      v128.store(sums, v128.bitselect(counted, two, isShort));
    }
    sums += 16;
  }
}
