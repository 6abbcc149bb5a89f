import { RegExpParser, type AST } from '@eslint-community/regexpp';
import {
  canonicalSet,
  complement,
  DIGITS,
  LINE_ENDS,
  SPACES,
  union,
  WORD_UNITS,
  type CharacterSet,
} from './character_set';

export type Assertion = 'start' | 'end' | 'word' | 'not_word';

/** A regular expression without what takes more than one pass over the text. */
export type RegexNode =
  | { readonly type: 'set'; readonly set: CharacterSet }
  | { readonly type: 'assertion'; readonly assertion: Assertion }
  | { readonly type: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly type: 'choice'; readonly options: readonly RegexNode[] }
  | {
      readonly type: 'repetition';
      readonly part: RegexNode;
      readonly min: number;
      /** Infinity: no bound. */
      readonly max: number;
      readonly greedy: boolean;
    };

/** Error for valid syntax of regular expressions that is not supported. */
export class UnsupportedSyntax extends Error {}

const EMPTY: RegexNode = { type: 'sequence', parts: [] };
const NEVER: RegexNode = { type: 'set', set: [] };

/**
 * Reads a regular expression of JavaScript as with the flag i alone.
 *
 * @throws SyntaxError where it is none
 * @throws UnsupportedSyntax saying what it refers back to or looks at
 */
export function parseRegex(source: string): RegexNode {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  return choice(parser.parsePattern(source, 0, source.length, { unicode: false }).alternatives);
}

const choice = (alternatives: readonly AST.Alternative[]): RegexNode =>
  alternatives.length === 1
    ? sequence(alternatives[0])
    : { type: 'choice', options: alternatives.map(sequence) };

const sequence = ({ elements }: AST.Alternative): RegexNode =>
  elements.length === 1 ? nodeOf(elements[0]) : { type: 'sequence', parts: elements.map(nodeOf) };

function nodeOf(element: AST.Element | AST.QuantifiableElement): RegexNode {
  switch (element.type) {
    case 'Character':
      return { type: 'set', set: canonicalSet([[element.value, element.value]]) };
    case 'CharacterSet':
      return { type: 'set', set: canonicalSet(escapeSet(element)) };
    case 'CharacterClass': {
      const set = canonicalSet(union(...element.elements.map(memberSet)));
      return { type: 'set', set: element.negate ? complement(set) : set };
    }
    case 'CapturingGroup':
    case 'Group':
      return choice(element.alternatives);
    case 'Quantifier':
      return repetition(element);
    case 'Assertion':
      if (element.kind === 'lookahead' || element.kind === 'lookbehind') {
        throw new UnsupportedSyntax(`looks around by ${element.raw}`);
      }
      return { type: 'assertion', assertion: assertionOf(element) };
    case 'Backreference':
      throw new UnsupportedSyntax(`refers back to a group by ${element.raw}`);
    case 'ExpressionCharacterClass':
      throw new UnsupportedSyntax(`has the class ${element.raw} of another flag`);
  }
}

function assertionOf({ kind, ...rest }: AST.EdgeAssertion | AST.WordBoundaryAssertion): Assertion {
  if (kind !== 'word') return kind;
  return (rest as AST.WordBoundaryAssertion).negate ? 'not_word' : 'word';
}

function repetition({ element, min, max, greedy }: AST.Quantifier): RegexNode {
  const part = nodeOf(element);
  if (max === 0) return EMPTY;
  const { longest } = lengthsOf(part);
  // repetitions of a part that takes no character match the same
  if (longest === 0) return min > 0 ? part : { type: 'repetition', part, min: 0, max: 1, greedy };
  return { type: 'repetition', part, min, max, greedy };
}

/** The sets of the flag i alone: digits, spaces, word characters, any but a line end. */
function escapeSet(set: AST.CharacterSet): CharacterSet {
  switch (set.kind) {
    case 'any':
      return complement(LINE_ENDS);
    case 'digit':
      return set.negate ? complement(DIGITS) : DIGITS;
    case 'space':
      return set.negate ? complement(SPACES) : SPACES;
    case 'word':
      return set.negate ? complement(WORD_UNITS) : WORD_UNITS;
    case 'property':
      throw new UnsupportedSyntax(`has the class ${set.raw} of another flag`);
  }
}

function memberSet(element: AST.CharacterClassElement): CharacterSet {
  switch (element.type) {
    case 'Character':
      return [[element.value, element.value]];
    case 'CharacterClassRange':
      return [[element.min.value, element.max.value]];
    case 'CharacterSet':
      return escapeSet(element);
    default:
      throw new UnsupportedSyntax(`has the class ${element.raw} of another flag`);
  }
}

/** Returns the least and greatest number of code units that a node matches. */
function lengthsOf(node: RegexNode): { shortest: number; longest: number } {
  switch (node.type) {
    case 'set':
      return { shortest: 1, longest: 1 };
    case 'assertion':
      return { shortest: 0, longest: 0 };
    case 'sequence':
      return node.parts.map(lengthsOf).reduce(
        (sum, { shortest, longest }) => ({
          shortest: sum.shortest + shortest,
          longest: sum.longest + longest,
        }),
        { shortest: 0, longest: 0 },
      );
    case 'choice':
      return node.options.map(lengthsOf).reduce((found, { shortest, longest }) => ({
        shortest: Math.min(found.shortest, shortest),
        longest: Math.max(found.longest, longest),
      }));
    case 'repetition': {
      const { shortest, longest } = lengthsOf(node.part);
      return {
        shortest: shortest === 0 ? 0 : shortest * node.min,
        longest: longest === 0 ? 0 : longest * node.max,
      };
    }
  }
}

/**
 * The same matches in texts of up to `length` code units, with repetitions no higher than such a text can hold.
 */
export function boundedBy(node: RegexNode, length: number): RegexNode {
  switch (node.type) {
    case 'set':
    case 'assertion':
      return node;
    case 'sequence':
      if (lengthsOf(node).shortest > length) return NEVER;
      return { type: 'sequence', parts: node.parts.map((part) => boundedBy(part, length)) };
    case 'choice':
      return { type: 'choice', options: node.options.map((option) => boundedBy(option, length)) };
    case 'repetition': {
      const { shortest } = lengthsOf(node.part);
      if (shortest * node.min > length) return NEVER;
      // one that may take nothing takes something each time beyond the least
      const min = Math.min(node.min, length);
      const most = min + Math.ceil(length / Math.max(1, shortest));
      const max = node.max === Infinity ? Infinity : Math.min(node.max, most);
      return { ...node, part: boundedBy(node.part, length), min, max };
    }
  }
}
