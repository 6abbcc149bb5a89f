import { UNPRINTABLE } from '../../common/printable';

/** Colours that commands take from picocolors, and their ends: bold, dim, red, green, yellow, cyan. */
const OWN_COLOR = '\\u001b\\[(?:1|2|22|31|32|33|36|39)m';
const SHOWN_OR_ACTED_ON = new RegExp(`(${OWN_COLOR})|${UNPRINTABLE.source}`, 'gu');

const escaped = (character: string): string => {
  const code = (character.codePointAt(0) as number).toString(16).padStart(4, '0');
  return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
};

/** Text with its control, invisible and direction characters spelt out, on one line. */
export const spelt = (text: string): string => text.replace(UNPRINTABLE, escaped);

/**
 * Text on its way to a terminal, whatever is in it: file names, names of indices, answers of servers, logs. Nothing but line
 * breaks, tabs and our own colours is acted on; all else is spelt out.
 *
 * @param isColored our output has colours; where it has none, none are let through
 */
export function terminalText(text: string, isColored: boolean): string {
  return text.replace(SHOWN_OR_ACTED_ON, (found, color?: string) => {
    const isLayout = found === '\n' || found === '\t';
    return isLayout || (color !== undefined && isColored) ? found : spelt(found);
  });
}

/** JSON that is the same to a reader of JSON, and in which a terminal finds nothing to act on. */
export function terminalJson(json: string): string {
  return json.replace(UNPRINTABLE, (found) =>
    found === '\n'
      ? found
      : Array.from({ length: found.length }, (_, i) => unitEscape(found.charCodeAt(i))).join(''),
  );
}

const unitEscape = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
