import { maskedText } from './routes';

/** UTF-16 code units of a user agent that are looked at, and those of a family. */
const MAX_TEXT = 2_048;
const MAX_FAMILY = 256;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 128;
const SEPARATORS = ' ();,';

/** The name in `Name/1.2`: letters first and last, cut at its first digit where two characters are left. */
function productName(word: string, nameEnd: number): string {
  let start = 0;
  while (start < nameEnd && !isLetter(word.charCodeAt(start))) start++;
  let end = start;
  while (end < nameEnd && !isDigit(word.charCodeAt(end))) end++;
  if (end - start < 2) end = nameEnd;
  while (end > start && !isLetter(word.charCodeAt(end - 1)) && !isDigit(word.charCodeAt(end - 1))) end--;
  return word.slice(start, end).toLowerCase();
}

/**
 * The products that a user agent names, without versions and, of what stands in brackets, without all but `Name/1` and what is
 * `compatible;`: devices, systems and languages come new all the time, programs seldom. A text that names none is masked.
 *
 * @returns at most 256 code units
 * @example agentFamily('Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0') // 'mozilla gecko firefox'
 * @example agentFamily('Mozilla/5.00 (Nikto/2.5.0) (Evasions:None)') // 'mozilla nikto'
 */
export function agentFamily(whole: string): string {
  const text = whole.length > MAX_TEXT ? whole.slice(0, MAX_TEXT) : whole;
  const names = new Set<string>();
  let depth = 0;
  let start = 0;
  let isCompatible = false;
  for (let index = 0; index <= text.length; index++) {
    const isEnd = index === text.length || SEPARATORS.includes(text.charAt(index));
    if (!isEnd) continue;
    if (index > start) {
      const word = text.slice(start, index);
      const slash = word.indexOf('/');
      const isVersioned = slash > 0 && slash + 1 < word.length && isDigit(word.charCodeAt(slash + 1));
      const isNamed = depth === 0 ? !word.includes('://') : isVersioned || isCompatible;
      const name = isNamed ? productName(word, slash < 0 ? word.length : slash) : '';
      if (name !== '') names.add(name);
      isCompatible = depth > 0 && text.charAt(index) === ';' && word.toLowerCase() === 'compatible';
    }
    const separator = text.charAt(index);
    if (separator === '(') depth++;
    else if (separator === ')' && depth > 0) depth--;
    start = index + 1;
  }
  const family = [...names].join(' ');
  if (family === '') return maskedText(text);
  return family.length > MAX_FAMILY ? family.slice(0, MAX_FAMILY) : family;
}
