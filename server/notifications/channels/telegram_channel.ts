import type { AlertChannel } from '../messages/delivery';
import { contentOf, type MessageContent } from '../messages/content';
import { escapeHtml } from '../messages/untrusted_text';
import { createHttpSender, type HttpDependencies } from './http_delivery';
import type { TelegramSettings } from './settings';

/** Characters of a text after its entities are parsed. Source: Telegram Bot API, sendMessage. */
const LONGEST_TEXT = 4_096;

/** Telegram looks up mentions, hashtags, cashtags and commands by itself. */
const escape = (cleaned: string): string =>
  escapeHtml(cleaned.replace(/([@#$/])(?=[\p{L}\p{N}_])/gu, '$1\u200b'));

/** Returns the text of a message in the HTML that Telegram knows. Lines that do not fit are left out, the last ones first. */
function renderTelegram({ headline, reasons, lines, link, suppressed }: MessageContent): string {
  const last = [
    ...(suppressed === undefined ? [] : [escape(suppressed)]),
    ...(link === undefined ? [] : [`<a href="${escapeHtml(link)}">Open in Log Anomalies</a>`]),
  ];
  const middle = [
    ...reasons.map((reason) => `• ${escape(reason)}`),
    ...lines.map(({ time, line }) => `${escape(time)} <code>${escape(line)}</code>`),
  ];
  // Tags and escapes count here although they do not for Telegram: what is left out is a little too much, never too little.
  const lengthOf = (parts: readonly string[]): number => parts.join('\n').length;
  const shown = [`<b>${escape(headline)}</b>`];
  for (const part of middle) if (lengthOf([...shown, part, ...last]) <= LONGEST_TEXT) shown.push(part);
  return [...shown, ...last].join('\n');
}

/** Returns how long Telegram asks to be left alone, milliseconds. Source: Telegram Bot API, ResponseParameters. */
function pauseIn(answer: string): number | undefined {
  try {
    const { parameters } = JSON.parse(answer) as { parameters?: { retry_after?: unknown } };
    const seconds = parameters?.retry_after;
    return typeof seconds === 'number' && seconds >= 0 ? seconds * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

/** Telegram by a bot. Source: Telegram Bot API, sendMessage. */
export function createTelegramChannel(
  name: string,
  { bot_token: token, chat_id: chat, thread_id: thread, url: api }: TelegramSettings,
  linkBase: string | undefined,
  dependencies: HttpDependencies,
): AlertChannel {
  const url = `${api.replace(/\/+$/, '')}/bot${token}/sendMessage`;
  const send = createHttpSender(`Telegram at ${new URL(api).host}`, [token, url], dependencies, pauseIn);
  return {
    name,
    ping: (signal) => send({ url, method: 'HEAD', signal }),
    send: (message, suppressed, signal, key) =>
      send({
        url,
        body: JSON.stringify({
          chat_id: chat,
          ...(thread !== undefined && { message_thread_id: thread }),
          text: renderTelegram(contentOf(message, suppressed, linkBase)),
          parse_mode: 'HTML',
          link_preview_options: { is_disabled: true },
        }),
        key,
        signal,
      }),
  };
}
