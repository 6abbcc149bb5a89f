import { textOfJson } from '../../../common/json_values';
import { beginningOf, UNPRINTABLE } from '../../../common/printable';

/**
 * Makes text out of logs fit for showing: on one line, without control, direction and invisible characters, without
 * halves of surrogate pairs, no longer than `longest` UTF-16 code units (an ellipsis marks the cut).
 */
export function cleanText(value: unknown, longest: number): string {
  const text = textOfJson(value)
    .slice(0, longest * 4)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(UNPRINTABLE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return shortened(text, longest);
}

/** @returns at most `longest` UTF-16 code units; an ellipsis marks the cut */
export const shortened = (text: string, longest: number): string =>
  text.length <= longest ? text : `${beginningOf(text, longest - 1)}…`;

/**
 * Text inside Slack's mrkdwn: the three characters that Slack gives a meaning (`&`, `<`, `>`) are escaped, so there is
 * no `<!channel>` and no `<url|text>`; an invisible space keeps `@here` and `#channel` from being looked up and
 * addresses from becoming links; look-alikes stand in for the marks of bold, struck-through and code.
 */
export function escapeMrkdwn(cleaned: string): string {
  return cleaned
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/([@#])(?=[\p{L}\p{N}])/gu, '$1\u200b')
    .replace(/:\/\//g, ':\u200b//')
    .replace(/\b(mailto|tel):/gi, '$1:\u200b')
    .replace(/`/g, '\u02cb')
    .replace(/\*/g, '\u2217')
    .replace(/~/g, '\u223c');
}

/**
 * Text inside Slack's mrkdwn, no longer than `longest` UTF-16 code units once it is escaped, which makes five of `&`; an ellipsis marks
 * the cut, which is never within an escape.
 */
export function shortMrkdwn(cleaned: string, longest: number): string {
  const whole = escapeMrkdwn(cleaned);
  if (whole.length <= longest) return whole;
  const cutAt = (length: number): string => `${escapeMrkdwn(beginningOf(cleaned, length))}…`;
  let [fits, most] = [0, Math.min(cleaned.length, longest)];
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2);
    if (cutAt(middle).length <= longest) fits = middle;
    else most = middle - 1;
  }
  return cutAt(fits);
}

/**
 * Text in the Markdown of Mattermost and Rocket.Chat: look-alikes stand in for the marks of code, bold and struck-through, and an
 * invisible space keeps mentions, channels, links, addresses and emphasis from being made.
 */
export const escapeMarkdown = (cleaned: string): string =>
  cleaned
    .replace(/([@#])(?=[\p{L}\p{N}])/gu, '$1\u200b')
    .replace(/:\/\//g, ':\u200b//')
    .replace(/\b(mailto|tel):/gi, '$1:\u200b')
    .replace(/\](?=[([])/g, ']\u200b')
    .replace(/<(?=\S)/g, '<\u200b')
    .replace(/`/g, '\u02cb')
    .replace(/\*/g, '\u2217')
    .replace(/~/g, '\u223c')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\u200b_\u200b');

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text inside HTML elements and quoted attributes. */
export const escapeHtml = (cleaned: string): string =>
  cleaned.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character]);

/** @returns `text` with every occurrence of a secret, as it stands or in base64, blotted out */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let redacted = text;
  for (const secret of secrets) {
    if (!secret) continue;
    for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
      redacted = redacted.split(form).join('[redacted]');
  }
  return redacted;
}
