/** Templates that differ in one place only. */

/** Stands for the place that is left out. */
const LEFT_OUT = '\u0002';

/** Two templates or more that are alike but for one place. */
export interface SharedContext {
  readonly place: number;
  /** Rows, ascending. */
  readonly members: readonly number[];
}

/** @returns a number of 32 bits for a word at a place */
function hashOf(word: number, place: number, seed: number): number {
  let hash = Math.imul(word ^ seed, 0x9e3779b1) ^ Math.imul(place + seed, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) | 0;
}
const SEEDS = [0x5bd1e995, 0x1b873593] as const;

/** Templates of the same length, each word a number. */
class WordTable {
  readonly length: number;
  private readonly ids: Int32Array;
  /** Sums of the hashes of all words of a row: less that of one, they are the hash of what is around it. */
  private readonly sums: readonly Int32Array[];

  constructor(private readonly rows: readonly (readonly string[])[]) {
    this.length = rows[0].length;
    this.ids = new Int32Array(rows.length * this.length);
    this.sums = SEEDS.map(() => new Int32Array(rows.length));
    const known = new Map<string, number>();
    rows.forEach((words, row) =>
      words.forEach((word, place) => {
        let id = known.get(word);
        if (id === undefined) known.set(word, (id = known.size));
        this.ids[row * this.length + place] = id;
        SEEDS.forEach((seed, index) => (this.sums[index][row] += hashOf(id, place, seed)));
      }),
    );
  }

  /** @returns a hash of 53 bits of the words around a place */
  around(row: number, place: number): number {
    const id = this.ids[row * this.length + place];
    const [high, low] = this.sums.map((sums, index) => (sums[row] - hashOf(id, place, SEEDS[index])) >>> 0);
    return (high % 2 ** 20) * 2 ** 32 + low;
  }

  isAlikeAround(one: number, other: number, place: number): boolean {
    const { ids, length } = this;
    for (let at = 0; at < length; at++) {
      if (at !== place && ids[one * length + at] !== ids[other * length + at]) return false;
    }
    return true;
  }

  /** Compares as texts of all words would, with a sign in the place that is left out. */
  compare(one: SharedContext, other: SharedContext): number {
    const { ids, length, rows } = this;
    const [first, second] = [one.members[0], other.members[0]];
    for (let at = 0; at < length; at++) {
      const areLeftOut = [at === one.place, at === other.place] as const;
      if (!areLeftOut[0] && !areLeftOut[1] && ids[first * length + at] === ids[second * length + at])
        continue;
      const left = areLeftOut[0] ? LEFT_OUT : rows[first][at];
      const right = areLeftOut[1] ? LEFT_OUT : rows[second][at];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  }
}

/**
 * Finds the templates that differ in one place only: each place of each left out in turn, one place after the other. Takes time in
 * proportion to the words of all, and memory to their number.
 *
 * @param rows words of the templates, equally many in each
 * @param mayDiffer false for a place of a row that is not left out
 * @returns those with the most templates first, equally many by their words
 */
export function sharedContexts(
  rows: readonly (readonly string[])[],
  mayDiffer: (row: number, place: number) => boolean,
): SharedContext[] {
  if (rows.length < 2) return [];
  const table = new WordTable(rows);
  const found: SharedContext[] = [];
  for (let place = 0; place < table.length; place++) {
    const contexts = new Map<number, number[]>();
    for (let row = 0; row < rows.length; row++) {
      if (!mayDiffer(row, place)) continue;
      let key = table.around(row, place);
      let members = contexts.get(key);
      while (members !== undefined && !table.isAlikeAround(members[0], row, place))
        members = contexts.get(++key);
      if (members === undefined) contexts.set(key, [row]);
      else members.push(row);
    }
    for (const members of contexts.values()) if (members.length > 1) found.push({ place, members });
  }
  return found.sort((one, other) => other.members.length - one.members.length || table.compare(one, other));
}
