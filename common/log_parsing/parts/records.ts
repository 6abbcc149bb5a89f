import type { LogDocument } from '../../log_document';
import { excerptOf } from './text_values';
import { LONGEST_LINE, type ParseOutcome } from './types';

/** Time, stream and tag of a line of a container. An empty message may have lost its last space. */
export const CRI = /^(\S{20,40}) (stdout|stderr) ([FP])(?: |$)/;

/** Puts the lines of a file together to records. Nothing throws for any content. */
export interface Records {
  /** Takes one line of at most LONGEST_LINE characters. @returns what is known by it, in the order of the file */
  add(line: string, lineNumber: number): readonly ParseOutcome[];
  /** Takes a line that is longer; its text is not looked at beyond its beginning. */
  addTooLong(line: string, lineNumber: number): readonly ParseOutcome[];
  /** Finishes the records that are still open. */
  end(): readonly ParseOutcome[];
}

/** @returns the document, what is wrong with the record, or undefined for one that is no log, such as a header */
type ReadRecord = (record: string) => LogDocument | string | undefined;

export const NO_OUTCOMES: readonly ParseOutcome[] = [];

export function outcomesOf(
  result: LogDocument | string | undefined,
  text: string,
  line: number,
): readonly ParseOutcome[] {
  if (result === undefined) return NO_OUTCOMES;
  return typeof result === 'string'
    ? [{ failure: { line, error: result, excerpt: excerptOf(text) } }]
    : [{ document: result }];
}

/** @param length of all of it, in UTF-16 code units; `text` may be its beginning alone */
export const tooLongOutcome = (text: string, line: number, length = text.length): ParseOutcome => ({
  failure: {
    line,
    error: `is ${length} characters long; at most ${LONGEST_LINE} are read`,
    excerpt: excerptOf(text),
  },
  isTooLong: true,
});

/** Each line is a record; blank lines are passed over. */
export const singleLines = (read: ReadRecord): Records => ({
  add: (line, lineNumber) => (line.trim() === '' ? NO_OUTCOMES : outcomesOf(read(line), line, lineNumber)),
  addTooLong: (line, lineNumber) => [tooLongOutcome(line, lineNumber)],
  end: () => NO_OUTCOMES,
});

/**
 * A line that begins no record belongs to the one before, such as those of a stack trace. Those behind a line that is too
 * long belong to it and are left out with it.
 */
export function joinedLines(read: ReadRecord, begins: (line: string) => boolean): Records {
  let record: { text: string; line: number } | undefined;
  let isLeftOut = false;
  const end = (): readonly ParseOutcome[] => {
    if (record === undefined) return NO_OUTCOMES;
    const { text, line } = record;
    record = undefined;
    const whole = text.trimEnd();
    return outcomesOf(read(whole), whole, line);
  };
  return {
    add(line, lineNumber) {
      if (!begins(line)) {
        if (isLeftOut) return NO_OUTCOMES;
        if (record !== undefined) {
          // The message is cut long before: nothing that would be kept is left out.
          if (record.text.length < LONGEST_LINE) record.text = `${record.text}\n${line}`;
          return NO_OUTCOMES;
        }
        if (line.trim() === '') return NO_OUTCOMES;
      }
      isLeftOut = false;
      const before = end();
      record = { text: line, line: lineNumber };
      return before;
    },
    addTooLong(line, lineNumber) {
      const outcome = tooLongOutcome(line, lineNumber);
      if (!begins(line)) return [outcome];
      isLeftOut = true;
      return [...end(), outcome];
    },
    end,
  };
}

/** Characters in which the head of a line stands, and which are shown of one that is too long. */
const LONGEST_HEAD = 200;

interface Pending {
  text: string;
  /** Characters of all parts, also of those that are not kept. */
  length: number;
  readonly line: number;
}

/**
 * Lines of a container, as containerd and CRI-O write them. The runtime cuts a long line into parts and tags all but the last
 * with P; standard output and standard error each have their own, one between the other.
 */
export function containerLines(read: ReadRecord): Records {
  const pending = new Map<string, Pending>();
  const finish = ({ text, length, line }: Pending): readonly ParseOutcome[] =>
    length > LONGEST_LINE ? [tooLongOutcome(text, line, length)] : outcomesOf(read(text), text, line);
  const add = (line: string, lineNumber: number): readonly ParseOutcome[] => {
    const head = CRI.exec(line.slice(0, LONGEST_HEAD));
    const own = { text: line, length: line.length, line: lineNumber };
    if (head === null) return line.trim() === '' ? NO_OUTCOMES : finish(own);
    const [whole, , stream, tag] = head;
    const record = pending.get(stream) ?? own;
    if (record !== own) {
      record.length += line.length - whole.length;
      if (record.length <= LONGEST_LINE) record.text += line.slice(whole.length);
    }
    if (tag === 'P') {
      if (record.length > LONGEST_LINE) record.text = record.text.slice(0, LONGEST_HEAD);
      pending.set(stream, record);
      return NO_OUTCOMES;
    }
    pending.delete(stream);
    return finish(record);
  };
  return {
    add,
    addTooLong: add,
    end() {
      const outcomes = [...pending.values()].flatMap((record) => finish(record));
      pending.clear();
      return outcomes;
    },
  };
}
