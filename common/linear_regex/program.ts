import type { CharacterSet } from './character_set';
import type { Assertion, RegexNode } from './syntax_tree';

export const enum Op {
  /** Takes a code unit of the set `x`, goes on at `y`. */
  Set,
  /** Goes on at `x`, and with less preference at `y`. */
  Split,
  /** Goes on at `y` where the assertion `x` holds. */
  Assert,
  Match,
}

export const enum Edge {
  Start,
  End,
  Word,
  NotWord,
}
const EDGES: Readonly<Record<Assertion, Edge>> = {
  start: Edge.Start,
  end: Edge.End,
  word: Edge.Word,
  not_word: Edge.NotWord,
};

/** A nondeterministic automaton as instructions (Thompson 1968, in the form of Cox 2009), one number each for op, x, y. */
export interface Program {
  readonly ops: readonly Op[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly start: number;
  readonly sets: readonly CharacterSet[];
  readonly hasWordEdges: boolean;
  readonly hasStart: boolean;
}

export class ProgramTooLarge extends Error {}

/**
 * Compiles from the end to the start, so that every instruction knows where it goes on.
 *
 * @param backwards for reading the text from its end
 * @throws ProgramTooLarge beyond `largest` instructions
 */
export function compileProgram(node: RegexNode, largest: number, backwards = false): Program {
  const ops: Op[] = [];
  const x: number[] = [];
  const y: number[] = [];
  const sets: CharacterSet[] = [];
  const setIds = new Map<string, number>();
  /** Repetitions are written out, and naming a set takes a quarter of a millisecond. */
  const known = new Map<CharacterSet, number>();
  const emit = (op: Op, first: number, second: number): number => {
    if (ops.length >= largest) throw new ProgramTooLarge(`more than ${largest} instructions`);
    ops.push(op);
    x.push(first);
    y.push(second);
    return ops.length - 1;
  };
  const setId = (set: CharacterSet): number => {
    let id = known.get(set);
    if (id !== undefined) return id;
    const key = set.join(';');
    id = setIds.get(key);
    if (id === undefined) {
      id = sets.length;
      sets.push(set);
      setIds.set(key, id);
    }
    known.set(set, id);
    return id;
  };
  const preferring = (greedy: boolean, inside: number, behind: number): number =>
    greedy ? emit(Op.Split, inside, behind) : emit(Op.Split, behind, inside);

  const compile = (part: RegexNode, next: number): number => {
    switch (part.type) {
      case 'set':
        return emit(Op.Set, setId(part.set), next);
      case 'assertion':
        return emit(Op.Assert, EDGES[part.assertion], next);
      case 'sequence': {
        const parts = backwards ? part.parts : [...part.parts].reverse();
        return parts.reduce((behind, each) => compile(each, behind), next);
      }
      case 'choice': {
        const entries = part.options.map((option) => compile(option, next));
        return entries.reduceRight((rest, entry) => emit(Op.Split, entry, rest));
      }
      case 'repetition': {
        let entry = next;
        if (part.max === Infinity) {
          const loop = preferring(part.greedy, next, next);
          const inside = compile(part.part, loop);
          if (part.greedy) x[loop] = inside;
          else y[loop] = inside;
          entry = loop;
        } else {
          for (let optional = part.min; optional < part.max; optional++) {
            entry = preferring(part.greedy, compile(part.part, entry), next);
          }
        }
        for (let needed = 0; needed < part.min; needed++) entry = compile(part.part, entry);
        return entry;
      }
    }
  };
  const start = compile(node, emit(Op.Match, 0, 0));
  const edges = ops.flatMap((op, pc) => (op === Op.Assert ? [x[pc]] : []));
  return {
    ops,
    x,
    y,
    start,
    sets,
    hasWordEdges: edges.includes(Edge.Word) || edges.includes(Edge.NotWord),
    hasStart: edges.includes(Edge.Start),
  };
}
