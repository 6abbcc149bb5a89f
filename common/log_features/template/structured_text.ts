/** Begins as JSON does: for a text whose end is cut off. */
const BEGINS_AS_JSON = /^(?:\{\s*"|\[\s*(?:["{[\d-]|(?:true|false|null)\b))/;

/**
 * Returns true for JSON, and other texts that brackets enclose as a whole: their lines are indented without being a stack trace. A text that
 * is cut off counts where it begins as JSON does. `[ERROR] request failed` is none: its bracket closes before its end.
 */
export function isStructuredText(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first !== 123 && first !== 91) return false;
  let depth = 0;
  let quoted = false;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === 92) place++;
    else if (code === 34) quoted = !quoted;
    else if (quoted) continue;
    else if (code === 123 || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return text.slice(place + 1).trim() === '';
  }
  return BEGINS_AS_JSON.test(text);
}
