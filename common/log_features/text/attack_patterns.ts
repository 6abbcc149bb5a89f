import {
  ATTACK_CATEGORIES,
  FIRST_ATTACK_CATEGORIES,
  type AttackCategory,
  type SignsVersion,
} from './attack_categories';
import { SEQUENCES_IN_CONTEXT } from './attack_sequences';
import { SEQUENCES_OF_MORE_KINDS } from './more_attack_sequences';
import { PLAIN_SEQUENCES } from './plain_attack_patterns';
import { normaliseText, revealText } from './text_statistics';

/**
 * Signs of attacks as plain data. A sequence matches when its parts occur in this order in the normalised text (see
 * `normaliseText`: decoded, lower case, one space for white space), each at most MAX_GAP code units behind the one
 * before, and what stands before and behind each part is what such a part needs. No regular expression takes part, so the
 * time is linear in the text and any language can do the same.
 */
export { ATTACK_CATEGORIES };

/** Code units between two parts of a sequence. */
export const MAX_GAP = 48;

/**
 * Kinds of context, by their place here: 0 takes anything. A part is written with a mark before or behind it, see
 * `attack_sequences.ts`.
 */
const CONTEXTS = ['', '¦', '⌘', 'ƒ', '©', '№', '⊣', '∠', '¬', '⌿'] as const;
const enum Context {
  Any,
  Word,
  Command,
  Function,
  Product,
  Digit,
  Value,
  NoLetter,
  NoSpace,
  Segment,
}

export interface SignPart {
  readonly text: string;
  readonly before: Context;
  readonly behind: Context;
}

export interface AttackPattern {
  readonly category: AttackCategory;
  /** Of its first sequence: `union … select`. */
  readonly name: string;
  /** One of them is enough. */
  readonly sequences: readonly (readonly SignPart[])[];
}

function partOf(notation: string): SignPart {
  const before = Math.max(0, (CONTEXTS as readonly string[]).indexOf(notation[0]));
  const rest = before > 0 ? notation.slice(1) : notation;
  const behind =
    rest.length < 2 ? 0 : Math.max(0, (CONTEXTS as readonly string[]).indexOf(rest[rest.length - 1]));
  return { text: behind > 0 ? rest.slice(0, -1) : rest, before, behind };
}

const plainPart = (text: string): SignPart => ({ text, before: Context.Any, behind: Context.Any });

const anywhere = ({ text }: SignPart): SignPart => plainPart(text);

const nameOf = (sequence: readonly SignPart[]): string =>
  sequence.map(({ text }) => text.trim() || text).join(' … ');

const patternOf =
  (category: AttackCategory, read: (notation: string) => SignPart) =>
  (notations: string | readonly string[]): AttackPattern => {
    const sequences = [notations].flat().map((notation) => notation.split('…').map(read));
    return { category, name: nameOf(sequences[0]), sequences };
  };

/** Characters in letters and digits of ASCII, and underscores. */
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => code >= 97 && code <= 122;

/** Marks before a command, before the name of a product, behind a command and behind a space behind one, and behind a path. */
export const CONTEXT_MARKS = {
  command: ';|&=($`!',
  product: ' (;,"',
  value: '0123456789\'")-*',
  commandEnd: ';|&`)\'"<>#}',
  commandGoesOn: ';|&<>-/\'"0123456789$',
  segment: '/\\;%?#&',
} as const;
const has = (marks: string, code: number): boolean => marks.indexOf(String.fromCharCode(code)) >= 0;

/** Returns true where what stands before `start` suits; the start of the text suits everything but a value. */
function suitsBefore(text: string, start: number, context: Context): boolean {
  let at = start - 1;
  if (context === Context.Command || context === Context.Value)
    while (at >= 0 && text.charCodeAt(at) === 32) at--;
  if (at < 0) return context !== Context.Value;
  const code = text.charCodeAt(at);
  switch (context) {
    case Context.Word:
      return !isWord(code);
    case Context.Function:
      return !isWord(code) && code !== 46;
    case Context.NoLetter:
      return !isLetter(code);
    case Context.Command:
      return has(CONTEXT_MARKS.command, code);
    case Context.Product:
      return has(CONTEXT_MARKS.product, code);
    case Context.Value:
      return has(CONTEXT_MARKS.value, code);
    default:
      return true;
  }
}

