export type Delimiter = ',' | ';' | '\t';

/** A row whose last line was scanned. */
export interface Row {
  /** None where the row is broken. */
  readonly cells: readonly string[];
  /** A cell that was open from a line before has ended within a word: its quotes were none. The rest of the line is not scanned. */
  readonly isBroken: boolean;
}

/** Splits a row into cells, line by line. */
export interface RowScanner {
  /** @returns the row, or undefined while a quoted cell is open, to which the next line belongs */
  add(line: string): Row | undefined;
  /** Forgets a row that is open. */
  reset(): void;
}

/**
 * Scans rows as RFC 4180 has them: a quote begins a quoted cell at its start alone, and two within it are one. A cell with text
 * behind its closing quote keeps its quotes. Each character is looked at once, however many lines a row has.
 */
export function createRowScanner(delimiter: Delimiter): RowScanner {
  let cells: string[] = [];
  /** Pieces of the quoted cell that is open. */
  let open: string[] | undefined;
  const takePlain = (line: string, from: number): number => {
    const end = cellEnd(line, from);
    cells.push(line.slice(from, end));
    return end;
  };
  const cellEnd = (line: string, from: number): number => {
    const end = line.indexOf(delimiter, from);
    return end < 0 ? line.length : end;
  };
  /** @returns the end of the cell, or undefined when it goes on in the next line */
  const takeQuoted = (line: string, from: number): { end: number; isClean: boolean } | undefined => {
    const pieces = (open ??= []);
    let at = from;
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        pieces.push(line.slice(at));
        return undefined;
      }
      if (line[quote + 1] !== '"') {
        pieces.push(line.slice(at, quote));
        const end = cellEnd(line, quote + 1);
        const behind = line.slice(quote + 1, end);
        const isClean = behind.trim() === '';
        cells.push(isClean ? pieces.join('') : `"${pieces.join('')}"${behind}`);
        open = undefined;
        return { end, isClean };
      }
      pieces.push(line.slice(at, quote + 1));
      at = quote + 2;
    }
  };
  const reset = (): void => {
    cells = [];
    open = undefined;
  };
  return {
    add(line) {
      let at = 0;
      let isBehindCell = false;
      if (open !== undefined) {
        open.push('\n');
        const taken = takeQuoted(line, 0);
        if (taken === undefined) return undefined;
        if (!taken.isClean) {
          reset();
          return { cells: [], isBroken: true };
        }
        isBehindCell = true;
        at = taken.end;
      }
      for (; !isBehindCell || at < line.length; isBehindCell = true) {
        if (isBehindCell) at++;
        if (line[at] !== '"') {
          at = takePlain(line, at);
          continue;
        }
        const taken = takeQuoted(line, at + 1);
        if (taken === undefined) return undefined;
        at = taken.end;
      }
      const row = { cells, isBroken: false };
      reset();
      return row;
    },
    reset,
  };
}
