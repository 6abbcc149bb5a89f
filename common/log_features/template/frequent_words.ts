/** Groups of messages by the words that most of them share. */
import { MASK, STRUCTURE } from './token_list';
import { MASKED, type Variant } from './message_counter';

/**
 * Words of messages in the order of how many messages have them: `steps` holds, for each message, `width` numbers that
 * each stand for a word at its place.
 */
interface Paths {
  readonly steps: Int32Array;
  readonly width: number;
}

function pathsOf(variants: readonly Variant[], places: readonly number[]): Paths {
  const width = places.length;
  const steps = new Int32Array(variants.length * width);
  const counts: number[] = [];
  places.forEach((place, index) => {
    const known = new Map<string, number>();
    variants.forEach(({ words, kinds }, row) => {
      const word = kinds[place] === MASK ? MASKED : words[place];
      let step = known.get(word);
      if (step === undefined) {
        known.set(word, (step = counts.length));
        counts.push(0);
      }
      counts[step]++;
      steps[row * width + index] = step;
    });
  });
  // The most frequent first, then by place; places fit beside the count in a number that sorts.
  const order = new Float64Array(width);
  for (let row = 0; row < variants.length; row++) {
    const own = steps.slice(row * width, (row + 1) * width);
    for (let index = 0; index < width; index++)
      order[index] = (variants.length - counts[own[index]]) * width + index;
    order.sort();
    for (let index = 0; index < width; index++) steps[row * width + index] = own[order[index] % width];
  }
  return { steps, width };
}

interface Node {
  readonly rows: readonly number[];
  readonly depth: number;
  /** The best node from the root to here, and what it gains; -1 for none. */
  readonly best: number;
  readonly gain: number;
}

/** @returns rows by their next word; one group where all have the same */
function rowsByStep({ rows, depth }: Node, { steps, width }: Paths): Iterable<readonly number[]> {
  const first = steps[rows[0] * width + depth];
  if (rows.every((row) => steps[row * width + depth] === first)) return [rows];
  const children = new Map<number, number[]>();
  for (const row of rows) {
    const step = steps[row * width + depth];
    const child = children.get(step);
    if (child === undefined) children.set(step, [row]);
    else child.push(row);
  }
  return children.values();
}

/**
 * Splits variants of one punctuation into groups that share most of their words: by the nodes of a prefix tree of their most frequent words,
 * of which only those with several variants are ever made. Memory and time grow with the words of the variants.
 */
export function groupsByFrequentWords(variants: readonly Variant[]): Variant[][] {
  if (variants.length === 1) return [[...variants]];
  const places = variants[0].kinds.flatMap((kind, place) => (kind === STRUCTURE ? [] : [place]));
  if (places.length === 0) return [[...variants]];
  const paths = pathsOf(variants, places);
  const { width } = paths;
  const least = Math.max(1, Math.ceil(width / 2));
  const groupOfRow = new Int32Array(variants.length);
  let ids = 0;
  const pending: Node[] = [{ rows: [...variants.keys()], depth: 0, best: -1, gain: 0 }];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { rows, depth, best, gain } = node;
    if (rows.length === 1 || depth === width) {
      const id = best < 0 ? ids++ : best;
      for (const row of rows) groupOfRow[row] = id;
      continue;
    }
    for (const child of rowsByStep(node, paths)) {
      const own = depth + 1 < least ? 0 : (depth + 1) * (child.length - 1);
      const isBetter = own > gain;
      pending.push({
        rows: child,
        depth: depth + 1,
        best: isBetter ? ids++ : best,
        gain: isBetter ? own : gain,
      });
    }
  }
  const groups = new Map<number, Variant[]>();
  variants.forEach((variant, row) => {
    const group = groups.get(groupOfRow[row]);
    if (group === undefined) groups.set(groupOfRow[row], [variant]);
    else group.push(variant);
  });
  return [...groups.values()];
}
