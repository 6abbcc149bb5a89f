import { Composer, LineCounter, Parser, type CST } from 'yaml';

/** One document of a YAML file as plain values. */
export interface YamlDocument {
  /** Line of the file that it begins at, from 1. */
  readonly line: number;
  readonly value: unknown;
}

export type YamlAnswer =
  | { readonly documents: readonly YamlDocument[]; readonly problem?: undefined }
  | { readonly documents?: undefined; readonly problem: string };

/** Limits that no configuration of ours reaches. */
const LIMITS = {
  /** Lists and maps within each other. Some thousand let the parser run out of stack, which can end the whole process. */
  depth: 64,
  /** Of one map: looking for keys that stand twice takes the square of it. */
  keys: 5_000,
  /** Uses of anchors, in all that they stand for: what grows beyond is an attack on memory. */
  aliases: 100,
} as const;
const SHOWN_CHARACTERS = 300;

/**
 * Reads a file of several YAML documents, also a hostile one; empty documents are left out. What is wrong comes as a
 * sentence with line and column, since a thread of its own may do this.
 */
export function readYamlDocuments(text: string): YamlAnswer {
  const lines = new LineCounter();
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const problem = (offset: number, what: string): YamlAnswer => ({
    problem: `${placeOf(offset)}: ${what.slice(0, SHOWN_CHARACTERS)}`,
  });
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  for (const token of tokens) {
    const misfit = misfitIn(token);
    if (misfit !== undefined) return problem(misfit.offset, misfit.what);
  }
  const composer = new Composer({ prettyErrors: false, logLevel: 'silent' });
  const documents: YamlDocument[] = [];
  for (const document of composer.compose(tokens, true, text.length)) {
    const [error] = document.errors;
    if (error !== undefined) return problem(error.pos[0], error.message);
    const start = document.contents?.range?.[0] ?? document.range[0];
    try {
      const value: unknown = document.toJS({ maxAliasCount: LIMITS.aliases });
      if (value !== null && value !== undefined) {
        documents.push({ line: lines.linePos(start).line, value });
      }
    } catch (error) {
      return problem(start, (error as Error).message);
    }
  }
  return { documents };
}

/** @returns the first collection of a document that is too deep, or map that is too large */
function misfitIn(token: CST.Token): { readonly offset: number; readonly what: string } | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if ('value' in token && typeof token.value === 'object') open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    const { items, offset } = token;
    if (depth >= LIMITS.depth) return { offset, what: `nested deeper than ${LIMITS.depth} levels` };
    const isMap =
      token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');
    if (isMap && items.length > LIMITS.keys) {
      return {
        offset,
        what: `a map of ${items.length} keys; at most ${LIMITS.keys} are allowed`,
      };
    }
    for (const { key, value } of items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}
