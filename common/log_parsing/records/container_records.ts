import { CRI } from '../fixed_layouts';
import { LONGEST_LINE, type ParseOutcome } from '../types';
import { NO_OUTCOMES, outcomesOf, tooLongOutcome, type ReadRecord, type Records } from './record_outcomes';

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

/** Characters in which the head of a line stands, and which are shown of one that is too long. */
const LONGEST_HEAD = 200;
