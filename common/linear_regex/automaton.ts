import { canonicalUnit, WORD_UNITS, type CharacterSet } from './character_set';
import { Edge, Op, type Program } from './program';

/** Transitions and numbers in states that one automaton keeps; then it forgets them all and goes on. */
const KEPT_TRANSITIONS = 8_192;
const KEPT_NUMBERS = 8_192;
/** Instructions that working out a state takes as long as, beside those it looks at. */
const STATE_STEPS = 2;

/** The side of a position on which the reader has been. */
const enum Behind {
  /** The edge of the text. */
  Edge,
  Other,
  Word,
}

/** Condition of a transition on the position before the code unit that it takes. */
const enum Found {
  Nothing,
  /** A match that took nothing. */
  Empty,
  Match,
}
const FOUND_BITS = 2;

/** Classes of code units that a program cannot tell apart: a table for ASCII, ascending ranges for the rest. */
interface Classes {
  readonly count: number;
  of(unit: number): number;
  /** For each class whether each set holds it: `class * sets + set`. */
  readonly holds: Uint8Array;
  readonly isWord: Uint8Array;
}

function classesOf(sets: readonly CharacterSet[], hasWordEdges: boolean): Classes {
  const compared = hasWordEdges ? [...sets, WORD_UNITS] : sets;
  const edges = new Set([0]);
  for (const set of compared) {
    for (const [low, high] of set) {
      edges.add(low);
      edges.add(high + 1);
    }
  }
  const starts = [...edges].sort((one, other) => one - other);
  const places = compared.map(() => 0);
  const classIds = new Map<string, number>();
  const members: boolean[][] = [];
  const classOfRange = starts.map((start) => {
    const held = compared.map((set, index) => {
      while (places[index] < set.length && set[places[index]][1] < start) places[index]++;
      return places[index] < set.length && set[places[index]][0] <= start;
    });
    const key = held.map(Number).join('');
    let id = classIds.get(key);
    if (id === undefined) {
      id = members.length;
      members.push(held);
      classIds.set(key, id);
    }
    return id;
  });
  const search = (unit: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= unit) low = middle;
      else high = middle - 1;
    }
    return classOfRange[low];
  };
  const ascii = Uint16Array.from({ length: 128 }, (_, unit) => search(canonicalUnit(unit)));
  const holds = new Uint8Array(members.length * sets.length);
  members.forEach((held, id) =>
    sets.forEach((_set, set) => (holds[id * sets.length + set] = Number(held[set]))),
  );
  return {
    count: members.length,
    of: (unit) => (unit < 128 ? ascii[unit] : search(canonicalUnit(unit))),
    holds,
    isWord: Uint8Array.from(members, (held) => Number(hasWordEdges && held[sets.length])),
  };
}

interface State {
  /** Instructions to go on at, the preferred first, each twice and one more where it has taken something. */
  readonly threads: Int32Array;
  readonly behind: Behind;
  /** A match may still begin here. */
  readonly seeks: boolean;
}

/**
 * Runs a program over texts as a deterministic automaton that is made while it is needed (Cox 2007, "Regular Expression
 * Matching Can Be Simple And Fast"): each code unit is looked at once, whatever the pattern. Threads keep the order of
 * preference, so that matches end where those of a backtracking matcher end.
 */
export class Automaton {
  private readonly classes: Classes;
  private readonly width: number;
  private states: State[] = [];
  private byHash = new Map<number, number[]>();
  private transitions = new Int32Array(0);
  /** Steps of each transition. */
  private costs = new Int32Array(0);
  private numbers = 0;
  private readonly entries = new Map<number, number>();
  private readonly visited: Int32Array;
  private readonly stack: Int32Array;
  private readonly listed: Int32Array;
  private listedCount = 0;
  private generation = 0;
  private looked = 0;
  /** Steps that the last search took: the instructions looked at for each code unit, remembered ones among them. */
  steps = 0;
  /** The last match took nothing. */
  wasEmpty = false;

