/** Slots; a power of two. */
const SLOTS = 4_096;
/** Longer texts are computed each time, which bounds the memory that keys hold. */
const MAX_KEY_LENGTH = 512;
const SAMPLES = 16;

/** From length and a few code units: texts that differ elsewhere share a slot, which costs time, not correctness. */
function slotOf(text: string): number {
  const length = text.length;
  const step = length > SAMPLES ? Math.floor(length / SAMPLES) : 1;
  let hash = length;
  for (let index = length - 1, left = SAMPLES; index >= 0 && left > 0; index -= step, left--) {
    hash = Math.imul(hash, 31) + text.charCodeAt(index);
  }
  return (hash ^ (hash >>> 12)) & (SLOTS - 1);
}

/**
 * Remembers the columns of recent texts, one text a slot, the latest wins. Nothing is allocated for a text, so that
 * a log whose texts never repeat pays next to nothing.
 */
export class RowCache {
  private readonly keys = new Array<string | undefined>(SLOTS).fill(undefined);
  private rows: Float64Array | undefined;

  constructor(private readonly columnCount: number) {}

  /** Writes the columns of `text` to `out` from `offset` on, computed or remembered. */
  read(
    text: string,
    out: Float64Array,
    offset: number,
    compute: (text: string, out: Float64Array, offset: number) => void,
  ): void {
    if (text.length > MAX_KEY_LENGTH) {
      compute(text, out, offset);
      return;
    }
    this.rows ??= new Float64Array(SLOTS * this.columnCount);
    const { rows, columnCount } = this;
    const slot = slotOf(text);
    const start = slot * columnCount;
    if (this.keys[slot] !== text) {
      compute(text, rows, start);
      this.keys[slot] = text;
    }
    for (let column = 0; column < columnCount; column++) out[offset + column] = rows[start + column];
  }
}
