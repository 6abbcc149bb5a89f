/** Words that programs write for how severe a line is, as log4j, syslog, python and others have them. */
const LEVELS =
  /^(?:trace|debug|verbose|finest|finer|fine|config|info|information|informational|notice|warn|warning|error|err|severe|critical|crit|alert|emerg|emergency|panic|fatal|failure)$/i;

/** @returns the level in lower case without surrounding space, or undefined when the text is none */
export function levelOf(text: string): string | undefined {
  return text.length <= 13 && LEVELS.test(text) ? text.toLowerCase() : undefined;
}

/** Severities of syslog by their number (RFC 5424, table 2), as journald has them too. */
export const SYSLOG_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