/** Returns true where what stands at `end` and behind suits. */
function suitsBehind(text: string, start: number, end: number, context: Context): boolean {
  const length = text.length;
  if (end >= length) {
    if (context === Context.Product) return start === 0;
    return context !== Context.Digit && context !== Context.NoSpace;
  }
  const code = text.charCodeAt(end);
  const next = end + 1 < length ? text.charCodeAt(end + 1) : 0;
  switch (context) {
    case Context.Word:
      return !isWord(code);
    case Context.Digit:
      return isDigit(code);
    case Context.NoSpace:
      return code !== 32;
    case Context.Function:
      return code !== 115 || next !== 41;
    case Context.Segment:
      return has(CONTEXT_MARKS.segment, code);
    case Context.Command:
      return (
        has(CONTEXT_MARKS.commandEnd, code) ||
        (code === 32 && (next === 0 || has(CONTEXT_MARKS.commandGoesOn, next)))
      );
    case Context.Product:
      if (code === 59 || code === 41) return true;
      if (code === 47 || code === 45) return isDigit(next);
      return code === 32 && next === 118 && end + 2 < length && isDigit(text.charCodeAt(end + 2));
    default:
      return true;
  }
}

/**
 * Returns the end of the first occurrence of a part within `from` and `to` whose context suits, -1 without one.
 *
 * @param to the last place at which the part may end
 */
function findPart(
  text: string,
  part: SignPart,
  from: number,
  to: number,
): { start: number; end: number } | undefined {
  // the slice bounds the search: the work for one first part does not grow with the text
  const window = to < text.length || from > 0 ? text.slice(from, to) : text;
  for (let place = window.indexOf(part.text); place >= 0; place = window.indexOf(part.text, place + 1)) {
    const start = from + place;
    const end = start + part.text.length;
    if (
      (part.before === Context.Any || suitsBefore(text, start, part.before)) &&
      (part.behind === Context.Any || suitsBehind(text, start, end, part.behind))
    ) {
      return { start, end };
    }
  }
  return undefined;
}

/**
 * Returns true when the parts follow each other in `text`: every first part is tried, then the nearest next ones.
 *
 * @param isWithinParameter no `&` may stand between two parts: another parameter of a query begins there
 */
export function matchesSequence(
  text: string,
  sequence: readonly SignPart[],
  isWithinParameter = false,
): boolean {
  const first = sequence[0];
  for (
    let found = findPart(text, first, 0, text.length);
    found !== undefined;
    found = findPart(text, first, found.start + 1, text.length)
  ) {
    let end = found.end;
    let part = 1;
    while (part < sequence.length) {
      let to = Math.min(text.length, end + MAX_GAP + sequence[part].text.length);
      if (isWithinParameter) {
        const border = text.slice(end, to).indexOf('&');
        if (border >= 0) to = end + border;
      }
      const next = findPart(text, sequence[part], end, to);
      if (next === undefined) break;
      end = next.end;
      part++;
    }
    if (part === sequence.length) return true;
  }
  return false;
}

/**
 * The characters of a text as two bit sets: letters a to z, and all others (some of these share a bit). A text that
 * lacks a character of a pattern need not be searched for it.
 */
interface CharacterSet {
  letters: number;
  others: number;
}

/** Marks that tell patterns apart have a bit each; digits, control characters and the rest share the last ones. */
const OTHERS = ' "#$%&\'()*+,-./:;<=>?@[\\]_`{|}!';
const bitOfOther = (code: number): number => {
  const place = OTHERS.indexOf(String.fromCharCode(code));
  return 1 << (place >= 0 ? Math.min(place, 29) : isDigit(code) ? 30 : 31);
};
const LETTER_BITS = Int32Array.from({ length: 129 }, (_, code) => (isLetter(code) ? 1 << (code - 97) : 0));
const OTHER_BITS = Int32Array.from({ length: 129 }, (_, code) => (isLetter(code) ? 0 : bitOfOther(code)));

function characterSetOf(text: string): CharacterSet {
  let letters = 0;
  let others = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code > 128) code = 128;
    letters |= LETTER_BITS[code];
    others |= OTHER_BITS[code];
  }
  return { letters, others };
}

/**
 * A coarser set in one 32-bit integer, for engines that search pattern by pattern: letters share 16 bits, digits have
 * one, the other characters share 15.
 */
