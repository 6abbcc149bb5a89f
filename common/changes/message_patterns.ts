import type { LogDocument } from '../log_document';
import { compileField } from '../log_features/fields/field_access';
import { printable } from '../printable';
import { TemplateMatcher, templateTextOf } from '../log_features/template/template_matcher';
import { mineTemplates } from '../log_features/template/template_miner';
import { tokeniseMessage } from '../log_features/template/message_tokens';
import { toBySpan, type ChangeSample } from './change_sample';
import type { CountedFact } from './value_candidates';

/** Characters of a message that are looked at. */
const LONGEST_MESSAGE = 2_000;
/** Characters of a pattern that are shown. */
const SHOWN_CHARACTERS = 500;

/** Patterns of the messages of a sample. */
export interface MessagePatterns {
  readonly field: string;
  readonly facts: readonly CountedFact[];
  /** Pattern of a log; -1: none of these. */
  patternOf(log: LogDocument): number;
  /** A message of the pattern, of the window where it has one. */
  exampleOf(pattern: number): string | undefined;
}

/** Mines the templates of the messages in a field, of both spans together, so that the same message has one pattern in both. */
export function minePatterns(sample: ChangeSample, field: string): MessagePatterns {
  const read = messageReader(field);
  const messages = sample.logs.map(read);
  const places = messages.flatMap((message, place) => (message === undefined ? [] : [place]));
  const { templates, ids } = mineTemplates(places.map((place) => messages[place] as string));
  const counts = templates.map(() => sample.noCounts());
  const examples = new Map<number, string>();
  ids.forEach((id, index) => {
    if (id < 0) return;
    const place = places[index];
    sample.add(counts[id], place);
    if (!examples.has(id)) examples.set(id, printable(messages[place] as string, SHOWN_CHARACTERS));
  });
  const matcher = new TemplateMatcher(templates.map(({ tokens }) => tokens));
  return {
    field,
    facts: templates.map(({ tokens }, pattern) => ({
      fact: {
        kind: 'pattern',
        field,
        pattern,
        text: printable(templateTextOf(tokens).trim(), SHOWN_CHARACTERS),
      },
      counts: toBySpan(counts[pattern]),
      totals: sample.totals,
    })),
    patternOf: (log) => {
      const message = read(log);
      return message === undefined ? -1 : matcher.match(tokeniseMessage(message));
    },
    exampleOf: (pattern) => examples.get(pattern),
  };
}

function messageReader(field: string): (log: LogDocument) => string | undefined {
  const read = compileField(field);
  return (log) => {
    const value = read(log);
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'string' && first.trim() !== '' ? first.slice(0, LONGEST_MESSAGE) : undefined;
  };
}
