import { LONGEST_LINE, type ParseOutcome } from '../types';
import { NO_OUTCOMES, outcomesOf, tooLongOutcome, type ReadRecord, type Records } from './record_outcomes';

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
