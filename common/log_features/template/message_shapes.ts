/** Outcomes for messages that are alike but for their digits. */

/** Sets of the table, with two places each: the shape that was found or added last is kept longest. */
const SETS = 4_096;
/** Code units of the longest message that is remembered. */
const LONGEST = 512;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function setOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    hash = Math.imul(hash ^ (isDigit(code) ? 48 : code), FNV_PRIME);
  }
  return 2 * ((hash ^ (hash >>> 15)) & (SETS - 1));
}

/** Says that two messages differ in digits alone. One before an x is compared, too: `0xff` is hexadecimal, `1xff` is not. */
function isAlike(one: string, other: string): boolean {
  if (one === other) return true;
  const { length } = one;
  if (other.length !== length) return false;
  for (let at = 0; at < length; at++) {
    const code = one.charCodeAt(at);
    const second = other.charCodeAt(at);
    if (code === second) continue;
    if (!isDigit(code) || !isDigit(second) || (one.charCodeAt(at + 1) | 32) === 120) return false;
  }
  return true;
}

/**
 * Remembers outcomes that do not depend on which digits a message holds, by its other code units: messages are many, and most differ in
 * numbers alone. To compare a message takes a small part of the time of reading its tokens.
 */
export class MessageShapes<Outcome> {
  /** Allocated with the first one. */
  private texts: (string | undefined)[] = [];
  private outcomes: (Outcome | undefined)[] = [];

  /** @returns the outcome for a message that is alike but for its digits; undefined for one that is not known */
  public get(text: string): Outcome | undefined {
    if (text.length > LONGEST || this.texts.length === 0) return undefined;
    const { texts, outcomes } = this;
    const set = setOf(text);
    const first = texts[set];
    if (first !== undefined && isAlike(first, text)) return outcomes[set];
    const second = texts[set + 1];
    if (second === undefined || !isAlike(second, text)) return undefined;
    const outcome = outcomes[set + 1];
    this.put(set, second, outcome);
    return outcome;
  }

  public set(text: string, outcome: Outcome): void {
    if (text.length > LONGEST) return;
    if (this.texts.length === 0) {
      this.texts = new Array<undefined>(2 * SETS).fill(undefined);
      this.outcomes = new Array<undefined>(2 * SETS).fill(undefined);
    }
    this.put(setOf(text), text, outcome);
  }

  private put(set: number, text: string, outcome: Outcome | undefined): void {
    const { texts, outcomes } = this;
    texts[set + 1] = texts[set];
    outcomes[set + 1] = outcomes[set];
    texts[set] = text;
    outcomes[set] = outcome;
  }
}
