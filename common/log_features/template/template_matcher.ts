/** Finds the template that a message follows. */
import { kindOf, MASK, STRUCTURE, type MessageTokens, type TokenKind } from './token_list';
import { isIdeograph } from './token_shapes';
import { MASKED } from './message_counter';

/** A place of a template that any word or mask takes. */
export const ANY = '<*>';
/** Words that stand for one value of a place in a message: names of two words, of four ideographs. */
const LONGEST_GAP = 2;
const LONGEST_GAP_IDEOGRAPHS = 4;
/** Steps of matching one message with gaps. */
const GAP_STEPS = 2_000;

/** The masked text of a message. */
export const maskedTextOf = ({ words, spaced }: MessageTokens): string =>
  words.map((word, place) => (spaced[place] === 1 ? ` ${word}` : word)).join('');

/** The text of a template for people. */
export const templateTextOf = (tokens: readonly string[]): string =>
  tokens.map((token) => token.replace(/<=([^>]*)>$/, '$1')).join('');

/** Most nodes lead on by one word alone: they do without a map, which takes many times their room. */
class MatchNode {
  any: MatchNode | undefined = undefined;
  id = -1;
  private word: string | undefined = undefined;
  private next: MatchNode | undefined = undefined;
  private others: Map<string, MatchNode> | undefined = undefined;

  child(word: string): MatchNode | undefined {
    return this.word === word ? this.next : this.others?.get(word);
  }

  childFor(word: string): MatchNode {
    const known = this.child(word);
    if (known !== undefined) return known;
    const made = new MatchNode();
    if (this.word === undefined) [this.word, this.next] = [word, made];
    else (this.others ??= new Map()).set(word, made);
    return made;
  }
}

export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The parts of a message that templates are matched by. */
type MatchedTokens = { readonly [part in 'words' | 'kinds']: Readonly<MessageTokens[part]> };

/** Finds the template of a message among mined ones. */
export class TemplateMatcher {
  private readonly root = new MatchNode();

  /** @param templates tokens of templates in the order of their ids */
  constructor(templates: readonly (readonly string[])[]) {
    templates.forEach((tokens, id) => {
      let node = this.root;
      for (const token of tokens) {
        const word = token.charCodeAt(0) === 32 ? token.slice(1) : token;
        if (word === ANY) node = node.any ??= new MatchNode();
        else node = node.childFor(kindOf(word) === MASK ? MASKED : word);
      }
      if (node.id < 0) node.id = id;
    });
  }

  /** @returns id of the template that the tokens are a case of, the one with the most words of its own; -1 for none */
  match({ words, kinds }: MatchedTokens): number {
    const walk = (node: MatchNode, place: number): number => {
      if (place === words.length) return node.id;
      const kind = kinds[place];
      const child = node.child(kind === MASK ? MASKED : words[place]);
      if (child !== undefined) {
        const id = walk(child, place + 1);
        if (id >= 0) return id;
      }
      return node.any === undefined || kind === STRUCTURE ? -1 : walk(node.any, place + 1);
    };
    const exact = walk(this.root, 0);
    return exact >= 0 ? exact : (this.matchWithGaps(words, kinds)?.id ?? -1);
  }

  /**
   * Matches with names of two words, or of four ideographs, where templates have a variable place.
   *
   * @param except id of a template that is not looked for
   */
  matchWithGaps(
    words: readonly string[],
    kinds: readonly TokenKind[],
    except = -1,
  ): { id: number; gaps: Gap[] } | undefined {
    let steps = 0;
    const gaps: Gap[] = [];
    const walk = (node: MatchNode, place: number): number => {
      if (++steps > GAP_STEPS) return -1;
      if (place === words.length) return node.id === except ? -1 : node.id;
      const kind = kinds[place];
      const word = words[place];
      if (word !== ANY) {
        const child = node.child(kind === MASK ? MASKED : word);
        if (child !== undefined) {
          const id = walk(child, place + 1);
          if (id >= 0) return id;
        }
      }
      if (node.any === undefined || kind === STRUCTURE) return -1;
      const longest = isIdeographic(word) ? LONGEST_GAP_IDEOGRAPHS : LONGEST_GAP;
      for (let length = 1; length <= longest && place + length <= words.length; length++) {
        if (kinds[place + length - 1] === STRUCTURE) break;
        if (length > LONGEST_GAP && !isIdeographic(words[place + length - 1])) break;
        if (length > 1) gaps.push({ from: place, to: place + length });
        const id = walk(node.any, place + length);
        if (id >= 0) return id;
        if (length > 1) gaps.pop();
      }
      return -1;
    };
    const id = walk(this.root, 0);
    return id < 0 ? undefined : { id, gaps };
  }
}

const isIdeographic = (word: string): boolean => isIdeograph(word.charCodeAt(0));
