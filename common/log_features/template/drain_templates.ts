/**
 * Words and templates as version 0.1.0 made them: model files of that version hold its templates, suppressions its
 * patterns. Templates follow Drain (He, Zhu, Zheng & Lyu 2017, "Drain: An Online Log Parsing Approach with Fixed Depth
 * Tree", ICWS): a tree of fixed depth leads by number of tokens and first tokens to a short list of templates, of which
 * the most similar one takes the message. Own implementation. New models use template_miner.ts.
 */

const WILDCARD = '<*>';
/** Share of equal tokens from which a message belongs to a template (st in the paper). */
const SIMILARITY = 0.5;
/** Leading tokens that the tree branches on (depth - 2 in the paper). */
const LEADING_TOKENS = 2;
/** Branches of one inner node; further tokens share the wildcard branch (maxChild in the paper). */
const MAX_CHILDREN = 100;
/** Tokens of a message that count; the rest is one more parameter. */
export const MAX_TOKENS = 128;
const MAX_TOKEN_LENGTH = 128;

/** Masks of variable parts, most specific first; each expression is linear in the message. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/(^|[\s=:,([{])"[^"]{0,512}"/g, '$1<str>'],
  [/(^|[\s=:,([{])'[^']{0,512}'/g, '$1<str>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?::\d{1,5}\b)?/g, '<ip>'],
  [/\b0x[0-9a-f]{1,64}\b/gi, '<hex>'],
  [/\b(?=[0-9a-f]{0,63}\d)(?=\d{0,63}[a-f])[0-9a-f]{8,64}\b/gi, '<hex>'],
  // digits whole or not at all, `(?=(\d{1,40}))\1`: with fewer of them neither goes on, so there is no need to try
  [/(?<![A-Za-z_<])(?=(\d{1,40}))\1(?:\.(?=(\d{1,40}))\2)?(?=(?:ns|us|µs|ms|s|m|h|[kmgt]?i?b)\b)/gi, '<num>'],
  [/(?<![A-Za-z_<])[+-]?(?=(\d{1,40}))\1(?:[.,:](?=(\d{1,40}))\2){0,8}(?![\dA-Za-z_>])/g, '<num>'],
];

/** Tokens of a message with its variable parts masked. */
export function maskWords(message: string): string[] {
  let masked = message;
  for (const [regex, mask] of MASKS) masked = masked.replace(regex, mask);
  const tokens = masked.trim().split(/\s+/, MAX_TOKENS + 1);
  if (tokens.length > MAX_TOKENS) tokens[MAX_TOKENS] = WILDCARD;
  return tokens.map((token) => (token.length > MAX_TOKEN_LENGTH ? WILDCARD : token));
}

export interface Template {
  readonly id: number;
  readonly tokens: string[];
}

interface TreeNode {
  readonly children: Map<string, TreeNode>;
  readonly templates: Template[];
}
const newNode = (): TreeNode => ({ children: new Map(), templates: [] });

/** Leading tokens with digits or masks vary and must not branch. */
const branchOf = (token: string): string => (/[0-9<]/.test(token) ? WILDCARD : token);

/** @returns share of places with the same token, and how many places of the template are wildcards */
function compare(template: readonly string[], tokens: readonly string[]): { same: number; wild: number } {
  let same = 0;
  let wild = 0;
  for (let index = 0; index < template.length; index++) {
    if (template[index] === WILDCARD) wild++;
    else if (template[index] === tokens[index]) same++;
  }
  return { same: same / template.length, wild };
}

/** Finds the template of a message. */
export class DrainTree {
  private readonly root = newNode();
  private count = 0;

  /** @param templates tokens of templates mined before, in the order of their ids */
  constructor(templates: readonly (readonly string[])[] = []) {
    for (const tokens of templates) this.insert(this.leafOf(tokens, true)!, [...tokens]);
  }

  /** @returns the template that the message belongs to, undefined for a message unlike any seen */
  match(tokens: readonly string[]): Template | undefined {
    const leaf = this.leafOf(tokens, false);
    return leaf === undefined ? undefined : this.bestOf(leaf, tokens);
  }

  private insert(leaf: TreeNode, tokens: string[]): void {
    leaf.templates.push({ id: this.count++, tokens });
  }

  private leafOf(tokens: readonly string[], grow: boolean): TreeNode | undefined {
    let node = this.childOf(this.root, String(tokens.length), grow, MAX_TOKENS + 2);
    for (let depth = 0; depth < Math.min(LEADING_TOKENS, tokens.length) && node !== undefined; depth++) {
      node = this.childOf(node, branchOf(tokens[depth]), grow, MAX_CHILDREN);
    }
    return node;
  }

  private childOf(node: TreeNode, key: string, grow: boolean, limit: number): TreeNode | undefined {
    const child = node.children.get(key);
    if (child !== undefined) return child;
    const full = node.children.size >= limit - 1;
    if (!grow || full) {
      const shared = node.children.get(WILDCARD);
      if (shared !== undefined || !grow) return shared;
    }
    const made = newNode();
    node.children.set(full ? WILDCARD : key, made);
    return made;
  }

  private bestOf(leaf: TreeNode, tokens: readonly string[]): Template | undefined {
    let best: Template | undefined;
    let bestSame = -1;
    let bestWild = -1;
    for (const template of leaf.templates) {
      const { same, wild } = compare(template.tokens, tokens);
      if (same > bestSame || (same === bestSame && wild > bestWild)) {
        [best, bestSame, bestWild] = [template, same, wild];
      }
    }
    const needed = best === undefined ? Infinity : Math.min(SIMILARITY, 1 - bestWild / best.tokens.length);
    return bestSame >= needed ? best : undefined;
  }
}