  /** @param backwards for a program that reads the text from its end */
  constructor(
    private readonly program: Program,
    private readonly backwards = false,
  ) {
    this.classes = classesOf(program.sets, program.hasWordEdges);
    this.width = this.classes.count + 1;
    this.visited = new Int32Array(program.ops.length);
    this.stack = new Int32Array(2 * program.ops.length + 2);
    this.listed = new Int32Array(program.ops.length);
  }

  /**
   * Finds the next match from `from` on.
   *
   * @param allowance steps that may be taken. They depend on nothing but the pattern and the text
   * @returns where it ends, -1 for none, also where the allowance did not do
   */
  findEnd(text: string, from: number, allowance: number): number {
    const { classes, width } = this;
    let state = this.entry(this.behindAt(text, from), true);
    let end = -1;
    let index = from;
    let steps = 0;
    for (; ; index++) {
      const symbol = index < text.length ? classes.of(text.charCodeAt(index)) : width - 1;
      let transition = this.transitions[state * width + symbol];
      if (transition < 0) {
        state = this.room(state);
        transition = this.step(state, symbol);
      }
      steps += this.costs[state * width + symbol];
      if (steps > allowance) {
        this.steps = steps;
        return -1;
      }
      const found = transition & ((1 << FOUND_BITS) - 1);
      if (found !== Found.Nothing) {
        end = index;
        this.wasEmpty = found === Found.Empty;
      }
      state = transition >> FOUND_BITS;
      if (state === 0 || index === text.length) break;
    }
    this.steps = steps;
    return end;
  }

  /** For a program that reads backwards: the first place from which a match reaches `end`, not before `from`. */
  findStart(text: string, end: number, from: number): number {
    const { classes, width } = this;
    let state = this.entry(this.behindAt(text, end), false);
    let start = end;
    for (let index = end; index >= from; index--) {
      const symbol = index > 0 ? classes.of(text.charCodeAt(index - 1)) : width - 1;
      let transition = this.transitions[state * width + symbol];
      if (transition < 0) {
        state = this.room(state);
        transition = this.step(state, symbol);
      }
      if ((transition & ((1 << FOUND_BITS) - 1)) !== Found.Nothing) start = index;
      state = transition >> FOUND_BITS;
      if (state === 0) break;
    }
    return start;
  }

  private behindAt(text: string, position: number): Behind {
    const isEdge = this.backwards ? position === text.length : position === 0;
    if (isEdge) return Behind.Edge;
    const { isWord, of } = this.classes;
    return isWord[of(text.charCodeAt(this.backwards ? position : position - 1))] === 1
      ? Behind.Word
      : Behind.Other;
  }

  private entry(behind: Behind, seeks: boolean): number {
    const key = behind * 2 + Number(seeks);
    let state = this.entries.get(key);
    if (state === undefined) {
      const threads = seeks ? new Int32Array(0) : Int32Array.of(this.program.start * 2);
      state = this.intern(threads, behind, seeks);
      this.entries.set(key, state);
    }
    return state;
  }

  /** Forgets all states where there are too many. @returns the state as it is known from now on */
  private room(state: number): number {
    if (this.numbers < KEPT_NUMBERS && this.states.length * this.width < KEPT_TRANSITIONS) return state;
    const { threads, behind, seeks } = this.states[state];
    this.states = [];
    this.byHash = new Map();
    this.transitions = new Int32Array(0);
    this.costs = new Int32Array(0);
    this.numbers = 0;
    this.entries.clear();
    return this.intern(threads, behind, seeks);
  }