export function characterSet(text: string): number {
  let set = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isLetter(code)) set |= 1 << (code & 15);
    else set |= 1 << (isDigit(code) ? 16 : 17 + (code % 15));
  }
  return set;
}

/** Sequences that need the same characters beside letters, looked at only when a text has them all. */
interface SequenceGroup {
  readonly others: number;
  readonly members: {
    readonly pattern: number;
    readonly letters: number;
    readonly sequence: readonly SignPart[];
  }[];
}

const NONE: readonly number[] = [];

/** Signs of attacks that a model looks for. */
class AttackPatterns {
  private readonly groups: readonly SequenceGroup[];

  constructor(
    /** All patterns in a fixed order. */
    readonly patterns: readonly AttackPattern[],
    /** Kinds that are looked for, in the order of the columns of a text. */
    readonly categories: readonly AttackCategory[],
    /** Undefined of models that were trained before signs were looked for in their context. */
    readonly version: SignsVersion | undefined,
  ) {
    const groups = new Map<number, SequenceGroup>();
    patterns.forEach(({ sequences }, pattern) => {
      for (const sequence of sequences) {
        const { letters, others } = characterSetOf(sequence.map(({ text }) => text).join(''));
        const group = groups.get(others) ?? { others, members: [] };
        group.members.push({ pattern, letters, sequence });
        groups.set(others, group);
      }
    });
    this.groups = [...groups.values()];
  }

  /** @returns the indices in `patterns` of those that match a decoded text, ascending */
  findIn(decoded: string): readonly number[] {
    const text = this.read(decoded);
    const { letters, others } = characterSetOf(text);
    let found: Set<number> | undefined;
    for (const group of this.groups) {
      if ((others & group.others) !== group.others) continue;
      for (const member of group.members) {
        if ((letters & member.letters) !== member.letters || found?.has(member.pattern) === true) continue;
        if (!matchesSequence(text, member.sequence, this.isInContext)) continue;
        found ??= new Set();
        found.add(member.pattern);
      }
    }
    return found === undefined ? NONE : [...found].sort((one, other) => one - other);
  }

  /** @returns the signs in a decoded text for people, each named as it stands there */
  describe(decoded: string): Pick<AttackPattern, 'category' | 'name'>[] {
    const found = this.findIn(decoded);
    if (found.length === 0) return [];
    const text = this.read(decoded);
    return found.map((index) => {
      const { category, name, sequences } = this.patterns[index];
      const isThere = matchesSequence(text, sequences[0].map(anywhere), this.isInContext);
      const own = sequences.find((sequence) => matchesSequence(text, sequence, this.isInContext));
      return { category, name: isThere || own === undefined ? name : nameOf(own) };
    });
  }

  /** Signs count where they stand as code does, and however the text hides them; else wherever their characters are. */
  get isInContext(): boolean {
    return this.version !== undefined;
  }

  private read(decoded: string): string {
    if (this.version === undefined) return normaliseText(decoded);
    const isThorough = this.version === 'more_kinds';
    return normaliseText(revealText(decoded, isThorough), isThorough);
  }
}

const patternsOf = <Category extends AttackCategory>(
  categories: readonly Category[],
  table: Readonly<Record<Category, readonly (string | readonly string[])[]>>,
  read: (notation: string) => SignPart,
): AttackPattern[] => categories.flatMap((category) => table[category].map(patternOf(category, read)));

const PLAIN = new AttackPatterns(
  patternsOf(FIRST_ATTACK_CATEGORIES, PLAIN_SEQUENCES, plainPart),
  FIRST_ATTACK_CATEGORIES,
  undefined,
);
const IN_CONTEXT = new AttackPatterns(
  patternsOf(FIRST_ATTACK_CATEGORIES, SEQUENCES_IN_CONTEXT, partOf),
  FIRST_ATTACK_CATEGORIES,
  'in_context',
);
/** Signs that models look for which are trained today. */
export const MORE_KINDS = new AttackPatterns(
  patternsOf(ATTACK_CATEGORIES, SEQUENCES_OF_MORE_KINDS, partOf),
  ATTACK_CATEGORIES,
  'more_kinds',
);

/** @param signs absent in models that were trained before signs were looked for in their context */
export function attackPatternsOf(signs: SignsVersion | undefined): AttackPatterns {
  if (signs === undefined) return PLAIN;
  return signs === 'in_context' ? IN_CONTEXT : MORE_KINDS;
}
