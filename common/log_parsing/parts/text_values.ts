import { LONGEST_TEXT } from './types';

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** Returns true for a text that Elasticsearch's `ip` type accepts: IPv4, or IPv6 without a zone. */
export function isIpAddress(text: string): boolean {
  if (text.length > 45) return false;
  if (!text.includes(':')) return IPV4.test(text);
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') continue;
    const parts = half.split(':');
    const last = parts[parts.length - 1];
    if (index === halves.length - 1 && last.includes('.')) {
      if (!IPV4.test(last)) return false;
      parts.pop();
      groups += 2;
    }
    if (!parts.every((part) => GROUP.test(part))) return false;
    groups += parts.length;
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Undoes what Apache (`\"`, `\\`, `\n`, `\xhh`) and nginx (`\xhh`) do to the text of a quoted field. Bytes that are
 * not UTF-8 keep their escapes: nothing is lost, and they stay visible.
 */
export function unescapeLogText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\x[0-9a-fA-F]{2})+|\\([^x])/g, (whole, single: string | undefined) => {
    if (single !== undefined) return ESCAPES[single] ?? (single === '"' || single === '\\' ? single : whole);
    const bytes = new Uint8Array(whole.length / 4);
    for (let index = 0; index < bytes.length; index++)
      bytes[index] = parseInt(whole.slice(index * 4 + 2, index * 4 + 4), 16);
    try {
      return utf8.decode(bytes);
    } catch {
      return whole;
    }
  });
}

/** Cuts without leaving half a surrogate pair behind. */
export function cutText(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? longest - 1 : longest);
}

/** For showing a line to people: short, on one line, without control or direction characters. */
export const excerptOf = (line: string): string =>
  // eslint-disable-next-line no-control-regex
  cutText(line, 160).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ');