  private intern(threads: Int32Array, behind: Behind, seeks: boolean): number {
    // the first state is the one that leads nowhere
    if (this.states.length === 0)
      this.states.push({ threads: new Int32Array(0), behind: Behind.Other, seeks: false });
    if (threads.length === 0 && !seeks) return 0;
    let hash = behind * 2 + Number(seeks);
    for (let index = 0; index < threads.length; index++) hash = (Math.imul(hash, 31) + threads[index]) | 0;
    const alike = this.byHash.get(hash) ?? [];
    const known = alike.find((id) => {
      const state = this.states[id];
      if (state.behind !== behind || state.seeks !== seeks || state.threads.length !== threads.length)
        return false;
      for (let index = 0; index < threads.length; index++) {
        if (state.threads[index] !== threads[index]) return false;
      }
      return true;
    });
    if (known !== undefined) return known;
    const id = this.states.length;
    this.states.push({ threads, behind, seeks });
    this.byHash.set(hash, [...alike, id]);
    this.numbers += threads.length;
    const needed = (id + 1) * this.width;
    if (this.transitions.length < needed) {
      const grown = new Int32Array(Math.max(2 * needed, 16 * this.width)).fill(-1);
      grown.set(this.transitions);
      this.transitions = grown;
      const costs = new Int32Array(grown.length);
      costs.set(this.costs);
      this.costs = costs;
    }
    return id;
  }

  /** Works out one transition: what is found before the symbol, and the state behind it. */
  private step(from: number, symbol: number): number {
    const { program, classes, listed } = this;
    const { threads, behind, seeks } = this.states[from];
    const isEdge = symbol === this.width - 1;
    const ahead = isEdge ? Behind.Edge : classes.isWord[symbol] === 1 ? Behind.Word : Behind.Other;
    this.generation++;
    this.listedCount = 0;
    this.looked = STATE_STEPS;
    let found = Found.Nothing;
    for (let index = 0; index < threads.length && (found === Found.Nothing || this.backwards); index++) {
      found = Math.max(found, this.follow(threads[index], behind, ahead));
    }
    let seeksOn = seeks && found === Found.Nothing;
    if (seeksOn) {
      found = this.follow(program.start * 2, behind, ahead);
      seeksOn = found === Found.Nothing;
    }
    const next = new Int32Array(this.listedCount);
    let count = 0;
    if (!isEdge) {
      this.generation++;
      const row = symbol * program.sets.length;
      for (let index = 0; index < this.listedCount; index++) {
        const pc = listed[index];
        if (classes.holds[row + program.x[pc]] === 0) continue;
        const target = program.y[pc];
        if (this.visited[target] === this.generation) continue;
        this.visited[target] = this.generation;
        next[count++] = target * 2 + 1;
      }
    }
    // the edge of a text and a mark are told apart only where the program does
    const told = program.hasWordEdges && ahead === Behind.Word ? Behind.Word : Behind.Other;
    const to = isEdge ? 0 : this.intern(next.slice(0, count), told, seeksOn);
    const transition = (to << FOUND_BITS) | found;
    this.transitions[from * this.width + symbol] = transition;
    this.costs[from * this.width + symbol] = this.looked + this.listedCount;
    return transition;
  }

  /** Lists the sets that a thread waits at, the preferred first, until it matches. */
  private follow(thread: number, behind: Behind, ahead: Behind): Found {
    const { ops, x, y } = this.program;
    const { visited, generation, stack, listed } = this;
    const left = this.backwards ? ahead : behind;
    const right = this.backwards ? behind : ahead;
    const isWordEdge = (left === Behind.Word) !== (right === Behind.Word);
    let found = Found.Nothing;
    let depth = 0;
    stack[depth++] = thread >> 1;
    while (depth > 0) {
      const pc = stack[--depth];
      this.looked++;
      if (visited[pc] === generation) continue;
      visited[pc] = generation;
      switch (ops[pc]) {
        case Op.Set:
          listed[this.listedCount++] = pc;
          break;
        case Op.Split:
          stack[depth++] = y[pc];
          stack[depth++] = x[pc];
          break;
        case Op.Assert: {
          const holds =
            x[pc] === Edge.Start
              ? left === Behind.Edge
              : x[pc] === Edge.End
                ? right === Behind.Edge
                : (x[pc] === Edge.Word) === isWordEdge;
          if (holds) stack[depth++] = y[pc];
          break;
        }
        case Op.Match:
          found = (thread & 1) === 1 ? Found.Match : Found.Empty;
          if (!this.backwards) return found;
          break;
      }
    }
    return found;
  }
}
